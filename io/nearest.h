/* "Did you mean": the known word that a mistyped one was probably meant to be. */
#ifndef HK_IO_NEAREST_H
#define HK_IO_NEAREST_H

#include <stddef.h>

/* The word nearest to `word` by edits (a character put in, left out or replaced), the first of
 * equals. NULL when none is within two edits or a third of `word`'s length, or when nothing of
 * `word` would be left. */
const char *hk_nearest(const char *word, const char *const *words, size_t count);

enum { HK_HINT_SIZE = 256 };

/* For the end of a message about a word that isn't known: "did you mean 'tau_m'?" where one is
 * near or begins with it, else "known here: a, b, c". Returns `text`. */
const char *hk_nearest_hint(const char *word, const char *const *words, size_t count,
                            char text[HK_HINT_SIZE]);

#endif
