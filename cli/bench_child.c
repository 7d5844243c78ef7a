#include "cli/bench_child.h"

#include "io/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How the child knows what it is: "FD SECONDS", the file that it leaves its outcome in, and when it
 * was started. */
static const char variable[] = "HILLOCK_BENCH_CHILD";

struct outcome {
    bool ok;
    struct hk_bench_measure measure;
    struct hk_err err;
};

static struct outcome *map_outcome(int file, struct hk_err *err) {
    void *shared = mmap(NULL, sizeof(struct outcome), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) return shared;
    (void)HK_FAIL(err, HK_ERR_MEMORY, "no memory to share: %s", strerror(errno));
    return NULL;
}

/* ---- the parent's side ---- */

pid_t hk_fork_child(struct hk_err *err) {
    pid_t parent = getpid();
    (void)fflush(NULL);
    pid_t process = fork();
    if (process < 0)
        (void)HK_FAIL(err, HK_ERR_IO, "can't start another process: %s", strerror(errno));
    if (process != 0) return process;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(EXIT_FAILURE);
    return 0;
}

/* "hillock bench OPTIONS... PATH": the command line that we have, of one network. */
static char **command_line(const struct hk_settings *settings, const char *path,
                           struct hk_arena *arena, struct hk_err *err) {
    size_t kept = settings->word_count - settings->argument_count;
    char **words = HK_NEW(arena, char *, kept + 3, err);
    if (!words || !(words[0] = hk_arena_text(arena, "hillock", err)) ||
        !(words[kept + 1] = hk_arena_text(arena, path, err)))
        return NULL;
    for (size_t k = 0; k < kept; k++) words[k + 1] = settings->words[k];
    return words;
}

/* Its exit says whether there is an outcome; a signal speaks for itself. */
static bool wait_for(pid_t process, const char *path, struct hk_err *err) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return HK_FAIL(err, HK_ERR_IO, "%s: %s", path, strerror(errno));
    if (WIFSIGNALED(status))
        return HK_FAIL(err, HK_ERR_IO, "%s: its process was ended by SIG%s", path,
                       sigabbrev_np(WTERMSIG(status)));
    if (WEXITSTATUS(status) != EXIT_SUCCESS)
        return HK_FAIL(err, HK_ERR_IO, "%s: its process could not be started anew", path);
    return true;
}

static bool run_child(char **words, const char *path, int file, struct hk_err *err) {
    char text[64];
    (void)snprintf(text, sizeof text, "%d %.9f", file, hk_clock_s());
    pid_t process = hk_fork_child(err);
    if (process < 0) return false;
    if (process == 0) {
        if (setenv(variable, text, 1) == 0) (void)execv("/proc/self/exe", words);
        _exit(EXIT_FAILURE);
    }
    return wait_for(process, path, err);
}

bool hk_bench_child_run(const struct hk_settings *settings, const char *path,
                        struct hk_arena *arena, struct hk_bench_measure *measure,
                        struct hk_err *err) {
    bool ok = false;
    struct outcome *outcome = NULL;
    char **words = command_line(settings, path, arena, err);
    int file = memfd_create("hillock-bench", 0);
    if (!words) goto done;
    if (file < 0 || ftruncate(file, sizeof *outcome) != 0) {
        (void)HK_FAIL(err, HK_ERR_IO, "no file to share with another process: %s", strerror(errno));
        goto done;
    }
    if (!(outcome = map_outcome(file, err)) || !run_child(words, path, file, err)) goto done;
    *measure = outcome->measure;
    ok = outcome->ok || HK_FAIL(err, outcome->err.code, "%s", outcome->err.message);
done:
    if (outcome) (void)munmap(outcome, sizeof *outcome);
    if (file >= 0) (void)close(file);
    return ok;
}

/* ---- the child's side ---- */

bool hk_bench_child_is_me(void) {
    return getenv(variable) != NULL;
}

bool hk_bench_child_measure(const struct hk_settings *settings, struct hk_err *err) {
    char *end = NULL;
    const char *text = getenv(variable);
    long file = text ? strtol(text, &end, 10) : -1;
    double started_s = end ? strtod(end, NULL) : 0.0;
    (void)unsetenv(variable);
    struct outcome *outcome = map_outcome((int)file, err);
    if (!outcome) return false;
    const struct hk_experiment_options options = hk_settings_experiment(settings);
    outcome->ok = hk_bench_run(&options, started_s, &outcome->measure, &outcome->err);
    (void)munmap(outcome, sizeof *outcome);
    return true;
}
