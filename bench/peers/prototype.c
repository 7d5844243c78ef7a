/* The cortical microcircuit (Potjans & Diesmann 2014) at full scale, and nothing else: what a short
 * program for this one network takes, as a measure of hillock's speed on any machine.
 *
 *     prototype SECONDS THREADS [dc]
 *
 * Just in time: rows lie by delay, and each step adds the segments of all spikes in flight, which
 * are asked for ahead of their turn. A synapse is a target and a weight of 16 bits each, sums are
 * whole numbers, each thread owns its targets, and there is a barrier a step. Background:
 * xoshiro128++ for each neuron, one draw compared with 12 thresholds, where its tail ends. Prints a
 * line of JSON. tools/bench-prototype compiles it and runs it beside hillock, in turns. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

enum {
    POPS = 8,
    SLOTS = 64,
    RING = SLOTS + 1,
    AHEAD = 12,
    LINE = 64,
    THRESHOLDS = 12,
    THREADS_MAX = 16
};
static const double STEP = 0.1, TAU_M = 10.0, TAU_SYN = 0.5; /* ms */
static const double C_M = 250.0, W = 87.80849353;            /* pF; pA */
static const double PER_PA = 50.0;                           /* a weight of 1 pA in whole numbers */
static const float V_REST = -65.0f, V_TH = -50.0f;           /* mV */
enum { REF_STEPS = 20 };

static const char *const name[POPS] = {"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"};
static const uint32_t size[POPS] = {20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948};
static const double inputs[POPS] = {1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100};
static const double v_mean[POPS] = {-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43};
static const double v_sd[POPS] = {5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48};
static const double connected[POPS][POPS] = {
    /* [target][source] */
    {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0},
    {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0},
    {0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0},
    {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0},
    {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0},
    {0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0},
    {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
    {0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443}};

struct segment {
    const uint32_t *at, *end;
};

/* What a thread owns: of each population a stretch, one behind the other. */
struct part {
    pthread_t thread;
    uint32_t count, first[POPS + 1], base[POPS]; /* first: in the part; base: in the population */
    uint32_t *start, *synapse;                   /* [sources * SLOTS + 1] rows; target, weight */
    int32_t *sum;
    float *v, *current, *pulses;
    uint8_t *held, *is_over;
    uint32_t *random[4];
    uint32_t *fired[RING], fired_count[RING]; /* sources, by step */
    struct segment *list;                     /* that arrive at this step */
    uint64_t spikes[POPS], events;
};
static struct part parts[THREADS_MAX];
static uint32_t sources, source_first[POPS];
static int threads, steps, is_dc;
static atomic_int arrived;

/* Of a step, for each population: background whose numbers are not above k, as a part of 2^32; and
 * the membrane's exact solution (Rotter & Diesmann 1999). */
static uint32_t not_above[POPS][THRESHOLDS];
static struct factors { float keep, stay, constant, gain; } factors[POPS];

static void *allocate(size_t bytes) {
    void *at = aligned_alloc(2 << 20, (bytes + (2 << 20) - 1) / (2 << 20) * (2 << 20));
    if (!at) exit(1);
    madvise(at, bytes, MADV_HUGEPAGE);
    return memset(at, 0, bytes);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- building: the same draws twice, first counted, then written ---- */

static uint64_t draw(uint64_t *state) { /* splitmix64 */
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t end) {
    return (uint32_t)(((draw(state) >> 32) * end) >> 32);
}

/* One of 65,536 quantiles, which is quick and enough for weights of 16 bits and 64 delays. */
static float quantile[1 << 16];

static double normal(uint64_t *state) {
    return (double)quantile[draw(state) >> 48];
}

/* By Newton's method, from the middle out. */
static void make_quantiles(void) {
    enum { HALF = 1 << 15 };
    double x = 0.0;
    for (int k = 0; k < HALF; k++) {
        double p = (HALF + k + 0.5) / (2.0 * HALF);
        for (int turn = 0; turn < 20; turn++)
            x -= (0.5 * erfc(-x * M_SQRT1_2) - p) * exp(0.5 * x * x) * 2.5066282746310002;
        quantile[HALF + k] = (float)x;
        quantile[HALF - 1 - k] = (float)-x;
    }
}

static void connect(struct part *p, int source, int target, uint64_t *state, int is_writing) {
    double pairs = (double)size[source] * size[target], delay = source % 2 ? 0.75 : 1.5;
    double mean = source % 2 ? -4.0 * W : source == 2 && target == 0 ? 2.0 * W : W;
    uint32_t own = p->first[target + 1] - p->first[target];
    double count = log1p(-connected[target][source]) / log1p(-1.0 / pairs) * own / size[target];
    for (uint64_t k = 0; k < (uint64_t)count; k++) {
        uint32_t from = source_first[source] + below(state, size[source]);
        uint32_t to = p->first[target] + below(state, own);
        double w, d;
        do w = mean * (1.0 + 0.1 * normal(state));
        while (w * mean < 0.0);
        do d = rint(delay * (1.0 + 0.5 * normal(state)) / STEP);
        while (d < 1.0 || d >= SLOTS);
        uint32_t *row = &p->start[from * SLOTS + (uint32_t)d];
        if (is_writing) p->synapse[*row] = to | (uint32_t)(int32_t)rint(w * PER_PA) << 16;
        ++*row;
    }
}

static void connect_all(struct part *p, int is_writing) {
    uint64_t state = (uint64_t)(p - parts) + 1;
    for (int s = 0; s < POPS; s++)
        for (int t = 0; t < POPS; t++) connect(p, s, t, &state, is_writing);
}

static void make_rows(struct part *p) {
    size_t rows = (size_t)sources * SLOTS;
    uint32_t total = 0;
    p->start = allocate((rows + 1) * sizeof *p->start);
    connect_all(p, 0);
    for (size_t i = 0; i <= rows; i++) {
        uint32_t count = p->start[i];
        p->start[i] = total;
        total += count;
    }
    p->synapse = allocate((total + (size_t)AHEAD * LINE) * sizeof *p->synapse);
    connect_all(p, 1);
    memmove(p->start + 1, p->start, rows * sizeof *p->start); /* each had become its row's end */
    p->start[0] = 0;
}

static void make_neurons(struct part *p) {
    uint64_t state = 1000 + (uint64_t)(p - parts);
    p->sum = allocate(p->count * sizeof *p->sum);
    p->v = allocate(p->count * sizeof *p->v);
    p->current = allocate(p->count * sizeof *p->current);
    p->held = allocate(p->count);
    p->is_over = allocate(p->count + sizeof(uint64_t));
    p->pulses = allocate(p->count * sizeof *p->pulses);
    for (int k = 0; k < 4; k++) p->random[k] = allocate(p->count * sizeof(uint32_t));
    for (int s = 0; s < RING; s++) p->fired[s] = allocate(p->count * sizeof(uint32_t));
    for (int pop = 0; pop < POPS; pop++)
        for (uint32_t i = p->first[pop]; i < p->first[pop + 1]; i++) {
            p->v[i] = (float)(v_mean[pop] + v_sd[pop] * normal(&state));
            for (int k = 0; k < 4; k++) p->random[k][i] = (uint32_t)draw(&state);
        }
}

static void *build(void *arg) {
    make_rows(arg);
    make_neurons(arg);
    return NULL;
}

/* ---- a step ---- */

static size_t list_segments(struct part *p, int step) {
    size_t found = 0;
    for (int d = 1; d < SLOTS && d <= step; d++)
        for (int t = 0; t < threads; t++) {
            const struct part *from = &parts[t];
            int slot = (step - d) % RING;
            for (uint32_t k = 0; k < from->fired_count[slot]; k++) {
                const uint32_t *row = &p->start[from->fired[slot][k] * SLOTS + (uint32_t)d];
                p->list[found] = (struct segment){p->synapse + row[0], p->synapse + row[1]};
                found += row[0] != row[1];
            }
        }
    return found;
}

static void deliver(struct part *p, int step) {
    const size_t count = list_segments(p, step);
    const struct segment *list = p->list;
    int32_t *restrict sum = p->sum;
    for (size_t k = 0; k < count; k++) {
        if (k + AHEAD < count)
            for (const uint32_t *at = list[k + AHEAD].at; at < list[k + AHEAD].end; at += LINE / 4)
                __builtin_prefetch(at);
        for (const uint32_t *at = list[k].at; at < list[k].end; at++)
            sum[*at & 0xffff] += (int32_t)*at >> 16;
        p->events += (uint64_t)(list[k].end - list[k].at);
    }
}

static uint32_t left(uint32_t x, int k) {
    return x << k | x >> (32 - k);
}

/* Poisson numbers of a stretch, by one draw each. */
static void background(struct part *p, int pop) {
    float *restrict pulses = p->pulses + p->first[pop];
    const uint32_t n = p->first[pop + 1] - p->first[pop];
    uint32_t end[THRESHOLDS]; /* of its own, which nothing that is written can be */
    memcpy(end, not_above[pop], sizeof end);
    uint32_t *restrict a = p->random[0] + p->first[pop], *restrict b = p->random[1] + p->first[pop];
    uint32_t *restrict c = p->random[2] + p->first[pop], *restrict d = p->random[3] + p->first[pop];
    for (uint32_t i = 0; i < n; i++) { /* xoshiro128++, Blackman & Vigna 2021 */
        uint32_t u = left(a[i] + d[i], 7) + a[i], t = b[i] << 9;
        int32_t count = 0;
        c[i] ^= a[i];
        d[i] ^= b[i];
        b[i] ^= c[i];
        a[i] ^= d[i];
        c[i] ^= t;
        d[i] = left(d[i], 11);
        for (int k = 0; k < THRESHOLDS; k++) count += u >= end[k];
        pulses[i] = (float)count;
    }
}

static void collect(struct part *p, int pop, int slot) {
    const uint8_t *is_over = p->is_over + p->first[pop];
    uint32_t n = p->first[pop + 1] - p->first[pop];
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, is_over + i, sizeof eight);
        for (uint32_t k = i; eight && k < i + 8 && k < n; k++)
            if (is_over[k]) {
                p->fired[slot][p->fired_count[slot]++] = source_first[pop] + p->base[pop] + k;
                p->spikes[pop]++;
            }
    }
}

static void advance(struct factors f, uint32_t count, const float *restrict pulses,
                    int32_t *restrict sum, float *restrict current, float *restrict v,
                    uint8_t *restrict held, uint8_t *restrict is_over) {
    const float unit = (float)(1.0 / PER_PA), w = (float)W;
    for (uint32_t i = 0; i < count; i++) {
        float moved = v[i] * f.stay + f.constant + f.gain * current[i];
        current[i] = current[i] * f.keep + (float)sum[i] * unit + pulses[i] * w;
        sum[i] = 0;
        moved = held[i] ? V_REST : moved;
        uint8_t over = moved >= V_TH, still = (uint8_t)(held[i] - (held[i] > 0));
        is_over[i] = over;
        held[i] = over ? REF_STEPS : still;
        v[i] = over ? V_REST : moved;
    }
}

static void update(struct part *p, int pop, int step) {
    uint32_t first = p->first[pop];
    if (!is_dc) background(p, pop);
    advance(factors[pop], p->first[pop + 1] - first, p->pulses + first, p->sum + first,
            p->current + first, p->v + first, p->held + first, p->is_over + first);
    collect(p, pop, step % RING);
}

static void *run(void *arg) {
    struct part *p = arg;
    const size_t flights = SLOTS / REF_STEPS + 1; /* of a source at once */
    p->list = allocate(flights * sources * sizeof *p->list);
    for (int step = 1; step <= steps; step++) {
        p->fired_count[step % RING] = 0;
        deliver(p, step);
        for (int pop = 0; pop < POPS; pop++) update(p, pop, step);
        atomic_fetch_add(&arrived, 1);
        while (atomic_load(&arrived) < threads * step) __asm__ volatile("");
    }
    return NULL;
}

static void make_constants(void) {
    const double lost = -expm1(-STEP / TAU_M), keep = exp(-STEP / TAU_SYN),
                 stay = exp(-STEP / TAU_M);
    for (int pop = 0; pop < POPS; pop++) {
        double mean = inputs[pop] * 8e-3 * STEP, term = exp(-mean), sum = 0.0;
        double dc = is_dc ? 8e-3 * inputs[pop] * W * TAU_SYN : 0.0; /* pA */
        for (int k = 0; k < THRESHOLDS; term *= mean / ++k)
            not_above[pop][k] = (uint32_t)fmin(4294967295.0, 4294967296.0 * (sum += term));
        factors[pop] = (struct factors){
            .keep = (float)keep,
            .stay = (float)stay,
            .constant = (float)(lost * ((double)V_REST + dc * TAU_M / C_M)),
            .gain = (float)(TAU_M / C_M * TAU_SYN / (TAU_SYN - TAU_M) * (keep - stay)),
        };
    }
}

static void divide(void) {
    for (int t = 0; t < threads; t++)
        for (int pop = 0; pop < POPS; pop++) {
            struct part *p = &parts[t];
            uint32_t n = (uint32_t)threads, k = (uint32_t)t;
            p->base[pop] = size[pop] * k / n;
            p->first[pop] = p->count;
            p->count += size[pop] * (k + 1) / n - p->base[pop];
            p->first[pop + 1] = p->count;
        }
    for (int pop = 0; pop < POPS; pop++) {
        source_first[pop] = sources;
        sources += size[pop];
    }
}

static void in_parallel(void *(*work)(void *)) {
    for (int t = 0; t < threads; t++)
        if (pthread_create(&parts[t].thread, NULL, work, &parts[t])) exit(1);
    for (int t = 0; t < threads; t++) pthread_join(parts[t].thread, NULL);
}

static void report(double build_s, double sim_s, double cpu_s) {
    uint64_t events = 0;
    double seconds = steps * STEP / 1e3;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    for (int t = 0; t < threads; t++) events += parts[t].events;
    printf("{\"name\": \"microcircuit%s\", \"peer\": \"the prototype\", \"threads\": %d, "
           "\"bio_s\": %g, \"build_s\": %.3f, "
           "\"sim_s\": %.3f, \"cpu_s\": %.3f, \"rtf\": %.3f, \"events\": %llu, \"peak_mb\": %.1f, "
           "\"rates\": {",
           is_dc ? "-dc" : "", threads, seconds, build_s, sim_s, cpu_s, sim_s / seconds,
           (unsigned long long)events, (double)usage.ru_maxrss * 1024e-6);
    for (int pop = 0; pop < POPS; pop++) {
        uint64_t spikes = 0;
        for (int t = 0; t < threads; t++) spikes += parts[t].spikes[pop];
        printf("%s\"%s\": %.3f", pop ? ", " : "", name[pop], (double)spikes / seconds / size[pop]);
    }
    printf("}}\n");
}

int main(int argc, char **argv) {
    threads = argc > 2 ? atoi(argv[2]) : 0;
    if (threads < 2 || threads > THREADS_MAX) {
        (void)fprintf(stderr, "usage: prototype SECONDS THREADS [dc], where THREADS is 2 to %d\n",
                      THREADS_MAX);
        return 2;
    }
    steps = (int)rint(atof(argv[1]) * 1e3 / STEP);
    is_dc = argc > 3 && strcmp(argv[3], "dc") == 0;
    divide();
    make_quantiles();
    make_constants();
    double begin = now(CLOCK_MONOTONIC);
    in_parallel(build);
    double built = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    in_parallel(run);
    report(built - begin, now(CLOCK_MONOTONIC) - built, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    return 0;
}
