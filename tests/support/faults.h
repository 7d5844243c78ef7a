/* The system's failures, on order: the n-th call of a kind fails, as it might on a full disk. The
 * runner is linked so that the calls of the library, and of HDF5 within it, come by here. */
#ifndef HK_TESTS_SUPPORT_FAULTS_H
#define HK_TESTS_SUPPORT_FAULTS_H

enum fault {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE, /* write and pwrite */
    FAULT_SYNC,
    FAULT_RENAME,
    FAULT_REMOVE,
    FAULT_ALLOCATE, /* of our own: HDF5 has its memory from elsewhere */
    FAULT_THREAD,
    FAULT_KINDS
};

/* What happens instead of an error number. */
enum { FAULT_SHORT = -1 /* half of it is written */, FAULT_KILL = -2 /* the process dies */ };

/* The `number`-th call of this kind from now on, from 1, fails with `reason`: ENOSPC ... */
void fault_arm(enum fault kind, long number, int reason);
void fault_disarm(void);
/* Calls of the armed kind since. */
long fault_calls(void);
/* Blocks of memory, and pages of mappings, that the library has and hasn't given back. */
long fault_blocks(void);

/* From now on hk_clock_s (io/clock.h) says `seconds`, until it is told to go on. */
void fault_clock_stop(double seconds);
void fault_clock_go_on(void);

#endif
