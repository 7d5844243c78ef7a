/* Not only the means: how rates and CVs of inter-spike intervals are distributed over the neurons
 * of each population of the microcircuit, at a tenth of its size, against three seeds of Brian2 at
 * the same size and over the same time. tools/compare-peers made the table (--deciles), and compares
 * the simulators themselves.
 *
 * The distance is Kolmogorov's and Smirnov's, at the deciles only, so it is never larger than the
 * whole one. Of a right program a whole one would be larger than what is allowed here once in a
 * thousand times, 16 of them once in 60; the seed is fixed. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "io/experiment.h"
#include "tests/support/net.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

enum { POPULATIONS = 8, DECILES = 9, PEER_SEEDS = 3, INTERVALS_MIN = 3 };
static const double START_MS = 500;

/* The part of all values that lies below; {0, 0}: none here. */
struct share {
    double below, part;
};

/* clang-format off */
/* Brian2 2.5.1, seeds 1 to 3, 0.5 to 10.5 s. */
static const struct {
    const char *name;
    struct share rates[DECILES]; /* Hz */
    struct share cvs[DECILES];   /* of neurons with at least three intervals */
} reference[POPULATIONS] = {
    {"L23E",
     {{0.0500, 0.1090}, {0.1500, 0.2503}, {0.2500, 0.3810}, {0.3500, 0.5032}, {0.4500, 0.6036},
      {0.6500, 0.7487}, {0.7500, 0.8006}, {1.1500, 0.9191}},
     {{0.4412, 0.1003}, {0.5564, 0.2002}, {0.6260, 0.3001}, {0.6830, 0.4001}, {0.7419, 0.5000},
      {0.8031, 0.5999}, {0.8703, 0.6999}, {0.9511, 0.7998}, {1.0816, 0.8997}},
    },
    {"L23I",
     {{0.7500, 0.1023}, {1.0500, 0.2081}, {1.3500, 0.3036}, {1.6500, 0.4088}, {1.9500, 0.5369},
      {2.1500, 0.5998}, {2.5500, 0.7044}, {3.0500, 0.8039}, {3.8500, 0.9005}},
     {{0.6283, 0.1002}, {0.7015, 0.1999}, {0.7503, 0.3001}, {0.7914, 0.3998}, {0.8332, 0.5000},
      {0.8743, 0.5997}, {0.9214, 0.6999}, {0.9884, 0.7995}, {1.0731, 0.8998}},
    },
    {"L4E",
     {{1.5500, 0.1040}, {2.1500, 0.2140}, {2.6500, 0.3195}, {3.1500, 0.4199}, {3.6500, 0.5123},
      {4.1500, 0.6016}, {4.8500, 0.7035}, {5.7500, 0.8026}, {7.0500, 0.9022}},
     {{0.6913, 0.1001}, {0.7383, 0.2001}, {0.7751, 0.3000}, {0.8066, 0.4000}, {0.8393, 0.4999},
      {0.8729, 0.6000}, {0.9108, 0.7000}, {0.9619, 0.7999}, {1.0417, 0.8999}},
    },
    {"L4I",
     {{1.9500, 0.1058}, {2.6500, 0.2099}, {3.3500, 0.3090}, {3.9500, 0.4027}, {4.5500, 0.5055},
      {5.2500, 0.6095}, {6.1500, 0.7032}, {7.1500, 0.8035}, {8.7500, 0.9027}},
     {{0.7010, 0.0999}, {0.7437, 0.1999}, {0.7786, 0.2998}, {0.8047, 0.3998}, {0.8371, 0.4997},
      {0.8708, 0.5996}, {0.9113, 0.6996}, {0.9595, 0.7995}, {1.0324, 0.8995}},
    },
    {"L5E",
     {{2.3500, 0.1010}, {3.4500, 0.2069}, {4.3500, 0.3086}, {5.2500, 0.4082}, {6.0500, 0.5052},
      {6.9500, 0.6021}, {8.1500, 0.7045}, {9.6500, 0.8041}, {11.9500, 0.9017}},
     {{0.6799, 0.1004}, {0.7200, 0.2001}, {0.7472, 0.2999}, {0.7759, 0.4003}, {0.8057, 0.5000},
      {0.8316, 0.5997}, {0.8626, 0.7001}, {0.9077, 0.7999}, {0.9757, 0.8996}},
    },
    {"L5I",
     {{3.3500, 0.1006}, {4.3500, 0.2138}, {5.0500, 0.3050}, {6.1500, 0.4057}, {7.1500, 0.5031},
      {8.2500, 0.6006}, {9.6500, 0.7044}, {10.9500, 0.7987}, {13.5500, 0.8994}},
     {{0.6647, 0.1006}, {0.6954, 0.2013}, {0.7254, 0.3019}, {0.7506, 0.3994}, {0.7745, 0.5000},
      {0.8027, 0.6006}, {0.8370, 0.6981}, {0.8740, 0.7987}, {0.9278, 0.8994}},
    },
    {"L6E",
     {{0.1500, 0.1507}, {0.2500, 0.2491}, {0.3500, 0.3368}, {0.4500, 0.4225}, {0.6500, 0.5507},
      {0.7500, 0.6067}, {1.0500, 0.7206}, {1.3500, 0.8162}, {1.9500, 0.9060}},
     {{0.5037, 0.1002}, {0.6008, 0.2000}, {0.6810, 0.3002}, {0.7376, 0.4000}, {0.7900, 0.4998},
      {0.8483, 0.6000}, {0.9089, 0.6998}, {0.9841, 0.8000}, {1.1001, 0.8998}},
    },
    {"L6I",
     {{2.8500, 0.1062}, {4.0500, 0.2023}, {5.0500, 0.3073}, {5.7500, 0.4090}, {6.5500, 0.5040},
      {7.3500, 0.6056}, {8.4500, 0.6994}, {9.8500, 0.8034}, {11.8500, 0.9028}},
     {{0.6668, 0.1008}, {0.6995, 0.2005}, {0.7319, 0.3001}, {0.7614, 0.3998}, {0.7874, 0.4994},
      {0.8153, 0.6002}, {0.8499, 0.6999}, {0.8930, 0.7995}, {0.9639, 0.8992}},
    },
};
/* clang-format on */

struct train {
    double count, last_ms, sum, squares; /* spikes; intervals */
};

/* The network's spikes from START_MS on, by neurons. */
static void read_trains(const struct net_heard *heard, double tick_ms, struct train *trains) {
    for (size_t k = 0; k < heard->count; k++) {
        double at = (double)net_heard_tick(heard, k) * tick_ms;
        if (at <= START_MS) continue;
        struct train *train = &trains[net_heard_unit(heard, k)];
        double interval = at - train->last_ms;
        train->sum += train->count > 0 ? interval : 0;
        train->squares += train->count > 0 ? interval * interval : 0;
        train->count++;
        train->last_ms = at;
    }
}

/* Writes the values of those neurons that have one; returns how many. */
static size_t find_rates(const struct train *trains, size_t neurons, double seconds, double *out) {
    for (size_t i = 0; i < neurons; i++) out[i] = trains[i].count / seconds;
    return neurons;
}

static size_t find_cvs(const struct train *trains, size_t neurons, double *out) {
    size_t count = 0;
    for (size_t i = 0; i < neurons; i++) {
        double intervals = trains[i].count - 1, mean = trains[i].sum / intervals;
        if (intervals < INTERVALS_MIN) continue;
        out[count++] = sqrt(fmax(trains[i].squares / intervals - mean * mean, 0)) / mean;
    }
    return count;
}

static void expect_distribution(const char *name, const char *what, const double *values,
                                size_t count, const struct share *shares) {
    double worst = 0, n = (double)count;
    ck_assert_uint_gt(count, 0);
    for (size_t d = 0; d < DECILES && shares[d].part > 0; d++) {
        size_t below = 0;
        for (size_t i = 0; i < count; i++) below += values[i] < shares[d].below;
        worst = fmax(worst, fabs((double)below / n - shares[d].part));
    }
    double allowed = 1.95 * sqrt((1 + 1.0 / PEER_SEEDS) / n) + 0.01;
    ck_assert_msg(worst <= allowed, "%s: the %s are %.3f apart from the reference, allowed is %.3f",
                  name, what, worst, allowed);
}

static void check_population(struct hk_experiment *e, size_t index, const struct net_heard *heard) {
    struct hk_err err = {0};
    const char *name = reference[index].name;
    size_t neurons = hk_pop_size(hk_sim_find_population(e->sim, name));
    double tick_ms = hk_sim_tick_ms(e->sim);
    double seconds = 1e-3 * ((double)e->duration * tick_ms - START_MS);
    struct hk_block train_room = {0}, value_room = {0};
    ck_assert(hk_block_reserve(&train_room, neurons, sizeof(struct train), &err));
    ck_assert(hk_block_reserve(&value_room, neurons, sizeof(double), &err));
    struct train *trains = train_room.data;
    double *values = value_room.data;
    read_trains(heard, tick_ms, trains);
    size_t count = find_rates(trains, neurons, seconds, values);
    expect_distribution(name, "rates", values, count, reference[index].rates);
    count = find_cvs(trains, neurons, values);
    expect_distribution(name, "CVs", values, count, reference[index].cvs);
    hk_block_finish(&train_room);
    hk_block_finish(&value_room);
}

START_TEST(rates_and_cvs_are_distributed_as_in_another_simulator) {
    static const char *const defines[] = {"duration=10.5 s"};
    struct net_heard heard[POPULATIONS];
    struct hk_experiment e;
    struct hk_err err = {0};
    hk_test_not_sanitized();
    ck_assert_msg(
        hk_experiment_read(&e,
                           &(struct hk_experiment_options){.path = "bench/microcircuit-scaled.yaml",
                                                           .defines = defines,
                                                           .define_count = HK_COUNT(defines)},
                           &err),
        "%s", err.message);
    net_build(e.sim);
    for (size_t k = 0; k < POPULATIONS; k++)
        net_hear(hk_sim_find_population(e.sim, reference[k].name), &heard[k]);
    net_run(e.sim, e.duration);
    for (size_t k = 0; k < POPULATIONS; k++) {
        check_population(&e, k, &heard[k]);
        net_heard_finish(&heard[k]);
    }
    hk_experiment_finish(&e);
}
END_TEST

Suite *suite_experiments_distributions(void) {
    Suite *suite = suite_create("experiments/distributions");
    TCase *tcase = tcase_create("distributions");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, rates_and_cvs_are_distributed_as_in_another_simulator);
    suite_add_tcase(suite, tcase);
    return suite;
}
