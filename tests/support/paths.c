#include "tests/support/paths.h"

#include <check.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_folder[PATH_MAX];

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *hk_test_data(const char *set) {
    static char path[PATH_MAX];
    const char *roots[] = {getenv("HILLOCK_DATA"), "../shared/data", "/usr/share/datasets"};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        if (!roots[i]) continue;
        int length = snprintf(path, sizeof path, "%s/%s", roots[i], set);
        if (length > 0 && (size_t)length < sizeof path && is_folder(path)) return path;
    }
    return NULL;
}

const char *hk_test_program(void) {
    const char *program = getenv("HK_TEST_PROGRAM");
    return program ? program : "build/hillock";
}

const char *hk_test_folder(void) {
    if (!*test_folder) {
        const char *root = getenv("HK_TEST_ROOT");
        int length =
            snprintf(test_folder, sizeof test_folder, "%s/test-XXXXXX", root ? root : "/tmp");
        ck_assert(length > 0 && (size_t)length < sizeof test_folder);
        ck_assert_ptr_nonnull(mkdtemp(test_folder));
    }
    return test_folder;
}

void hk_test_folder_remove(void) {
    if (!*test_folder) return;
    hk_test_remove_all(test_folder);
    *test_folder = '\0';
}

const char *hk_test_write(const char *name, const char *text) {
    static char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", hk_test_folder(), name);
    ck_assert(length > 0 && (size_t)length < sizeof path);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *place) {
    (void)status, (void)flag, (void)place;
    (void)remove(path);
    return 0;
}

void hk_test_remove_all(const char *path) {
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
