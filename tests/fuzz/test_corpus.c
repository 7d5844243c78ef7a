/* The fuzz targets on the inputs in tests/fuzz/corpus: seeds, and what once went wrong. */
#include "tests/fuzz/fuzz.h"

#include "tests/support/suites.h"

#include "sim/arena.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>

enum { CORPUS_SIZE_MAX = 200 * 1024 };

static const struct target {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
} targets[] = {
    {"cifar", fuzz_cifar},     {"fold", fuzz_fold},           {"idx", fuzz_idx},
    {"journal", fuzz_journal}, {"spike_csv", fuzz_spike_csv}, {"ucr", fuzz_ucr},
    {"values", fuzz_values},   {"yaml", fuzz_yaml},
};

/* Exactly as many bytes as the file has, so that the sanitizers see what is read behind them. */
static size_t run_input(const char *path, const struct target *target) {
    struct hk_block content = {0};
    long size = -1;
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0, "%s", path);
    rewind(file);
    if (size > 0) ck_assert(hk_block_reserve(&content, (size_t)size, 1, NULL));
    if (size > 0) ck_assert_uint_eq(fread(content.data, 1, (size_t)size, file), (size_t)size);
    ck_assert_int_eq(fclose(file), 0);
    if (target) target->run(content.data, (size_t)size);
    hk_block_finish(&content);
    return (size_t)size;
}

/* Returns how many inputs there are, and adds up their bytes. */
static size_t walk(const struct target *target, bool run, size_t *bytes) {
    char folder[64], path[512];
    size_t count = 0;
    (void)snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", target->name);
    DIR *list = opendir(folder);
    ck_assert_msg(list != NULL, "no folder %s", folder);
    for (const struct dirent *entry; (entry = readdir(list)); count++) {
        if (entry->d_name[0] == '.') {
            count--;
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        *bytes += run_input(path, run ? target : NULL);
    }
    ck_assert_int_eq(closedir(list), 0);
    return count;
}

START_TEST(target_survives_its_inputs) {
    size_t bytes = 0;
    ck_assert_uint_gt(walk(&targets[_i], true, &bytes), 0);
}
END_TEST

START_TEST(corpus_stays_small) {
    size_t bytes = 0;
    for (size_t i = 0; i < HK_COUNT(targets); i++) (void)walk(&targets[i], false, &bytes);
    ck_assert_uint_le(bytes, CORPUS_SIZE_MAX);
}
END_TEST

Suite *suite_fuzz_corpus(void) {
    Suite *suite = suite_create("fuzz/corpus");
    TCase *tcase = tcase_create("corpus");
    tcase_add_loop_test(tcase, target_survives_its_inputs, 0, HK_COUNT(targets));
    tcase_add_test(tcase, corpus_stays_small);
    suite_add_tcase(suite, tcase);
    return suite;
}
