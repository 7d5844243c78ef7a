/* The rank order code. */
#include <check.h>

#include "tests/support/encode.h"
#include "tests/support/suites.h"

static const float values[] = {0.2f, 0.9f, -3, 0.9f, 0.5f};

static struct encode shown(void) {
    return (struct encode){.model = "rank-order",
                           .values = values,
                           .value_count = HK_COUNT(values),
                           .ticks = 100,
                           .tick_ms = 1};
}

START_TEST(units_fire_once_in_descending_order_and_equal_ones_in_that_of_units) {
    struct encode e = shown();
    ENCODE_EXPECT(&e, 1, 0);
    ENCODE_EXPECT(&e, 3, 1);
    ENCODE_EXPECT(&e, 4, 2);
    ENCODE_EXPECT(&e, 0, 3);
    ENCODE_EXPECT(&e, 2, 4);
}
END_TEST

/* Decoding with m = 0.9: ranks 0..3 weigh 1, 0.9, 0.81, 0.729. */
START_TEST(the_order_decodes_to_powers_of_the_rank) {
    static const double weights[] = {0.729, 1, 0, 0.9, 0.81};
    struct encode e = shown();
    e.ticks = 4; /* the fifth is cut off */
    for (hk_neuron unit = 0; unit < 5; unit++) {
        double m = 1;
        hk_tick rank = 0;
        while (rank < 4 && m > weights[unit] + 1e-12) m *= 0.9, rank++;
        if (unit == 2)
            encode_expect_silence(&e, unit);
        else
            ENCODE_EXPECT(&e, unit, rank);
    }
}
END_TEST

START_TEST(the_interval_spaces_the_ranks) {
    struct encode e = shown();
    e.tick_ms = 0.5;
    e.params[0].name = "interval", e.params[0].value = 2;
    ENCODE_EXPECT(&e, 3, 4);
    ENCODE_EXPECT(&e, 2, 16);
}
END_TEST

START_TEST(threads_do_not_change_it) {
    float many[203];
    for (int i = 0; i < 203; i++) many[i] = (float)(i * 37 % 50);
    struct encode e = {.model = "rank-order",
                       .values = many,
                       .value_count = 203,
                       .ticks = 300,
                       .tick_ms = 0.5};
    encode_expect_same_for_threads(&e);
}
END_TEST

START_TEST(an_interval_of_no_whole_ticks_is_refused) {
    struct encode e = shown();
    e.tick_ms = 0.3;
    encode_refuse(&e, "interval: 1 ms is not a whole number of ticks of 0.3 ms; the nearest are "
                      "0.9 and 1.2 ms");
}
END_TEST

Suite *suite_encoders_rank_order(void) {
    Suite *suite = suite_create("encoders/rank_order");
    TCase *order = tcase_create("order");
    tcase_add_test(order, units_fire_once_in_descending_order_and_equal_ones_in_that_of_units);
    tcase_add_test(order, the_order_decodes_to_powers_of_the_rank);
    tcase_add_test(order, the_interval_spaces_the_ranks);
    tcase_add_test(order, threads_do_not_change_it);
    tcase_add_test(order, an_interval_of_no_whole_ticks_is_refused);
    suite_add_tcase(suite, order);
    return suite;
}
