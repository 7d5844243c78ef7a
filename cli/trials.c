#include "cli/trials.h"

#include "cli/quote.h"
#include "io/json.h"
#include "io/results_read.h"
#include "io/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool fail_io(const char *path, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_IO, "%s: %s", path, strerror(errno));
}

/* ---- the folder ---- */

static char *path_in(const struct hk_trials *t, const char *name, struct hk_err *err) {
    return hk_arena_format(t->sweep->arena, err, "%s/%s", t->folder, name);
}

static bool has_sweep(struct hk_arena *arena, const char *folder, struct hk_err *err) {
    const char *path = hk_arena_format(arena, err, "%s/sweep.yaml", folder);
    return path && access(path, F_OK) == 0;
}

/* The last of results/<name>, -2, -3 ... */
static const char *find_last(const struct hk_sweep *sweep, struct hk_err *err) {
    const char *last = NULL;
    const char *folder = hk_arena_format(sweep->arena, err, "results/%s", sweep->name);
    for (int number = 2; folder && access(folder, F_OK) == 0; number++) {
        if (has_sweep(sweep->arena, folder, err)) last = folder;
        folder = hk_arena_format(sweep->arena, err, "results/%s-%d", sweep->name, number);
    }
    if (folder && !last)
        (void)HK_FAIL(err, HK_ERR_USAGE, "there is nothing to resume: no results/%s/sweep.yaml",
                      sweep->name);
    return folder ? last : NULL;
}

static bool write_whole(const struct hk_trials *t, const char *name, const char *text,
                        struct hk_err *err) {
    char *path = path_in(t, name, err);
    char *part = path ? hk_arena_format(t->sweep->arena, err, "%s.part", path) : NULL;
    if (!part) return false;
    FILE *file = fopen(part, "we");
    if (!file) return fail_io(part, err);
    bool ok = fputs(text, file) >= 0;
    ok = fclose(file) == 0 && ok && rename(part, path) == 0;
    return ok || fail_io(path, err);
}

static bool make_folder(struct hk_trials *t, const char *folder, struct hk_err *err) {
    struct hk_arena *arena = t->sweep->arena;
    char *made = NULL, *inner = NULL, *trials;
    bool ok = folder ? hk_rundir_create_at(arena, folder, &made, err)
                     : hk_rundir_create(arena, "results", t->sweep->name, &made, err);
    t->folder = made;
    return ok && (trials = path_in(t, "trials", err)) &&
           hk_rundir_create_at(arena, trials, &inner, err) &&
           write_whole(t, "base.yaml", t->sweep->base, err);
}

/* The first trial in which the two differ, or their common end. */
static size_t first_difference(const struct hk_sweep *a, const struct hk_sweep *b) {
    size_t shared = a->trial_count < b->trial_count ? a->trial_count : b->trial_count, i = 0;
    for (; i < shared; i++) {
        const struct hk_trial *x = &a->trials[i], *y = &b->trials[i];
        bool same = strcmp(x->name, y->name) == 0 && x->seed == y->seed;
        for (size_t d = 0; same && d < a->define_count; d++)
            same = strcmp(x->defines[d], y->defines[d]) == 0;
        if (!same) break;
    }
    return i;
}

static bool check_same(const struct hk_trials *t, const struct hk_sweep *old, const char *path,
                       struct hk_err *err) {
    const struct hk_sweep *new = t->sweep;
    if (strcmp(old->base, new->base) != 0)
        return HK_FAIL(err, HK_ERR_USAGE,
                       "%s has changed since this sweep began: %s/base.yaml is what it was. Start "
                       "anew without --resume, or go on with what was: hillock sweep %s --resume "
                       "-o %s",
                       new->experiment, t->folder, path, t->folder);
    size_t i = old->define_count == new->define_count ? first_difference(old, new) : 0;
    if (i == old->trial_count && i == new->trial_count) return true;
    return HK_FAIL(err, HK_ERR_USAGE,
                   "the trials have changed since this sweep began, from %s on; start anew without "
                   "--resume, or go on with what was: hillock sweep %s --resume -o %s",
                   new->trials[i < new->trial_count ? i : new->trial_count - 1].name, path,
                   t->folder);
}

/* What is collected, and how it is run, may be another now. */
static bool take_folder(struct hk_trials *t, const char *folder, struct hk_err *err) {
    struct hk_sweep old = {.arena = NULL};
    if (!(t->folder = folder ? folder : find_last(t->sweep, err))) return false;
    if (!has_sweep(t->sweep->arena, t->folder, err))
        return HK_FAIL(err, HK_ERR_USAGE, "there is nothing to resume: no %s/sweep.yaml",
                       t->folder);
    char *path = path_in(t, "sweep.yaml", err);
    bool same = path && hk_sweep_read(&old, path, NULL, 0, err) && check_same(t, &old, path, err);
    if (path) hk_sweep_finish(&old);
    return same;
}

static bool open_journal(struct hk_trials *t, struct hk_err *err) {
    char *path = path_in(t, "journal.jsonl", err);
    if (!path) return false;
    t->journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (t->journal < 0) return fail_io(path, err);
    if (flock(t->journal, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return fail_io(path, err);
    return HK_FAIL(err, HK_ERR_USAGE, "%s: another `hillock sweep` works here", t->folder);
}

/* sweep.yaml comes last: where it is, the folder can be resumed. */
bool hk_trials_open(struct hk_trials *trials, const struct hk_sweep *sweep, const char *folder,
                    bool resume, struct hk_err *err) {
    *trials = (struct hk_trials){.sweep = sweep, .journal = -1};
    return (resume ? take_folder(trials, folder, err) : make_folder(trials, folder, err)) &&
           (trials->base = path_in(trials, "base.yaml", err)) && open_journal(trials, err) &&
           write_whole(trials, "sweep.yaml", sweep->definition, err);
}

void hk_trials_close(struct hk_trials *trials) {
    if (trials->sweep && trials->journal >= 0) (void)close(trials->journal);
}

/* ---- a trial ---- */

char *hk_trials_path(const struct hk_trials *trials, size_t index, struct hk_err *err) {
    return hk_arena_format(trials->sweep->arena, err, "%s/trials/%s", trials->folder,
                           trials->sweep->trials[index].name);
}

enum { TAIL = 2 }; /* "--" and the file */

/* From "--seed" to "--": what makes the trial what it is. */
static size_t put_values(const struct hk_sweep *sweep, size_t index, const char *seed,
                         const char **words) {
    const struct hk_trial *trial = &sweep->trials[index];
    size_t count = 0;
    words[count++] = "--seed";
    words[count++] = seed;
    for (size_t d = 0; d < sweep->define_count; d++) {
        words[count++] = "-D";
        words[count++] = trial->defines[d];
    }
    words[count++] = "--";
    return count;
}

/* Options stand before the file: the words recorded in the results are in this order. */
const char **hk_trials_words(const struct hk_trials *trials, size_t index, size_t threads,
                             struct hk_err *err) {
    const struct hk_sweep *sweep = trials->sweep;
    const char *head[] = {"hillock", "run", "--threads", NULL, "-o", NULL};
    const char **words =
        HK_NEW(sweep->arena, const char *, HK_COUNT(head) + 2 * sweep->define_count + 5, err);
    const char *seed = hk_arena_format(sweep->arena, err, "%" PRIu64, sweep->trials[index].seed);
    head[3] = hk_arena_format(sweep->arena, err, "%zu", threads);
    head[5] = hk_trials_path(trials, index, err);
    if (!words || !seed || !head[3] || !head[5]) return NULL;
    for (size_t i = 0; i < HK_COUNT(head); i++) words[i] = head[i];
    size_t count = HK_COUNT(head);
    count += put_values(sweep, index, seed, words + count);
    words[count] = trials->base;
    return words;
}

/* As the command line in the results has them. */
static char *values_text(struct hk_arena *arena, const struct hk_sweep *sweep, size_t index,
                         struct hk_err *err) {
    const char **words = HK_NEW(arena, const char *, 2 * sweep->define_count + 3, err);
    const char *seed = hk_arena_format(arena, err, "%" PRIu64, sweep->trials[index].seed);
    if (!words || !seed) return NULL;
    return hk_quote_words(arena, words, put_values(sweep, index, seed, words), err);
}

bool hk_trials_is_done(const struct hk_trials *trials, size_t index) {
    struct hk_err err = {.code = HK_OK};
    struct hk_arena *arena = hk_arena_create(&err);
    struct hk_results_file *file = NULL;
    const char *status = "", *command = "", *path, *values;
    bool done = arena && (path = hk_trials_path(trials, index, &err)) &&
                (values = values_text(arena, trials->sweep, index, &err)) &&
                (file = hk_results_read_open(arena, path, &err)) &&
                hk_results_read_text(file, "provenance/status", &status, &err) &&
                hk_results_read_text(file, "provenance/command", &command, &err) &&
                strcmp(status, "complete") == 0 && strstr(command, values);
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    return done;
}

bool hk_trials_clear(const struct hk_trials *trials, size_t index, struct hk_err *err) {
    char *path = hk_trials_path(trials, index, err);
    if (!path) return false;
    DIR *listing = opendir(path);
    if (!listing) return errno == ENOENT || fail_io(path, err);
    for (const struct dirent *entry; (entry = readdir(listing));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    (void)closedir(listing);
    return rmdir(path) == 0 || fail_io(path, err);
}

/* ---- the journal ---- */

static void begin_line(struct hk_json *json, const struct hk_trials *t, size_t index,
                       const char *event) {
    char now[64] = "";
    time_t clock = time(NULL);
    struct tm utc;
    if (gmtime_r(&clock, &utc)) (void)strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    hk_json_object(json, NULL);
    hk_json_text(json, "event", event);
    hk_json_text(json, "trial", t->sweep->trials[index].name);
    hk_json_text(json, "time", now);
}

/* One write a line: a death between two leaves whole lines. */
static bool end_line(struct hk_json *json, const struct hk_trials *t, struct hk_err *err) {
    hk_json_end(json);
    if (!hk_json_finish(json, err) || !hk_block_reserve(json->block, json->used + 1, 1, err))
        return false;
    ((char *)json->block->data)[json->used] = '\n';
    ssize_t written = write(t->journal, json->block->data, json->used + 1);
    return written == (ssize_t)(json->used + 1) || fail_io("journal.jsonl", err);
}

bool hk_trials_note_start(const struct hk_trials *trials, size_t index, pid_t process,
                          struct hk_err *err) {
    struct hk_block block = {0};
    struct hk_json json;
    hk_json_to_block(&json, &block);
    begin_line(&json, trials, index, "started");
    hk_json_integer(&json, "process", process);
    bool ok = end_line(&json, trials, err);
    hk_block_finish(&block);
    return ok;
}

bool hk_trials_note_end(const struct hk_trials *trials, size_t index,
                        const struct hk_child_end *end, const char *why, struct hk_err *err) {
    struct hk_block block = {0};
    struct hk_json json;
    hk_json_to_block(&json, &block);
    begin_line(&json, trials, index, why ? "failed" : "finished");
    if (why) hk_json_text(&json, "why", why);
    if (WIFEXITED(end->status)) hk_json_integer(&json, "status", WEXITSTATUS(end->status));
    if (WIFSIGNALED(end->status)) hk_json_integer(&json, "signal", WTERMSIG(end->status));
    hk_json_number(&json, "wall_s", end->wall_s);
    hk_json_number(&json, "cpu_s", end->cpu_s);
    hk_json_integer(&json, "memory", (int64_t)end->memory);
    bool ok = end_line(&json, trials, err);
    hk_block_finish(&block);
    return ok;
}

/* ---- how many at a time ---- */

size_t hk_trials_at_a_time(size_t cores, double bytes, double memory) {
    if (bytes * (double)cores <= memory) return cores;
    const size_t room = (size_t)(memory / bytes);
    return room > 0 ? room : 1;
}
