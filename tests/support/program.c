#include "tests/support/program.h"

#include "tests/support/paths.h"

#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 32, CANNOT_START = 127 };

const int program_kept[2] = {-1, -1};

const char *program_path(const char *name) {
    static char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", hk_test_folder(), name);
    ck_assert(length > 0 && (size_t)length < sizeof path);
    return path;
}

void program_write_file(const char *name, const char *text) {
    (void)hk_test_write(name, text);
}

bool program_has_file(const char *name) {
    return access(program_path(name), F_OK) == 0;
}

/* Data sets lie side by side in the folder that HILLOCK_DATA names. */
static void set_data_folder(void) {
    const char *set = hk_test_data("mnist");
    char path[PATH_MAX];
    if (!set || !realpath(set, path)) return;
    *strrchr(path, '/') = '\0';
    (void)setenv("HILLOCK_DATA", path, 1);
}

static _Noreturn void become_program(const int files[2], const char *path,
                                     const char *const *words) {
    char *argv[WORDS_MAX + 2] = {strdup("hillock")};
    size_t count = 1;
    for (; words[count - 1] && count <= WORDS_MAX; count++) argv[count] = strdup(words[count - 1]);
    (void)signal(SIGPIPE, SIG_DFL);
    if (dup2(files[0], STDOUT_FILENO) >= 0 && dup2(files[1], STDERR_FILENO) >= 0 &&
        chdir(hk_test_folder()) == 0)
        (void)execv(path, argv);
    _exit(CANNOT_START);
}

void program_start(struct program *program, const int files[2], const char *const *words) {
    char path[PATH_MAX];
    int taken[2];
    ck_assert_msg(realpath(hk_test_program(), path) != NULL, "no program %s", hk_test_program());
    (void)hk_test_folder(); /* made here, so that the child and we have the same */
    set_data_folder();
    for (int i = 0; i < 2; i++) {
        program->files[i] = tmpfile();
        ck_assert_ptr_nonnull(program->files[i]);
        taken[i] = files[i] == -1 ? fileno(program->files[i]) : files[i];
    }
    (void)fflush(NULL);
    program->process = fork();
    ck_assert_int_ge(program->process, 0);
    if (program->process == 0) become_program(taken, path, words);
}

static void take_text(FILE *file, char text[PROGRAM_TEXT_MAX]) {
    rewind(file);
    size_t size = fread(text, 1, PROGRAM_TEXT_MAX - 1, file);
    text[size] = '\0';
    ck_assert_msg(feof(file), "more output than PROGRAM_TEXT_MAX");
    (void)fclose(file);
}

void program_finish(struct program *program) {
    int status = 0;
    ck_assert_int_eq(waitpid(program->process, &status, 0), program->process);
    program->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    take_text(program->files[0], program->out);
    take_text(program->files[1], program->err);
}
