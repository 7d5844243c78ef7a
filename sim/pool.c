#include "sim/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Where threads meet: the last to come opens the gate by moving `round` on. */
struct gate {
    _Alignas(HK_CACHE_LINE) atomic_int come;
    _Alignas(HK_CACHE_LINE) atomic_uint round;
    atomic_int sleepers;
    pthread_mutex_t lock;
    pthread_cond_t open;
};

/* The core that a thread was on when it last waited. */
struct place {
    _Alignas(HK_CACHE_LINE) atomic_int core;
};

struct worker {
    struct hk_pool *pool;
    pthread_t thread;
    int index;
};

struct hk_pool {
    int threads;
    struct gate begin, end, barrier;
    hk_pool_work *work; /* NULL: stop */
    void *context;
    struct worker *workers; /* [threads - 1] */
    struct place *places;   /* [threads] */
    int started;
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void gate_sleep(struct gate *gate, unsigned round) {
    (void)pthread_mutex_lock(&gate->lock);
    (void)atomic_fetch_add(&gate->sleepers, 1);
    while (atomic_load(&gate->round) == round) (void)pthread_cond_wait(&gate->open, &gate->lock);
    (void)atomic_fetch_sub(&gate->sleepers, 1);
    (void)pthread_mutex_unlock(&gate->lock);
}

/* How long to spin before sleeping: some 200 microseconds, more than a step of a large network and
 * less than a time slice. */
enum { SPINS = 20000 };

/* Returns the round that ends when all have come. */
static unsigned gate_arrive(struct gate *gate, int threads) {
    unsigned round = atomic_load(&gate->round);
    if (atomic_fetch_add(&gate->come, 1) + 1 < threads) return round;
    atomic_store(&gate->come, 0);
    (void)atomic_fetch_add(&gate->round, 1);
    if (atomic_load(&gate->sleepers) == 0) return round;
    (void)pthread_mutex_lock(&gate->lock);
    (void)pthread_cond_broadcast(&gate->open);
    (void)pthread_mutex_unlock(&gate->lock);
    return round;
}

/* Who spins on the core of a thread that it waits for holds it up. Beside other processes the
 * scheduler often puts two threads on one core. */
static bool shares_core(const struct hk_pool *pool, int thread) {
    int core = sched_getcpu();
    bool shares = false;
    /* Others read that line at each barrier: it stays with them while nothing changes. */
    if (atomic_load_explicit(&pool->places[thread].core, memory_order_relaxed) != core)
        atomic_store_explicit(&pool->places[thread].core, core, memory_order_relaxed);
    for (int k = 0; k < pool->threads; k++)
        shares |= k != thread &&
                  atomic_load_explicit(&pool->places[k].core, memory_order_relaxed) == core;
    return shares;
}

static void gate_wait(const struct hk_pool *pool, int thread, struct gate *gate, unsigned round) {
    const int spins = shares_core(pool, thread) ? 0 : SPINS;
    for (int spin = 0; spin < spins; spin++) {
        if (atomic_load_explicit(&gate->round, memory_order_acquire) != round) return;
        relax();
    }
    gate_sleep(gate, round);
}

static void gate_pass(const struct hk_pool *pool, int thread, struct gate *gate) {
    gate_wait(pool, thread, gate, gate_arrive(gate, pool->threads));
}

static void gate_init(struct gate *gate) {
    (void)pthread_mutex_init(&gate->lock, NULL);
    (void)pthread_cond_init(&gate->open, NULL);
}

static void gate_finish(struct gate *gate) {
    (void)pthread_mutex_destroy(&gate->lock);
    (void)pthread_cond_destroy(&gate->open);
}

static void *worker_main(void *argument) {
    const struct worker *worker = argument;
    struct hk_pool *pool = worker->pool;
    for (;;) {
        gate_pass(pool, worker->index, &pool->begin);
        if (!pool->work) return NULL;
        pool->work(pool->context, worker->index);
        gate_pass(pool, worker->index, &pool->end);
    }
}

struct hk_pool *hk_pool_create(struct hk_arena *arena, int threads, struct hk_err *err) {
    if (threads < 1 || threads > HK_THREADS_MAX) {
        (void)HK_FAIL(err, HK_ERR_RANGE, "threads = %d, must be in 1..%d", threads, HK_THREADS_MAX);
        return NULL;
    }
    struct hk_pool *pool = HK_NEW(arena, struct hk_pool, 1, err);
    if (!pool) return NULL;
    pool->workers = HK_NEW(arena, struct worker, (size_t)threads, err);
    pool->places = HK_NEW(arena, struct place, (size_t)threads, err);
    if (!pool->workers || !pool->places) return NULL;
    pool->threads = threads;
    gate_init(&pool->begin);
    gate_init(&pool->end);
    gate_init(&pool->barrier);
    for (int i = 1; i < threads; i++) {
        struct worker *worker = &pool->workers[i - 1];
        *worker = (struct worker){.pool = pool, .index = i};
        if (pthread_create(&worker->thread, NULL, worker_main, worker) == 0) {
            pool->started++;
            continue;
        }
        (void)HK_FAIL(err, HK_ERR_MEMORY, "can't start thread %d of %d", i + 1, threads);
        pool->threads = i; /* as many as there are, so that the gates open for the end */
        hk_pool_destroy(pool);
        return NULL;
    }
    return pool;
}

void hk_pool_destroy(struct hk_pool *pool) {
    if (!pool) return;
    pool->work = NULL;
    gate_pass(pool, 0, &pool->begin);
    for (int i = 0; i < pool->started; i++) (void)pthread_join(pool->workers[i].thread, NULL);
    gate_finish(&pool->begin);
    gate_finish(&pool->end);
    gate_finish(&pool->barrier);
}

int hk_pool_threads(const struct hk_pool *pool) {
    return pool->threads;
}

void hk_pool_run(struct hk_pool *pool, hk_pool_work *work, void *context) {
    pool->work = work;
    pool->context = context;
    gate_pass(pool, 0, &pool->begin);
    work(context, 0);
    gate_pass(pool, 0, &pool->end);
}

void hk_pool_barrier(struct hk_pool *pool, int thread) {
    gate_pass(pool, thread, &pool->barrier);
}

/* Who is alone has nobody to wait for, at each tick of a small network. */
unsigned hk_pool_arrive(struct hk_pool *pool) {
    return pool->threads == 1 ? 0 : gate_arrive(&pool->barrier, pool->threads);
}

void hk_pool_wait(struct hk_pool *pool, int thread, unsigned round) {
    if (pool->threads > 1) gate_wait(pool, thread, &pool->barrier, round);
}
