/* What is read doesn't depend on how the file is laid out. What is wrong with a network:
 * tests/io/test_diagnostics.c and tests/io/test_experiment.c. */
#include "io/network_reader.h"

#include <check.h>
#include <stdio.h>

#include "io/experiment.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

static const char forwards[] =
    "name: order\n"
    "resolution: 0.1 ms\n"
    "params: {v: 37.3 pA, w: = 2 * v}\n"
    "populations:\n"
    "  n1: {size: 100, source: {poisson: 300 Hz}}\n"
    "  n2: {size: 100, source: {poisson: 400 Hz}}\n"
    "  out: {model: lif, size: 300, receptors: {a: exp, b: alpha, c: exp}, c_m: 500 pF}\n"
    "projections:\n"
    "  n1->out: {connect: all-to-all, receptor: a, weight: {uniform: [0 pA, = v]}}\n"
    "  n2->out: {connect: all-to-all, receptor: a, weight: {uniform: [0 pA, = w]}}\n"
    "  out->out: {connect: {rule: probability, p: 0.3}, receptor: b, weight: = v, delay: 1 ms}\n"
    "duration: 100 ms\n";
static const char backwards[] =
    "duration: 100 ms\n"
    "projections:\n"
    "  out->out: {delay: 1 ms, weight: = v, receptor: b, connect: {p: 0.3, rule: probability}}\n"
    "  n2->out: {weight: {uniform: [0 pA, = w]}, receptor: a, connect: all-to-all}\n"
    "  n1->out: {weight: {uniform: [0 pA, = v]}, receptor: a, connect: all-to-all}\n"
    "populations:\n"
    "  out: {c_m: 500 pF, receptors: {c: exp, b: alpha, a: exp}, size: 300, model: lif}\n"
    "  n2: {source: {poisson: 400 Hz}, size: 100}\n"
    "  n1: {source: {poisson: 300 Hz}, size: 100}\n"
    "params: {w: = 2 * v, v: 37.3 pA}\n"
    "resolution: 0.1 ms\n"
    "name: order\n";

/* State after the run: a sum in another order would show in its last bits. */
static void run_text(const char *text, const char *column, double values[300]) {
    struct hk_err err = {0};
    struct hk_experiment e;
    const char *path = hk_test_write("x.yaml", text);
    const struct hk_experiment_options options = {.path = path};
    ck_assert_msg(hk_experiment_read(&e, &options, &err), "%s", err.message);
    ck_assert(hk_sim_build(e.sim, &err) && hk_sim_run(e.sim, e.duration, &err));
    struct hk_pop *out = hk_sim_find_population(e.sim, "out");
    ck_assert_uint_gt(hk_pop_counts(out)[0], 0);
    int index = hk_pop_column(out, column);
    ck_assert_int_ge(index, 0);
    hk_pop_read(out, (size_t)index, values);
    hk_experiment_finish(&e);
}

/* How many of the values that a state variable of `out` begins with are below 0, and are 0. */
static void count_starts(const struct hk_experiment *e, const char *column, int *below, int *zero) {
    double values[300];
    struct hk_pop *out = hk_sim_find_population(e->sim, "out");
    hk_pop_read(out, (size_t)hk_pop_column(out, column), values);
    *below = *zero = 0;
    for (size_t k = 0; k < HK_COUNT(values); k++)
        *below += values[k] < 0.0, *zero += values[k] == 0.0;
}

/* 31 % of a normal number with mean 1 and deviation 2 are below 0: 93 +- 8 of 300. */
START_TEST(a_state_begins_as_its_distribution_says) {
    const char *path = hk_test_write("x.yaml", "name: starts\n"
                                               "resolution: 0.1 ms\n"
                                               "duration: 1 ms\n"
                                               "populations:\n"
                                               "  out:\n"
                                               "    model: lif\n"
                                               "    size: 300\n"
                                               "    receptors: {a: exp, b: exp, c: exp}\n"
                                               "    init:\n"
                                               "      i_a: {uniform: [1 pA, 2 pA]}\n"
                                               "      i_b: {normal: [1 pA, 2 pA]}\n"
                                               "      i_c: {rectified-normal: [1 pA, 2 pA]}\n");
    struct hk_err err = {0};
    struct hk_experiment e;
    const struct hk_experiment_options options = {.path = path};
    int below, zero;
    ck_assert_msg(hk_experiment_read(&e, &options, &err), "%s", err.message);
    ck_assert(hk_sim_build(e.sim, &err));
    count_starts(&e, "i_a", &below, &zero);
    ck_assert(below == 0 && zero == 0);
    count_starts(&e, "i_b", &below, &zero);
    ck_assert(below > 53 && below < 133 && zero == 0);
    count_starts(&e, "i_c", &below, &zero);
    ck_assert(below == 0 && zero > 53 && zero < 133);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(the_order_of_keys_never_matters) {
    static const char *const columns[] = {"v", "i_a", "i_c"};
    static double one[300], other[300];
    for (size_t c = 0; c < HK_COUNT(columns); c++) {
        run_text(forwards, columns[c], one);
        run_text(backwards, columns[c], other);
        for (size_t i = 0; i < HK_COUNT(one); i++) ck_assert(one[i] == other[i]);
    }
}
END_TEST

Suite *suite_io_network_reader(void) {
    Suite *suite = suite_create("io/network_reader");
    TCase *cases = tcase_create("network_reader");
    tcase_add_checked_fixture(cases, NULL, hk_test_folder_remove);
    tcase_add_test(cases, the_order_of_keys_never_matters);
    tcase_add_test(cases, a_state_begins_as_its_distribution_says);
    suite_add_tcase(suite, cases);
    return suite;
}
