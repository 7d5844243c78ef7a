#include "io/segment.h"

#include "io/file.h"
#include "io/run_files.h"

bool hk_segmenter_begin(struct hk_segmenter *s, const char *folder, uint32_t number,
                        struct hk_err *err) {
    *s = (struct hk_segmenter){.folder = folder, .arena = hk_arena_create(err)};
    s->reader.file = -1;
    if (!s->arena) return false;
    const char *const *before = hk_segment_paths(s->arena, folder, number - 1, err);
    const char *path = hk_segment_path(s->arena, folder, number, err);
    s->journal = hk_journal_path(s->arena, folder, number, err);
    if (!before || !path || !s->journal) return false;
    s->results = hk_results_create_from(s->arena, path, HK_FOLLOW_ROWS, before, number - 1, err);
    if (!s->results) return false;
    s->fold = hk_fold_create(s->arena, s->results, err);
    return s->fold && hk_journal_open(&s->reader, s->journal, err);
}

/* The journal goes when the segment is there for good. */
static bool finish(struct hk_segmenter *s, struct hk_err *err) {
    return hk_results_close(s->results, err) && hk_file_remove(s->journal, err);
}

bool hk_segmenter_step(struct hk_segmenter *s, bool *done, struct hk_err *err) {
    const unsigned char *payload;
    size_t size = 0;
    if (!hk_journal_next(&s->reader, &payload, &size, err)) return false;
    *done = !payload;
    return payload ? hk_entries_read(payload, size, hk_fold_entry, s->fold, err) : finish(s, err);
}

void hk_segmenter_drop(struct hk_segmenter *s) {
    if (!s->arena) return;
    hk_journal_close(&s->reader);
    hk_fold_destroy(s->fold);
    hk_results_destroy(s->results);
    hk_arena_destroy(s->arena);
    s->arena = NULL;
}
