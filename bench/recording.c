/* How fast a recording takes in spikes, and how fast results.h5 is made of them.
 *
 *   build/bench/recording FOLDER [MILLIONS]
 *
 * As many millions of spikes (40) as of a network of 12,500 neurons in an irregular state, 46 or so
 * each tick of 0.1 ms, are recorded into FOLDER, which must be there and is empty afterwards.
 * Intake is told twice: until the last spike was told, which may still be in memory, and until all
 * was written. Processor time is of all threads. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/recording.h"
#include "sim/rng.h"

enum { NEURONS = 12500, TICKS = 4096, UNITS = 46, MILLIONS = 40 };

/* The spikes of some ticks, drawn before the clock runs; they are told again and again. */
static hk_neuron units[TICKS][2 * UNITS];
static size_t counts[TICKS];

static void draw(void) {
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "bench", "recording"), 0, 0);
    for (size_t t = 0; t < TICKS; t++)
        for (hk_neuron i = 0; i < NEURONS && counts[t] < 2 * (size_t)UNITS; i++)
            if (hk_draws_uniform(&draws) * NEURONS < UNITS) units[t][counts[t]++] = i;
}

struct rate {
    double wall_s, cpu_s;
};

static struct rate now(void) {
    return (struct rate){hk_clock_s(), hk_clock_cpu_s()};
}

static void tell(const char *what, struct rate from, double spikes) {
    struct rate to = now();
    (void)printf("%-8s %6.1f M spikes/s, %6.1f M a processor second\n", what,
                 1e-6 * spikes / (to.wall_s - from.wall_s),
                 1e-6 * spikes / (to.cpu_s - from.cpu_s));
}

static bool record(struct hk_recording *recording, double most, double *spikes,
                   struct hk_err *err) {
    uint32_t stream = 0;
    const struct hk_opening opening = {.kind = HK_STREAM_SPIKES,
                                       .path = "exc",
                                       .neurons = NEURONS,
                                       .tick_ms = 0.1,
                                       .stop_ms = 1e12};
    bool ok = hk_recording_open(recording, &opening, &stream, err);
    for (hk_tick tick = 0; ok && *spikes < most; tick++) {
        size_t t = (size_t)tick % TICKS;
        ok = hk_recording_spikes(recording, stream, tick, units[t], counts[t], err);
        *spikes += (double)counts[t];
        if (tick % 15 == 0) hk_recording_reach(recording, 0.1 * (double)tick);
    }
    return ok;
}

/* Without segments, so that both parts are seen by themselves. */
static bool measure(struct hk_arena *arena, const char *folder, double most, struct hk_err *err) {
    double spikes = 0.0;
    struct hk_folded folded;
    struct hk_recording *recording = hk_recording_create(arena, folder, SIZE_MAX, err);
    struct rate began = now();
    if (!recording || !record(recording, most, &spikes, err)) return false;
    tell("told", began, spikes);
    hk_recording_reach(recording, 1e12);
    while (hk_recording_saved_ms(recording) < 1e12) (void)usleep(100);
    tell("written", began, spikes);
    (void)printf("%.2f bytes a spike\n", (double)hk_recording_size(recording) / spikes);
    began = now();
    bool ok = hk_recording_close(recording, &folded, err);
    if (ok) tell("folded", began, spikes);
    return ok;
}

int main(int count, char *words[]) {
    char path[4096];
    struct hk_err err = {0};
    double most = 1e6 * (count > 2 ? strtod(words[2], NULL) : MILLIONS);
    if (count < 2) return EXIT_FAILURE;
    draw();
    struct hk_arena *arena = hk_arena_create(&err);
    bool ok = arena && measure(arena, words[1], most, &err);
    if (!ok) (void)fprintf(stderr, "%s\n", err.message);
    hk_arena_destroy(arena);
    (void)snprintf(path, sizeof path, "%s/results.h5", words[1]);
    return ok && unlink(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
