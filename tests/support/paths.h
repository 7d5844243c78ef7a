/* Where tests find data, the program, and room for their files. */
#ifndef HK_TESTS_SUPPORT_PATHS_H
#define HK_TESTS_SUPPORT_PATHS_H

/* The folder of a real data set ("mnist"): $HILLOCK_DATA/<set>, ../shared/data/<set> beside the
 * source root, or Debian's /usr/share/datasets/<set>. NULL where there is none: skip the test then.
 * Lent until the next call. */
const char *hk_test_data(const char *set);

/* The `hillock` program of the build under test. */
const char *hk_test_program(void);

/* The running test's own empty folder, made by the first call; its teardown removes it and all it
 * holds: `tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove)`. The runner removes what
 * failed tests leave behind. */
const char *hk_test_folder(void);
void hk_test_folder_remove(void);
/* Write a file there. Its path, lent until the next call. */
const char *hk_test_write(const char *name, const char *text);

/* Remove a folder and all it holds, without following links. */
void hk_test_remove_all(const char *path);

#endif
