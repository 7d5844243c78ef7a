#include "io/spike_stats.h"

#include <math.h>
#include <string.h>

/* Mean and spread of values that are seen one by one (Welford 1962): of equal values, the spread is
 * exactly 0. */
struct moments {
    double count, mean, squares; /* the sum of squared distances from the mean */
};

/* A point of the unit circle, at k / bins turns. */
struct turn {
    double cosine, sine;
};

struct train {
    hk_tick last; /* 0: no spike yet */
    struct moments intervals;
};

struct hk_spike_stats {
    hk_neuron neurons;
    double tick_ms;
    struct hk_spike_window window;
    hk_tick begin, end;   /* the window in ticks of the simulation */
    struct train *trains; /* [neurons] */
    double spikes;

    hk_tick closed;        /* bins that are over */
    double current;        /* spikes of the next one */
    struct moments counts; /* of those that are over */

    double *segment;    /* [bins] those of the segment that fills */
    size_t bins, fill;  /* of a whole segment; there now */
    struct turn *turns; /* [bins] */
    double *power;      /* [bins / 2 + 1] sums over segments, by frequency */
    double analysed;    /* spikes in them */
};

const char *const hk_spike_measure_names[HK_SPIKES_MEASURES] = {
    [HK_SPIKES_RATE] = "rate",
    [HK_SPIKES_CV_ISI] = "cv_isi",
    [HK_SPIKES_CV_NEURONS] = "cv_neurons",
    [HK_SPIKES_COUNT_CV] = "count_cv",
    [HK_SPIKES_FANO] = "fano",
    [HK_SPIKES_PEAK_FREQUENCY] = "peak_frequency",
    [HK_SPIKES_PEAK_HEIGHT] = "peak_height",
};

const char *hk_spike_measure_unit(enum hk_spike_measure measure) {
    return measure == HK_SPIKES_RATE || measure == HK_SPIKES_PEAK_FREQUENCY ? "Hz" : NULL;
}

static void moments_add(struct moments *moments, double value) {
    double off = value - moments->mean;
    moments->count++;
    moments->mean += off / moments->count;
    moments->squares += off * (value - moments->mean);
}

/* NaN where there was nothing. */
static double moments_variance(const struct moments *moments) {
    return moments->squares / moments->count;
}

struct hk_spike_stats *hk_spike_stats_create(struct hk_arena *arena, hk_neuron neurons,
                                             double tick_ms, struct hk_spike_window window,
                                             struct hk_err *err) {
    HK_ASSERT(window.from >= 0 && window.from < window.to && window.bin > 0);
    struct hk_spike_stats *stats = HK_NEW(arena, struct hk_spike_stats, 1, err);
    if (!stats) return NULL;
    double bins = floor(HK_SPIKES_SEGMENT_MS / ((double)window.bin * tick_ms) + 1e-9);
    HK_ASSERT(bins >= HK_SPIKES_BINS_MIN && bins <= HK_SPIKES_BINS_MAX);
    stats->neurons = neurons;
    stats->tick_ms = tick_ms;
    stats->window = window;
    stats->bins = (size_t)bins;
    stats->trains = HK_NEW(arena, struct train, neurons, err);
    stats->segment = HK_NEW(arena, double, stats->bins, err);
    stats->turns = HK_NEW(arena, struct turn, stats->bins, err);
    stats->power = HK_NEW(arena, double, stats->bins / 2 + 1, err);
    if (!stats->trains || !stats->segment || !stats->turns || !stats->power) return NULL;
    for (size_t k = 0; k < stats->bins; k++) {
        double angle = 4.0 * acos(0.0) * (double)k / bins;
        stats->turns[k] = (struct turn){cos(angle), sin(angle)};
    }
    return stats;
}

void hk_spike_stats_begin(struct hk_spike_stats *stats, hk_tick now) {
    const struct hk_spike_window *window = &stats->window;
    stats->begin = now + window->from;
    stats->end = window->to > INT64_MAX - now ? INT64_MAX : now + window->to;
    stats->spikes = stats->current = stats->analysed = 0.0;
    stats->counts = (struct moments){0};
    stats->closed = 0;
    stats->fill = 0;
    memset(stats->trains, 0, stats->neurons * sizeof *stats->trains);
    memset(stats->power, 0, (stats->bins / 2 + 1) * sizeof *stats->power);
}

/* ---- the spectrum ---- */

/* |sum_k (n_k - mean) exp(-2 pi i j k / bins)|^2 of the segment, with zeros behind its bins. */
static double power_at(const struct hk_spike_stats *stats, size_t j, double mean) {
    double real = 0.0, imaginary = 0.0;
    for (size_t k = 0, at = 0; k < stats->fill; k++) {
        real += (stats->segment[k] - mean) * stats->turns[at].cosine;
        imaginary += (stats->segment[k] - mean) * stats->turns[at].sine;
        at += j;
        if (at >= stats->bins) at -= stats->bins;
    }
    return real * real + imaginary * imaginary;
}

static void end_segment(struct hk_spike_stats *stats) {
    double sum = 0.0;
    for (size_t k = 0; k < stats->fill; k++) sum += stats->segment[k];
    for (size_t j = 1; sum > 0.0 && j <= stats->bins / 2; j++)
        stats->power[j] += power_at(stats, j, sum / (double)stats->fill);
    stats->analysed += sum;
    stats->fill = 0;
}

static void find_peak(const struct hk_spike_stats *stats, double *frequency, double *height) {
    double step = 1000.0 / ((double)stats->bins * (double)stats->window.bin * stats->tick_ms);
    size_t peak = 0;
    for (size_t j = (size_t)ceil(HK_SPIKES_PEAK_MIN_HZ / step - 1e-9); 2 * j < stats->bins; j++)
        if (stats->power[j] > stats->power[peak]) peak = j;
    *frequency = peak ? (double)peak * step : (double)NAN;
    *height = stats->power[peak] / stats->analysed;
}

/* ---- spikes ---- */

/* Bins before the one of this number are over. */
static void close_bins(struct hk_spike_stats *stats, hk_tick number) {
    for (; stats->closed < number; stats->closed++) {
        moments_add(&stats->counts, stats->current);
        stats->segment[stats->fill++] = stats->current;
        stats->current = 0.0;
        if (stats->fill == stats->bins) end_segment(stats);
    }
}

void hk_spike_stats_add(struct hk_spike_stats *stats, hk_tick tick, const hk_neuron *units,
                        size_t count) {
    if (tick <= stats->begin || tick > stats->end) return;
    close_bins(stats, (tick - stats->begin - 1) / stats->window.bin);
    stats->current += (double)count;
    stats->spikes += (double)count;
    for (size_t k = 0; k < count; k++) {
        struct train *train = &stats->trains[units[k]];
        if (train->last) moments_add(&train->intervals, (double)(tick - train->last));
        train->last = tick;
    }
}

/* ---- measures ---- */

static double mean_cv(const struct hk_spike_stats *stats, double *neurons) {
    double sum = 0.0;
    *neurons = 0.0;
    for (hk_neuron i = 0; i < stats->neurons; i++) {
        const struct moments *intervals = &stats->trains[i].intervals;
        if (intervals->count < HK_SPIKES_INTERVALS_MIN || intervals->mean == 0.0) continue;
        sum += sqrt(moments_variance(intervals)) / intervals->mean;
        ++*neurons;
    }
    return sum / *neurons;
}

void hk_spike_stats_end(struct hk_spike_stats *stats, hk_tick now,
                        double values[HK_SPIKES_MEASURES]) {
    hk_tick end = now < stats->end ? now : stats->end;
    hk_tick ticks = end > stats->begin ? end - stats->begin : 0;
    double seconds = (double)ticks * stats->tick_ms * 1e-3;
    const struct moments *counts = &stats->counts;
    close_bins(stats, ticks / stats->window.bin);
    if (stats->closed < (hk_tick)stats->bins) end_segment(stats);
    double variance = moments_variance(counts);
    values[HK_SPIKES_RATE] = stats->spikes / (seconds * stats->neurons);
    values[HK_SPIKES_CV_ISI] = mean_cv(stats, &values[HK_SPIKES_CV_NEURONS]);
    values[HK_SPIKES_COUNT_CV] = sqrt(variance) / counts->mean;
    values[HK_SPIKES_FANO] = variance / counts->mean;
    find_peak(stats, &values[HK_SPIKES_PEAK_FREQUENCY], &values[HK_SPIKES_PEAK_HEIGHT]);
}
