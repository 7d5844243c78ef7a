#include "cli/supervisor.h"

#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS_MAX = 64 };

/* Each task runs the same words of a shell. */
struct record {
    const char *script, *log;
    size_t starts[TASKS_MAX], ends, most, running;
    struct hk_child_end last;
    pid_t process;
    int again; /* how many times each is run once more */
    void (*at_start)(struct record *record, size_t task);
};

static struct record record;
static struct hk_err err;
static const char *words[4];

static bool prepare(void *context, size_t task, struct hk_child *child, struct hk_err *why) {
    struct record *r = context;
    (void)task, (void)why;
    words[0] = "sh";
    words[1] = "-c";
    words[2] = r->script;
    *child = (struct hk_child){.program = "/bin/sh", .words = words, .log = r->log};
    return true;
}

static bool started(void *context, size_t task, pid_t process, struct hk_err *why) {
    struct record *r = context;
    (void)why;
    r->process = process;
    r->starts[task]++;
    if (++r->running > r->most) r->most = r->running;
    if (r->at_start) r->at_start(r, task);
    return true;
}

static bool ended(void *context, size_t task, const struct hk_child_end *end, bool *again,
                  struct hk_err *why) {
    struct record *r = context;
    (void)why;
    r->ends++;
    r->running--;
    r->last = *end;
    *again = r->starts[task] <= (size_t)r->again;
    return true;
}

static void setup(void) {
    static char log[4096];
    (void)snprintf(log, sizeof log, "%s", program_path("log"));
    record = (struct record){.log = log};
    err = (struct hk_err){0};
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static struct hk_supervision supervision(const char *script, size_t tasks, size_t jobs) {
    record.script = script;
    return (struct hk_supervision){.tasks = tasks,
                                   .jobs = jobs,
                                   .grace_s = 20.0,
                                   .context = &record,
                                   .prepare = prepare,
                                   .started = started,
                                   .ended = ended};
}

static void run(const char *script, size_t tasks, size_t jobs) {
    const struct hk_supervision s = supervision(script, tasks, jobs);
    ck_assert_msg(hk_supervise(&s, &err), "%s", err.message);
    ck_assert_uint_eq(record.ends, tasks * (size_t)(1 + record.again));
}

static const char *read_log(void) {
    static char text[8192];
    FILE *file = fopen(record.log, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

START_TEST(all_tasks_run_and_never_too_many_at_a_time) {
    run("exit 0", 12, 3);
    for (size_t i = 0; i < 12; i++) ck_assert_uint_eq(record.starts[i], 1);
    ck_assert_uint_eq(record.most, 3);
}
END_TEST

START_TEST(no_tasks_are_done_at_once) {
    run("exit 0", 0, 2);
}
END_TEST

/* Children that wait for a writer of the pipe, which comes when the last of them has begun. */
static void release(struct record *r, size_t task) {
    (void)r;
    if (task != 15) return;
    int file = open("gate", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    ck_assert_int_ge(file, 0);
    for (int i = 0; i < 16; i++) ck_assert_int_eq(write(file, "\n", 1), 1);
}

START_TEST(children_that_end_together_are_all_seen) {
    ck_assert_int_eq(mkfifo("gate", 0600), 0);
    record.at_start = release;
    run("read x <>gate", 16, 16);
    ck_assert_uint_eq(record.most, 16);
}
END_TEST

START_TEST(how_a_child_ended_is_told) {
    run("exit 7", 1, 1);
    ck_assert(WIFEXITED(record.last.status));
    ck_assert_int_eq(WEXITSTATUS(record.last.status), 7);
    ck_assert(!record.last.over_limit);
    ck_assert_uint_gt(record.last.memory, 4096);
    ck_assert(record.last.wall_s > 0.0 && record.last.cpu_s >= 0.0);
}
END_TEST

START_TEST(a_task_may_be_run_again) {
    record.again = 2;
    run("exit 1", 3, 2);
    for (size_t i = 0; i < 3; i++) ck_assert_uint_eq(record.starts[i], 3);
}
END_TEST

START_TEST(what_children_say_is_appended_to_the_log) {
    run("echo out; echo err >&2", 2, 1);
    ck_assert_str_eq(read_log(), "out\nerr\nout\nerr\n");
}
END_TEST

/* ---- what a child is given ---- */

START_TEST(a_child_has_none_of_our_descriptors) {
    run("ls -l /proc/self/fd", 2, 1);
    ck_assert_ptr_nonnull(strstr(read_log(), "/dev/null"));
    ck_assert_ptr_null(strstr(read_log(), "eventpoll"));
    ck_assert_ptr_null(strstr(read_log(), "eventfd"));
    ck_assert_ptr_null(strstr(read_log(), "socket:"));
}
END_TEST

START_TEST(a_child_has_the_usual_signals) {
    sigset_t usr;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)sigemptyset(&usr);
    (void)sigaddset(&usr, SIGUSR1);
    (void)sigprocmask(SIG_BLOCK, &usr, NULL);
    run("exec cat /proc/self/status", 1, 1);
    /* Signals 32 and 33 belong to the C library, which lets nobody change them; GNU make's children
     * have them ignored. */
    const unsigned long long own = 3ull << 31;
    static const char *const sets[] = {"SigBlk:", "SigIgn:", "SigCgt:"};
    for (size_t i = 0; i < 3; i++) {
        const char *line = strstr(read_log(), sets[i]);
        ck_assert_ptr_nonnull(line);
        unsigned long long signals = strtoull(line + strlen(sets[i]), NULL, 16);
        ck_assert_msg((signals & ~own) == 0, "%s %llx", sets[i], signals);
    }
}
END_TEST

START_TEST(a_child_has_a_process_group_of_its_own) {
    run("test $(cut -d ' ' -f 5 /proc/$$/stat) = $$", 1, 1);
    ck_assert_int_eq(record.last.status, 0);
}
END_TEST

static bool prepare_nothing(void *context, size_t task, struct hk_child *child,
                            struct hk_err *why) {
    (void)prepare(context, task, child, why);
    child->program = "/nowhere";
    return true;
}

START_TEST(a_program_that_is_not_there_is_an_end_like_others) {
    struct hk_supervision s = supervision("", 1, 1);
    s.prepare = prepare_nothing;
    ck_assert(hk_supervise(&s, &err));
    ck_assert_int_eq(WEXITSTATUS(record.last.status), 127);
}
END_TEST

START_TEST(a_log_that_cannot_be_made_ends_the_whole) {
    struct hk_supervision s = supervision("exit 0", 3, 1);
    record.log = "no/such/folder/log";
    ck_assert(!hk_supervise(&s, &err));
    ck_assert_int_eq(err.code, HK_ERR_IO);
    ck_assert_uint_eq(record.ends, 0);
}
END_TEST

/* ---- limits and signals ---- */

START_TEST(a_child_over_its_limit_is_asked_to_end) {
    struct hk_supervision s = supervision("exec sleep 1000", 1, 1);
    s.limit_s = 0.05;
    ck_assert(hk_supervise(&s, &err));
    ck_assert(record.last.over_limit);
    ck_assert_int_eq(WTERMSIG(record.last.status), SIGTERM);
}
END_TEST

START_TEST(a_child_that_does_not_listen_is_killed) {
    struct hk_supervision s = supervision("trap '' TERM; while :; do sleep 1; done", 1, 1);
    s.limit_s = 0.2;
    s.grace_s = 0.2;
    ck_assert(hk_supervise(&s, &err));
    ck_assert(record.last.over_limit);
    ck_assert_int_eq(WTERMSIG(record.last.status), SIGKILL);
}
END_TEST

static void interrupt(struct record *r, size_t task) {
    (void)r;
    if (task == 1) ck_assert_int_eq(raise(SIGINT), 0);
}

START_TEST(an_interruption_starts_nothing_more_and_ends_what_runs) {
    struct hk_supervision s = supervision("exec sleep 1000", 10, 2);
    record.at_start = interrupt;
    ck_assert(!hk_supervise(&s, &err));
    ck_assert_int_eq(err.code, HK_ERR_INTERRUPT);
    ck_assert_str_eq(err.message, "interrupted by SIGINT");
    ck_assert_uint_eq(record.ends, 2);
    ck_assert_uint_eq(record.starts[2], 0);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}
END_TEST

/* The child tells when it ignores SIGTERM. */
static void interrupt_twice(struct record *r, size_t task) {
    char byte;
    (void)r, (void)task;
    int file = open("ready", O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(read(file, &byte, 1), 1);
    (void)close(file);
    ck_assert_int_eq(raise(SIGINT), 0);
    ck_assert_int_eq(raise(SIGINT), 0);
}

START_TEST(a_second_interruption_kills) {
    ck_assert_int_eq(mkfifo("ready", 0600), 0);
    struct hk_supervision s =
        supervision("trap '' TERM; echo >ready; while :; do sleep 1; done", 1, 1);
    s.grace_s = 1000.0;
    record.at_start = interrupt_twice;
    ck_assert(!hk_supervise(&s, &err));
    ck_assert_int_eq(WTERMSIG(record.last.status), SIGKILL);
}
END_TEST

START_TEST(a_signal_that_was_ignored_stays_so) {
    (void)signal(SIGINT, SIG_IGN);
    record.at_start = interrupt;
    run("exit 0", 3, 1);
}
END_TEST

static bool fail_at_once(void *context, size_t task, const struct hk_child_end *end, bool *again,
                         struct hk_err *why) {
    struct hk_err unheard = {0};
    if (!ended(context, task, end, again, &unheard)) return false;
    return HK_FAIL(why, HK_ERR_DATA, "no more");
}

START_TEST(a_callback_may_end_the_whole) {
    struct hk_supervision s = supervision("test $PPID = 0 || exec sleep 0.01", 10, 2);
    s.ended = fail_at_once;
    ck_assert(!hk_supervise(&s, &err));
    ck_assert_str_eq(err.message, "no more");
    ck_assert_uint_le(record.ends, 3);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static void add_children(TCase *tcase) {
    tcase_add_test(tcase, all_tasks_run_and_never_too_many_at_a_time);
    tcase_add_test(tcase, no_tasks_are_done_at_once);
    tcase_add_test(tcase, children_that_end_together_are_all_seen);
    tcase_add_test(tcase, how_a_child_ended_is_told);
    tcase_add_test(tcase, a_task_may_be_run_again);
    tcase_add_test(tcase, what_children_say_is_appended_to_the_log);
    tcase_add_test(tcase, a_child_has_none_of_our_descriptors);
    tcase_add_test(tcase, a_child_has_the_usual_signals);
    tcase_add_test(tcase, a_child_has_a_process_group_of_its_own);
    tcase_add_test(tcase, a_program_that_is_not_there_is_an_end_like_others);
    tcase_add_test(tcase, a_log_that_cannot_be_made_ends_the_whole);
}

Suite *suite_cli_supervisor(void) {
    Suite *suite = suite_create("cli/supervisor");
    TCase *tcase = tcase_create("supervisor");
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    add_children(tcase);
    tcase_add_test(tcase, a_child_over_its_limit_is_asked_to_end);
    tcase_add_test(tcase, a_child_that_does_not_listen_is_killed);
    tcase_add_test(tcase, an_interruption_starts_nothing_more_and_ends_what_runs);
    tcase_add_test(tcase, a_second_interruption_kills);
    tcase_add_test(tcase, a_signal_that_was_ignored_stays_so);
    tcase_add_test(tcase, a_callback_may_end_the_whole);
    suite_add_tcase(suite, tcase);
    return suite;
}
