/* Rasters: sorted by tick, in the order of putting within one. */
#include <check.h>
#include <string.h>

#include "sim/raster.h"
#include "sim/rng.h"
#include "tests/support/suites.h"

static void check_tick(const struct hk_raster *raster, hk_tick tick, const uint32_t *expected,
                       size_t count) {
    const uint32_t *units = NULL;
    ck_assert_uint_eq(hk_raster_at(raster, tick, &units), count);
    ck_assert(count == 0 || memcmp(units, expected, count * sizeof *units) == 0);
}
#define UNITS(...)                                                                                 \
    (const uint32_t[]) {                                                                           \
        __VA_ARGS__                                                                                \
    }

START_TEST(spikes_are_sorted_by_tick_and_keep_their_order_within) {
    struct hk_err err = {0};
    struct hk_raster raster = {0};
    hk_raster_begin(&raster, 10, &err);
    hk_raster_put(&raster, 7, 3);
    hk_raster_put(&raster, 0, 9);
    hk_raster_put(&raster, 7, 1);
    hk_raster_put(&raster, 9, 4);
    hk_raster_put(&raster, 7, 2);
    hk_raster_put(&raster, 7, 2);
    ck_assert(hk_raster_sort(&raster, &err));
    ck_assert_uint_eq(raster.count, 6);
    check_tick(&raster, 0, UNITS(9), 1);
    check_tick(&raster, 7, UNITS(3, 1, 2, 2), 4);
    check_tick(&raster, 9, UNITS(4), 1);
    for (hk_tick tick = 1; tick < 7; tick++) check_tick(&raster, tick, NULL, 0);
    hk_raster_finish(&raster);
}
END_TEST

START_TEST(ticks_outside_hold_nothing) {
    struct hk_err err = {0};
    struct hk_raster raster = {0};
    check_tick(&raster, 0, NULL, 0); /* never begun */
    hk_raster_begin(&raster, 5, &err);
    hk_raster_put(&raster, -1, 1);
    hk_raster_put(&raster, 5, 1);
    hk_raster_put(&raster, INT64_MAX, 1);
    ck_assert(hk_raster_sort(&raster, &err));
    ck_assert_uint_eq(raster.count, 0);
    for (hk_tick tick = -2; tick < 8; tick++) check_tick(&raster, tick, NULL, 0);
    hk_raster_finish(&raster);
}
END_TEST

START_TEST(beginning_again_forgets_what_was_there) {
    struct hk_err err = {0};
    struct hk_raster raster = {0};
    for (uint32_t round = 0; round < 5; round++) {
        hk_tick ticks = round % 2 ? 3 : 300;
        hk_raster_begin(&raster, ticks, &err);
        for (hk_tick tick = 0; tick < ticks; tick++) hk_raster_put(&raster, tick, round);
        ck_assert(hk_raster_sort(&raster, &err));
        check_tick(&raster, 2, UNITS(round), 1);
        check_tick(&raster, 3, UNITS(round), round % 2 ? 0 : 1);
    }
    hk_raster_begin(&raster, 0, &err);
    ck_assert(hk_raster_sort(&raster, &err));
    check_tick(&raster, 0, NULL, 0);
    hk_raster_finish(&raster);
}
END_TEST

/* Spikes carry their number as unit: within a tick numbers must rise, and all must be there. */
START_TEST(many_random_spikes_come_out_stably_sorted) {
    enum { TICKS = 1000, SPIKES = 50000 };
    static hk_tick put[SPIKES];
    struct hk_err err = {0};
    struct hk_raster raster = {0};
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "raster"), 0, 0);
    hk_raster_begin(&raster, TICKS, &err);
    for (uint32_t k = 0; k < SPIKES; k++) {
        put[k] = hk_draws_below(&draws, TICKS);
        hk_raster_put(&raster, put[k], k);
    }
    ck_assert(hk_raster_sort(&raster, &err));
    size_t found = 0, wrong = 0;
    for (hk_tick tick = 0; tick < TICKS; tick++) {
        const uint32_t *units = NULL;
        size_t count = hk_raster_at(&raster, tick, &units);
        found += count;
        for (size_t k = 0; k < count; k++)
            wrong += put[units[k]] != tick || (k && units[k] <= units[k - 1]);
    }
    ck_assert_uint_eq(found, SPIKES);
    ck_assert_uint_eq(wrong, 0);
    hk_raster_finish(&raster);
    ck_assert_ptr_null(raster.put.data);
}
END_TEST

Suite *suite_sim_raster(void) {
    Suite *suite = suite_create("sim/raster");
    TCase *raster = tcase_create("raster");
    tcase_add_test(raster, spikes_are_sorted_by_tick_and_keep_their_order_within);
    tcase_add_test(raster, ticks_outside_hold_nothing);
    tcase_add_test(raster, beginning_again_forgets_what_was_there);
    tcase_add_test(raster, many_random_spikes_come_out_stably_sorted);
    suite_add_tcase(suite, raster);
    return suite;
}
