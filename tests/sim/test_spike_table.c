#include "sim/spike_table.h"

#include <check.h>

#include "tests/support/suites.h"

/* Unit 2 fires twice at tick 5. */
static struct hk_spike spikes[] = {{5, 2}, {1, 9}, {5, 0}, {5, 2}, {-3, 1}, {5, 7}, {8, 0}};

static struct hk_spike_table sorted(void) {
    struct hk_spike_table table = {.spikes = spikes, .count = HK_COUNT(spikes)};
    hk_spike_table_sort(&table);
    return table;
}

START_TEST(spikes_come_by_tick_then_unit) {
    const struct hk_spike_table table = sorted();
    static const hk_tick ticks[] = {-3, 1, 5, 5, 5, 5, 8};
    static const hk_neuron units[] = {1, 9, 0, 2, 2, 7, 0};
    for (size_t i = 0; i < table.count; i++) {
        ck_assert_int_eq(table.spikes[i].tick, ticks[i]);
        ck_assert_uint_eq(table.spikes[i].unit, units[i]);
    }
}
END_TEST

START_TEST(the_burst_is_the_most_spikes_of_a_unit_in_a_tick) {
    ck_assert_uint_eq(sorted().burst, 2);
    struct hk_spike_table empty = {.count = 0};
    hk_spike_table_sort(&empty);
    ck_assert_uint_eq(empty.burst, 1);
}
END_TEST

START_TEST(a_tick_gives_the_units_of_a_range) {
    const struct hk_spike_table table = sorted();
    uint32_t units[8];
    ck_assert_uint_eq(hk_spike_table_at(&table, 5, 0, 10, units), 4);
    ck_assert_mem_eq(units, ((uint32_t[]){0, 2, 2, 7}), 4 * sizeof *units);
    ck_assert_uint_eq(hk_spike_table_at(&table, 5, 1, 6, units), 2);
    ck_assert_mem_eq(units, ((uint32_t[]){2, 2}), 2 * sizeof *units);
    ck_assert_uint_eq(hk_spike_table_at(&table, 5, 3, 4, units), 0);
    ck_assert_uint_eq(hk_spike_table_at(&table, 5, 7, 3, units), 1);
    ck_assert_uint_eq(hk_spike_table_at(&table, 4, 0, 10, units), 0);
    ck_assert_uint_eq(hk_spike_table_at(&table, 9, 0, 10, units), 0);
    ck_assert_uint_eq(hk_spike_table_at(&table, 1, 0, 9, units), 0);
}
END_TEST

/* A spike of everybody at tick 1, two at tick 5. */
START_TEST(a_spike_may_be_one_of_every_unit) {
    struct hk_spike of_all[] = {{5, 0}, {1, 0}, {5, 0}};
    struct hk_spike_table table = {.spikes = of_all, .count = 3, .everybody = true};
    struct hk_err err = {0};
    struct hk_raster raster = {.err = &err, .ticks = 10};
    uint32_t units[8];
    hk_spike_table_sort(&table);
    ck_assert_uint_eq(table.burst, 2);
    ck_assert_uint_eq(hk_spike_table_at(&table, 1, 3, 2, units), 2);
    ck_assert_mem_eq(units, ((uint32_t[]){3, 4}), 2 * sizeof *units);
    ck_assert_uint_eq(hk_spike_table_at(&table, 5, 3, 2, units), 4);
    ck_assert_mem_eq(units, ((uint32_t[]){3, 3, 4, 4}), 4 * sizeof *units);
    ck_assert_uint_eq(hk_spike_table_at(&table, 2, 0, 8, units), 0);
    ck_assert_uint_eq(hk_spike_table_at(&table, 6, 0, 8, units), 0);
    hk_spike_table_list(&table, 1, 5, 7, 1, &raster);
    ck_assert_uint_eq(raster.count, 2);
    const struct hk_raster_spike *put = raster.put.data;
    ck_assert(put[0].tick == 3 && put[0].unit == 7 && put[1].tick == 3 && put[1].unit == 7);
    hk_raster_finish(&raster);
}
END_TEST

Suite *suite_sim_spike_table(void) {
    Suite *suite = suite_create("sim/spike_table");
    TCase *cases = tcase_create("spike_table");
    tcase_add_test(cases, spikes_come_by_tick_then_unit);
    tcase_add_test(cases, the_burst_is_the_most_spikes_of_a_unit_in_a_tick);
    tcase_add_test(cases, a_tick_gives_the_units_of_a_range);
    tcase_add_test(cases, a_spike_may_be_one_of_every_unit);
    suite_add_tcase(suite, cases);
    return suite;
}
