/* What each shipped file comes to, written down for another compiler's program to be compared with:
 * `make compare-compilers` says where in $HK_TEST_DIGESTS. Of one instruction set: $HK_TEST_ISA. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shrunk.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

/* A line for each instruction set: the compilers' vectors are their own. */
static void write_lines(FILE *file, const struct shrunk *shrunk, struct shrunk_way way) {
    static const char *const isas[] = {"base", "v3", "v4"};
    const char *only = getenv("HK_TEST_ISA");
    way.threads = 2;
    for (size_t k = 0; k < HK_COUNT(isas); k++) {
        if (only && strcmp(only, isas[k]) != 0) continue;
        way.isa = isas[k];
        struct bits bits = shrunk_run(shrunk, &way);
        ck_assert_int_gt(fprintf(file, "%s %s %s %s %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n",
                                 shrunk->path, way.define[0], way.define[1] ? way.define[1] : "-",
                                 way.isa, bits.spikes, bits.synapses, bits.state),
                         0);
    }
}

START_TEST(digests_are_written_down) {
    const char *path = getenv("HK_TEST_DIGESTS");
    if (!path) hk_test_skip("make compare-compilers writes and compares digests");
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t k = 0; k < shrunk_count; k++) {
        const struct shrunk *shrunk = shrunk_choose(k);
        if (!shrunk) continue;
        write_lines(file, shrunk, shrunk_grid);
        write_lines(file, shrunk, shrunk_grid_double);
        if (!shrunk->no_exact) write_lines(file, shrunk, shrunk_exact(shrunk));
    }
    ck_assert_int_eq(fclose(file), 0);
}
END_TEST

Suite *suite_experiments_digests(void) {
    Suite *suite = suite_create("experiments/digests");
    TCase *tcase = tcase_create("digests");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, digests_are_written_down);
    suite_add_tcase(suite, tcase);
    return suite;
}
