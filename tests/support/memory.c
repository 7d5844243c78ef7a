#include "tests/support/memory.h"

#include <check.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

long hk_test_memory_of(void (*work)(void *context), void *context) {
    struct rusage usage;
    int status = 0;
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        work(context);
        _exit(0);
    }
    ck_assert_int_eq(wait4(process, &status, 0, &usage), process);
    ck_assert_int_eq(status, 0);
    return usage.ru_maxrss;
}
