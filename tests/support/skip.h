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

/* First line of a test of what a circuit does at full size: minutes each. */
#define hk_test_only_results()                                                                     \
    do {                                                                                           \
        if (!getenv("HILLOCK_RESULTS")) hk_test_skip("at full size; make results runs it");        \
    } while (0)

/* Under the sanitizers everything takes ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HK_TEST_SANITIZED 1
#else
#define HK_TEST_SANITIZED 0
#endif

/* First line of a test of what a network learns: many seconds of arithmetic that other tests have
 * seen. */
#define hk_test_not_sanitized()                                                                    \
    do {                                                                                           \
        if (HK_TEST_SANITIZED) hk_test_skip("accuracy is tested without the sanitizers");          \
    } while (0)

/* Print the reason, once a test, and count it. */
void hk_test_skip_note(const char *why);

/* For the runner: count from zero, for this process and its children; the count so far. */
void hk_test_skip_start(void);
int hk_test_skip_count(void);

#endif
