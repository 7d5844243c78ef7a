/* The thread that writes what is recorded. */
#include "io/recording_internal.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "io/clock.h"

/* ---- what the thread does, without the lock ---- */

static bool open_journal(struct hk_recording *r, struct hk_err *err) {
    const char *path = hk_journal_path(r->arena, r->folder, r->number + 1, err);
    uint64_t sequence = r->journal.sequence;
    hk_journal_finish(&r->journal);
    if (!path || !hk_journal_create(&r->journal, path, r->number + 1, sequence, err)) return false;
    r->number++;
    return true;
}

/* What the journals before have reached: they may be segments by the time that somebody asks. */
static bool write_span(struct hk_recording *r, struct hk_err *err) {
    unsigned char record[HK_JOURNAL_RECORD_HEAD + HK_ENTRY_SPAN_SIZE];
    struct hk_entry_writer out = {.at = record + HK_JOURNAL_RECORD_HEAD,
                                  .end = record + sizeof record};
    return hk_entry_put_span(&out, 0.0, r->written_ms) &&
           hk_journal_append(&r->journal, record, HK_ENTRY_SPAN_SIZE, err);
}

/* The streams that go on, one a record. The caller may add some meanwhile: those it opens itself
 * are in the blocks as well. */
static bool write_prologue(struct hk_recording *r, struct hk_err *err) {
    bool ok = true;
    (void)pthread_mutex_lock(&r->lock);
    unsigned char *at = r->prologue.data, *end = at + r->prologue_size;
    for (size_t size; ok && at < end; at += HK_JOURNAL_RECORD_HEAD + size) {
        memcpy(&size, at, sizeof size);
        at += sizeof size;
        ok = hk_journal_append(&r->journal, at, size, err);
    }
    (void)pthread_mutex_unlock(&r->lock);
    return ok && write_span(r, err);
}

static bool rotate(struct hk_recording *r, struct hk_err *err) {
    return hk_journal_sync(&r->journal, err) && open_journal(r, err) && write_prologue(r, err);
}

static bool write_block(struct hk_recording *r, const struct hk_recording_block *block,
                        struct hk_err *err) {
    if (!hk_journal_append(&r->journal, block->bytes, block->used, err)) return false;
    r->unsynced = true;
    r->written_s = hk_clock_s();
    r->written_ms = block->reached_ms;
    if (r->journal.size < r->segment_size || block->continues) return true;
    return rotate(r, err);
}

static bool sync_sometimes(struct hk_recording *r, struct hk_err *err) {
    double now = hk_clock_s();
    if (!r->unsynced || now - r->synced_s < 1e-3 * HK_SYNC_MS) return true;
    r->unsynced = false;
    r->synced_s = now;
    return hk_journal_sync(&r->journal, err);
}

/* A step towards a segment, if there is a journal to make one of. */
static bool fold_something(struct hk_recording *r, bool *busy, struct hk_err *err) {
    bool done = false, idle = !r->segmenter.arena;
    *busy = !idle || r->folded + 1 < r->number;
    if (!*busy) return true;
    if (idle && !hk_segmenter_begin(&r->segmenter, r->folder, r->folded + 1, err)) return false;
    if (!hk_segmenter_step(&r->segmenter, &done, err)) return false;
    if (!done) return true;
    hk_segmenter_drop(&r->segmenter);
    r->folded++;
    return true;
}

/* ---- the thread ---- */

/* What is being filled is written when it is time, or all is to end; so is the bare news of time
 * that passed without anything in it. */
static bool is_due(const struct hk_recording *r) {
    double reached_ms = atomic_load_explicit(&r->reached_ms, memory_order_acquire);
    bool overdue = hk_clock_s() - r->written_s >= 1e-3 * HK_FLUSH_MS;
    return (r->filling || reached_ms > r->written_ms) && (overdue || r->closing);
}

/* The next block to write; NULL: none, now. */
static struct hk_recording_block *take_block(struct hk_recording *r) {
    if (r->count == 0 && is_due(r)) {
        if (!r->filling) hk_recording_fill(r);
        hk_recording_seal(r, false);
    }
    return r->count > 0 ? &r->blocks[r->first] : NULL;
}

static void give_back(struct hk_recording *r, const struct hk_recording_block *block) {
    r->size += HK_JOURNAL_RECORD_HEAD + block->used;
    r->saved_ms = r->written_ms;
    r->first = (r->first + 1) % HK_RECORDING_BLOCKS;
    r->count--;
    (void)pthread_cond_signal(&r->room);
}

/* Until there may be something to do. */
static void wait_for_work(struct hk_recording *r) {
    struct timespec until;
    if (clock_gettime(CLOCK_MONOTONIC, &until) != 0) return;
    until.tv_nsec += HK_WAKE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_cond_timedwait(&r->work, &r->lock, &until);
}

/* One thing to do; with the lock before and after. False: there is nothing left, or it failed. */
static bool take_turn(struct hk_recording *r, struct hk_err *err) {
    bool ok = true, busy = false;
    struct hk_recording_block *block = take_block(r);
    bool finishing = r->closing && !block;
    (void)pthread_mutex_unlock(&r->lock);
    if (block)
        ok = write_block(r, block, err);
    else if (!finishing || r->segmenter.arena) /* a segment that was begun is finished */
        ok = fold_something(r, &busy, err);
    ok = ok && sync_sometimes(r, err);
    (void)pthread_mutex_lock(&r->lock);
    if (!ok) return false;
    if (block) give_back(r, block);
    if (finishing) return r->segmenter.arena;
    if (!block && !busy && r->count == 0 && !r->closing) wait_for_work(r);
    return true;
}

static void *write_all(void *context) {
    struct hk_recording *r = context;
    struct hk_err err = {0};
    (void)pthread_mutex_lock(&r->lock);
    while (take_turn(r, &err)) continue;
    r->failure = err;
    (void)pthread_cond_broadcast(&r->room);
    (void)pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Signals are the business of the program's other threads. */
static bool start_thread(struct hk_recording *r) {
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    r->started = pthread_create(&r->thread, NULL, write_all, r) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r->started;
}

bool hk_recording_start(struct hk_recording *r, struct hk_err *err) {
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&r->lock, NULL);
    (void)pthread_cond_init(&r->work, &monotonic);
    (void)pthread_cond_init(&r->room, NULL);
    (void)pthread_condattr_destroy(&monotonic);
    r->written_s = r->synced_s = hk_clock_s();
    if (!open_journal(r, err)) return false;
    if (start_thread(r)) return true;
    hk_journal_finish(&r->journal);
    return HK_FAIL(err, HK_ERR_MEMORY, "can't start the thread that writes what is recorded");
}

bool hk_recording_stop(struct hk_recording *r, struct hk_err *err) {
    if (!r->started) return true;
    (void)pthread_mutex_lock(&r->lock);
    r->closing = true;
    (void)pthread_cond_signal(&r->work);
    (void)pthread_mutex_unlock(&r->lock);
    (void)pthread_join(r->thread, NULL);
    r->started = false;
    bool ok = r->failure.code == HK_OK && hk_journal_sync(&r->journal, &r->failure);
    if (!ok && err && err->code == HK_OK) *err = r->failure;
    hk_segmenter_drop(&r->segmenter);
    hk_journal_finish(&r->journal);
    (void)pthread_cond_destroy(&r->room);
    (void)pthread_cond_destroy(&r->work);
    (void)pthread_mutex_destroy(&r->lock);
    return ok;
}
