#include "tests/support/reference.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reference {
    char *text;
};

static FILE *open_file(const char *file) {
    const char *data = getenv("HILLOCK_DATA");
    char path[PATH_MAX];
    if (data) {
        (void)snprintf(path, sizeof path, "%s/../reference/%s", data, file);
        FILE *found = fopen(path, "rb");
        if (found) return found;
    }
    (void)snprintf(path, sizeof path, "../shared/reference/%s", file);
    return fopen(path, "rb");
}

struct reference *reference_open(const char *file) {
    FILE *stream = open_file(file);
    if (!stream) return NULL;
    struct reference *reference = calloc(1, sizeof *reference);
    ck_assert_ptr_nonnull(reference);
    ck_assert_int_eq(fseek(stream, 0, SEEK_END), 0);
    long size = ftell(stream);
    ck_assert_int_ge(size, 0);
    rewind(stream);
    reference->text = calloc((size_t)size + 1, 1);
    ck_assert_ptr_nonnull(reference->text);
    ck_assert_uint_eq(fread(reference->text, 1, (size_t)size, stream), (size_t)size);
    ck_assert_int_eq(fclose(stream), 0);
    return reference;
}

void reference_close(struct reference *file) {
    if (file) free(file->text);
    free(file);
}

static const char *skip_blank(const char *at) {
    return at + strspn(at, " \t\r\n,:");
}

static const char *skip_text(const char *at) {
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1]) at++;
    return *at ? at + 1 : at;
}

/* Behind the value that begins at `at`. */
static const char *skip_value(const char *at) {
    int depth = 0;
    do {
        at = skip_blank(at);
        if (*at == '"')
            at = skip_text(at);
        else if (*at == '{' || *at == '[')
            depth++, at++;
        else if (*at == '}' || *at == ']')
            depth--, at++;
        else
            at += strcspn(at, " \t\r\n,:{}[]\"");
    } while (*at && depth > 0);
    return at;
}

/* The value of a key of the object that begins at `at`, or NULL. */
static const char *find_key(const char *at, const char *key, size_t length) {
    if (*at != '{') return NULL;
    for (at = skip_blank(at + 1); *at == '"'; at = skip_blank(skip_value(at))) {
        const char *name = at + 1, *end = skip_text(at);
        at = skip_blank(end);
        if ((size_t)(end - name) == length + 1 && memcmp(name, key, length) == 0) return at;
    }
    return NULL;
}

static const char *find_path(const struct reference *file, const char *path) {
    const char *at = skip_blank(file->text);
    for (const char *key = path; at && *key;) {
        size_t length = strcspn(key, ".");
        at = find_key(at, key, length);
        key += length + (key[length] == '.');
    }
    if (!at) ck_abort_msg("the reference has no %s", path);
    return at;
}

double reference_number(const struct reference *file, const char *path) {
    const char *at = find_path(file, path);
    char *end = NULL;
    double value = strtod(at, &end);
    ck_assert_ptr_ne(end, at);
    return value;
}

size_t reference_list(const struct reference *file, const char *path, double *values, size_t room) {
    const char *at = find_path(file, path);
    size_t count = 0;
    ck_assert_int_eq(*at, '[');
    for (at = skip_blank(at + 1); *at != ']'; at = skip_blank(at)) {
        char *end = NULL;
        ck_assert_uint_lt(count, room);
        values[count++] = strtod(at, &end);
        ck_assert_ptr_ne(end, at);
        at = end;
    }
    return count;
}
