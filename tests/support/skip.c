#include "tests/support/skip.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>

/* Shared memory, because Check runs each test in a process of its own. */
static int *skipped;

void hk_test_skip_start(void) {
    void *map =
        mmap(NULL, sizeof *skipped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    skipped = map == MAP_FAILED ? NULL : map;
}

int hk_test_skip_count(void) {
    return skipped ? *skipped : 0;
}

void hk_test_skip_note(const char *why) {
    (void)printf("skipped: %s\n", why);
    (void)fflush(stdout);
    if (skipped) ++*skipped;
}
