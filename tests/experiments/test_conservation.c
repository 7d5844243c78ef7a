/* Conservation in every shipped file: no event gets lost or is made up. Those that run for a
 * duration do so; of those with a protocol, two samples are shown one after the other without a
 * reset in between, which would forget what is in flight. */
#include <check.h>

#include "tests/support/ledger.h"
#include "tests/support/shrunk.h"
#include "tests/support/suites.h"

static void show(const struct hk_experiment *e, size_t sample) {
    struct hk_err err = {0};
    struct hk_block room = {0};
    const struct hk_phase *phase = &e->protocol.phases[0];
    ck_assert(hk_block_reserve(&room, phase->samples->size, sizeof(float), &err));
    hk_samples_get(phase->samples, sample, room.data);
    ck_assert_msg(hk_sim_present(e->sim, room.data, phase->samples->size, phase->show, 1, sample,
                                 &err),
                  "%s", err.message);
    net_run(e->sim, phase->show);
    hk_block_finish(&room);
}

/* A piece of the run: half of the duration, or a sample. */
static void run_piece(const struct hk_experiment *e, size_t piece) {
    if (e->duration == 0)
        show(e, piece);
    else
        net_run(e->sim, piece == 0 ? e->duration / 2 : e->duration - e->duration / 2);
}

static void check(const struct shrunk *shrunk, struct shrunk_way way) {
    struct hk_err err = {0};
    struct hk_experiment e;
    struct ledger ledger;
    struct ledger_sums sums = {.spikes = 0};
    way.threads = 3;
    ck_assert_msg(shrunk_read(shrunk, &way, &e, &err), "%s", err.message);
    net_build(e.sim);
    ledger_open(&ledger, e.sim);
    for (size_t piece = 0; piece < 2; piece++) {
        run_piece(&e, piece);
        sums = ledger_check(&ledger, shrunk->path);
    }
    ledger_close(&ledger);
    ck_assert_uint_gt(sums.spikes, 0);
    ck_assert(sums.arrived > 0 || !hk_sim_projection(e.sim, 0));
    hk_experiment_finish(&e);
}

START_TEST(what_is_emitted_is_delivered_or_in_flight) {
    const struct shrunk *shrunk = shrunk_choose((size_t)_i);
    if (!shrunk) return;
    check(shrunk, shrunk_grid);
    check(shrunk, shrunk_grid_double);
    if (!shrunk->no_exact) check(shrunk, shrunk_exact(shrunk));
}
END_TEST

Suite *suite_experiments_conservation(void) {
    Suite *suite = suite_create("experiments/conservation");
    TCase *tcase = tcase_create("conservation");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_is_emitted_is_delivered_or_in_flight, 0, (int)shrunk_count);
    suite_add_tcase(suite, tcase);
    return suite;
}
