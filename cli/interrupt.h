/* Ctrl-C and its like: the first asks for an end in good order, the second ends at once. */
#ifndef HK_CLI_INTERRUPT_H
#define HK_CLI_INTERRUPT_H

/* From now on the first SIGINT or SIGTERM is noted, and the next of either ends the program. One
 * that the program was started to ignore (by a shell, in the background) stays ignored. */
void hk_interrupt_listen(void);

/* A signal came to somebody else's handler. */
void hk_interrupt_note(int number);

/* The signal that came, or 0. */
int hk_interrupt_signal(void);

#endif
