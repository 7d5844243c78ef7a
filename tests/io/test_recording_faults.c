/* Whatever fails, whenever it does: the run says so, gives back what it took, and what was written
 * until then can be read. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/failure.h"
#include "io/recover.h"
#include "io/results_read.h"
#include "io/run_files.h"
#include "io/runner.h"
#include "io/segment.h"
#include "tests/support/faults.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

/* Some 3 MB of journal, mostly of `v`. */
static const char experiment[] =
    "name: r\nresolution: 0.1 ms\nduration: 40 ms\n"
    "populations:\n"
    "  in: {size: 100, source: {poisson: 400 Hz}}\n"
    "  exc: {model: lif, size: 2000}\n"
    "projections:\n"
    "  in->exc: {connect: {rule: fixed-indegree, n: 20}, weight: {uniform: [0 pA, 150 pA]},"
    " plasticity: {rule: stdp-pair, a_plus: 1 pA, a_minus: 1 pA, w_max: 200 pA}}\n"
    "record:\n  spikes: [in, exc]\n  vm: {state: exc.v, every: 0.1 ms}\n"
    "  w: {weights: in->exc, every: 20 ms}\n  rate: {rate: [exc], bin: 1 ms}\n";

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_results_raster whole; /* spikes of exc when nothing fails */

static void write_experiment(void) {
    FILE *file = fopen("x.yaml", "w");
    ck_assert(file && fputs(experiment, file) >= 0 && fclose(file) == 0);
}

typedef bool told(void *context, const struct hk_run_status *status, struct hk_err *why);

static bool run_told(size_t segment_size, told *progress, void *context) {
    struct hk_experiment e;
    struct hk_run_summary summary;
    const struct hk_run_options options = {.folder = "out",
                                           .segment_size = segment_size,
                                           .progress = progress,
                                           .context = context};
    err = (struct hk_err){0};
    bool ok =
        hk_experiment_read(&e, &(struct hk_experiment_options){.path = "x.yaml", .threads = 1},
                           &err) &&
        hk_run_experiment(&e, &options, &summary, &err);
    hk_experiment_finish(&e);
    return ok;
}

static bool run(size_t segment_size) {
    return run_told(segment_size, NULL, NULL);
}

static void read_raster(struct hk_results_raster *raster) {
    struct hk_results_file *file = hk_results_read_open(arena, "out", &err);
    ck_assert_msg(file != NULL, "%s", err.message);
    bool ok = hk_results_read_spikes(file, "exc", raster, &err);
    hk_results_read_close(file);
    ck_assert_msg(ok, "%s", err.message);
}

static void setup(void) {
    ck_assert_ptr_nonnull(arena = hk_arena_create(&err));
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    write_experiment();
    ck_assert_msg(run(0), "%s", err.message);
    read_raster(&whole);
    ck_assert_uint_gt(whole.count, 1000);
    hk_test_remove_all("out");
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* ---- what a run leaves in its process ---- */

static int count_entries(const char *path) {
    int count = 0;
    DIR *folder = opendir(path);
    while (folder && readdir(folder)) count++;
    if (folder) (void)closedir(folder);
    return count;
}

/* Files that are open; without those of HDF5's that couldn't be written, which it can't close
 * either (io/hdf5_error.h). */
static int count_open(void) {
    int count = 0;
    char path[64], target[4096];
    for (int file = 0; file < 256; file++) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        ssize_t size = readlink(path, target, sizeof target - 1);
        if (size < 0) continue;
        target[size] = '\0';
        count += strstr(target, ".h5.part") == NULL;
    }
    return count;
}

enum { DONE = 0, FAILED = 1, LEAKED = 2, WRONG_CODE = 3, NOT_STRUCK = 4 };

/* In a process of its own. */
static int run_with_fault(enum fault kind, long number, int reason, size_t segment_size) {
    (void)count_open(); /* what the C library opens for itself is open now */
    long blocks = fault_blocks();
    int files = count_open();
    fault_arm(kind, number, reason);
    bool ok = run(segment_size);
    bool struck = fault_calls() >= number;
    fault_disarm();
    if (ok) return struck ? DONE : NOT_STRUCK;
    bool clean = fault_blocks() == blocks && count_open() == files &&
                 count_entries("/proc/self/task") == 3; /* with . and .. */
    if (!clean)
        (void)fprintf(stderr, "blocks %ld, %ld; files %d, %d; %s\n", blocks, fault_blocks(), files,
                      count_open(), err.message);
    if (!clean) return LEAKED;
    if (hk_failure_status(&err) != HK_EXIT_SYSTEM || !*err.message)
        (void)fprintf(stderr, "%d: %s\n", err.code, err.message);
    return hk_failure_status(&err) == HK_EXIT_SYSTEM && *err.message ? FAILED : WRONG_CODE;
}

/* Returns how it ended; 128 + the signal that ended it. */
static int fork_run(enum fault kind, long number, int reason, size_t segment_size) {
    int status = 0;
    (void)fflush(NULL);
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        int ended = run_with_fault(kind, number, reason, segment_size);
        (void)fflush(NULL);
        _exit(ended);
    }
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- what it leaves in its folder ---- */

/* Spikes are those of the whole run, up to some time. */
static void assert_prefix(void) {
    struct hk_results_raster raster;
    read_raster(&raster);
    ck_assert_uint_le(raster.count, whole.count);
    ck_assert_mem_eq(raster.ticks, whole.ticks, raster.count * sizeof *raster.ticks);
    ck_assert_mem_eq(raster.ids, whole.ids, raster.count * sizeof *raster.ids);
    double last_ms = raster.count ? 0.1 * (double)raster.ticks[raster.count - 1] : 0.0;
    if (raster.count < whole.count) ck_assert_double_ge(raster.stop_ms + 1e-9, last_ms);
}

/* Does the results file hold anything of the population? A run may end before it opened it. */
static bool has_spikes(void) {
    struct hk_results_raster raster;
    struct hk_results_file *file = hk_results_read_open(arena, "out", &err);
    ck_assert_msg(file != NULL, "%s", err.message);
    bool has = hk_results_read_spikes(file, "exc", &raster, NULL);
    hk_results_read_close(file);
    return has;
}

static void assert_readable(void) {
    struct hk_recovered recovered;
    struct hk_run_files files;
    if (access("out", F_OK) != 0) return;
    ck_assert_msg(hk_run_files_find("out", &files, &err), "%s", err.message);
    if (!files.has_results && files.journals == 0 && files.segments == 0) return;
    err = (struct hk_err){0};
    ck_assert_msg(hk_recover(arena, "out", &recovered, &err), "%s", err.message);
    ck_assert(!recovered.folded.damaged);
    if (has_spikes()) assert_prefix();
    ck_assert(!hk_run_files_left("out"));
}

/* ---- every call fails once ---- */

static const struct {
    const char *name;
    enum fault kind;
    int reason;
    size_t segment_size;
    long dense, step; /* of `make test`: the first calls fail one by one, then each so many */
} faults[] = {
    {"disk full", FAULT_WRITE, ENOSPC, 1, 4, 29},
    {"disk broken", FAULT_WRITE, EIO, 0, 2, 31},
    {"short write", FAULT_WRITE, FAULT_SHORT, 1, 2, 41},
    {"not synced", FAULT_SYNC, EIO, 1, 8, 1},
    {"not renamed", FAULT_RENAME, EACCES, 1, 8, 1},
    {"not opened", FAULT_OPEN, EACCES, 1, 4, 7},
    {"not read", FAULT_READ, EIO, 1, 3, 7},
    {"not removed", FAULT_REMOVE, EACCES, 1, 8, 1},
    {"no thread", FAULT_THREAD, EAGAIN, 0, 8, 1},
    {"no memory", FAULT_ALLOCATE, ENOMEM, 1, 6, 11},
    {"killed when writing", FAULT_WRITE, FAULT_KILL, 1, 4, 29},
    {"killed when syncing", FAULT_SYNC, FAULT_KILL, 1, 8, 1},
    {"killed when renaming", FAULT_RENAME, FAULT_KILL, 1, 8, 1},
    {"killed when removing", FAULT_REMOVE, FAULT_KILL, 1, 10, 1},
    {"killed when opening", FAULT_OPEN, FAULT_KILL, 1, 4, 7},
};

static bool is_expected(int ended, int reason) {
    if (reason == FAULT_KILL) return ended == 128 + SIGKILL;
    if (reason == FAULT_SHORT) return ended == DONE;
    return ended == FAILED || ended == DONE; /* a file that isn't there needn't be removed */
}

START_TEST(every_call_that_fails_is_told_and_costs_nothing_that_was_written) {
    long number = 1, failed = 0;
    bool all = getenv("HILLOCK_TEST_LONG") != NULL;
    for (int ended = DONE; ended != NOT_STRUCK;) {
        ended = fork_run(faults[_i].kind, number, faults[_i].reason, faults[_i].segment_size);
        ck_assert_msg(ended == NOT_STRUCK || is_expected(ended, faults[_i].reason),
                      "%s, call %ld: ended with %d", faults[_i].name, number, ended);
        failed += ended != NOT_STRUCK && ended != DONE;
        assert_readable();
        if (ended == DONE || ended == NOT_STRUCK) {
            struct hk_results_raster raster;
            read_raster(&raster);
            ck_assert_uint_eq(raster.count, whole.count);
        }
        hk_test_remove_all("out");
        number += all || number < faults[_i].dense ? 1 : faults[_i].step;
    }
    ck_assert_int_gt(number, 1);
    ck_assert(failed > 0 || faults[_i].reason == FAULT_SHORT);
}
END_TEST

/* ---- and as it happens in the world ---- */

static double cpu_s(void) {
    struct timespec now;
    ck_assert_int_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The process is killed when it has used so much time. */
static void die_after(double seconds) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct itimerspec spec = {0};
    spec.it_value.tv_sec = (time_t)seconds;
    spec.it_value.tv_nsec = 1 + (long)(1e9 * (seconds - floor(seconds)));
    ck_assert_int_eq(timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer), 0);
    ck_assert_int_eq(timer_settime(timer, 0, &spec, NULL), 0);
}

static bool note_saved(void *context, const struct hk_run_status *status, struct hk_err *why) {
    double *saved_ms = context; /* shared with who waits */
    (void)why;
    *saved_ms = status->saved_ms;
    return true;
}

/* Returns whether the process was killed. */
static bool run_until(double seconds, size_t segment_size, double *saved_ms) {
    int status = 0;
    (void)fflush(NULL);
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        die_after(seconds);
        _exit(run_told(segment_size, note_saved, saved_ms) ? DONE : FAILED);
    }
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    if (WIFEXITED(status)) ck_assert_int_eq(WEXITSTATUS(status), DONE);
    return WIFSIGNALED(status);
}

/* Moments all over a run, and some behind it. Odd ones with segments. */
START_TEST(a_run_killed_at_any_moment_keeps_what_was_saved) {
    size_t moments = getenv("HILLOCK_TEST_LONG") ? 200 : 10, killed = 0, kept = 0;
    struct hk_draws draws = hk_draws_at(hk_stream_make(1, "test", "moments"), 0, 0);
    double *saved_ms =
        mmap(NULL, sizeof *saved_ms, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(saved_ms, MAP_FAILED);
    double before = cpu_s();
    ck_assert(run(1));
    double whole_s = cpu_s() - before;
    hk_test_remove_all("out");
    for (size_t i = 0; i < moments; i++) {
        *saved_ms = 0.0;
        bool died = run_until(hk_draws_uniform(&draws) * whole_s, i % 2, saved_ms);
        assert_readable();
        if (*saved_ms > 0.0) {
            struct hk_results_raster raster;
            read_raster(&raster);
            ck_assert_double_ge(raster.stop_ms, *saved_ms);
        }
        killed += died;
        kept += died && *saved_ms > 0.0;
        hk_test_remove_all("out");
    }
    ck_assert_uint_gt(killed, moments / 3);
    ck_assert_uint_gt(kept, 0);
    ck_assert_int_eq(munmap(saved_ms, sizeof *saved_ms), 0);
}
END_TEST

enum { NOT_ALLOWED = 77 };

/* A file system of two mebibytes, which this process alone sees. */
static bool mount_small(void) {
    bool own = unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    return own && mkdir("small", 0777) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", "small", "tmpfs", 0, "size=2m") == 0;
}

static int fill_small_disk(void) {
    if (!mount_small() || chdir("small") != 0) return NOT_ALLOWED;
    write_experiment();
    ck_assert(!run(0));
    ck_assert_int_eq(hk_failure_status(&err), HK_EXIT_SYSTEM);
    ck_assert_str_eq(err.message, "out/journal-000001: can't write: No space left on device");
    ck_assert(access("out/results.h5", F_OK) != 0);
    err = (struct hk_err){0};
    ck_assert_int_eq(mount("none", ".", NULL, MS_REMOUNT, "size=100m"), 0);
    assert_readable();
    struct hk_results_raster raster;
    read_raster(&raster);
    ck_assert_uint_gt(raster.count, 10);
    ck_assert_uint_lt(raster.count, whole.count);
    return chdir("..") == 0 && umount("small") == 0 ? DONE : FAILED;
}

START_TEST(a_disk_that_is_full_ends_the_run_and_keeps_what_was_written) {
    int status = 0;
    (void)fflush(NULL);
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) _exit(fill_small_disk());
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_ALLOWED)
        hk_test_skip("mounting isn't allowed here");
    ck_assert_int_eq(status, 0);
}
END_TEST

static bool remove_folder(void *context, const struct hk_run_status *status, struct hk_err *why) {
    (void)context, (void)status, (void)why;
    hk_test_remove_all("out");
    return true;
}

START_TEST(a_folder_that_vanishes_is_told) {
    struct hk_experiment e;
    struct hk_run_summary summary;
    const struct hk_run_options options = {.folder = "out",
                                           .segment_size = _i ? 1 : 0,
                                           .progress = remove_folder};
    long blocks = fault_blocks();
    bool read = hk_experiment_read(&e, &(struct hk_experiment_options){.path = "x.yaml"}, &err);
    bool ok = read && hk_run_experiment(&e, &options, &summary, &err);
    hk_experiment_finish(&e);
    blocks -= fault_blocks(); /* Check takes and gives back memory of its own */
    ck_assert(read && !ok);
    ck_assert_int_eq(hk_failure_status(&err), HK_EXIT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(err.message, "out"));
    ck_assert_ptr_nonnull(strstr(err.message, "No such file or directory"));
    ck_assert_int_eq(blocks, 0);
}
END_TEST

/* A segment that another program holds, as HDF5 programs lock what they write. */
START_TEST(a_locked_segment_is_told_and_waits) {
    struct hk_recovered recovered;
    struct hk_segmenter segmenter;
    bool done = false;
    /* It dies before the first segment, or where there is none the results, has its name. */
    ck_assert_int_eq(fork_run(FAULT_RENAME, 1, FAULT_KILL, 1), 128 + SIGKILL);
    ck_assert(hk_run_files_clear("out", HK_CLEAR_UNFINISHED, &err));
    ck_assert(hk_segmenter_begin(&segmenter, "out", 1, &err));
    while (!done) ck_assert(hk_segmenter_step(&segmenter, &done, &err));
    hk_segmenter_drop(&segmenter);
    int file = open("out/seg-000001.h5", O_RDONLY | O_CLOEXEC);
    ck_assert(file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0);
    ck_assert(!hk_recover(arena, "out", &recovered, &err));
    ck_assert_int_eq(hk_failure_status(&err), HK_EXIT_SYSTEM);
    ck_assert_str_eq(err.message, "out/seg-000001.h5: can't open: another program has locked it");
    ck_assert_int_eq(close(file), 0);
    err = (struct hk_err){0};
    assert_readable();
}
END_TEST

Suite *suite_io_recording_faults(void) {
    Suite *suite = suite_create("io/recording_faults");
    TCase *tcase = tcase_create("recording_faults");
    tcase_set_timeout(tcase, 1800);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, every_call_that_fails_is_told_and_costs_nothing_that_was_written, 0,
                        (int)HK_COUNT(faults));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("in_the_world");
    tcase_set_timeout(tcase, 1800);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_run_killed_at_any_moment_keeps_what_was_saved);
    tcase_add_test(tcase, a_disk_that_is_full_ends_the_run_and_keeps_what_was_written);
    tcase_add_loop_test(tcase, a_folder_that_vanishes_is_told, 0, 2);
    tcase_add_test(tcase, a_locked_segment_is_told_and_waits);
    suite_add_tcase(suite, tcase);
    return suite;
}
