/* How much memory something takes. */
#ifndef HK_TESTS_SUPPORT_MEMORY_H
#define HK_TESTS_SUPPORT_MEMORY_H

/* Let a process of its own do `work`, which must succeed. Returns the largest memory that it had,
 * in KiB. */
long hk_test_memory_of(void (*work)(void *context), void *context);

#endif
