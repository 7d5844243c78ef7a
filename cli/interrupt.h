/* Ctrl-C and its like: the first asks the program to end in good order, the second ends it at once. */
#ifndef HK_CLI_INTERRUPT_H
#define HK_CLI_INTERRUPT_H

/* From now on SIGINT and SIGTERM are noted once; after that they do again what they did before. A signal
 * that the program was started to ignore (nohup, a shell's background job) stays ignored. */
void hk_interrupt_listen(void);

/* The signal that came, or 0. */
int hk_interrupt_signal(void);

#endif
