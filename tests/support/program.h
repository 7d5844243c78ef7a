/* Running the `hillock` program as a user does: in the test's own folder (tests/support/paths.h),
 * with what it writes kept as text. Neither of its outputs is a terminal. */
#ifndef HK_TESTS_SUPPORT_PROGRAM_H
#define HK_TESTS_SUPPORT_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { PROGRAM_TEXT_MAX = 64 * 1024 };

struct program {
    int status; /* of its exit, or 128 + the signal that ended it */
    char out[PROGRAM_TEXT_MAX], err[PROGRAM_TEXT_MAX];
    pid_t process;
    FILE *files[2]; /* where stdout and stderr go meanwhile */
};

/* Start with these words behind the program's name, NULL behind the last; wait for its end. What
 * isn't -1 of `files` becomes stdout and stderr instead. */
void program_start(struct program *program, const int files[2], const char *const *words);
void program_finish(struct program *program);

extern const int program_kept[2]; /* both kept as text */

/* program_run(&program, "run", "tiny.yaml") */
#define program_run(program, ...)                                                                  \
    (program_start((program), program_kept, (const char *const[]){__VA_ARGS__, NULL}),             \
     program_finish(program))

/* A file in the test's folder. */
void program_write_file(const char *name, const char *text);
/* Its path, lent until the next call. */
const char *program_path(const char *name);
bool program_has_file(const char *name);

#endif
