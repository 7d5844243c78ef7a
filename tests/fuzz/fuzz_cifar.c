/* Files of CIFAR-10, plain, gzip or xz: the input is the file. */
#include "tests/fuzz/fuzz.h"

#include "io/cifar.h"

void fuzz_cifar(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_samples samples;
    const char *file = fuzz_file("batch", (struct fuzz_bytes){data, size});
    struct hk_arena *arena = hk_arena_create(&err);
    HK_ASSERT(arena);
    if (hk_cifar_read(arena, &file, 1, &samples, &err))
        fuzz_check_samples(&samples);
    else
        HK_ASSERT(err.code == HK_ERR_DATA || err.code == HK_ERR_LIMIT);
    hk_arena_destroy(arena);
}
