#include "tests/support/web.h"

#include <arpa/inet.h>
#include <check.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_MAX = 8192, HEAD_MAX = 512 };

static void send_all(int client, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(client, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

static bool read_request(int client, char request[REQUEST_MAX]) {
    size_t size = 0;
    while (size < REQUEST_MAX - 1 && !strstr(request, "\r\n\r\n")) {
        ssize_t got = recv(client, request + size, REQUEST_MAX - 1 - size, 0);
        if (got <= 0) return false;
        size += (size_t)got;
        request[size] = '\0';
    }
    return true;
}

/* The file that is asked for, or NULL. */
static FILE *open_wanted(const struct web_options *options, const char *request) {
    char name[256], path[PATH_MAX];
    if (sscanf(request, "GET /%255[A-Za-z0-9._-] HTTP/", name) != 1) return NULL;
    (void)snprintf(path, sizeof path, "%s/%s", options->folder, name);
    return fopen(path, "rb");
}

static size_t file_size(FILE *file) {
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    return size > 0 ? (size_t)size : 0;
}

static void send_part(const struct web_options *options, int client, FILE *file, size_t from,
                      size_t size) {
    char bytes[4096];
    size_t left = size - from;
    if (options->dies_after && left > options->dies_after) left = options->dies_after;
    if (fseek(file, (long)from, SEEK_SET) != 0) return;
    for (size_t got; left > 0; left -= got) {
        got = fread(bytes, 1, left < sizeof bytes ? left : sizeof bytes, file);
        if (got == 0) return;
        send_all(client, bytes, got);
    }
}

static void answer(const struct web_options *options, int client, struct web_log *log) {
    char request[REQUEST_MAX] = "", head[HEAD_MAX];
    if (!read_request(client, request)) return;
    log->requests++;
    FILE *file = open_wanted(options, request);
    if (!file) {
        static const char none[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        send_all(client, none, strlen(none));
        return;
    }
    size_t size = file_size(file), from = 0;
    const char *range = options->whole_only ? NULL : strstr(request, "Range: bytes=");
    if (range) from = strtoul(range + strlen("Range: bytes="), NULL, 10);
    log->last_from = from;
    if (from > size)
        (void)snprintf(head, sizeof head,
                       "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */%zu\r\n"
                       "Content-Length: 0\r\n\r\n",
                       size);
    else if (range)
        (void)snprintf(head, sizeof head,
                       "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %zu-%zu/%zu\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       from, size - 1, size, size - from);
    else
        (void)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    send_all(client, head, strlen(head));
    if (from <= size) send_part(options, client, file, from, size);
    (void)fclose(file);
}

static _Noreturn void serve(const struct web_options *options, int listener, struct web_log *log) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails stops nothing */
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        answer(options, client, log);
        (void)shutdown(client, SHUT_WR);
        (void)close(client);
    }
}

void web_start(struct web *web, const struct web_options *options) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(listener, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    web->port = ntohs(address.sin_port);
    web->log =
        mmap(NULL, sizeof *web->log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(web->log != MAP_FAILED);
    web->process = fork();
    ck_assert_int_ge(web->process, 0);
    if (web->process == 0) serve(options, listener, web->log);
    (void)close(listener);
}

void web_stop(struct web *web) {
    if (!web->process) return;
    (void)kill(web->process, SIGKILL);
    (void)waitpid(web->process, NULL, 0);
    (void)munmap(web->log, sizeof *web->log);
    *web = (struct web){0};
}
