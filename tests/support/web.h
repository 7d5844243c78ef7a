/* A small web server on the loopback address, in a process of its own: it hands out the files of a
 * folder, or parts of them, and can be made to fail as real ones do. */
#ifndef HK_TESTS_SUPPORT_WEB_H
#define HK_TESTS_SUPPORT_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct web_options {
    const char *folder;
    size_t dies_after; /* bytes of each answer; 0: it sends the whole */
    bool whole_only;   /* it doesn't know Range */
};

struct web {
    int port;
    pid_t process;
    struct web_log {
        int requests;
        size_t last_from; /* where the last answer began in its file */
    } * log;              /* shared with the process */
};

/* Serves until web_stop. */
void web_start(struct web *web, const struct web_options *options);
void web_stop(struct web *web);

#endif
