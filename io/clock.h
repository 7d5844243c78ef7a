/* Wall time, for reports; sim/ reads no clock. */
#ifndef HK_IO_CLOCK_H
#define HK_IO_CLOCK_H

/* Seconds since some moment. */
double hk_clock_s(void);
/* Of processor time that the process, all its threads, has used. */
double hk_clock_cpu_s(void);

#endif
