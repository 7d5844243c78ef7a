/* Every shipped file gives the same to the bit on any number of threads and with any instruction
 * set: spikes, synapses and state. The files are those of tests/support/shrunk.h. */
#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shrunk.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

/* What is compared with one thread and the best instruction set: every number of threads and every
 * set at least once; under the sanitizers, which see races by themselves, one alone. */
static const struct {
    int threads;
    const char *isa;
} quick[] = {{3, NULL}, {2, "base"}, {5, "v3"}, {8, NULL}, {16, NULL}};
enum { QUICK = HK_TEST_SANITIZED ? 1 : HK_COUNT(quick) };

/* `make test-long` crosses all with all. */
static const int all_threads[] = {1, 2, 3, 5, 8, 16};
static const char *const all_isas[] = {"base", "v3", "v4"};

static void compare(const struct shrunk *shrunk, const struct shrunk_way *way,
                    const struct bits *first) {
    struct bits bits = shrunk_run(shrunk, way);
    const char *what = bits.spikes != first->spikes       ? "spikes"
                       : bits.synapses != first->synapses ? "synapses"
                       : bits.state != first->state       ? "state"
                                                          : NULL;
    if (what)
        ck_abort_msg("%s %s %s: with %d threads and instruction set %s it has other %s than with "
                     "one thread and the best",
                     shrunk->path, way->define[0], way->define[1] ? way->define[1] : "",
                     way->threads, way->isa ? way->isa : "the best", what);
    ck_assert_uint_eq(bits.emitted, first->emitted);
    ck_assert_uint_eq(bits.delivered, first->delivered);
}

static struct bits run_first(const struct shrunk *shrunk, struct shrunk_way *way) {
    way->threads = 1;
    way->isa = NULL;
    struct bits first = shrunk_run(shrunk, way);
    ck_assert_msg(first.fired > 0, "%s: no neuron fires", shrunk->path);
    ck_assert_msg(first.learned || !first.plastic, "%s: nothing is learned", shrunk->path);
    ck_assert_msg(first.delivered > 0 || first.synapses == 1, "%s: nothing arrives", shrunk->path);
    return first;
}

static void compare_quick(const struct shrunk *shrunk, struct shrunk_way way) {
    struct bits first = run_first(shrunk, &way);
    for (size_t k = 0; k < QUICK; k++) {
        way.threads = quick[k].threads;
        way.isa = quick[k].isa;
        compare(shrunk, &way, &first);
    }
}

static void compare_all(const struct shrunk *shrunk, struct shrunk_way way) {
    struct bits first = run_first(shrunk, &way);
    for (size_t k = 0; k < HK_COUNT(all_threads) * HK_COUNT(all_isas); k++) {
        way.threads = all_threads[k % HK_COUNT(all_threads)];
        way.isa = all_isas[k / HK_COUNT(all_threads)];
        compare(shrunk, &way, &first);
    }
}

START_TEST(threads_and_instruction_sets_make_no_difference) {
    const struct shrunk *shrunk = shrunk_choose((size_t)_i);
    if (shrunk) compare_quick(shrunk, shrunk_grid);
}
END_TEST

/* Files whose models have no closed forms are refused by name. */
START_TEST(nor_do_they_on_the_exact_clock) {
    const struct shrunk *shrunk = shrunk_choose((size_t)_i);
    if (!shrunk) return;
    if (!shrunk->no_exact) {
        compare_quick(shrunk, shrunk_exact(shrunk));
        return;
    }
    struct hk_err err = {0};
    struct hk_experiment e;
    const struct shrunk_way exact = shrunk_exact(shrunk);
    ck_assert_msg(!shrunk_read(shrunk, &exact, &e, &err), "%s: is accepted", shrunk->path);
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    ck_assert_msg(strstr(err.message, shrunk->no_exact) != NULL, "%s", err.message);
    hk_experiment_finish(&e);
}
END_TEST

START_TEST(all_threads_with_all_instruction_sets_make_no_difference) {
    hk_test_only_long();
    const struct shrunk *shrunk = shrunk_choose((size_t)_i);
    if (!shrunk) return;
    compare_all(shrunk, shrunk_grid);
    compare_all(shrunk, shrunk_grid_double);
    if (!shrunk->no_exact) compare_all(shrunk, shrunk_exact(shrunk));
}
END_TEST

/* What the digests are worth: each of them tells one seed from another. */
START_TEST(another_seed_is_another_run) {
    for (size_t k = 0; k < shrunk_count; k++) {
        if (strcmp(shrunk_all[k].path, "bench/brunel-stdp.yaml") != 0) continue;
        struct bits one = shrunk_run(&shrunk_all[k], &(struct shrunk_way){.define = {"seed=1"}});
        struct bits two = shrunk_run(&shrunk_all[k], &(struct shrunk_way){.define = {"seed=2"}});
        ck_assert_uint_ne(one.spikes, two.spikes);
        ck_assert_uint_ne(one.synapses, two.synapses);
        ck_assert_uint_ne(one.state, two.state);
        return;
    }
    ck_abort_msg("bench/brunel-stdp.yaml has gone");
}
END_TEST

static bool is_listed(const char *path) {
    for (size_t k = 0; k < shrunk_count; k++)
        if (strcmp(shrunk_all[k].path, path) == 0) return true;
    return false;
}

START_TEST(every_shipped_file_is_in_the_table) {
    glob_t found = {.gl_pathc = 0};
    ck_assert_int_eq(glob("bench/*.yaml", 0, NULL, &found), 0);
    ck_assert_int_eq(glob("experiments/*.yaml", GLOB_APPEND, NULL, &found), 0);
    ck_assert_int_eq(glob("experiments/*/*.yaml", GLOB_APPEND, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 23);
    for (size_t k = 0; k < found.gl_pathc; k++)
        ck_assert_msg(is_listed(found.gl_pathv[k]), "%s is missing in tests/support/shrunk.c",
                      found.gl_pathv[k]);
    globfree(&found);
}
END_TEST

Suite *suite_experiments_bits(void) {
    Suite *suite = suite_create("experiments/bits");
    TCase *quickly = tcase_create("quick"), *lengthy = tcase_create("long");
    int files = (int)shrunk_count;
    tcase_add_test(quickly, every_shipped_file_is_in_the_table);
    tcase_add_test(quickly, another_seed_is_another_run);
    tcase_add_loop_test(quickly, threads_and_instruction_sets_make_no_difference, 0, files);
    tcase_add_loop_test(quickly, nor_do_they_on_the_exact_clock, 0, files);
    suite_add_tcase(suite, quickly);
    tcase_set_timeout(lengthy, 1800);
    tcase_add_loop_test(lengthy, all_threads_with_all_instruction_sets_make_no_difference, 0,
                        files);
    suite_add_tcase(suite, lengthy);
    return suite;
}
