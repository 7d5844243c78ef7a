/* A small pool of threads that run one function together. Thread 0 is the caller's.
 *
 * Barriers spin briefly, because a step of a small network takes a microsecond, and then sleep,
 * because on a busy machine spinning would keep the others from finishing; at once where the other
 * is on the same core. */
#ifndef HK_SIM_POOL_H
#define HK_SIM_POOL_H

#include "sim/arena.h"
#include "sim/types.h"

struct hk_pool;

enum { HK_THREADS_MAX = 256 };

/* `threads` in 1..HK_THREADS_MAX. Errors: HK_ERR_RANGE, HK_ERR_MEMORY. */
struct hk_pool *hk_pool_create(struct hk_arena *arena, int threads, struct hk_err *err) HK_MUST_USE;
void hk_pool_destroy(struct hk_pool *pool); /* joins the threads; the memory is the arena's */
int hk_pool_threads(const struct hk_pool *pool);

/* Run work(context, thread) on every thread and wait for all. Not to be nested. */
typedef void hk_pool_work(void *context, int thread);
void hk_pool_run(struct hk_pool *pool, hk_pool_work *work, void *context);
/* Wait, within `work`, until every thread has come here; `thread` is who calls. */
void hk_pool_barrier(struct hk_pool *pool, int thread);
/* The same in two halves: say that this thread has come, and, after what needs nobody, wait until
 * all have. */
unsigned hk_pool_arrive(struct hk_pool *pool);
void hk_pool_wait(struct hk_pool *pool, int thread, unsigned round);

#endif
