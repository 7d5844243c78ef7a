/* Time series of the UCR archive. The input is the training part, a form feed, and the testing
 * part (without a form feed both are the same); they are read as .ts where the input begins with
 * "#" or "@", else as .tsv. */
#include "tests/fuzz/fuzz.h"

#include "io/ucr.h"

void fuzz_ucr(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_samples train, test;
    struct fuzz_bytes parts[2];
    bool tagged = size > 0 && (*data == '#' || *data == '@');
    fuzz_cut((struct fuzz_bytes){data, size}, '\f', parts);
    const char *first = fuzz_file(tagged ? "train.ts" : "train.tsv", parts[0]);
    const char *second = fuzz_file(tagged ? "test.ts" : "test.tsv", parts[1]);
    struct hk_arena *arena = hk_arena_create(&err);
    HK_ASSERT(arena);
    if (hk_ucr_read(arena, first, second, &train, &test, &err)) {
        HK_ASSERT(train.classes == test.classes && train.size == test.size);
        fuzz_check_samples(&train);
        fuzz_check_samples(&test);
    } else {
        HK_ASSERT(err.code == HK_ERR_DATA);
    }
    hk_arena_destroy(arena);
}
