/* Runs many programs, some at a time, and outlives what they do: one that dies, hangs or fills its
 * log harms no other, and none of them outlives the supervisor, however that ends.
 *
 * libevent says when a child has ended, a signal has come or a time is over; nothing polls and
 * nothing sleeps. It is seen in cli/supervisor.c only. */
#ifndef HK_CLI_SUPERVISOR_H
#define HK_CLI_SUPERVISOR_H

#include "sim/arena.h"

#include <sys/types.h>

/* What to run: lent while it is started. Its output and errors are appended to the file `log`; its
 * input is empty. */
struct hk_child {
    const char *program;
    const char *const *words; /* argv, ended by NULL */
    const char *log;
};

struct hk_child_end {
    int status; /* as of wait() */
    bool over_limit;
    double wall_s, cpu_s;
    uint64_t memory; /* bytes at its largest; not less than the supervisor had when it forked */
};

struct hk_supervision {
    size_t tasks;   /* 0, 1 ... are started in this order */
    size_t jobs;    /* at a time, at least 1 */
    double limit_s; /* wall time of a child; 0: none */
    double grace_s; /* between the request to end (SIGTERM) and the end (SIGKILL) */
    void *context;
    /* Say what to run. False ends the whole. */
    bool (*prepare)(void *context, size_t task, struct hk_child *child, struct hk_err *err);
    bool (*started)(void *context, size_t task, pid_t process, struct hk_err *err);
    /* `*again` (false) starts the task once more. False ends the whole. A child that was ended
     * because the whole does is reported too. */
    bool (*ended)(void *context, size_t task, const struct hk_child_end *end, bool *again,
                  struct hk_err *err);
    /* Four times a second. May be NULL. */
    void (*redraw)(void *context);
};

/* Run all tasks. SIGINT, SIGTERM or SIGHUP (unless ignored from the start) starts nothing more and
 * ends the children; a second one kills them. Errors: HK_ERR_INTERRUPT, HK_ERR_IO (no process or
 * log could be made), HK_ERR_MEMORY, those of the callbacks. Not within itself. */
bool hk_supervise(const struct hk_supervision *supervision, struct hk_err *err) HK_MUST_USE;

#endif
