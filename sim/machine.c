#include "sim/machine.h"

#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* ---- control groups ---- */

enum { TEXT = 4096 };

static const struct hk_groups of_process = {"/proc/self/cgroup", "/sys/fs/cgroup"};

/* The first numbers in a file of one line, at most two; returns how many. */
static int numbers_in(const char *folder, const char *name, double number[2]) {
    char path[2 * TEXT + 32], text[64] = "", *at = text, *end;
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
static double cores_of(const char *folder) {
    double both[2], quota[2], period[2];
    if (numbers_in(folder, "cpu.max", both) == 2 && both[1] > 0.0) return both[0] / both[1];
    if (numbers_in(folder, "cpu.cfs_quota_us", quota) > 0 && quota[0] > 0.0 &&
        numbers_in(folder, "cpu.cfs_period_us", period) > 0 && period[0] > 0.0)
        return quota[0] / period[0];
    return HUGE_VAL;
}

/* Version 2: "max" or bytes; version 1: bytes, 2^63 and a little less for none. */
static double memory_of(const char *folder) {
    double bytes[2];
    if (numbers_in(folder, "memory.max", bytes) > 0) return bytes[0];
    if (numbers_in(folder, "memory.limit_in_bytes", bytes) > 0) return bytes[0];
    return HUGE_VAL;
}

/* What limits something, in which groups. */
struct controller {
    const char *name;
    double (*limit_of)(const char *folder);
};

/* In version 1 it is one of several names; version 2 has none. */
static bool is_named(const char *name, const char *controllers) {
    const size_t length = strlen(name);
    for (const char *at = controllers; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == '\0' || at[length] == ','))
            return true;
    return controllers[0] == '\0';
}

/* Of the group `path` below `base`, and of those that it lies in. */
static double least_of_path(const struct controller *controller, const char *base,
                            const char *path) {
    char folder[2 * TEXT];
    const size_t length = strlen(base);
    double least = HUGE_VAL;
    (void)snprintf(folder, sizeof folder, "%s%s", base, path);
    for (char *end = folder + strlen(folder); end >= folder + length; end--)
        if (*end == '/' || *end == '\0') {
            *end = '\0';
            least = fmin(least, controller->limit_of(folder));
        }
    return least;
}

/* Lines are "4:cpu,cpuacct:/a/b", or "0::/a/b" in version 2. */
static double least_of_groups(const struct controller *controller, const struct hk_groups *groups) {
    char line[TEXT], base[TEXT];
    double least = HUGE_VAL;
    FILE *file = fopen(groups->file, "re");
    while (file && fgets(line, sizeof line, file)) {
        char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
        if (!path) continue;
        *names++ = *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (!is_named(controller->name, names)) continue;
        (void)snprintf(base, sizeof base, "%s%s%s", groups->root, names[0] ? "/" : "",
                       names[0] ? controller->name : "");
        least = fmin(least, least_of_path(controller, base, path));
    }
    if (file) (void)fclose(file);
    return least;
}

double hk_groups_cores(const struct hk_groups *groups) {
    return least_of_groups(&(struct controller){"cpu", cores_of}, groups);
}

double hk_groups_memory(const struct hk_groups *groups) {
    return least_of_groups(&(struct controller){"memory", memory_of}, groups);
}

/* ---- the machine ---- */

int hk_machine_cores_in(const struct hk_groups *groups) {
    cpu_set_t set;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
    double most = ceil(hk_groups_cores(groups));
    if (most < (double)cores) cores = (long)most;
    return cores > 0 ? (int)cores : 1;
}

int hk_machine_cores(void) {
    return hk_machine_cores_in(&of_process);
}

double hk_machine_memory(void) {
    struct sysinfo info;
    if (sysinfo(&info) != 0) return HUGE_VAL;
    return fmin((double)info.totalram * info.mem_unit, hk_groups_memory(&of_process));
}

/* Groups limit swap apart, or together with memory: that is taken to be no limit. */
double hk_machine_memory_and_swap(void) {
    struct sysinfo info;
    if (sysinfo(&info) != 0) return HUGE_VAL;
    return hk_machine_memory() + (double)info.totalswap * info.mem_unit;
}
