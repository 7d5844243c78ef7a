/* Functions of the C library are defined here once more, so that everybody's calls come by. Those
 * that take memory are renamed by the linker instead (Makefile), since the sanitizers have their
 * own. */
#undef _FORTIFY_SOURCE /* which would put functions of the same names into the headers */
#include "tests/support/faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_int armed = -1; /* enum fault */
static atomic_long calls, due, blocks;
static atomic_int why;

void fault_arm(enum fault kind, long number, int reason) {
    atomic_store(&armed, -1);
    atomic_store(&calls, 0);
    atomic_store(&due, number);
    atomic_store(&why, reason);
    atomic_store(&armed, (int)kind);
}

void fault_disarm(void) {
    atomic_store(&armed, -1);
}

long fault_calls(void) {
    return atomic_load(&calls);
}

long fault_blocks(void) {
    return atomic_load(&blocks);
}

/* Is this call the one? Then errno says why. */
static bool strikes(enum fault kind) {
    if (atomic_load(&armed) != (int)kind) return false;
    if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&due)) return false;
    if (atomic_load(&why) == FAULT_KILL) (void)raise(SIGKILL);
    errno = atomic_load(&why);
    return true;
}

/* The function that would be called without us. */
#define REAL(type, name)                                                                           \
    static type *real;                                                                             \
    if (!real) real = (type *)dlsym(RTLD_NEXT, name)

typedef int open_function(const char *path, int flags, ...);
int open(const char *path, int flags, ...) {
    REAL(open_function, "open");
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return strikes(FAULT_OPEN) ? -1 : real(path, flags, mode);
}

typedef ssize_t read_function(int file, void *data, size_t size);
ssize_t read(int file, void *data, size_t size) {
    REAL(read_function, "read");
    return strikes(FAULT_READ) ? -1 : real(file, data, size);
}

typedef ssize_t write_function(int file, const void *data, size_t size);
ssize_t write(int file, const void *data, size_t size) {
    REAL(write_function, "write");
    if (!strikes(FAULT_WRITE)) return real(file, data, size);
    return errno == FAULT_SHORT ? real(file, data, (size + 1) / 2) : -1;
}

typedef ssize_t pwrite_function(int file, const void *data, size_t size, off_t place);
ssize_t pwrite(int file, const void *data, size_t size, off_t place) {
    REAL(pwrite_function, "pwrite");
    if (!strikes(FAULT_WRITE)) return real(file, data, size, place);
    return errno == FAULT_SHORT ? real(file, data, (size + 1) / 2, place) : -1;
}

typedef int sync_function(int file);
int fsync(int file) {
    REAL(sync_function, "fsync");
    return strikes(FAULT_SYNC) ? -1 : real(file);
}

typedef int rename_function(const char *from, const char *to);
int rename(const char *from, const char *to) {
    REAL(rename_function, "rename");
    return strikes(FAULT_RENAME) ? -1 : real(from, to);
}

typedef int unlink_function(const char *path);
int unlink(const char *path) {
    REAL(unlink_function, "unlink");
    return strikes(FAULT_REMOVE) ? -1 : real(path);
}

typedef int thread_function(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *),
                            void *context);
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *),
                   void *context) {
    REAL(thread_function, "pthread_create");
    return strikes(FAULT_THREAD) ? EAGAIN : real(thread, how, work, context);
}

/* The names that the linker gives. NOLINTBEGIN(bugprone-reserved-identifier) */

/* ---- memory: sim/arena.c has all of it ---- */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) {
    void *block = strikes(FAULT_ALLOCATE) ? NULL : __real_calloc(count, size);
    if (block) (void)atomic_fetch_add(&blocks, 1);
    return block;
}

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size) {
    void *grown = strikes(FAULT_ALLOCATE) ? NULL : __real_realloc(block, size);
    if (grown && !block) (void)atomic_fetch_add(&blocks, 1);
    return grown;
}

void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block) {
    if (block) (void)atomic_fetch_sub(&blocks, 1);
    __real_free(block);
}

/* A mapping may be given back in parts. */
static long pages(size_t size) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (long)((size + page - 1) / page);
}

void *__real_mmap(void *at, size_t size, int how, int flags, int file, off_t place);
void *__wrap_mmap(void *at, size_t size, int how, int flags, int file, off_t place);
void *__wrap_mmap(void *at, size_t size, int how, int flags, int file, off_t place) {
    void *map =
        strikes(FAULT_ALLOCATE) ? MAP_FAILED : __real_mmap(at, size, how, flags, file, place);
    if (map != MAP_FAILED) (void)atomic_fetch_add(&blocks, pages(size));
    return map;
}

int __real_munmap(void *map, size_t size);
int __wrap_munmap(void *map, size_t size);
int __wrap_munmap(void *map, size_t size) {
    (void)atomic_fetch_sub(&blocks, pages(size));
    return __real_munmap(map, size);
}

/* ---- time ---- */

static _Atomic double stopped_s;
static atomic_bool stopped;

void fault_clock_stop(double seconds) {
    atomic_store(&stopped_s, seconds);
    atomic_store(&stopped, true);
}

void fault_clock_go_on(void) {
    atomic_store(&stopped, false);
}

double __real_hk_clock_s(void);
double __wrap_hk_clock_s(void);
double __wrap_hk_clock_s(void) {
    return atomic_load(&stopped) ? atomic_load(&stopped_s) : __real_hk_clock_s();
}

/* NOLINTEND(bugprone-reserved-identifier) */
