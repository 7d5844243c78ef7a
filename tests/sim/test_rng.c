/* Random numbers: known answers, and statistics with fixed seeds. Bounds are 4.5 standard
 * deviations, which a sound generator exceeds once in 150,000 draws of the seed. */
#include <check.h>
#include <math.h>

#include "sim/models.h"
#include "sim/philox.h"
#include "tests/support/suites.h"

static const double SIGMAS = 4.5;
enum { DRAWS = 1000000 };

static struct hk_draws draws(const char *name) {
    return hk_draws_at(hk_stream_make(1, "test", name), 0, 0);
}

/* ---- the generator ---- */

/* Philox4x32-10: the known answers that come with Random123 (Salmon et al. 2011). */
START_TEST(philox_gives_the_known_answers) {
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t k = 0; k < HK_COUNT(known); k++) {
        const uint32_t *c = known[k].counter;
        struct hk_stream stream = {(uint64_t)known[k].key[1] << 32 | known[k].key[0]};
        uint32_t words[4];
        hk_stream_block(stream, (uint64_t)c[3] << 32 | c[2], (uint64_t)c[1] << 32 | c[0], words);
        ck_assert_mem_eq(words, known[k].words, sizeof words);
    }
}
END_TEST

START_TEST(streams_differ_by_seed_purpose_and_name) {
    const struct hk_stream streams[] = {
        hk_stream_make(1, "weights", "a"), hk_stream_make(2, "weights", "a"),
        hk_stream_make(1, "delays", "a"),  hk_stream_make(1, "weights", "b"),
        hk_stream_make(1, "weightsa", ""), hk_stream_make(1, "", "weightsa"),
        hk_stream_make(1, "weight", "sa"), hk_stream_make((uint64_t)1 << 32, "weights", "a"),
        hk_stream_make(0, "weights", "a"),
    };
    for (size_t i = 0; i < HK_COUNT(streams); i++)
        for (size_t k = 0; k < i; k++) ck_assert_uint_ne(streams[i].key, streams[k].key);
    ck_assert_uint_eq(hk_stream_make(1, "weights", "a").key, streams[0].key);
}
END_TEST

START_TEST(draws_are_the_words_of_consecutive_blocks) {
    struct hk_stream stream = hk_stream_make(9, "test", "draws");
    struct hk_draws from = hk_draws_at(stream, 5, 70);
    for (uint64_t index = 70; index < 74; index++) {
        uint32_t words[4];
        hk_stream_block(stream, 5, index, words);
        for (int i = 0; i < 4; i++) ck_assert_uint_eq(hk_draws_word(&from), words[i]);
    }
}
END_TEST

/* Many blocks at a time are the blocks one by one, also where the index runs over 32 or 64 bits. */
START_TEST(lanes_are_consecutive_blocks) {
    static const uint64_t entities[] = {0, 5, UINT32_MAX, (uint64_t)3 << 40, UINT64_MAX};
    static const uint64_t indices[] = {0, 70, UINT32_MAX - 7, (uint64_t)1 << 50, UINT64_MAX - 7};
    struct hk_stream stream = hk_stream_make(9, "test", "lanes");
    for (size_t k = 0; k < HK_COUNT(entities) * HK_COUNT(indices); k++) {
        uint64_t entity = entities[k / HK_COUNT(indices)], index = indices[k % HK_COUNT(indices)];
        uint32_t lanes[4][HK_PHILOX_LANES], fewer[4][HK_PHILOX_LANES], words[4];
        hk_philox_lanes(stream, entity, index, HK_PHILOX_ROUNDS, lanes);
        hk_philox_lanes(stream, entity, index, HK_PHILOX_FEWEST, fewer);
        for (uint64_t lane = 0; lane < HK_PHILOX_LANES; lane++) {
            hk_stream_block(stream, entity, index + lane, words);
            for (int w = 0; w < 4; w++) ck_assert_uint_eq(lanes[w][lane], words[w]);
        }
        ck_assert_mem_ne(fewer, lanes, sizeof lanes);
    }
}
END_TEST

/* ---- uniform ---- */

START_TEST(uniform_numbers_have_their_moments) {
    struct hk_draws d = draws("uniform");
    double sum = 0, squares = 0, products = 0, last = 0.5;
    for (int k = 0; k < DRAWS; k++) {
        double u = hk_draws_uniform(&d);
        sum += u;
        squares += u * u;
        products += (u - 0.5) * (last - 0.5);
        last = u;
    }
    ck_assert_double_eq_tol(sum / DRAWS, 0.5, SIGMAS * sqrt(1 / 12.0 / DRAWS));
    ck_assert_double_eq_tol(squares / DRAWS, 1 / 3.0, SIGMAS * sqrt(4 / 45.0 / DRAWS));
    ck_assert_double_eq_tol(products / DRAWS, 0, SIGMAS * sqrt(1 / 144.0 / DRAWS));
}
END_TEST

/* Draws whose next words are given. */
static struct hk_draws given(uint32_t first, uint32_t second) {
    return (struct hk_draws){.words = {0, 0, first, second}, .left = 2};
}

START_TEST(uniform_numbers_lie_inside_the_open_interval) {
    struct hk_draws least = given(0, 0), most = given(UINT32_MAX, UINT32_MAX);
    ck_assert_double_eq(hk_draws_uniform(&least), 0x1p-53);
    ck_assert_double_eq(hk_draws_uniform(&most), 1 - 0x1p-53);
}
END_TEST

START_TEST(numbers_below_a_bound_are_uniform) {
    static const uint32_t bounds[] = {2, 3, 7, 10, 1000};
    for (size_t b = 0; b < HK_COUNT(bounds); b++) {
        struct hk_draws d = draws("below");
        double counts[1000] = {0}, chi = 0, expected = (double)DRAWS / bounds[b];
        for (int k = 0; k < DRAWS; k++) counts[hk_draws_below(&d, bounds[b])]++;
        for (size_t k = 0; k < bounds[b]; k++) chi += pow(counts[k] - expected, 2) / expected;
        /* Chi-square by the cube root of Wilson & Hilferty 1931, nearly normal from 1 degree on. */
        double freedom = bounds[b] - 1.0, spread = 2 / (9 * freedom);
        double normal = (cbrt(chi / freedom) - (1 - spread)) / sqrt(spread);
        ck_assert_double_lt(fabs(normal), SIGMAS);
    }
}
END_TEST

/* A bound of 3 x 2^30: taking the word times the bound alone, a third of the numbers would come
 * twice as often as the rest. */
START_TEST(large_bounds_have_no_bias) {
    struct hk_draws d = draws("large");
    const uint32_t bound = 3u << 30;
    double thirds[3] = {0}, odd = 0;
    size_t outside = 0;
    for (int k = 0; k < DRAWS; k++) {
        uint32_t number = hk_draws_below(&d, bound);
        outside += number >= bound;
        thirds[number % 3]++;
        odd += number & 1;
    }
    ck_assert_uint_eq(outside, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(thirds[i], DRAWS / 3.0, SIGMAS * sqrt(DRAWS * 2 / 9.0));
    ck_assert_double_eq_tol(odd, DRAWS / 2.0, SIGMAS * sqrt(DRAWS / 4.0));
}
END_TEST

START_TEST(below_one_is_zero) {
    struct hk_draws d = draws("one");
    for (int k = 0; k < 1000; k++) ck_assert_uint_eq(hk_draws_below(&d, 1), 0);
}
END_TEST

/* ---- exponential and normal ---- */

START_TEST(exponential_numbers_have_their_moments) {
    struct hk_draws d = draws("exponential");
    double sum = 0, squares = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = hk_draws_exponential(&d);
        sum += x;
        squares += x * x;
    }
    ck_assert_double_eq_tol(sum / DRAWS, 1, SIGMAS * sqrt(1.0 / DRAWS));
    ck_assert_double_eq_tol(squares / DRAWS, 2,
                            SIGMAS * sqrt(20.0 / DRAWS)); /* var of x^2: 24 - 4 */
}
END_TEST

START_TEST(normal_numbers_have_their_moments) {
    struct hk_draws d = draws("normal");
    double sum = 0, squares = 0, cubes = 0, fourths = 0;
    for (int k = 0; k < DRAWS; k++) {
        double x = hk_draws_normal(&d);
        sum += x;
        squares += x * x;
        cubes += x * x * x;
        fourths += x * x * x * x;
    }
    ck_assert_double_eq_tol(sum / DRAWS, 0, SIGMAS * sqrt(1.0 / DRAWS));
    ck_assert_double_eq_tol(squares / DRAWS, 1, SIGMAS * sqrt(2.0 / DRAWS));
    ck_assert_double_eq_tol(cubes / DRAWS, 0, SIGMAS * sqrt(15.0 / DRAWS));
    ck_assert_double_eq_tol(fourths / DRAWS, 3, SIGMAS * sqrt(96.0 / DRAWS));
}
END_TEST

/* The distribution function of the number is the uniform that it was made from: here to 1e-14
 * relative, all the way into both tails, the last of which is one uniform wide. */
START_TEST(normal_numbers_invert_the_distribution_function) {
    double worst = 0;
    struct hk_draws numbers = draws("quantile");
    for (int k = 0; k < 20000; k++) {
        uint32_t high = hk_draws_word(&numbers) >> (k % 32);
        uint32_t low = hk_draws_word(&numbers);
        if (k % 2) high = ~high; /* the upper tail */
        struct hk_draws once = given(high, low), again = once;
        double u = hk_draws_uniform(&once), x = hk_draws_normal(&again);
        double tail = u < 0.5 ? u : 1 - u;
        double of_x = (double)(0.5L * erfcl((long double)fabs(x) / sqrtl(2)));
        /* A rounding of x by half a unit moves the tail by x phi(x)/tail of that: up to x^2. */
        worst = fmax(worst, fabs(of_x / tail - 1) / (1 + x * x));
    }
    ck_assert_double_lt(worst, 1e-15);
}
END_TEST

START_TEST(the_normal_tails_are_filled) {
    static const double edges[] = {2, 3, 4};
    struct hk_draws d = draws("tails");
    double above[3] = {0}, below[3] = {0};
    for (int k = 0; k < DRAWS; k++) {
        double x = hk_draws_normal(&d);
        for (int i = 0; i < 3; i++) {
            above[i] += x > edges[i];
            below[i] += x < -edges[i];
        }
    }
    for (int i = 0; i < 3; i++) {
        double mean = DRAWS * 0.5 * erfc(edges[i] / sqrt(2));
        ck_assert_double_eq_tol(above[i], mean, SIGMAS * sqrt(mean));
        ck_assert_double_eq_tol(below[i], mean, SIGMAS * sqrt(mean));
    }
}
END_TEST

/* By all instruction sets of this machine; also across what is drawn together. */
START_TEST(normal_numbers_by_the_many_are_those_one_by_one) {
    enum { MOST = 5000 };
    static const size_t counts[] = {1, 2, 31, 33, 256, 257, 700, MOST};
    static double many[MOST];
    struct hk_stream stream = hk_stream_make(3, "test", "many");
    const struct hk_dist dist = {HK_DIST_NORMAL, -87.8, 8.78};
    for (size_t isa = 0; isa <= (size_t)hk_isa_best(); isa++) {
        for (size_t c = 0; c < HK_COUNT(counts); c++) {
            struct hk_draws one = hk_draws_at(stream, c, 0);
            ck_assert(hk_kernels_draws_variant[HK_SINGLE][isa]->normals(stream, c, &dist, many,
                                                                        counts[c]));
            for (size_t k = 0; k < counts[c]; k++)
                ck_assert_double_eq(many[k], hk_dist_draw(&dist, &one));
        }
    }
}
END_TEST

/* ---- distributions ---- */

START_TEST(distributions_draw_what_they_say) {
    const struct hk_dist constant = {HK_DIST_CONSTANT, 3, 0};
    const struct hk_dist uniform = {HK_DIST_UNIFORM, -2, 6}, normal = {HK_DIST_NORMAL, 5, 2};
    struct hk_draws d = draws("dist");
    double sums[2] = {0}, squares[2] = {0};
    for (int k = 0; k < DRAWS / 4; k++) {
        double u = hk_dist_draw(&uniform, &d), x = hk_dist_draw(&normal, &d);
        sums[0] += u;
        sums[1] += x;
        squares[0] += (u - 2) * (u - 2);
        squares[1] += (x - 5) * (x - 5);
    }
    double n = DRAWS / 4.0;
    ck_assert_double_eq(hk_dist_draw(&constant, &d), 3.0);
    ck_assert_double_eq_tol(sums[0] / n, 2, SIGMAS * sqrt(64 / 12.0 / n));
    ck_assert_double_eq_tol(sums[1] / n, 5, SIGMAS * sqrt(4 / n));
    ck_assert_double_eq_tol(squares[0] / n, 64 / 12.0, SIGMAS * sqrt(4096 / 180.0 / n));
    ck_assert_double_eq_tol(squares[1] / n, 4, SIGMAS * sqrt(32 / n));
}
END_TEST

/* The same numbers, and 0 for those below 0. */
START_TEST(a_rectified_distribution_cuts_a_normal_one) {
    const struct hk_dist normal = {HK_DIST_NORMAL, 1, 2}, rectified = {HK_DIST_RECTIFIED, 1, 2};
    struct hk_draws a = draws("dist"), b = draws("dist");
    int cut = 0;
    for (int k = 0; k < 1000; k++) {
        double x = hk_dist_draw(&normal, &a), y = hk_dist_draw(&rectified, &b);
        ck_assert_double_eq(y, x < 0 ? 0 : x);
        cut += x < 0;
    }
    ck_assert_int_gt(cut, 200); /* 0.3085 of a thousand are expected */
}
END_TEST

START_TEST(distributions_stay_within_their_bounds) {
    const struct hk_dist dists[] = {{HK_DIST_CONSTANT, 3, 0},  {HK_DIST_UNIFORM, -2, 6},
                                    {HK_DIST_UNIFORM, 6, -2},  {HK_DIST_NORMAL, 5, 2},
                                    {HK_DIST_RECTIFIED, 5, 2}, {HK_DIST_RECTIFIED, -50, 2}};
    for (size_t k = 0; k < HK_COUNT(dists); k++) {
        struct hk_draws least = given(0, 0), most = given(UINT32_MAX, UINT32_MAX);
        double low = hk_dist_draw(&dists[k], &least), top = hk_dist_draw(&dists[k], &most);
        ck_assert_double_ge(fmin(low, top), hk_dist_min(&dists[k]));
        ck_assert_double_le(fmax(low, top), hk_dist_max(&dists[k]));
    }
    ck_assert_double_eq(hk_dist_min(&dists[1]), -2);
    ck_assert_double_eq(hk_dist_max(&dists[1]), 6);
    ck_assert_double_eq(hk_dist_min(&dists[0]), 3);
    ck_assert_double_eq(hk_dist_max(&dists[3]), 5 + 2 * 8.3);
    ck_assert_double_eq(hk_dist_min(&dists[4]), 0);
    ck_assert_double_eq(hk_dist_max(&dists[4]), 5 + 2 * 8.3);
    ck_assert_double_eq(hk_dist_max(&dists[5]), 0);
}
END_TEST

Suite *suite_sim_rng(void) {
    Suite *suite = suite_create("sim/rng");
    TCase *generator = tcase_create("generator"), *uniform = tcase_create("uniform");
    TCase *shapes = tcase_create("shapes");
    tcase_add_test(generator, philox_gives_the_known_answers);
    tcase_add_test(generator, streams_differ_by_seed_purpose_and_name);
    tcase_add_test(generator, draws_are_the_words_of_consecutive_blocks);
    tcase_add_test(generator, lanes_are_consecutive_blocks);
    suite_add_tcase(suite, generator);
    tcase_add_test(uniform, uniform_numbers_have_their_moments);
    tcase_add_test(uniform, uniform_numbers_lie_inside_the_open_interval);
    tcase_add_test(uniform, numbers_below_a_bound_are_uniform);
    tcase_add_test(uniform, large_bounds_have_no_bias);
    tcase_add_test(uniform, below_one_is_zero);
    suite_add_tcase(suite, uniform);
    tcase_add_test(shapes, exponential_numbers_have_their_moments);
    tcase_add_test(shapes, normal_numbers_have_their_moments);
    tcase_add_test(shapes, normal_numbers_invert_the_distribution_function);
    tcase_add_test(shapes, the_normal_tails_are_filled);
    tcase_add_test(shapes, normal_numbers_by_the_many_are_those_one_by_one);
    tcase_add_test(shapes, distributions_draw_what_they_say);
    tcase_add_test(shapes, distributions_stay_within_their_bounds);
    tcase_add_test(shapes, a_rectified_distribution_cuts_a_normal_one);
    suite_add_tcase(suite, shapes);
    return suite;
}
