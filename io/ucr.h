/* Reads time series of the UCR/UEA archive: a set is a folder with <Set>_TRAIN and <Set>_TEST, each
 * as .tsv (a series a line, its label first, all between tabs) or .ts (tags such as @univariate,
 * then a series a line between commas, and its label after a colon).
 *
 * Series of one channel and one length, without missing values; others are refused by name. Values
 * stay as they are in the files. Labels are numbers; in ascending order, those of both files
 * together become 0..classes-1. */
#ifndef HK_IO_UCR_H
#define HK_IO_UCR_H

#include "sim/arena.h"
#include "sim/samples.h"

enum { HK_UCR_CLASSES_MAX = 256 };

/* Both parts, from a file each, which is .ts where its name ends so, else .tsv; memory is the
 * arena's. Errors: HK_ERR_DATA with file and line, HK_ERR_MEMORY. */
bool hk_ucr_read(struct hk_arena *arena, const char *train_path, const char *test_path,
                 struct hk_samples *train, struct hk_samples *test, struct hk_err *err) HK_MUST_USE;

#endif
