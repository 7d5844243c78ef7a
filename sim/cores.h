/* Cores that this process may use. */
#ifndef HK_SIM_CORES_H
#define HK_SIM_CORES_H

/* Those of its affinity, but no more than its control groups have processor time for, rounded up:
 * 64 threads in a container with a quota of two would run for 3 of 100 ms, and wait for each other
 * all the time. At least 1. */
int hk_cores(void);

/* The least quota of the control groups that the file `groups` names, in cores, those that they lie
 * in counted; infinite where there is none. /proc/self/cgroup and /sys/fs/cgroup, which are
 * described in Linux' Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/cgroups.rst. */
double hk_cores_quota(const char *root, const char *groups);

#endif
