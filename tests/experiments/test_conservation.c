/* Conservation in the shipped files that run for a duration: no event gets lost. (Presentations
 * reset the state, and what is in flight with it.) */
#include <check.h>

#include "tests/support/ledger.h"
#include "tests/support/shrunk.h"
#include "tests/support/suites.h"

static void check(const struct shrunk *shrunk, struct shrunk_way way) {
    struct hk_err err = {0};
    struct hk_experiment e;
    struct ledger ledger;
    way.threads = 3;
    ck_assert_msg(shrunk_read(shrunk, &way, &e, &err), "%s", err.message);
    if (e.duration > 0) {
        net_build(e.sim);
        ledger_open(&ledger, e.sim);
        net_run(e.sim, e.duration);
        struct ledger_sums sums = ledger_check(&ledger, shrunk->path);
        ck_assert_uint_gt(sums.spikes, 0);
    }
    hk_experiment_finish(&e);
}

START_TEST(what_is_emitted_is_delivered_or_in_flight) {
    const struct shrunk *shrunk = shrunk_choose((size_t)_i);
    if (!shrunk) return;
    check(shrunk, shrunk_grid);
    if (!shrunk->no_exact) check(shrunk, shrunk_exact(shrunk));
}
END_TEST

Suite *suite_experiments_conservation(void) {
    Suite *suite = suite_create("experiments/conservation");
    TCase *tcase = tcase_create("conservation");
    tcase_add_loop_test(tcase, what_is_emitted_is_delivered_or_in_flight, 0, (int)shrunk_count);
    suite_add_tcase(suite, tcase);
    return suite;
}
