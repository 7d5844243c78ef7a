/* Entry functions of the fuzz targets, and what they share. Each takes bytes of any kind and size,
 * gives them to a reader, and checks by HK_ASSERT what must hold for whatever the reader accepts.
 *
 * `make fuzz` links each with libFuzzer (tests/fuzz/entry.c); tests/fuzz/test_corpus.c calls them
 * with the inputs in tests/fuzz/corpus. A new target is a file fuzz_<what>.c, its line here and in
 * the table of test_corpus.c, and a folder of inputs. */
#ifndef HK_TESTS_FUZZ_FUZZ_H
#define HK_TESTS_FUZZ_FUZZ_H

#include "sim/samples.h"

#include <stddef.h>
#include <stdint.h>

void fuzz_cifar(const uint8_t *data, size_t size);
void fuzz_fold(const uint8_t *data, size_t size);
void fuzz_idx(const uint8_t *data, size_t size);
void fuzz_journal(const uint8_t *data, size_t size);
void fuzz_spike_csv(const uint8_t *data, size_t size);
void fuzz_ucr(const uint8_t *data, size_t size);
void fuzz_values(const uint8_t *data, size_t size);
void fuzz_yaml(const uint8_t *data, size_t size);

/* A part of an input. */
struct fuzz_bytes {
    const uint8_t *data;
    size_t size;
};

/* Cut into what is before and behind the first `mark`; without one, both are the whole. */
void fuzz_cut(struct fuzz_bytes whole, uint8_t mark, struct fuzz_bytes parts[2]);

/* A folder without files, that of fuzz_file. It goes when the process ends. */
const char *fuzz_empty_folder(void);

/* Write a file of that name into a folder that goes when the process ends. Its path is lent until
 * eight more have been written. */
const char *fuzz_file(const char *name, struct fuzz_bytes content);

/* All that is said of them is there, and within its bounds. */
void fuzz_check_samples(const struct hk_samples *samples);

#endif
