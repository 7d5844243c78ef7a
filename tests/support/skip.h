/* Tests that can't be run here say so and return; they count as passed, and the runner tells how
 * many there were. */
#ifndef HK_TESTS_SUPPORT_SKIP_H
#define HK_TESTS_SUPPORT_SKIP_H

#include <stdlib.h>

/* Leave the running test: `if (!path) hk_test_skip("no mnist here");` */
#define hk_test_skip(why)                                                                          \
    do {                                                                                           \
        hk_test_skip_note(why);                                                                    \
        return;                                                                                    \
    } while (0)

/* First line of a test that takes longer than a few seconds: it runs in `make test-long` alone. */
#define hk_test_only_long()                                                                        \
    do {                                                                                           \
        if (!getenv("HILLOCK_TEST_LONG")) hk_test_skip("takes long; make test-long runs it");      \
    } while (0)

/* First line of a test that says nothing under the sanitizers: of what a network learns, which is
 * many seconds of arithmetic that other tests have seen; of what memory is taken. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define hk_test_not_sanitized(why) hk_test_skip(why)
#else
#define hk_test_not_sanitized(why) ((void)0)
#endif

/* Print the reason, once a test, and count it. */
void hk_test_skip_note(const char *why);

/* For the runner: count from zero, for this process and its children; the count so far. */
void hk_test_skip_start(void);
int hk_test_skip_count(void);

#endif
