/* What is recorded comes back, through the journal and through segments; what died can be
 * recovered. */
#include "io/recording.h"

#include <check.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/journal.h"
#include "io/recover.h"
#include "io/results_read.h"
#include "io/run_files.h"
#include "tests/support/faults.h"
#include "tests/support/memory.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_recording *recording;
static struct hk_results_file *file;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    recording = NULL;
    file = NULL;
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_recording_destroy(recording);
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* Check notes each of its assertions in a file, and here are millions of calls. */
static void assert_ok(bool ok) {
    if (!ok) ck_abort_msg("%s", err.message);
}

static void create(size_t segment_size) {
    assert_ok((recording = hk_recording_create(arena, ".", segment_size, &err)) != NULL);
}

static struct hk_folded close_recording(void) {
    struct hk_folded folded;
    assert_ok(hk_recording_close(recording, &folded, &err));
    assert_ok((file = hk_results_read_open(arena, ".", &err)) != NULL);
    return folded;
}

static bool is_there(const char *name) {
    return access(name, F_OK) == 0;
}

/* ---- a recording of everything ---- */

enum { NEURONS = 1000, UNITS = 3, BINS = 4 };

struct streams {
    uint32_t exc, inh, curve, report, frames;
};

static uint32_t open_stream(struct hk_opening opening) {
    uint32_t stream = 0;
    assert_ok(hk_recording_open(recording, &opening, &stream, &err));
    return stream;
}

static struct streams open_streams(void) {
    static const hk_neuron ids[UNITS] = {1, 5, 6};
    struct streams s;
    s.exc = open_stream((struct hk_opening){.kind = HK_STREAM_SPIKES,
                                            .path = "exc",
                                            .neurons = NEURONS,
                                            .tick_ms = 0.1,
                                            .stop_ms = (double)INFINITY});
    s.inh = open_stream((struct hk_opening){.kind = HK_STREAM_SPIKES,
                                            .path = "inh",
                                            .neurons = NEURONS,
                                            .tick_ms = 0.1,
                                            .start_ms = 2.0,
                                            .stop_ms = 50.0,
                                            .ids = ids,
                                            .id_count = UNITS});
    s.curve = open_stream((struct hk_opening){.kind = HK_STREAM_SERIES,
                                              .path = "metrics/train/curve",
                                              .note = "samples, accuracy"});
    s.report = open_stream((struct hk_opening){.kind = HK_STREAM_REPORT,
                                               .path = "vm",
                                               .unit = "mV",
                                               .note = "v",
                                               .element = HK_ELEMENT_F32,
                                               .step_ms = 0.1,
                                               .ids = ids,
                                               .id_count = UNITS});
    s.frames = open_stream((struct hk_opening){.kind = HK_STREAM_FRAMES,
                                               .path = "frames/w",
                                               .unit = "pA",
                                               .note = "time:ms low:pA",
                                               .element = HK_ELEMENT_F64,
                                               .rank = 2,
                                               .shape = {2, BINS / 2}});
    return s;
}

/* Tick t: some units of exc fire, one of inh; each tenth has a point, a frame and a number. */
static size_t units_at(hk_tick tick, hk_neuron units[64]) {
    size_t count = (size_t)(tick * 7 % 50);
    for (size_t i = 0; i < count; i++)
        units[i] = (hk_neuron)((tick * 13 + (hk_tick)i * 17) % NEURONS);
    return count;
}

static void record_tick(const struct streams *s, hk_tick tick) {
    hk_neuron units[64];
    const hk_neuron five = 5;
    const float v[UNITS] = {(float)tick, -(float)tick, 0.5f};
    size_t count = units_at(tick, units);
    assert_ok(hk_recording_spikes(recording, s->exc, tick, units, count, &err));
    assert_ok(hk_recording_spikes(recording, s->inh, tick, &five, 1, &err));
    assert_ok(hk_recording_rows(recording, s->report, v, sizeof v, &err));
    hk_recording_reach(recording, 0.1 * (double)tick);
    if (tick % 10) return;
    const double point[] = {(double)tick, 1.0 / (double)(tick + 1)};
    const double numbers[] = {0.1 * (double)tick, -1.0}, data[BINS] = {(double)tick, 1, 2, 3};
    char path[64];
    assert_ok(hk_recording_rows(recording, s->curve, point, sizeof point, &err));
    assert_ok(hk_recording_frame(recording, s->frames, numbers, 2, data, sizeof data, &err));
    (void)snprintf(path, sizeof path, "numbers/at%lld", (long long)tick);
    if (tick % 500 == 0) assert_ok(hk_recording_number(recording, path, (double)tick, "ms", &err));
}

static void assert_spikes(hk_tick ticks) {
    struct hk_results_raster raster;
    size_t k = 0;
    assert_ok(hk_results_read_spikes(file, "exc", &raster, &err));
    for (hk_tick tick = 0; tick < ticks; tick++) {
        hk_neuron units[64];
        size_t count = units_at(tick, units);
        for (size_t i = 0; i < count; i++, k++)
            if (k == raster.count || raster.ticks[k] != tick || raster.ids[k] != units[i])
                ck_abort_msg("spike %zu of %zu isn't that of unit %u", k, raster.count, units[i]);
    }
    ck_assert_uint_eq(raster.count, k);
    assert_ok(hk_results_read_spikes(file, "inh", &raster, &err));
    ck_assert_uint_eq(raster.count, (size_t)ticks);
    ck_assert_double_eq(raster.start_ms, 2.0);
}

static const double *array(const char *path, size_t *count) {
    static struct hk_block block;
    bool ok = hk_results_read_array(file, path, &block, count, &err);
    ck_assert_msg(ok, "%s", err.message);
    return block.data;
}

static void assert_frames(hk_tick ticks) {
    size_t count, frames = (size_t)(ticks + 9) / 10;
    const double *values = array("report/vm/data", &count);
    ck_assert_uint_eq(count, (size_t)ticks * UNITS);
    for (size_t i = 0; i < (size_t)ticks; i++)
        if (values[i * UNITS] != (double)i || values[i * UNITS + 1] != -(double)i)
            ck_abort_msg("frame %zu begins with %g", i, values[i * UNITS]);
    values = array("frames/w/data", &count);
    ck_assert_uint_eq(count, frames * BINS);
    for (size_t i = 0; i < frames; i++) ck_assert_double_eq(values[i * BINS], 10.0 * (double)i);
    values = array("frames/w/time", &count);
    ck_assert_uint_eq(count, frames);
    ck_assert_double_eq(values[frames - 1], 0.1 * 10.0 * (double)(frames - 1));
    (void)array("frames/w/low", &count);
    ck_assert_uint_eq(count, frames);
    values = array("metrics/train/curve", &count);
    ck_assert_uint_eq(count, 2 * frames);
    for (size_t i = 0; i < frames; i++) ck_assert_double_eq(values[2 * i], 10.0 * (double)i);
    (void)array("report/vm/mapping/node_ids", &count);
    ck_assert_uint_eq(count, UNITS);
    values = array("report/vm/mapping/time", &count);
    ck_assert_double_eq_tol(values[1], 0.1 * (double)ticks, 1e-9);
}

/* Of an array that is larger than two blocks of memory. */
static void record_large(const char *path) {
    enum { ROWS = 1000, COLUMNS = 600, VALUES = ROWS * COLUMNS };
    float *matrix = HK_NEW(arena, float, VALUES, &err);
    for (size_t i = 0; i < VALUES; i++) matrix[i] = (float)i;
    const struct hk_store_item item = {path,  "pA", HK_ELEMENT_F32, 2, (size_t[]){ROWS, COLUMNS},
                                       matrix};
    assert_ok(hk_recording_put(recording, &item, &err));
}

static void assert_large(const char *path) {
    size_t count;
    const double *values = array(path, &count);
    ck_assert_uint_eq(count, 600000);
    for (size_t i = 0; i < count; i++)
        if (values[i] != (double)(float)i) ck_abort_msg("value %zu is %g", i, values[i]);
}

static void assert_rest(hk_tick ticks) {
    for (hk_tick tick = 0; tick < ticks; tick += 500) {
        char path[64];
        double value = -1.0;
        (void)snprintf(path, sizeof path, "numbers/at%lld", (long long)tick);
        assert_ok(hk_results_read_number(file, path, &value, &err));
        ck_assert_double_eq(value, (double)tick);
        ck_assert_str_eq(hk_results_read_unit(file, path), "ms");
    }
}

/* Wait until all that was told is in a journal, and where they are small the first of them are
 * segments. */
static void wait_until_saved(double reached_ms, size_t segments) {
    char path[32];
    (void)snprintf(path, sizeof path, "seg-%06zu.h5", segments);
    while (hk_recording_saved_ms(recording) < reached_ms) (void)sched_yield();
    while (segments > 0 && !is_there(path)) (void)sched_yield();
}

/* From a journal alone, and from segments: at least five, or as many as there are blocks. */
static const struct {
    size_t segment_size;
    hk_tick ticks;
    size_t pauses;
} ways[] = {{0, 20000, 0}, {30000, 6000, 5}, {1, 3000, 5}, {1, 2000, 2}, {400000, 30000, 0}};

static void record_all(size_t segment_size, hk_tick ticks, size_t pauses) {
    create(segment_size);
    struct streams s = open_streams();
    for (hk_tick tick = 0, pause = 1; tick < ticks; tick++) {
        record_tick(&s, tick);
        if (pause > (hk_tick)pauses || tick + 1 < ticks * pause / (hk_tick)(pauses + 1)) continue;
        wait_until_saved(0.1 * (double)tick, (size_t)pause);
        pause++;
    }
}

START_TEST(everything_comes_back) {
    hk_tick ticks = ways[_i].ticks;
    const char *text = NULL;
    record_all(ways[_i].segment_size, ticks, ways[_i].pauses);
    record_large("weights/one");
    record_large("weights/other");
    assert_ok(hk_recording_text(recording, "provenance/status", "complete", &err));
    assert_ok(hk_recording_text(recording, "experiment/empty", "", &err));
    struct hk_folded folded = close_recording();
    ck_assert(!folded.died && !folded.damaged && folded.torn == 0);
    ck_assert_double_eq(folded.reached_ms, 0.1 * (double)(ticks - 1));
    assert_spikes(ticks);
    assert_frames(ticks);
    assert_rest(ticks);
    assert_large("weights/one");
    assert_large("weights/other");
    assert_ok(hk_results_read_text(file, "experiment/empty", &text, &err));
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(nothing_but_the_results_is_left) {
    record_all(1, 1000, 2);
    ck_assert(is_there("journal.lock"));
    (void)close_recording();
    ck_assert(is_there("results.h5"));
    ck_assert(!hk_run_files_left("."));
    ck_assert(!is_there("journal.lock") && !is_there("results.h5.part"));
}
END_TEST

START_TEST(an_empty_recording_has_an_end_too) {
    create(0);
    struct hk_folded folded = close_recording();
    ck_assert(folded.died); /* it didn't say how it ended */
    ck_assert_double_eq(folded.reached_ms, 0.0);
}
END_TEST

/* The clock stands still but for two steps, so that what is told isn't saved for any other reason
 * than its age; and that the thread looks in time is a matter of two constants. */
START_TEST(what_was_told_is_saved_before_it_is_two_seconds_old) {
    ck_assert_int_le(HK_FLUSH_MS + HK_WAKE_MS, 2000 / 2);
    fault_clock_stop(1000.0);
    create(0);
    struct streams s = open_streams();
    record_tick(&s, 1234);
    ck_assert_double_eq(hk_recording_saved_ms(recording), 0.0);
    fault_clock_stop(1000.0 + 1e-3 * HK_FLUSH_MS);
    while (hk_recording_saved_ms(recording) < 0.1 * 1234) (void)sched_yield();
    uint64_t size = hk_recording_size(recording);
    ck_assert_uint_gt(size, 100);
    hk_recording_reach(recording, 1e6); /* silence */
    fault_clock_stop(1000.0 + 2e-3 * HK_FLUSH_MS);
    while (hk_recording_saved_ms(recording) < 1e6) (void)sched_yield();
    ck_assert_uint_lt(hk_recording_size(recording) - size, 100);
    fault_clock_go_on();
}
END_TEST

START_TEST(names_that_can_not_be_are_refused_at_once) {
    uint32_t stream;
    create(0);
    ck_assert(!hk_recording_number(recording, "metrics//x", 1.0, NULL, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
    err = (struct hk_err){0};
    const struct hk_opening opening = {.kind = HK_STREAM_SPIKES, .path = "a/b", .tick_ms = 1.0};
    ck_assert(!hk_recording_open(recording, &opening, &stream, &err));
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
}
END_TEST

START_TEST(frames_have_limits) {
    uint32_t stream;
    create(0);
    struct hk_opening opening = {.kind = HK_STREAM_FRAMES,
                                 .path = "frames/x",
                                 .rank = 2,
                                 .shape = {1 << 20, 1 << 20}};
    ck_assert(!hk_recording_open(recording, &opening, &stream, &err));
    ck_assert_str_eq(err.message, "frames/x: a frame of it has more than 4 GiB");
    err = (struct hk_err){0};
    opening.shape[0] = 0;
    ck_assert(!hk_recording_open(recording, &opening, &stream, &err));
    ck_assert_str_eq(err.message, "frames/x: there is nothing to record");
}
END_TEST

START_TEST(a_folder_is_for_one_recording_at_a_time) {
    create(0);
    ck_assert_ptr_null(hk_recording_create(arena, ".", 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "./journal.lock: locked by a run that still goes on");
}
END_TEST

START_TEST(a_missing_folder_is_named) {
    ck_assert_ptr_null(hk_recording_create(arena, "none", 0, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "none/journal.lock: can't make this file: No such file or "
                                  "directory");
}
END_TEST

/* ---- memory and speed ---- */

/* 46 spikes each tick of 0.1 ms, as of 12,500 neurons at 37 Hz. */
static void record_many(void *context) {
    const hk_tick *ticks = context;
    hk_neuron units[46];
    const float v[UNITS] = {1.0f, 2.0f, 3.0f};
    create(1 << 20);
    struct streams s = open_streams();
    for (hk_tick tick = 0; tick < *ticks; tick++) {
        for (hk_neuron i = 0; i < 46; i++) units[i] = (i * 21 + (hk_neuron)tick * 7 % 21) % NEURONS;
        assert_ok(hk_recording_spikes(recording, s.exc, tick, units, 46, &err));
        assert_ok(hk_recording_rows(recording, s.report, v, sizeof v, &err));
    }
    (void)close_recording();
}

static long memory_of(hk_tick ticks) {
    long memory = hk_test_memory_of(record_many, &ticks);
    ck_assert_int_eq(unlink("results.h5"), 0);
    return memory;
}

START_TEST(memory_does_not_grow_with_the_length_of_the_run) {
    enum { BLOCKS = HK_RECORDING_BLOCKS * 1024 };
    if (HK_TEST_SANITIZED) hk_test_skip("the sanitizers keep what is given back");
    /* 2 M spikes and 15 M, of 28 MB of journal. A longer run may have touched more of its blocks;
     * spikes that were kept, of 12 bytes, would be ten times as much. */
    hk_tick ticks = getenv("HILLOCK_TEST_LONG") ? 150000 : 40000;
    long once = memory_of(ticks), eight = memory_of(8 * ticks);
    ck_assert_msg(eight < once + BLOCKS, "%ld KiB and %ld KiB", once, eight);
}
END_TEST

/* ---- after a death ---- */

/* Let another process record so many ticks, and die without a word. */
static void record_and_die(hk_tick ticks, size_t segment_size, size_t pauses) {
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        record_all(segment_size, ticks, pauses);
        wait_until_saved(0.1 * (double)(ticks - 1), 0);
        (void)raise(SIGKILL);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    ck_assert(WIFSIGNALED(status));
}

static struct hk_recovered recover(void) {
    struct hk_recovered recovered;
    assert_ok(hk_recover(arena, ".", &recovered, &err));
    assert_ok((file = hk_results_read_open(arena, ".", &err)) != NULL);
    return recovered;
}

START_TEST(a_death_loses_nothing_that_was_saved) {
    const char *text = NULL;
    hk_tick ticks = ways[_i].ticks;
    record_and_die(ticks, ways[_i].segment_size, ways[_i].pauses);
    ck_assert(!is_there("results.h5"));
    struct hk_recovered recovered = recover();
    ck_assert(recovered.folded.died && !recovered.was_whole);
    ck_assert_double_eq(recovered.folded.reached_ms, 0.1 * (double)(ticks - 1));
    assert_spikes(ticks);
    assert_frames(ticks);
    assert_rest(ticks);
    assert_ok(hk_results_read_text(file, "provenance/status", &text, &err));
    ck_assert_str_eq(text, "died");
    ck_assert(!hk_run_files_left("."));
}
END_TEST

START_TEST(recovering_twice_does_no_harm) {
    record_and_die(500, 0, 0);
    (void)recover();
    hk_results_read_close(file);
    struct hk_recovered again = recover();
    ck_assert(again.was_whole);
    assert_spikes(500);
}
END_TEST

/* What a death during the last steps leaves: results are whole, journals not yet removed. */
START_TEST(whole_results_win_over_a_journal) {
    create(0);
    struct streams s = open_streams();
    for (hk_tick tick = 0; tick < 700; tick++) record_tick(&s, tick);
    (void)close_recording();
    hk_results_read_close(file);
    FILE *journal = fopen("journal-000001", "w");
    ck_assert(journal && fputs("half", journal) >= 0 && fclose(journal) == 0);
    ck_assert(recover().was_whole);
    ck_assert(!is_there("journal-000001"));
    assert_spikes(700);
}
END_TEST

/* ... and before: files that are written aside, and a journal beside its segment. */
START_TEST(unfinished_files_are_made_anew) {
    record_and_die(3000, 1, 2);
    static const char *const names[] = {"results.h5.part", "seg-000999.h5.part", "journal-000001"};
    for (size_t i = 0; i < HK_COUNT(names); i++) {
        FILE *made = fopen(names[i], "a");
        ck_assert(made && fputs("half", made) >= 0 && fclose(made) == 0);
    }
    (void)recover();
    for (size_t i = 0; i < HK_COUNT(names); i++) ck_assert(!is_there(names[i]));
    assert_spikes(3000);
}
END_TEST

START_TEST(a_running_recording_is_not_recovered) {
    struct hk_recovered recovered;
    create(0);
    ck_assert(!hk_recover(arena, ".", &recovered, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_str_eq(err.message, "./journal.lock: locked by a run that still goes on");
    ck_assert(is_there("journal-000001"));
}
END_TEST

START_TEST(a_folder_without_a_journal_is_refused) {
    struct hk_recovered recovered;
    ck_assert(!hk_recover(arena, ".", &recovered, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, ".: there is no journal of a run, and no results.h5");
    ck_assert(!is_there("journal.lock"));
}
END_TEST

static long size_of(const char *path) {
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return (long)status.st_size;
}

START_TEST(a_torn_end_is_left_out_and_counted) {
    record_and_die(500, 0, 0);
    ck_assert_int_eq(truncate("journal-000001", size_of("journal-000001") - 3), 0);
    struct hk_recovered recovered = recover();
    ck_assert_uint_gt(recovered.folded.torn, 0);
    ck_assert(!recovered.folded.damaged);
    ck_assert_double_lt(recovered.folded.reached_ms, 0.1 * 499);
}
END_TEST

/* Another journal of this run: nothing but the news of a time. */
static void add_journal(const char *path, uint32_t number, uint64_t sequence) {
    unsigned char record[HK_JOURNAL_RECORD_HEAD + HK_ENTRY_SPAN_SIZE];
    struct hk_entry_writer out = {.at = record + HK_JOURNAL_RECORD_HEAD,
                                  .end = record + sizeof record};
    struct hk_journal journal;
    ck_assert(hk_entry_put_span(&out, 0.0, 1e6));
    assert_ok(hk_journal_create(&journal, path, number, sequence, &err));
    assert_ok(hk_journal_append(&journal, record, HK_ENTRY_SPAN_SIZE, &err));
    hk_journal_finish(&journal);
}

/* How many records a journal has. */
static uint64_t records_of(const char *path) {
    struct hk_journal_reader reader;
    const unsigned char *payload;
    size_t size;
    assert_ok(hk_journal_open(&reader, path, &err));
    do assert_ok(hk_journal_next(&reader, &payload, &size, &err));
    while (payload);
    hk_journal_close(&reader);
    return reader.sequence;
}

START_TEST(damage_in_the_middle_keeps_what_lies_behind_it) {
    record_and_die(500, 0, 0);
    add_journal("journal-000002", 2, records_of("journal-000001"));
    FILE *journal = fopen("journal-000001", "r+");
    ck_assert(journal && fseek(journal, -5, SEEK_END) == 0 && fputc('?', journal) == '?');
    ck_assert_int_eq(fclose(journal), 0);
    struct hk_recovered recovered = recover();
    ck_assert(recovered.folded.damaged);
    ck_assert_uint_eq(recovered.folded.damaged_number, 1);
    ck_assert_double_lt(recovered.folded.reached_ms, 50.0);
    ck_assert(is_there("damaged-000001") && is_there("damaged-000002"));
    ck_assert(!hk_run_files_left("."));
}
END_TEST

START_TEST(a_journal_that_does_not_follow_is_set_aside) {
    record_and_die(500, 0, 0);
    add_journal("journal-000002", 2, records_of("journal-000001") + 1);
    struct hk_recovered recovered = recover();
    ck_assert(recovered.folded.damaged);
    ck_assert_uint_eq(recovered.folded.damaged_number, 2);
    assert_spikes(500);
    ck_assert(is_there("damaged-000002") && !is_there("damaged-000001"));
}
END_TEST

START_TEST(a_missing_part_is_noticed) {
    struct hk_recovered recovered;
    record_and_die(500, 0, 0);
    add_journal("journal-000003", 3, 5);
    ck_assert(!hk_recover(arena, ".", &recovered, &err));
    ck_assert_int_eq(err.code, HK_ERR_DATA);
    ck_assert_str_eq(err.message, ".: a file of the recording is missing: there are 0 segments up "
                                  "to number 0, and 2 journals from there to number 3");
    ck_assert(!is_there("results.h5"));
}
END_TEST

static void add_deaths(TCase *tcase) {
    tcase_add_loop_test(tcase, a_death_loses_nothing_that_was_saved, 0, (int)HK_COUNT(ways));
    tcase_add_test(tcase, recovering_twice_does_no_harm);
    tcase_add_test(tcase, whole_results_win_over_a_journal);
    tcase_add_test(tcase, unfinished_files_are_made_anew);
    tcase_add_test(tcase, a_running_recording_is_not_recovered);
    tcase_add_test(tcase, a_folder_without_a_journal_is_refused);
    tcase_add_test(tcase, a_torn_end_is_left_out_and_counted);
    tcase_add_test(tcase, damage_in_the_middle_keeps_what_lies_behind_it);
    tcase_add_test(tcase, a_journal_that_does_not_follow_is_set_aside);
    tcase_add_test(tcase, a_missing_part_is_noticed);
}

Suite *suite_io_recording(void) {
    Suite *suite = suite_create("io/recording");
    TCase *tcase = tcase_create("recording");
    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, everything_comes_back, 0, (int)HK_COUNT(ways));
    tcase_add_test(tcase, nothing_but_the_results_is_left);
    tcase_add_test(tcase, an_empty_recording_has_an_end_too);
    tcase_add_test(tcase, what_was_told_is_saved_before_it_is_two_seconds_old);
    tcase_add_test(tcase, names_that_can_not_be_are_refused_at_once);
    tcase_add_test(tcase, frames_have_limits);
    tcase_add_test(tcase, a_folder_is_for_one_recording_at_a_time);
    tcase_add_test(tcase, a_missing_folder_is_named);
    tcase_add_test(tcase, memory_does_not_grow_with_the_length_of_the_run);
    add_deaths(tcase);
    suite_add_tcase(suite, tcase);
    return suite;
}
