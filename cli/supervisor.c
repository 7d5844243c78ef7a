/* Pitfalls that this file is built around, each with a test:
 *   - SIGCHLDs that come together are one: each child is asked, at every one.
 *   - A child inherits ignored signals, and until it execs also libevent's handlers, whose pipe is
 *     shared with us: all signals are blocked over fork(), then set to their defaults.
 *   - Descriptors are close-on-exec, libevent's too.
 *   - A child outlives a parent that is killed: PR_SET_PDEATHSIG, and a second look at getppid()
 *     for a parent that was killed before that. SIGKILL, because a simulation in the middle of a
 *     long step hears nothing else; a journal without results.h5 is no whole run and is run anew.
 *   - Ctrl-C goes to a whole process group: each child has a group of its own.
 *   - Persistent timers lose ticks after a stall: times are read from the clock. */
#include "cli/supervisor.h"

#include "cli/interrupt.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_START = 127, REDRAW_US = 250000 };

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
static const char *const ending_names[] = {"SIGINT", "SIGTERM", "SIGHUP"};

struct supervisor;

/* Room for one child at a time. */
struct slot {
    struct supervisor *supervisor;
    size_t task;
    pid_t process; /* 0: free */
    double began;
    bool over_limit, asked; /* to end */
    struct event *timer;
};

struct supervisor {
    const struct hk_supervision *what;
    struct hk_err *err;
    struct event_base *base;
    struct event *child_event, *ending_events[HK_COUNT(ending)], *redraw_event;
    struct slot *slots; /* [jobs] */
    size_t next, running;
    bool stopping;
};

static double clock_s(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0.0;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the child's side ---- */

static _Noreturn void become(const struct hk_child *child, int input, int log, pid_t parent) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(CANNOT_START);
    for (int number = 1; number < NSIG; number++) (void)sigaction(number, &usual, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(log, STDOUT_FILENO) >= 0 &&
        dup2(log, STDERR_FILENO) >= 0)
        (void)execv(child->program, (char *const *)(const void *)child->words);
    _exit(CANNOT_START);
}

/* Above the standard descriptors, so that dup2 makes copies, which stay open over exec. */
static int open_above(const char *path, int flags, struct hk_err *err) {
    int low = open(path, flags | O_CLOEXEC, 0666);
    int file = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (file < 0) (void)HK_FAIL(err, HK_ERR_IO, "%s: %s", path, strerror(errno));
    if (low >= 0) (void)close(low);
    return file;
}

static pid_t fork_child(const struct hk_child *child, int input, int log) {
    sigset_t all, before;
    pid_t parent = getpid();
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    pid_t process = fork();
    if (process == 0) become(child, input, log, parent);
    int why = errno;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return process;
}

static pid_t start_child(const struct hk_child *child, struct hk_err *err) {
    pid_t process = -1;
    int input = open_above("/dev/null", O_RDONLY, err);
    int log = input < 0 ? -1 : open_above(child->log, O_WRONLY | O_APPEND | O_CREAT, err);
    if (log >= 0) {
        process = fork_child(child, input, log);
        if (process < 0)
            (void)HK_FAIL(err, HK_ERR_IO, "can't start another process: %s", strerror(errno));
        (void)close(log);
    }
    if (input >= 0) (void)close(input);
    return process;
}

/* ---- starting and ending ---- */

static struct timeval in_seconds(double seconds) {
    return (struct timeval){.tv_sec = (time_t)seconds,
                            .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
}

static void set_timer(struct slot *slot, double seconds) {
    const struct timeval time = in_seconds(seconds);
    (void)evtimer_add(slot->timer, &time);
}

/* Ask the child to end; the timer makes sure of it. */
static void ask(struct slot *slot) {
    slot->asked = true;
    (void)kill(slot->process, SIGTERM);
    set_timer(slot, slot->supervisor->what->grace_s);
}

/* Start nothing more, and end what runs. */
static void stop(struct supervisor *s) {
    if (s->stopping) return;
    s->stopping = true;
    for (size_t i = 0; i < s->what->jobs; i++)
        if (s->slots[i].process && !s->slots[i].asked) ask(&s->slots[i]);
}

static bool start_task(struct slot *slot, size_t task) {
    struct supervisor *s = slot->supervisor;
    struct hk_child child = {.program = NULL};
    if (!s->what->prepare(s->what->context, task, &child, s->err)) return false;
    pid_t process = start_child(&child, s->err);
    if (process < 0) return false;
    (void)setpgid(process, process); /* here too: whoever comes first */
    slot->task = task;
    slot->process = process;
    slot->began = clock_s();
    slot->over_limit = slot->asked = false;
    s->running++;
    if (s->what->limit_s > 0.0) set_timer(slot, s->what->limit_s);
    return s->what->started(s->what->context, task, process, s->err);
}

static void fill_slots(struct supervisor *s) {
    for (size_t i = 0; i < s->what->jobs && !s->stopping && s->next < s->what->tasks; i++)
        if (!s->slots[i].process && !start_task(&s->slots[i], s->next++)) stop(s);
    if (s->running == 0 && (s->stopping || s->next == s->what->tasks))
        (void)event_base_loopbreak(s->base);
}

static double time_of(struct timeval time) {
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static void end_task(struct slot *slot, int status, const struct rusage *usage) {
    struct supervisor *s = slot->supervisor;
    const struct hk_child_end end = {.status = status,
                                     .over_limit = slot->over_limit,
                                     .wall_s = clock_s() - slot->began,
                                     .cpu_s = time_of(usage->ru_utime) + time_of(usage->ru_stime),
                                     .memory = (uint64_t)usage->ru_maxrss * 1024};
    bool again = false;
    (void)evtimer_del(slot->timer);
    slot->process = 0;
    s->running--;
    if (!s->what->ended(s->what->context, slot->task, &end, &again, s->err)) stop(s);
    if (again && !s->stopping && !start_task(slot, slot->task)) stop(s);
}

/* ---- events ---- */

static void on_child(evutil_socket_t number, short what, void *context) {
    struct supervisor *s = context;
    (void)number, (void)what;
    for (size_t i = 0; i < s->what->jobs; i++) {
        struct slot *slot = &s->slots[i];
        struct rusage usage;
        int status = 0;
        if (slot->process && wait4(slot->process, &status, WNOHANG, &usage) == slot->process)
            end_task(slot, status, &usage);
    }
    fill_slots(s);
}

/* The child's time is over: first to run, then to end. */
static void on_timer(evutil_socket_t file, short what, void *context) {
    struct slot *slot = context;
    (void)file, (void)what;
    if (!slot->process) return;
    if (slot->asked) {
        (void)kill(slot->process, SIGKILL);
        return;
    }
    slot->over_limit = true;
    ask(slot);
}

static void on_ending(evutil_socket_t number, short what, void *context) {
    struct supervisor *s = context;
    const char *name = "";
    (void)what;
    for (size_t i = 0; i < HK_COUNT(ending); i++)
        if (ending[i] == number) name = ending_names[i];
    if (hk_interrupt_signal())
        for (size_t i = 0; i < s->what->jobs; i++)
            if (s->slots[i].process) (void)kill(s->slots[i].process, SIGKILL);
    hk_interrupt_note((int)number);
    (void)HK_FAIL(s->err, HK_ERR_INTERRUPT, "interrupted by %s", name);
    stop(s);
    fill_slots(s);
}

static void on_redraw(evutil_socket_t file, short what, void *context) {
    const struct supervisor *s = context;
    (void)file, (void)what;
    s->what->redraw(s->what->context);
}

/* ---- the whole ---- */

static bool is_ignored(int number) {
    struct sigaction old = {.sa_handler = SIG_DFL};
    return sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

static bool add_event(struct event *event, const struct timeval *time) {
    return event && event_add(event, time) == 0;
}

static bool add_events(struct supervisor *s) {
    const struct timeval redraw = {.tv_usec = REDRAW_US};
    s->child_event = evsignal_new(s->base, SIGCHLD, on_child, s);
    if (!add_event(s->child_event, NULL)) return false;
    for (size_t i = 0; i < HK_COUNT(ending); i++) {
        if (is_ignored(ending[i])) continue;
        s->ending_events[i] = evsignal_new(s->base, ending[i], on_ending, s);
        if (!add_event(s->ending_events[i], NULL)) return false;
    }
    for (size_t i = 0; i < s->what->jobs; i++) {
        s->slots[i].supervisor = s;
        if (!(s->slots[i].timer = evtimer_new(s->base, on_timer, &s->slots[i]))) return false;
    }
    if (!s->what->redraw) return true;
    s->redraw_event = event_new(s->base, -1, EV_PERSIST, on_redraw, s);
    return add_event(s->redraw_event, &redraw);
}

static void free_event(struct event *event) {
    if (event) event_free(event);
}

static void free_events(struct supervisor *s) {
    free_event(s->child_event);
    free_event(s->redraw_event);
    for (size_t i = 0; i < HK_COUNT(ending); i++) free_event(s->ending_events[i]);
    for (size_t i = 0; s->slots && i < s->what->jobs; i++) free_event(s->slots[i].timer);
    if (s->base) event_base_free(s->base);
    libevent_global_shutdown();
}

static void tell(int severity, const char *message) {
    if (severity >= EVENT_LOG_WARN) (void)fprintf(stderr, "hillock: libevent: %s\n", message);
}

/* All children have been reaped when the loop ends. */
static bool run_loop(struct supervisor *s) {
    fill_slots(s);
    if (s->running > 0 && event_base_dispatch(s->base) < 0)
        return HK_FAIL(s->err, HK_ERR_IO, "waiting for events failed");
    return true;
}

bool hk_supervise(const struct hk_supervision *supervision, struct hk_err *err) {
    struct hk_err own = {.code = HK_OK};
    struct supervisor s = {.what = supervision, .err = &own};
    struct hk_arena *arena = hk_arena_create(&own);
    event_set_log_callback(tell);
    if (arena) s.slots = HK_NEW(arena, struct slot, supervision->jobs, &own);
    if (s.slots) {
        if ((s.base = event_base_new()) && add_events(&s))
            (void)run_loop(&s);
        else
            (void)HK_FAIL(&own, HK_ERR_MEMORY, "libevent can't be set up");
    }
    free_events(&s);
    event_set_log_callback(NULL);
    hk_arena_destroy(arena);
    if (err && err->code == HK_OK) *err = own;
    return own.code == HK_OK;
}
