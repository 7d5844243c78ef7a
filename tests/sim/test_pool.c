/* The pool of threads: everybody works once a run, and nobody passes a barrier before all are
 * there. The tests write plain memory on both sides of a barrier, so the thread sanitizer judges
 * them too. */
#include <check.h>
#include <string.h>

#include "sim/pool.h"
#include "tests/support/suites.h"

enum { THREADS = 9, ROUNDS = 100 };

struct work {
    struct hk_pool *pool;
    int threads;
    int runs[THREADS];
    int step[THREADS];  /* the barrier that each thread has passed last */
    int early[THREADS]; /* barriers after which another thread was seen behind */
};

static struct hk_pool *make(struct hk_arena *arena, int threads) {
    struct hk_err err = {0};
    struct hk_pool *pool = hk_pool_create(arena, threads, &err);
    ck_assert_msg(pool != NULL, "%s", err.message);
    ck_assert_int_eq(hk_pool_threads(pool), threads);
    return pool;
}

static void count_run(void *context, int thread) {
    ((struct work *)context)->runs[thread]++;
}

static const int sizes[] = {1, 2, 3, 5, THREADS};

START_TEST(every_thread_works_once_a_run) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    struct work work = {.threads = sizes[_i], .pool = make(arena, sizes[_i])};
    for (int round = 1; round <= ROUNDS; round++) {
        hk_pool_run(work.pool, count_run, &work);
        for (int i = 0; i < THREADS; i++)
            if (work.runs[i] != (i < work.threads ? round : 0)) ck_abort_msg("thread %d", i);
    }
    hk_pool_destroy(work.pool);
    hk_arena_destroy(arena);
}
END_TEST

/* Two barriers a round: between them all have written and nobody writes. */
static void meet(void *context, int thread) {
    struct work *work = context;
    for (int round = 1; round <= ROUNDS; round++) {
        work->step[thread] = round;
        hk_pool_barrier(work->pool, thread);
        for (int i = 0; i < work->threads; i++) work->early[thread] += work->step[i] != round;
        hk_pool_barrier(work->pool, thread);
    }
}

START_TEST(nobody_passes_a_barrier_before_all_have_come) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    struct work work = {.threads = sizes[_i], .pool = make(arena, sizes[_i])};
    for (int run = 0; run < 3; run++) hk_pool_run(work.pool, meet, &work);
    for (int i = 0; i < THREADS; i++) ck_assert_int_eq(work.early[i], 0);
    hk_pool_destroy(work.pool);
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(a_pool_may_end_without_having_worked) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    for (int k = 0; k < 20; k++) hk_pool_destroy(make(arena, sizes[_i]));
    hk_pool_destroy(NULL);
    hk_arena_destroy(arena);
}
END_TEST

START_TEST(impossible_numbers_of_threads_are_refused) {
    static const int bad[] = {0, -1, HK_THREADS_MAX + 1};
    struct hk_err made = {0};
    struct hk_arena *arena = hk_arena_create(&made);
    for (size_t k = 0; k < HK_COUNT(bad); k++) {
        struct hk_err err = {0};
        ck_assert_ptr_null(hk_pool_create(arena, bad[k], &err));
        ck_assert_int_eq(err.code, HK_ERR_RANGE);
        ck_assert_ptr_nonnull(strstr(err.message, "must be in 1..256"));
    }
    hk_arena_destroy(arena);
}
END_TEST

Suite *suite_sim_pool(void) {
    Suite *suite = suite_create("sim/pool");
    TCase *pool = tcase_create("pool");
    int count = (int)HK_COUNT(sizes);
    tcase_add_loop_test(pool, every_thread_works_once_a_run, 0, count);
    tcase_add_loop_test(pool, nobody_passes_a_barrier_before_all_have_come, 0, count);
    tcase_add_loop_test(pool, a_pool_may_end_without_having_worked, 0, count);
    tcase_add_test(pool, impossible_numbers_of_threads_are_refused);
    suite_add_tcase(suite, pool);
    return suite;
}
