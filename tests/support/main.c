/* The test runner.
 *
 *   build/tests/run [PART...]
 *
 * runs the suites whose names ("io/tree") contain one of the parts; without parts, $HK_TEST is one;
 * without that, all run. Each suite runs in a process of its own, as many at once as there are
 * cores; its output is kept and shown when it ends. The last line is "N passed, N failed". */
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 256, EXIT_USAGE = 2 };

struct tally {
    int passed, failed, skipped;
};

/* A running suite. It leaves its tally in shared memory, so that a suite that dies leaves none. */
struct job {
    const struct hk_test_suite *suite;
    struct tally *tally;
    FILE *output;
    pid_t process;
    struct timespec start;
};

static _Noreturn void die(const char *what) {
    perror(what);
    exit(EXIT_USAGE);
}

/* The child's side: run, and print what failed. */
static _Noreturn void run_suite(const struct job *job) {
    if (dup2(fileno(job->output), STDOUT_FILENO) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        die("dup2");
    hk_test_skip_start();
    SRunner *runner = srunner_create(job->suite->create());
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    if (failed) srunner_print(runner, CK_NORMAL);
    *job->tally = (struct tally){srunner_ntests_run(runner) - failed, failed, hk_test_skip_count()};
    srunner_free(runner);
    exit(EXIT_SUCCESS);
}

static void job_start(struct job *job, const struct hk_test_suite *suite) {
    job->suite = suite;
    job->output = tmpfile();
    if (!job->output) die("tmpfile");
    *job->tally = (struct tally){.failed = -1};
    (void)clock_gettime(CLOCK_MONOTONIC, &job->start);
    (void)fflush(stdout);
    job->process = fork();
    if (job->process < 0) die("fork");
    if (job->process == 0) run_suite(job);
}

static void copy(FILE *from, FILE *to) {
    char buffer[4096];
    rewind(from);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, from)) > 0;)
        (void)fwrite(buffer, 1, got, to);
}

/* The parent's side of a suite's end. */
static void job_finish(struct job *job, int status, struct tally *total) {
    struct tally tally = *job->tally;
    bool died = tally.failed < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    if (died) tally.failed = tally.failed < 0 ? 1 : tally.failed + 1;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - job->start.tv_sec) +
                     1e-9 * (double)(now.tv_nsec - job->start.tv_nsec);
    (void)printf("%-6s %-28s %4d tests %6.1f s\n", tally.failed ? "FAILED" : "ok", job->suite->name,
                 tally.passed + tally.failed, seconds);
    copy(job->output, stdout);
    if (died && WIFSIGNALED(status))
        (void)printf("%s: the suite died of signal %d\n", job->suite->name, WTERMSIG(status));
    else if (died)
        (void)printf("%s: the suite ended with status %d\n", job->suite->name, WEXITSTATUS(status));
    (void)fflush(stdout);
    (void)fclose(job->output);
    job->process = 0;
    total->passed += tally.passed;
    total->failed += tally.failed;
    total->skipped += tally.skipped;
}

static void wait_for_one(struct job *jobs, size_t count, struct tally *total) {
    int status = 0;
    pid_t process = wait(&status);
    if (process < 0) die("wait");
    for (size_t i = 0; i < count; i++)
        if (jobs[i].process == process) job_finish(&jobs[i], status, total);
}

static struct job *free_job(struct job *jobs, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (jobs[i].process == 0) return &jobs[i];
    return NULL;
}

static bool is_chosen(const char *name, int count, char *const parts[]) {
    for (int i = 0; i < count; i++)
        if (strstr(name, parts[i])) return true;
    return count == 0;
}

/* Run the chosen suites; returns how many there were. */
static size_t run_chosen(int count, char *const parts[], struct tally *total) {
    static struct job jobs[JOBS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t job_count = cores < 1 ? 1 : cores > JOBS_MAX ? JOBS_MAX : (size_t)cores;
    struct tally *tallies = mmap(NULL, job_count * sizeof *tallies, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED) die("mmap");
    for (size_t i = 0; i < job_count; i++) jobs[i].tally = &tallies[i];

    size_t chosen = 0;
    for (size_t i = 0; i < hk_test_suite_count; i++) {
        if (!is_chosen(hk_test_suites[i].name, count, parts)) continue;
        chosen++;
        if (!free_job(jobs, job_count)) wait_for_one(jobs, job_count, total);
        job_start(free_job(jobs, job_count), &hk_test_suites[i]);
    }
    for (size_t i = 0; i < job_count; i++)
        while (jobs[i].process) wait_for_one(jobs, job_count, total);
    return chosen;
}

/* A folder for all folders of this run, which goes with it. */
static void make_root(char *path, size_t size) {
    const char *base = getenv("TMPDIR");
    (void)snprintf(path, size, "%s/hillock-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path) || setenv("HK_TEST_ROOT", path, 1) != 0) die(path);
}

int main(int argc, char *argv[]) {
    if (access("tests/support", F_OK) != 0) die("run this from the source root: tests/support");
    char *wanted = getenv("HK_TEST");
    bool by_name = argc == 1 && wanted && *wanted;
    char root[4096];
    make_root(root, sizeof root);
    /* Check's 4 s are too short for a machine that is busy with something else. */
    (void)setenv("CK_DEFAULT_TIMEOUT", "60", 0);

    struct tally total = {0};
    size_t chosen = run_chosen(by_name ? 1 : argc - 1, by_name ? &wanted : argv + 1, &total);
    hk_test_remove_all(root);
    if (chosen == 0) {
        (void)fprintf(stderr, "no suite has such a name; a suite is called <folder>/<file>\n");
        return EXIT_USAGE;
    }
    if (total.skipped) (void)printf("%d skipped\n", total.skipped);
    (void)printf("%d passed, %d failed\n", total.passed, total.failed);
    return total.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
