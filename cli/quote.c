#include "cli/quote.h"

#include <string.h>

static bool is_plain(const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    return *word && word[strspn(word, plain)] == '\0';
}

static char *quote(struct hk_arena *arena, const char *word, struct hk_err *err) {
    if (is_plain(word)) return hk_arena_text(arena, word, err);
    enum { QUOTED_MAX = 4 }; /* ' becomes '\'' */
    char *text = HK_NEW(arena, char, QUOTED_MAX *strlen(word) + sizeof "''", err), *end = text;
    if (!text) return NULL;
    *end++ = '\'';
    for (; *word; word++) {
        const char *as = *word == '\'' ? "'\\''" : (const char[]){*word, '\0'};
        while (*as) *end++ = *as++;
    }
    *end = '\'';
    return text;
}

char *hk_quote_words(struct hk_arena *arena, const char *const *words, size_t count,
                     struct hk_err *err) {
    char *line = hk_arena_text(arena, "", err);
    for (size_t i = 0; line && i < count; i++) {
        char *word = quote(arena, words[i], err);
        line = word ? hk_arena_format(arena, err, "%s%s%s", line, i ? " " : "", word) : NULL;
    }
    return line;
}
