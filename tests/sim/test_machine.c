/* What a process may use: affinity and control groups. */
#include <check.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/machine.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

/* A file of the test's folder, and the folders that it lies in. */
static void put(const char *folders[], const char *name, const char *text) {
    char path[256] = "";
    size_t end = 0;
    for (size_t k = 0; folders[k]; k++) {
        end += (size_t)snprintf(path + end, sizeof path - end, "%s/", folders[k]);
        char whole[4096];
        (void)snprintf(whole, sizeof whole, "%s/%s", hk_test_folder(), path);
        (void)mkdir(whole, 0777);
    }
    (void)snprintf(path + end, sizeof path - end, "%s", name);
    ck_assert_ptr_nonnull(hk_test_write(path, text));
}

/* Of a process that is in these groups: their folders are the test's. */
static double limit(double (*of)(const struct hk_groups *), const char *groups) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s", hk_test_write("groups", groups));
    return of(&(struct hk_groups){.file = path, .root = hk_test_folder()});
}

static double quota(const char *groups) {
    return limit(hk_groups_cores, groups);
}

static double bytes(const char *groups) {
    return limit(hk_groups_memory, groups);
}

START_TEST(the_least_quota_of_a_group_and_those_around_it_counts) {
    put((const char *[]){"a", NULL}, "cpu.max", "150000 100000\n");
    put((const char *[]){"a", "b", NULL}, "cpu.max", "max 100000\n");
    put((const char *[]){"c", NULL}, "cpu.max", "50000 100000\n");
    ck_assert_double_eq(quota("0::/a/b\n"), 1.5);
    ck_assert_double_eq(quota("0::/c\n"), 0.5);
    ck_assert(isinf(quota("0::/\n")));
    ck_assert(isinf(quota("0::/elsewhere\n")));
    ck_assert_double_eq(quota("3:memory:/c\n0::/a\n"), 1.5);
    put((const char *[]){NULL}, "cpu.max", "120000 100000\n");
    ck_assert_double_eq(quota("0::/a/b\n"), 1.2);
    ck_assert_double_eq(quota("0::/out/of/sight\n"), 1.2);
}
END_TEST

START_TEST(so_it_does_in_the_first_version) {
    put((const char *[]){"cpu", NULL}, "cpu.cfs_quota_us", "-1\n");
    put((const char *[]){"cpu", NULL}, "cpu.cfs_period_us", "100000\n");
    put((const char *[]){"cpu", "a", NULL}, "cpu.cfs_quota_us", "250000\n");
    put((const char *[]){"cpu", "a", NULL}, "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota("5:cpuset:/b\n4:cpuacct,cpu:/a\n"), 2.5);
    ck_assert_double_eq(quota("4:cpu,cpuacct:/a\n"), 2.5);
    ck_assert(isinf(quota("5:cpuset:/a\n4:cpuacct:/a\n3:cpu:/\n")));
}
END_TEST

START_TEST(memory_is_limited_likewise) {
    put((const char *[]){"a", NULL}, "memory.max", "max\n");
    put((const char *[]){"a", "b", NULL}, "memory.max", "1073741824\n");
    ck_assert(isinf(bytes("0::/a\n")));
    ck_assert_double_eq(bytes("0::/a/b\n"), 0x1p30);
    put((const char *[]){"memory", NULL}, "memory.limit_in_bytes", "9223372036854771712\n");
    put((const char *[]){"memory", "c", NULL}, "memory.limit_in_bytes", "1048576\n");
    ck_assert_double_eq(bytes("7:memory:/c\n3:cpu:/\n"), 0x1p20);
    ck_assert_double_gt(bytes("7:memory:/\n"), 1e18);
}
END_TEST

START_TEST(what_cannot_be_read_sets_no_bound) {
    put((const char *[]){"a", NULL}, "cpu.max", "");
    put((const char *[]){"b", NULL}, "cpu.max", "100000 0\n");
    ck_assert(isinf(quota("0::/a\n")));
    ck_assert(isinf(quota("0::/b\n")));
    ck_assert(isinf(quota("nothing\n:\n\n")));
    ck_assert(isinf(bytes("0::/a\n")));
    ck_assert(isinf(hk_groups_cores(&(struct hk_groups){"/none", hk_test_folder()})));
}
END_TEST

/* Rounded up: of four cores a quota of 1.2 leaves two, of one core one. */
START_TEST(a_quota_leaves_whole_cores) {
    char path[4096];
    cpu_set_t all;
    ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
    const int cores = CPU_COUNT(&all);
    (void)snprintf(path, sizeof path, "%s", hk_test_write("groups", "0::/a\n"));
    const struct hk_groups groups = {.file = path, .root = hk_test_folder()};
    ck_assert_int_eq(hk_machine_cores_in(&groups), cores);
    put((const char *[]){"a", NULL}, "cpu.max", "20000 100000\n");
    ck_assert_int_eq(hk_machine_cores_in(&groups), 1);
    put((const char *[]){"a", NULL}, "cpu.max", "120000 100000\n");
    ck_assert_int_eq(hk_machine_cores_in(&groups), cores < 2 ? cores : 2);
}
END_TEST

START_TEST(a_process_has_no_more_cores_than_it_may_run_on) {
    cpu_set_t all, one;
    ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
    ck_assert_int_ge(hk_machine_cores(), 1);
    ck_assert_int_le(hk_machine_cores(), CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; core++)
        if (CPU_ISSET(core, &all)) CPU_SET(core, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_int_eq(hk_machine_cores(), 1);
}
END_TEST

Suite *suite_sim_machine(void) {
    Suite *suite = suite_create("sim/machine");
    TCase *tcase = tcase_create("machine");
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, the_least_quota_of_a_group_and_those_around_it_counts);
    tcase_add_test(tcase, so_it_does_in_the_first_version);
    tcase_add_test(tcase, memory_is_limited_likewise);
    tcase_add_test(tcase, what_cannot_be_read_sets_no_bound);
    tcase_add_test(tcase, a_quota_leaves_whole_cores);
    tcase_add_test(tcase, a_process_has_no_more_cores_than_it_may_run_on);
    suite_add_tcase(suite, tcase);
    return suite;
}
