#include "io/ucr.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_SIZE_MAX = 1 << 30 };

struct line {
    const char *text;
    size_t number; /* in the file, from 1 */
};

struct file {
    const char *path;
    struct hk_err *err;
    bool tagged; /* .ts */
    struct line *lines;
    size_t line_count;
    const struct line *series; /* [count]: the lines that hold one each */
    size_t count, length;
    float *values;  /* [count][length] */
    double *labels; /* [count] */
};

static bool fail(const struct file *f, const struct line *at, const char *format, ...)
    HK_PRINTF(3, 4);
static bool fail(const struct file *f, const struct line *at, const char *format, ...) {
    char text[sizeof f->err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return HK_FAIL(f->err, HK_ERR_DATA, "%s:%zu: %s", f->path, at->number, text);
}

/* ---- the file ---- */

static bool is_tagged(const char *path) {
    const char *ending = strrchr(path, '.');
    return ending && strcmp(ending, ".ts") == 0;
}

/* The whole text, with a zero byte behind. */
static char *load(struct hk_arena *arena, const struct file *f) {
    struct stat status;
    bool found = stat(f->path, &status) == 0;
    FILE *stream = found && S_ISREG(status.st_mode) ? fopen(f->path, "rb") : NULL;
    if (!stream) { /* a pipe would block */
        (void)HK_FAIL(f->err, HK_ERR_DATA, "%s: %s", f->path,
                      found && !S_ISREG(status.st_mode) ? "not a file" : strerror(errno));
        return NULL;
    }
    size_t size = (size_t)status.st_size;
    char *text = NULL;
    if (status.st_size > TEXT_SIZE_MAX)
        (void)HK_FAIL(f->err, HK_ERR_DATA, "%s: more than %d bytes (TEXT_SIZE_MAX)", f->path,
                      TEXT_SIZE_MAX);
    else
        text = HK_NEW(arena, char, size + 1, f->err);
    bool whole = text && fread(text, 1, size, stream) == size;
    (void)fclose(stream);
    if (text && !whole)
        (void)HK_FAIL(f->err, HK_ERR_DATA, "%s: can't be read to its end", f->path);
    else if (whole && memchr(text, '\0', size))
        (void)HK_FAIL(f->err, HK_ERR_DATA, "%s: holds a zero byte: this is not text", f->path);
    else
        return text;
    return NULL;
}

static size_t count_char(const char *text, size_t size, char wanted) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++) count += text[i] == wanted;
    return count;
}

/* Cut the text into its lines, without blanks at their ends; empty ones and the comments of .ts are
 * left out. */
static bool cut(struct hk_arena *arena, struct file *f, char *text) {
    f->lines = HK_NEW(arena, struct line, count_char(text, strlen(text), '\n') + 1, f->err);
    if (!f->lines) return false;
    char *next = text;
    for (size_t number = 1; next; number++) {
        char *line = next;
        size_t length = strcspn(line, "\n");
        next = line[length] ? line + length + 1 : NULL;
        while (length > 0 && strchr(" \t\r", line[length - 1])) length--;
        line[length] = '\0';
        if (length > 0 && !(f->tagged && *line == '#'))
            f->lines[f->line_count++] = (struct line){line, number};
    }
    return true;
}

/* ---- tags of .ts ---- */

/* What can't be read, by the tag's value; NULL: all but this value. */
struct rule {
    const char *tag, *refused, *why;
};
static const struct rule rules[] = {
    {"@timestamps", "true", "its values have time stamps"},
    {"@univariate", "false", "its series have several channels (multivariate)"},
    {"@equallength", "false", "its series are of different lengths"},
    {"@classlabel", "false", "its series have no class labels"},
    {"@targetlabel", "true", "it is a set for regression, without classes"},
};

static bool is_word(const char *text, size_t size, const char *word) {
    return strlen(word) == size && strncasecmp(text, word, size) == 0;
}

static bool check_tag(const struct file *f, const struct line *line) {
    size_t size = strcspn(line->text, " \t");
    const char *value = line->text + size + strspn(line->text + size, " \t");
    size_t value_size = strcspn(value, " \t");
    if (*line->text != '@')
        return fail(f, line, "a tag such as @data is expected, not '%.40s'", line->text);
    for (size_t i = 0; i < HK_COUNT(rules); i++)
        if (is_word(line->text, size, rules[i].tag) && is_word(value, value_size, rules[i].refused))
            return fail(f, line, "%s; such sets can't be read", rules[i].why);
    return true;
}

/* Finds where the series begin. */
static bool read_tags(struct file *f) {
    size_t tags = 0;
    while (f->tagged && tags < f->line_count) {
        const struct line *line = &f->lines[tags++];
        if (strcasecmp(line->text, "@data") == 0) break;
        if (!check_tag(f, line)) return false;
    }
    f->series = f->lines + tags;
    f->count = f->line_count - tags;
    return f->count > 0 || HK_FAIL(f->err, HK_ERR_DATA, "%s: holds no series%s", f->path,
                                   f->tagged ? " after @data" : "");
}

/* ---- series ---- */

/* How many values a series has, all as many. */
static bool measure(struct file *f) {
    for (const struct line *line = f->series; line < f->series + f->count; line++) {
        size_t size = strlen(line->text), colons = count_char(line->text, size, ':');
        size_t length = f->tagged ? count_char(line->text, strcspn(line->text, ":"), ',') + 1
                                  : count_char(line->text, size, '\t');
        if (f->tagged && colons != 1)
            return fail(f, line,
                        "%zu colons; a series has one, between its values and the label, and "
                        "several channels (multivariate) can't be read",
                        colons);
        if (length == 0)
            return fail(f, line, "no tab; a series has a label and values between tabs");
        if (line == f->series) f->length = length;
        if (length != f->length)
            return fail(f, line,
                        "%zu values, but the series before have %zu; sets with series of "
                        "different lengths can't be read",
                        length, f->length);
    }
    return true;
}

/* A number that goes up to `*end`, where one of `after` stands or the line ends. */
static bool is_number(const char *text, const char *after, char **end, double *number) {
    if (!*text || isspace((unsigned char)*text)) return false;
    *number = strtod(text, end);
    return *end > text && (**end == '\0' || strchr(after, **end)) && isfinite(*number);
}

/* How much of a wrong field a message shows. */
static int field_size(const char *text, const char *after) {
    size_t size = strcspn(text, after);
    return size < 40 ? (int)size : 40;
}

static bool is_missing(const char *text) {
    return *text == '?' || strncasecmp(text, "nan", 3) == 0;
}

static bool read_values(const struct file *f, const struct line *line, const char *text,
                        float *values, char **end) {
    const char *after = f->tagged ? ",:" : "\t";
    for (size_t i = 0; i < f->length; i++, text = *end + 1) {
        double value = 0.0;
        if (is_missing(text))
            return fail(f, line,
                        "value %zu is missing; sets with missing values or with series of "
                        "different lengths, filled up, can't be read",
                        i + 1);
        if (!is_number(text, after, end, &value) || fabs(value) > (double)FLT_MAX)
            return fail(f, line, "value %zu is '%.*s', not a finite number", i + 1,
                        field_size(text, after), text);
        values[i] = (float)value;
    }
    return true;
}

static bool read_label(const struct file *f, const struct line *line, const char *text,
                       double *label, char **end) {
    if (is_number(text, "\t", end, label)) return true;
    return fail(f, line, "the label is '%.*s', not a number", field_size(text, "\t"), text);
}

static bool read_line(const struct file *f, const struct line *line, float *values, double *label) {
    char *end = NULL;
    if (f->tagged)
        return read_values(f, line, line->text, values, &end) &&
               read_label(f, line, end + 1, label, &end);
    return read_label(f, line, line->text, label, &end) &&
           read_values(f, line, end + 1, values, &end);
}

static bool read_series(struct hk_arena *arena, struct file *f) {
    size_t total = f->count * f->length; /* fewer than the text has bytes */
    f->values = HK_NEW(arena, float, total, f->err);
    f->labels = HK_NEW(arena, double, f->count, f->err);
    if (!f->values || !f->labels) return false;
    for (size_t i = 0; i < f->count; i++)
        if (!read_line(f, &f->series[i], f->values + i * f->length, &f->labels[i])) return false;
    return true;
}

/* ---- labels ---- */

struct classes {
    double label[HK_UCR_CLASSES_MAX]; /* ascending */
    size_t count;
};

/* Where the label is, or would be. */
static size_t find_class(const struct classes *classes, double label) {
    size_t k = 0;
    while (k < classes->count && classes->label[k] < label) k++;
    return k;
}

static bool collect_labels(const struct file *f, struct classes *classes) {
    for (size_t i = 0; i < f->count; i++) {
        size_t k = find_class(classes, f->labels[i]);
        if (k < classes->count && classes->label[k] <= f->labels[i]) continue; /* it is there */
        if (classes->count == HK_UCR_CLASSES_MAX)
            return HK_FAIL(f->err, HK_ERR_DATA, "%s: more than %d classes (HK_UCR_CLASSES_MAX)",
                           f->path, HK_UCR_CLASSES_MAX);
        memmove(&classes->label[k + 1], &classes->label[k],
                (classes->count - k) * sizeof *classes->label);
        classes->label[k] = f->labels[i];
        classes->count++;
    }
    return true;
}

static bool make_samples(struct hk_arena *arena, const struct file *f,
                         const struct classes *classes, struct hk_samples *out) {
    uint8_t *labels = HK_NEW(arena, uint8_t, f->count, f->err);
    if (!labels) return false;
    for (size_t i = 0; i < f->count; i++) labels[i] = (uint8_t)find_class(classes, f->labels[i]);
    *out = (struct hk_samples){.count = f->count,
                               .size = f->length,
                               .rank = 1,
                               .shape = {f->length},
                               .classes = classes->count,
                               .reals = f->values,
                               .labels = labels};
    return true;
}

/* ---- the whole ---- */

static bool read_file(struct hk_arena *arena, struct file *f) {
    char *text = load(arena, f);
    f->tagged = is_tagged(f->path);
    return text && cut(arena, f, text) && read_tags(f) && measure(f) && read_series(arena, f);
}

bool hk_ucr_read(struct hk_arena *arena, const char *train_path, const char *test_path,
                 struct hk_samples *train, struct hk_samples *test, struct hk_err *err) {
    struct file first = {.path = train_path, .err = err}, second = {.path = test_path, .err = err};
    struct classes *classes = HK_NEW(arena, struct classes, 1, err);
    if (!classes || !read_file(arena, &first) || !read_file(arena, &second)) return false;
    if (first.length != second.length)
        return HK_FAIL(err, HK_ERR_DATA, "%s: series of %zu values, but those of %s have %zu",
                       second.path, second.length, first.path, first.length);
    return collect_labels(&first, classes) && collect_labels(&second, classes) &&
           make_samples(arena, &first, classes, train) &&
           make_samples(arena, &second, classes, test);
}
