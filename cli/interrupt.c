#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int watched[] = {SIGINT, SIGTERM};
enum { WATCHED = sizeof watched / sizeof watched[0] };

/* Signal handlers have no other way to say something. */
static volatile sig_atomic_t caught;

static void set_handler(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

/* Both are let go: the second may be the other one. */
static void note(int number) {
    caught = number;
    for (size_t i = 0; i < WATCHED; i++) set_handler(watched[i], SIG_DFL);
}

void hk_interrupt_listen(void) {
    for (size_t i = 0; i < WATCHED; i++) {
        struct sigaction old = {.sa_handler = SIG_DFL};
        (void)sigaction(watched[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) set_handler(watched[i], note);
    }
}

void hk_interrupt_note(int number) {
    caught = number;
}

int hk_interrupt_signal(void) {
    return caught;
}
