#include "io/sweep_table.h"

#include "io/results.h"
#include "io/results_read.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

#include <check.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct hk_sweep sweep;
static struct hk_sweep_table *table;
static struct hk_arena *arena;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    program_write_file("base.yaml", "name: tiny\nseed: 3\n");
}

static void teardown(void) {
    hk_sweep_finish(&sweep);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void read_sweep(const char *text) {
    char file[1024];
    (void)snprintf(file, sizeof file, "sweep: test\nbase: base.yaml\n%s", text);
    program_write_file("sweep.yaml", file);
    ck_assert_msg(hk_sweep_read(&sweep, "sweep.yaml", NULL, 0, &err), "%s", err.message);
    ck_assert_ptr_nonnull(table = hk_sweep_table_create(&sweep, &err));
}

/* Results that hold metrics/rate, in Hz, and weights, an array of one value. */
static void make_results(const char *folder, double rate) {
    const size_t shape[] = {1, 1};
    const float weight = 0.5F;
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    struct hk_results *results = hk_results_create(arena, folder, &err);
    ck_assert_ptr_nonnull(results);
    ck_assert(hk_results_number(results, "metrics/rate", rate, "Hz", &err));
    ck_assert(hk_results_array(results,
                               &(struct hk_results_array){.path = "weights",
                                                          .element = HK_ELEMENT_F32,
                                                          .rank = 2,
                                                          .shape = shape,
                                                          .data = &weight},
                               &err));
    ck_assert(hk_results_close(results, &err));
    hk_results_destroy(results);
}

static void expect_csv(const char *expected) {
    char text[4096];
    FILE *file = fopen("sweep.csv", "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    ck_assert_str_eq(text, expected);
}

START_TEST(numbers_of_one_unit_are_given_in_it) {
    read_sweep("over: {tau: [10 ms, 2.5 ms], n: [3]}\n");
    ck_assert(hk_sweep_table_write(table, ".", &err));
    expect_csv("trial,tau (ms),n,seed,done\n"
               "0001-tau=10ms-n=3-seed=3,10,3,3,0\n"
               "0002-tau=2.5ms-n=3-seed=3,2.5,3,3,0\n");
}
END_TEST

START_TEST(other_values_are_given_as_they_were_written) {
    read_sweep("over: {a: [10 ms, 1 s], b: [\"x,y\"]}\n");
    ck_assert(hk_sweep_table_write(table, ".", &err));
    expect_csv("trial,a,b,seed,done\n"
               "0001-a=10ms-b=_x_y_-seed=3,10 ms,\"\"\"x,y\"\"\",3,0\n"
               "0002-a=1s-b=_x_y_-seed=3,1 s,\"\"\"x,y\"\"\",3,0\n");
}
END_TEST

START_TEST(what_is_collected_has_its_unit_and_all_its_digits) {
    read_sweep("seeds: [1, 2]\ncollect: {r: metrics.rate, w: weights}\n");
    make_results("first", 0.1 + 0.2);
    ck_assert_msg(hk_sweep_table_take(table, 0, "first", &err), "%s", err.message);
    ck_assert(hk_sweep_table_write(table, ".", &err));
    expect_csv("trial,seed,done,r (Hz),w\n"
               "0001-seed=1,1,1,0.30000000000000004,0.5\n"
               "0002-seed=2,2,0,,\n");
}
END_TEST

START_TEST(a_metric_that_is_not_there_is_told_where_it_is_asked_for) {
    read_sweep("collect:\n  r: metrics.rats\n");
    make_results("first", 1.0);
    ck_assert(!hk_sweep_table_take(table, 0, "first", &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "sweep.yaml:4:6: "));
    ck_assert_ptr_nonnull(strstr(err.message, "metrics/rats"));
}
END_TEST

START_TEST(the_table_replaces_an_older_one) {
    read_sweep("seeds: [1]\n");
    ck_assert(hk_sweep_table_write(table, ".", &err));
    ck_assert(hk_sweep_table_write(table, ".", &err));
    ck_assert_int_ne(access("sweep.csv.part", F_OK), 0);
    ck_assert_int_ne(access("sweep.h5.part", F_OK), 0);
}
END_TEST

START_TEST(sweep_h5_holds_the_same_and_what_was_asked) {
    double number = 0.0;
    const char *text = NULL;
    read_sweep("over: {tau: [10 ms], kind: [x]}\nseeds: [9]\ncollect: {r: metrics.rate}\n");
    make_results("first", 12.5);
    ck_assert(hk_sweep_table_take(table, 0, "first", &err));
    ck_assert(hk_sweep_table_write(table, ".", &err));
    struct hk_results_file *file = hk_results_read_open(arena, "sweep.h5", &err);
    ck_assert_msg(file != NULL, "%s", err.message);
    const struct {
        const char *path;
        double expected;
    } values[] = {{"parameters/tau", 10.0},
                  {"parameters/kind", 0.0},
                  {"seed", 9.0},
                  {"done", 1.0},
                  {"collected/r", 12.5}};
    for (size_t i = 0; i < HK_COUNT(values); i++) {
        ck_assert_msg(hk_results_read_number(file, values[i].path, &number, &err), "%s",
                      err.message);
        ck_assert_double_eq(number, values[i].expected);
    }
    ck_assert_str_eq(hk_results_read_unit(file, "parameters/tau"), "ms");
    ck_assert_str_eq(hk_results_read_unit(file, "collected/r"), "Hz");
    ck_assert_ptr_null(hk_results_read_unit(file, "seed"));
    ck_assert_ptr_null(hk_results_read_unit(file, "nothing"));
    ck_assert(hk_results_read_text(file, "sweep/definition", &text, &err));
    ck_assert_str_eq(text, sweep.definition);
    hk_results_read_close(file);
}
END_TEST

Suite *suite_io_sweep_table(void) {
    Suite *suite = suite_create("io/sweep_table");
    TCase *tcase = tcase_create("table");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, numbers_of_one_unit_are_given_in_it);
    tcase_add_test(tcase, other_values_are_given_as_they_were_written);
    tcase_add_test(tcase, what_is_collected_has_its_unit_and_all_its_digits);
    tcase_add_test(tcase, a_metric_that_is_not_there_is_told_where_it_is_asked_for);
    tcase_add_test(tcase, the_table_replaces_an_older_one);
    tcase_add_test(tcase, sweep_h5_holds_the_same_and_what_was_asked);
    suite_add_tcase(suite, tcase);
    return suite;
}
