/* The cortical microcircuit as it is built, against what Potjans & Diesmann (2014) and the authors'
 * code say, written here once more: sizes, connection probabilities, weights, delays, initial
 * membrane potentials, external input. At a tenth of its size (and of the inputs to each neuron) in
 * `make test`, at full size in `make results`.
 *
 * Numbers that are drawn may be off by what a specification allows and by five standard deviations
 * of what chance does. Some five hundred are looked at, most of them near normal: a right program
 * with another seed fails about once in two hundred. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "io/experiment.h"
#include "io/scope.h"
#include "tests/support/net.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

enum { LAYERS = 8 };
static const double SIGMAS = 5;

static const struct {
    const char *name;
    double size;
    double probability[LAYERS]; /* that there is a synapse at all, from each of these populations */
    double inputs;              /* external ones, of 8 Hz */
    double v_mean, v_sd;        /* initial, mV */
    double constant;            /* pA instead of the external inputs */
    double lost;                /* pA that a tenth of the inputs lacks */
} layers[LAYERS] = {
    {"L23E",
     20683,
     {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0},
     1600,
     -68.28,
     5.36,
     561.974,
     29.04},
    {"L23I",
     5834,
     {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0},
     1500,
     -63.16,
     4.57,
     526.851,
     112.37},
    {"L4E",
     21915,
     {0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0},
     2100,
     -63.33,
     4.74,
     737.591,
     112.97},
    {"L4I",
     5479,
     {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0},
     1900,
     -63.45,
     4.94,
     667.345,
     114.99},
    {"L5E",
     4850,
     {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0},
     2000,
     -63.11,
     4.94,
     702.468,
     125.42},
    {"L5I",
     1065,
     {0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0},
     1900,
     -61.66,
     4.55,
     667.345,
     151.68},
    {"L6E",
     14395,
     {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
     2900,
     -66.72,
     5.46,
     1018.579,
     43.85},
    {"L6I",
     2948,
     {0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443},
     2100,
     -61.43,
     4.48,
     737.591,
     153.71},
};
static const double TOTAL = 298880968; /* synapses, as the authors' script reckons */

/* Of excitatory sources, and of inhibitory ones: mean and standard deviation of the delays once
 * those below half a step are drawn again, ms. */
static const struct { double mean, sd; } delays[2] = {{1.5474, 0.7011}, {0.7770, 0.3478}};

static bool is_inhibitory(size_t layer) {
    return layer % 2;
}

/* pA that raise the membrane by 0.15 mV at the most. */
static double weight_of_psp(void) {
    const double tau_m = 10, tau_s = 0.5, c = 250, psp = 0.15;
    double a = tau_m / tau_s, b = tau_s - tau_m;
    return psp * c * b / (tau_m * tau_s * (pow(a, tau_m / b) - pow(a, tau_s / b)));
}

static double synapses_of(double p, double sources, double targets) {
    return round(log1p(-p) / log1p(-1 / (sources * targets)));
}

/* ---- moments ---- */

struct moments {
    double count, sum, squares; /* of distances from where the mean should be */
};

static void moments_add(struct moments *moments, double distance) {
    moments->count++;
    moments->sum += distance;
    moments->squares += distance * distance;
}

static void moments_join(struct moments *all, const struct moments *part) {
    all->count += part->count;
    all->sum += part->sum;
    all->squares += part->squares;
}

/* Mean and standard deviation must be right but for a part `allowed` of them, and chance. */
static void expect_moments(const char *name, const char *what, const struct moments *moments,
                           double mean, double sd, double allowed) {
    double n = moments->count, off = moments->sum / n;
    double found_sd = sqrt(moments->squares / n - off * off);
    ck_assert_msg(fabs(off) <= allowed * fabs(mean) + SIGMAS * sd / sqrt(n),
                  "%s: the mean of its %s is %g instead of %g", name, what, mean + off, mean);
    ck_assert_msg(fabs(found_sd - sd) <= allowed * sd + SIGMAS * sd / sqrt(2 * n),
                  "%s: the standard deviation of its %s is %g instead of %g", name, what, found_sd,
                  sd);
}

static void expect_count(const char *name, const char *what, double found, double mean,
                         double variance) {
    ck_assert_msg(fabs(found - mean) <= SIGMAS * sqrt(variance) + 0.5, "%s: %g %s instead of %g",
                  name, found, what, mean);
}

/* ---- a projection ---- */

/* Both dimensionless: weights over that of 0.15 mV. */
struct kinds {
    struct moments weights[3], delays[2]; /* once, doubled and inhibitory; by the source */
};

struct link {
    const char *name;
    const struct hk_proj *proj;
    size_t from, to;
    double sources, targets, count, weight; /* what they must be */
    hk_neuron *source, *target;
    hk_tick *delay;
    double *w;
};

static void *reserve(struct hk_block *block, double count, size_t size) {
    struct hk_err err = {0};
    ck_assert_msg(hk_block_reserve(block, (size_t)count, size, &err), "%s", err.message);
    return block->data;
}

/* Synapses fall on units independently of each other, so that the number of each is multinomial;
 * its chi-square has as many degrees of freedom as there are units, but one. */
static void check_degrees(const struct link *link, const hk_neuron *units, double size,
                          const char *what) {
    struct hk_block room = {0};
    uint32_t *degrees = reserve(&room, size, sizeof *degrees);
    double mean = link->count / size, chi = 0;
    for (size_t k = 0; k < (size_t)link->count; k++) degrees[units[k]]++;
    for (size_t i = 0; i < (size_t)size; i++) chi += pow(degrees[i] - mean, 2) / mean;
    expect_count(link->name, what, chi, size - 1, 2 * (size - 1) * (1 - 1 / link->count));
    hk_block_finish(&room);
}

/* With multapses and autapses, as often as chance wants them: the pairs that are connected at all
 * are what the probability speaks of. */
static void check_pairs(const struct link *link) {
    double pairs = link->sources * link->targets, each = link->count / pairs, none = exp(-each);
    double connected = 0, autapses = 0;
    for (size_t k = 0; k < (size_t)link->count; k++) {
        bool again = k > 0 && link->source[k] == link->source[k - 1] &&
                     link->target[k] == link->target[k - 1];
        connected += !again;
        autapses += link->from == link->to && link->source[k] == link->target[k];
    }
    expect_count(link->name, "pairs are connected", connected,
                 layers[link->to].probability[link->from] * pairs,
                 pairs * none * (1 - (1 + each) * none));
    if (link->from == link->to)
        expect_count(link->name, "autapses", autapses, link->count / link->sources,
                     link->count / link->sources);
}

static void check_values(const struct link *link, double tick_ms, struct kinds *kinds) {
    struct moments weights = {.count = 0}, times = {.count = 0};
    size_t wrong = 0; /* of the other sign, or too early */
    bool inhibitory = is_inhibitory(link->from), doubled = link->from == 2 && link->to == 0;
    double mean = inhibitory ? -4 : doubled ? 2 : 1;
    for (size_t k = 0; k < (size_t)link->count; k++) {
        wrong += link->delay[k] < 1 || link->w[k] * mean <= 0;
        moments_add(&weights, link->w[k] / link->weight - mean);
        moments_add(&times, (double)link->delay[k] * tick_ms - delays[inhibitory].mean);
    }
    ck_assert_uint_eq(wrong, 0);
    expect_moments(link->name, "weights", &weights, mean, 0.1 * fabs(mean), 0.002);
    expect_moments(link->name, "delays", &times, delays[inhibitory].mean, delays[inhibitory].sd,
                   0.005);
    moments_join(&kinds->weights[inhibitory ? 2 : doubled], &weights);
    moments_join(&kinds->delays[inhibitory], &times);
}

/* In canonical order, that is by targets, and then by sources. */
static void check_link(struct link *link, double tick_ms, struct kinds *kinds) {
    struct hk_err err = {0};
    struct hk_block source = {0}, target = {0}, delay = {0}, weight = {0};
    const struct hk_synapses all =
        {.source = link->source = reserve(&source, link->count, sizeof *all.source),
         .target = link->target = reserve(&target, link->count, sizeof *all.target),
         .delay = link->delay = reserve(&delay, link->count, sizeof *all.delay),
         .weight = link->w = reserve(&weight, link->count, sizeof *all.weight)};
    ck_assert_msg(hk_proj_read(link->proj, &all, &err), "%s: %s", link->name, err.message);
    check_degrees(link, link->target, link->targets, "is the chi-square of in-degrees");
    check_degrees(link, link->source, link->sources, "is the chi-square of out-degrees");
    check_pairs(link);
    check_values(link, tick_ms, kinds);
    hk_block_finish(&source);
    hk_block_finish(&target);
    hk_block_finish(&delay);
    hk_block_finish(&weight);
}

/* ---- the circuit ---- */

static void open_circuit(struct hk_experiment *e, const char *path, double scale) {
    char define[32];
    struct hk_err err = {0};
    (void)snprintf(define, sizeof define, "params.scale=%g", scale);
    const char *defines[] = {define};
    ck_assert_msg(hk_experiment_read(e,
                                     &(struct hk_experiment_options){.path = path,
                                                                     .defines = defines,
                                                                     .define_count = 1},
                                     &err),
                  "%s: %s", path, err.message);
}

static double size_of(size_t layer, double scale) {
    return round(scale * layers[layer].size);
}

/* A number of the file as it was read. */
static double number(const struct hk_experiment *e, const char *layer, const char *key,
                     const char *unit) {
    char path[64];
    double value = 0;
    struct hk_err err = {0};
    (void)snprintf(path, sizeof path, "populations.%s.drive.%s", layer, key);
    const struct hk_node *node = hk_node_path(e->root, path);
    ck_assert_msg(node != NULL, "%s is missing", path);
    ck_assert_msg(hk_node_quantity(node, unit, e->scope, &value, &err), "%s", err.message);
    return value;
}

static void expect_near(const char *name, const char *what, double found, double wanted,
                        double off) {
    ck_assert_msg(fabs(found - wanted) <= off, "%s: %s is %.9g instead of %.9g", name, what, found,
                  wanted);
}

static void check_links(const struct hk_experiment *e, double scale, struct kinds *kinds) {
    double total = 0, count = 0, wanted = 0;
    char name[32];
    for (size_t k = 0; k < (size_t)LAYERS * LAYERS; k++) {
        size_t from = k % LAYERS, to = k / LAYERS;
        double p = layers[to].probability[from];
        (void)snprintf(name, sizeof name, "%s->%s", layers[from].name, layers[to].name);
        struct link link = {.name = name,
                            .proj = hk_sim_find_projection(e->sim, name),
                            .from = from,
                            .to = to,
                            .sources = size_of(from, scale),
                            .targets = size_of(to, scale),
                            .weight = weight_of_psp() / sqrt(scale)};
        ck_assert_msg((link.proj != NULL) == (p > 0), "%s: there or not?", name);
        if (!link.proj) continue;
        wanted = synapses_of(p, link.sources, link.targets);
        link.count = (double)hk_proj_count(link.proj);
        expect_near(name, "the number of synapses", link.count, wanted, 2);
        total += link.count;
        count++;
        check_link(&link, hk_sim_tick_ms(e->sim), kinds);
    }
    ck_assert_double_eq(count, 55);
    if (scale == 1.0) expect_near("all", "the number of synapses", total, TOTAL, 10);
}

/* Some lie above the threshold of -50 mV from the start, and nobody clips them. */
static void check_potentials(const struct hk_experiment *e, size_t layer) {
    const struct hk_pop *pop = hk_sim_find_population(e->sim, layers[layer].name);
    double size = hk_pop_size(pop), mean = layers[layer].v_mean, sd = layers[layer].v_sd;
    double share = 0.5 * erfc((-50 - mean) / (sd * sqrt(2.0))), above = 0;
    struct moments moments = {.count = 0};
    struct hk_block room = {0};
    double *v = reserve(&room, size, sizeof *v);
    hk_pop_read(pop, (size_t)hk_pop_column(pop, "v"), v);
    for (size_t i = 0; i < (size_t)size; i++) {
        moments_add(&moments, v[i] - mean);
        above += v[i] > -50;
    }
    hk_block_finish(&room);
    expect_moments(layers[layer].name, "v", &moments, mean, sd, 0);
    expect_count(layers[layer].name, "start above the threshold", above, share * size,
                 share * size + 1);
}

/* All synapses together, which chance leaves next to nothing. */
static void expect_kind(const char *name, const char *what, const struct moments *moments,
                        double mean, double sd, double allowed) {
    double n = moments->count, off = moments->sum / n;
    if (getenv("HILLOCK_RESULTS"))
        (void)printf("%-8s %-7s of %9.0f synapses: %10.7f +- %9.7f, must be %7.4f +- %.4f\n", name,
                     what, n, mean + off, sqrt(moments->squares / n - off * off), mean, sd);
    expect_moments(name, what, moments, mean, sd, allowed);
}

static void check_kinds(const struct kinds *kinds) {
    static const char *const names[] = {"exc.", "4E->2/3E", "inh."};
    static const double weights[] = {1, 2, -4};
    for (size_t k = 0; k < HK_COUNT(names); k++)
        expect_kind(names[k], "weights", &kinds->weights[k], weights[k], 0.1 * fabs(weights[k]),
                    0.002);
    for (size_t k = 0; k < HK_COUNT(delays); k++)
        expect_kind(k ? "inh." : "exc.", "delays", &kinds->delays[k], delays[k].mean, delays[k].sd,
                    0.005);
}

static void check_circuit(const char *path, double scale) {
    struct hk_experiment e;
    struct kinds kinds = {.weights = {{.count = 0}}};
    open_circuit(&e, path, scale);
    net_build(e.sim);
    for (size_t k = 0; k < LAYERS; k++) {
        const struct hk_pop *pop = hk_sim_find_population(e.sim, layers[k].name);
        ck_assert_double_eq(hk_pop_size(pop), size_of(k, scale));
        check_potentials(&e, k);
    }
    check_links(&e, scale, &kinds);
    check_kinds(&kinds);
    hk_experiment_finish(&e);
}

START_TEST(a_tenth_of_the_microcircuit_is_built_as_it_must) {
    check_circuit("bench/microcircuit-scaled.yaml", 0.1);
}
END_TEST

START_TEST(the_microcircuit_is_built_as_it_must) {
    hk_test_only_results();
    check_circuit("bench/microcircuit.yaml", 1);
}
END_TEST

/* The numbers that are published beside the probabilities, against the arithmetic of this test. */
START_TEST(the_arithmetic_is_that_of_the_authors) {
    static const struct {
        size_t from, to;
        double count;
    } published[] = {{0, 0, 45499805}, {2, 0, 20253647}, {3, 2, 17413576}, {6, 2, 14624432},
                     {7, 6, 10827677}, {5, 5, 430444},   {5, 2, 7003},     {5, 4, 2407889}};
    double total = 0;
    ck_assert_double_eq_tol(weight_of_psp(), 87.80849353, 1e-8);
    for (size_t k = 0; k < HK_COUNT(published); k++) {
        size_t from = published[k].from, to = published[k].to;
        double count =
            synapses_of(layers[to].probability[from], layers[from].size, layers[to].size);
        expect_near(layers[to].name, "a number of synapses", count, published[k].count, 2);
    }
    for (size_t k = 0; k < (size_t)LAYERS * LAYERS; k++)
        total += synapses_of(layers[k / LAYERS].probability[k % LAYERS], layers[k % LAYERS].size,
                             layers[k / LAYERS].size);
    expect_near("all", "the number of synapses", total, TOTAL, 10);
}
END_TEST

/* Of the full circuit, of that with constant currents, and of a tenth with what it lacks. */
START_TEST(external_input_is_what_it_must_be) {
    struct hk_experiment full, constant, scaled;
    open_circuit(&full, "bench/microcircuit.yaml", 1);
    open_circuit(&constant, "bench/microcircuit-dc.yaml", 1);
    open_circuit(&scaled, "bench/microcircuit-scaled.yaml", 0.1);
    for (size_t k = 0; k < LAYERS; k++) {
        const char *name = layers[k].name;
        double rate = 8 * layers[k].inputs, w = weight_of_psp();
        expect_near(name, "the rate", number(&full, name, "poisson", "Hz"), rate, 1e-9 * rate);
        expect_near(name, "the weight", number(&full, name, "weight", "pA"), w, 1e-8);
        expect_near(name, "the current", number(&constant, name, "0.step", "pA"),
                    layers[k].constant, 1e-3);
        expect_near(name, "a tenth of the rate", number(&scaled, name, "0.poisson", "Hz"),
                    0.1 * rate, 1e-9 * rate);
        expect_near(name, "its weight", number(&scaled, name, "0.weight", "pA"), w / sqrt(0.1),
                    1e-7);
        expect_near(name, "the current for what it lacks", number(&scaled, name, "1.step", "pA"),
                    layers[k].lost, 1e-2);
    }
    hk_experiment_finish(&full);
    hk_experiment_finish(&constant);
    hk_experiment_finish(&scaled);
}
END_TEST

Suite *suite_experiments_construction(void) {
    Suite *suite = suite_create("experiments/construction");
    TCase *tcase = tcase_create("tenth"), *results = tcase_create("full");
    tcase_add_test(tcase, the_arithmetic_is_that_of_the_authors);
    tcase_add_test(tcase, external_input_is_what_it_must_be);
    tcase_add_test(tcase, a_tenth_of_the_microcircuit_is_built_as_it_must);
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(results, 1800);
    tcase_add_test(results, the_microcircuit_is_built_as_it_must);
    suite_add_tcase(suite, results);
    return suite;
}
