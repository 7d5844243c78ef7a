#include "tests/support/shell.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

char shell_text[SHELL_TEXT_MAX];

int shell(const char *format, ...) {
    char command[8192];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(command, sizeof command - 16, format, args);
    va_end(args);
    ck_assert(length > 0 && (size_t)length < sizeof command - 16);
    (void)snprintf(command + length, sizeof command - (size_t)length, " 2>&1");
    FILE *pipe = popen(command, "re");
    ck_assert_ptr_nonnull(pipe);
    size_t size = fread(shell_text, 1, SHELL_TEXT_MAX - 1, pipe);
    shell_text[size] = '\0';
    ck_assert_msg(feof(pipe), "more output than SHELL_TEXT_MAX");
    int status = pclose(pipe);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}
