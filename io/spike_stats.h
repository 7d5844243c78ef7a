/* What the spikes of a population say of its state, measured while they pass: nothing is kept that
 * grows with the run. The measures of Brunel (2000), as of a window of time:
 *
 *   rate            spikes / neuron / s
 *   cv_isi          standard deviation over mean of a neuron's inter-spike intervals, as a mean
 *                   over the neurons with at least HK_SPIKES_INTERVALS_MIN intervals
 *   cv_neurons      how many neurons those are
 *   count_cv, fano  standard deviation over mean, and variance over mean, of the population's
 *                   spike count in bins; independent Poisson spikes have a fano of 1, neurons that
 *                   fire together one of up to their number
 *   peak_frequency, peak_height  the largest value of the power spectrum of that count, from
 *                   HK_SPIKES_PEAK_MIN_HZ to below half the bins' rate. Independent Poisson spikes
 *                   have 1 at each frequency; a rate that is modulated by a sine of relative depth
 *                   m has 1 + m^2 S / 4 at its frequency, S spikes being in a segment.
 *
 * Variances are over all there is (divisor n). The spectrum is Bartlett's (1948): the mean over
 * segments of a second, without their means and without overlap, of |sum_k n_k exp(-2 pi i f k)|^2
 * / sum_k n_k. A window that is shorter is one segment, filled up with zeros, so that the
 * frequencies are the same; what is left behind the last whole segment of a longer one is left out
 * of the spectrum. What can't be said (of silence, say) is NaN. Short windows bias cv_isi low: the
 * long intervals of slow neurons don't fit.
 *
 * Memory: 32 bytes a neuron, and a segment: at most HK_SPIKES_BINS_MAX bins. */
#ifndef HK_IO_SPIKE_STATS_H
#define HK_IO_SPIKE_STATS_H

#include "sim/arena.h"

#define HK_SPIKES_SEGMENT_MS  1000.0
#define HK_SPIKES_PEAK_MIN_HZ 2.0
enum {
    HK_SPIKES_BINS_MAX = 10000, /* in a segment: bins of 0.1 ms */
    HK_SPIKES_BINS_MIN = 10,    /* of 100 ms */
    HK_SPIKES_INTERVALS_MIN = 3
};

enum hk_spike_measure {
    HK_SPIKES_RATE,
    HK_SPIKES_CV_ISI,
    HK_SPIKES_CV_NEURONS,
    HK_SPIKES_COUNT_CV,
    HK_SPIKES_FANO,
    HK_SPIKES_PEAK_FREQUENCY,
    HK_SPIKES_PEAK_HEIGHT,
    HK_SPIKES_MEASURES
};
extern const char *const hk_spike_measure_names[HK_SPIKES_MEASURES];
/* "Hz", or NULL. */
const char *hk_spike_measure_unit(enum hk_spike_measure measure);

/* Spikes at ticks from + 1 .. to count, from where hk_spike_stats_begin was called; bins follow
 * each other from `from` on. */
struct hk_spike_window {
    hk_tick from, to, bin;
};

struct hk_spike_stats;

/* Of `neurons`, not yet begun. `bin` holds HK_SPIKES_BINS_MIN..MAX times in a segment. NULL on
 * failure: HK_ERR_MEMORY. */
struct hk_spike_stats *hk_spike_stats_create(struct hk_arena *arena, hk_neuron neurons,
                                             double tick_ms, struct hk_spike_window window,
                                             struct hk_err *err) HK_MUST_USE;
/* Forget all; the window is counted from `now`. */
void hk_spike_stats_begin(struct hk_spike_stats *stats, hk_tick now);
/* Ticks never go back. */
void hk_spike_stats_add(struct hk_spike_stats *stats, hk_tick tick, const hk_neuron *units,
                        size_t count);
/* What the window's part until `now` was like. */
void hk_spike_stats_end(struct hk_spike_stats *stats, hk_tick now,
                        double values[HK_SPIKES_MEASURES]);

#endif
