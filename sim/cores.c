#include "sim/cores.h"

#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT = 4096 };

/* The first numbers in a file of one line, at most two; returns how many. */
static int numbers_in(const char *folder, const char *name, double number[2]) {
    char path[TEXT + 32], text[64] = "", *at = text, *end;
    int count = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    if (!fgets(text, sizeof text, file)) text[0] = '\0';
    (void)fclose(file);
    for (; count < 2; at = end) {
        double value = strtod(at, &end);
        if (end == at) break;
        number[count++] = value;
    }
    return count;
}

/* Version 2: "max 100000" or "150000 100000"; version 1: -1 or 150000, and 100000. */
static double quota_of(const char *folder) {
    double both[2], quota[2], period[2];
    if (numbers_in(folder, "cpu.max", both) == 2 && both[1] > 0.0) return both[0] / both[1];
    if (numbers_in(folder, "cpu.cfs_quota_us", quota) > 0 && quota[0] > 0.0 &&
        numbers_in(folder, "cpu.cfs_period_us", period) > 0 && period[0] > 0.0)
        return quota[0] / period[0];
    return INFINITY;
}

/* In version 1, "cpu" is one of the names; version 2 has no names. */
static bool is_about_cpu(const char *controllers) {
    for (const char *at = controllers; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == '\0' || at[3] == ',')) return true;
    return controllers[0] == '\0';
}

/* Of the group `path` below `base`, and of those that it lies in. */
static double least_quota(const char *base, const char *path) {
    char folder[TEXT];
    double least = INFINITY;
    size_t length = strlen(base);
    if (snprintf(folder, sizeof folder, "%s%s", base, path) >= (int)sizeof folder) return least;
    for (char *end = folder + strlen(folder); end >= folder + length; end--)
        if (*end == '/' || *end == '\0') {
            *end = '\0';
            least = fmin(least, quota_of(folder));
        }
    return least;
}

double hk_cores_quota(const char *root, const char *groups) {
    char line[TEXT], base[TEXT];
    double least = INFINITY;
    FILE *file = fopen(groups, "re");
    while (file && fgets(line, sizeof line, file)) { /* "4:cpu,cpuacct:/a/b", or "0::/a/b" */
        char *controllers = strchr(line, ':'),
             *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path) continue;
        *controllers++ = *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (!is_about_cpu(controllers)) continue;
        (void)snprintf(base, sizeof base, "%s%s", root, controllers[0] ? "/cpu" : "");
        least = fmin(least, least_quota(base, path));
    }
    if (file) (void)fclose(file);
    return least;
}

int hk_cores(void) {
    cpu_set_t set;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    if (sched_getaffinity(0, sizeof set, &set) == 0) online = CPU_COUNT(&set);
    double most = ceil(hk_cores_quota("/sys/fs/cgroup", "/proc/self/cgroup"));
    if (most < (double)online) online = (long)most;
    return online > 0 ? (int)online : 1;
}
