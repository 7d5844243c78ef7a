/* What this process may use of its machine: cores and memory, no more of them than its control
 * groups allow, as those of containers do (Linux, Documentation/admin-guide/cgroup-v2.rst and
 * cgroup-v1/). */
#ifndef HK_SIM_MACHINE_H
#define HK_SIM_MACHINE_H

/* Those of its affinity; of a quota of processor time so many, rounded up: with a quota of two, 64
 * threads would run for 3 of 100 ms, and wait for each other all the time. At least 1. */
int hk_machine_cores(void);

/* Bytes: of memory, and of that and swap together. */
double hk_machine_memory(void);
double hk_machine_memory_and_swap(void);

/* Where control groups are told: the file that names those of a process (/proc/self/cgroup), and
 * the folder in which they lie (/sys/fs/cgroup). */
struct hk_groups {
    const char *file, *root;
};

/* The least limit of any of them, or of one that it lies in: cores; bytes. Infinite where there is
 * none. */
double hk_groups_cores(const struct hk_groups *groups);
double hk_groups_memory(const struct hk_groups *groups);

/* hk_machine_cores of a process that is in these groups instead of its own. */
int hk_machine_cores_in(const struct hk_groups *groups);

#endif
