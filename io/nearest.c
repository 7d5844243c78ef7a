#include "io/nearest.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 255, EDITS_MIN = 2 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Levenshtein's distance, one row of the table at a time. Both words have at most WORD_MAX
 * bytes. */
static size_t edit_distance(const char *a, const char *b) {
    size_t width = strlen(b);
    size_t row[WORD_MAX + 1];
    for (size_t k = 0; k <= width; k++) row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < width; k++) {
            size_t replaced = diagonal + (a[i] != b[k]);
            diagonal = row[k + 1];
            row[k + 1] = least(replaced, least(diagonal, row[k]) + 1);
        }
    }
    return row[width];
}

const char *hk_nearest(const char *word, const char *const *words, size_t count) {
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX) return NULL;
    size_t allowed = length / 3 > EDITS_MIN ? length / 3 : EDITS_MIN;
    size_t best = least(allowed, length - 1) + 1;
    const char *nearest = NULL;
    for (size_t k = 0; k < count; k++) {
        if (strlen(words[k]) > WORD_MAX) continue;
        size_t distance = edit_distance(word, words[k]);
        if (distance >= best) continue;
        best = distance;
        nearest = words[k];
    }
    return nearest;
}

/* The first word that begins with this one, which is long enough to say something. */
static const char *completed(const char *word, const char *const *words, size_t count) {
    enum { LEAST = 3 };
    size_t size = strlen(word);
    for (size_t k = 0; size >= LEAST && k < count; k++)
        if (strncmp(words[k], word, size) == 0) return words[k];
    return NULL;
}

const char *hk_nearest_hint(const char *word, const char *const *words, size_t count,
                            char text[HK_HINT_SIZE]) {
    const char *nearest = hk_nearest(word, words, count);
    if (!nearest) nearest = completed(word, words, count);
    if (nearest) {
        (void)snprintf(text, HK_HINT_SIZE, "did you mean '%s'?", nearest);
        return text;
    }
    (void)snprintf(text, HK_HINT_SIZE, "known here: %s", count ? "" : "nothing");
    size_t used = strlen(text);
    for (size_t k = 0; k < count; k++) {
        const char *between = k ? ", " : "";
        size_t room = HK_HINT_SIZE - sizeof ", ..." - used;
        if (strlen(between) + strlen(words[k]) > room) {
            (void)snprintf(text + used, HK_HINT_SIZE - used, "%s...", between);
            break;
        }
        (void)snprintf(text + used, HK_HINT_SIZE - used, "%s%s", between, words[k]);
        used += strlen(between) + strlen(words[k]);
    }
    return text;
}
