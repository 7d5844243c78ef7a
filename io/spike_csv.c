#include "io/spike_csv.h"

#include "io/nearest.h"
#include "io/quantity.h"

#include <zlib.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_SIZE = 4096, FIELDS_MAX = 64, SPIKES_MAX = 1 << 28 };

enum role { TIME, ID, POPULATION, ROLES };

struct known {
    const char *name;
    enum role role;
    const char *unit;
};
static const struct known known_columns[] = {
    {"t", TIME, NULL},      {"time", TIME, NULL},       {"time_ms", TIME, "ms"},
    {"time_s", TIME, "s"},  {"timestamps", TIME, NULL}, {"i", ID, NULL},
    {"id", ID, NULL},       {"sender", ID, NULL},       {"node_id", ID, NULL},
    {"node_ids", ID, NULL}, {"neuron", ID, NULL},       {"population", POPULATION, NULL},
};

struct reader {
    const struct hk_spike_csv *options;
    struct hk_err *err;
    gzFile file;
    char line[LINE_SIZE];
    size_t number; /* of the line, from 1 */
    char separator;
    char *field[FIELDS_MAX];
    size_t field_count;
    const struct known *column[ROLES]; /* NULL: there is none */
    size_t place[ROLES];               /* which field it is */
    double scale;                      /* ms of the unit of times */
    char population[LINE_SIZE];        /* of the first spike, where none was asked for */
    struct hk_block times, units;
    size_t count;
};

/* At a field, or at the start of the line where there is no such field. */
static bool fail(const struct reader *r, size_t field, const char *format, ...) HK_PRINTF(3, 4);
static bool fail(const struct reader *r, size_t field, const char *format, ...) {
    char text[sizeof r->err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t column = field < r->field_count ? (size_t)(r->field[field] - r->line) : 0;
    return HK_FAIL(r->err, HK_ERR_DATA, "%s:%zu:%zu: %s", r->options->path, r->number, column + 1,
                   text);
}

/* ---- lines ---- */

static bool fail_read(const struct reader *r) {
    int reason = errno, code = Z_OK;
    (void)gzerror(r->file, &code);
    return HK_FAIL(r->err, HK_ERR_DATA, "%s: %s", r->options->path,
                   code == Z_ERRNO ? strerror(reason) : "its gzip data are cut off or corrupt");
}

/* The next line that isn't empty or a comment, without blanks at its ends; NULL after the last. */
static bool next_line(struct reader *r, char **start) {
    do {
        int code = Z_OK;
        if (!gzgets(r->file, r->line, LINE_SIZE)) {
            *start = NULL;
            (void)gzerror(r->file, &code);
            return code == Z_OK || code == Z_STREAM_END || fail_read(r);
        }
        r->number++;
        r->field_count = 0;
        size_t length = strlen(r->line);
        if (length == LINE_SIZE - 1)
            return fail(r, 0, "a line of more than %d bytes", LINE_SIZE - 2);
        if ((length == 0 || r->line[length - 1] != '\n') && !gzeof(r->file))
            return fail(r, 0, "a zero byte: this is not text");
        while (length > 0 && strchr(" \t\r\n", r->line[length - 1])) length--;
        r->line[length] = '\0';
        *start = r->line + strspn(r->line, " ");
        if (r->number == 1 && strncmp(*start, "\xEF\xBB\xBF", 3) == 0) *start += 3;
    } while (**start == '\0' || **start == '#');
    return true;
}

static char choose_separator(const char *line) {
    for (const char *c = "\t,;"; *c; c++)
        if (strchr(line, *c)) return *c;
    return ' ';
}

/* Blanks around a field, and quotes around the whole of it, aren't part of it. */
static char *trim(char *field) {
    field += strspn(field, " ");
    size_t length = strlen(field);
    while (length > 0 && field[length - 1] == ' ') length--;
    if (length >= 2 && field[0] == '"' && field[length - 1] == '"') {
        field++;
        length -= 2;
    }
    field[length] = '\0';
    return field;
}

static bool split(struct reader *r, char *at) {
    char *field[FIELDS_MAX];
    size_t count = 0;
    while (at) {
        if (count == FIELDS_MAX) return fail(r, 0, "more than %d columns", FIELDS_MAX);
        if (r->separator == ' ') at += strspn(at, " ");
        char *end = strchr(at, r->separator);
        if (end) *end++ = '\0';
        field[count++] = trim(at);
        at = end;
    }
    memcpy(r->field, field, count * sizeof *field);
    r->field_count = count;
    return true;
}

/* ---- numbers ---- */

static bool read_time(const char *text, double *time) {
    char *end;
    *time = strtod(text, &end);
    return *text && !*end && !text[strspn(text, "0123456789+-.eE")];
}

static bool read_id(const char *text, uint64_t *id) {
    errno = 0;
    *id = strtoull(text, NULL, 10);
    return *text && !text[strspn(text, "0123456789")] && errno == 0;
}

/* ---- columns ---- */

static bool take_column(struct reader *r, const char *name, size_t place) {
    for (size_t i = 0; i < HK_COUNT(known_columns); i++) {
        const struct known *known = &known_columns[i];
        if (strcmp(known->name, name) != 0) continue;
        if (r->column[known->role])
            return fail(r, place, "two columns mean the same: %s and %s",
                        r->column[known->role]->name, name);
        r->column[known->role] = known;
        r->place[known->role] = place;
    }
    return true;
}

static bool need_column(const struct reader *r, enum role role, const char *what) {
    if (r->column[role]) return true;
    const char *names[HK_COUNT(known_columns)];
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < HK_COUNT(known_columns); i++)
        if (known_columns[i].role == role) names[count++] = known_columns[i].name;
    return fail(r, 0, "no column of %s (%s); `columns: [NAME, NAME]` names them in their order",
                what, hk_nearest_hint("", names, count, hint));
}

static bool choose_unit(struct reader *r) {
    static const struct hk_dim time = {.time = 1};
    const char *named = r->column[TIME]->unit, *given = r->options->time_unit;
    const char *unit = given ? given : named;
    struct hk_dim dim;
    if (!unit)
        return fail(r, 0,
                    "times in which unit? Give `time_unit: ms` or s, or call the column time_ms or "
                    "time_s");
    if (named && strcmp(named, unit) != 0)
        return fail(r, 0, "times in %s, as the column's name says, or in %s, as `time_unit:` does?",
                    named, given);
    if (hk_unit_find(unit, &dim, &r->scale) && hk_dim_equal(dim, time)) return true;
    return fail(r, 0, "`time_unit: %s` is no unit of time", unit);
}

/* From the first line, or from the options: then that line may still hold names. */
static bool read_columns(struct reader *r, bool *is_header) {
    const struct hk_spike_csv *o = r->options;
    double time;
    if (o->columns && o->column_count != r->field_count)
        return fail(r, 0, "%zu columns, but `columns:` names %zu", r->field_count, o->column_count);
    for (size_t i = 0; i < r->field_count; i++)
        if (!take_column(r, o->columns ? o->columns[i] : r->field[i], i)) return false;
    if (!need_column(r, TIME, "times") || !need_column(r, ID, "ids")) return false;
    if (o->population && !r->column[POPULATION])
        return fail(r, 0, "there is no column of populations to find '%s' in", o->population);
    *is_header = !o->columns || !read_time(r->field[r->place[TIME]], &time);
    return choose_unit(r);
}

/* ---- spikes ---- */

/* Is the line's spike of the population that is read? */
static bool choose_population(struct reader *r, bool *chosen) {
    const char *wanted = r->options->population;
    *chosen = true;
    if (!r->column[POPULATION]) return true;
    const char *population = r->field[r->place[POPULATION]];
    if (!wanted && r->count == 0) (void)snprintf(r->population, LINE_SIZE, "%s", population);
    *chosen = strcmp(population, wanted ? wanted : r->population) == 0;
    if (wanted || *chosen) return true;
    return fail(r, r->place[POPULATION],
                "a second population, '%s' beside '%s': `population: NAME` chooses one", population,
                r->population);
}

static bool take_spike(struct reader *r) {
    size_t columns = r->place[TIME] > r->place[ID] ? r->place[TIME] : r->place[ID];
    bool chosen = true;
    double time;
    uint64_t id;
    if (r->column[POPULATION] && r->place[POPULATION] > columns) columns = r->place[POPULATION];
    if (r->field_count <= columns)
        return fail(r, 0, "%zu columns; the first line has more", r->field_count);
    if (!read_time(r->field[r->place[TIME]], &time) || !(time >= 0.0 && time * r->scale <= 1e15))
        return fail(r, r->place[TIME], "'%s' is not a time from 0 on", r->field[r->place[TIME]]);
    if (!read_id(r->field[r->place[ID]], &id) || id >= HK_NEURON_NONE)
        return fail(r, r->place[ID], "'%s' is not an id: a whole number from 0 to %u",
                    r->field[r->place[ID]], HK_NEURON_NONE - 1);
    if (!choose_population(r, &chosen)) return false;
    if (!chosen) return true;
    if (r->count == SPIKES_MAX)
        return HK_FAIL(r->err, HK_ERR_LIMIT, "%s: more than %d spikes (SPIKES_MAX)",
                       r->options->path, SPIKES_MAX);
    if (!hk_block_reserve(&r->times, r->count + 1, sizeof(double), r->err) ||
        !hk_block_reserve(&r->units, r->count + 1, sizeof(hk_neuron), r->err))
        return false;
    ((double *)r->times.data)[r->count] = time * r->scale;
    ((hk_neuron *)r->units.data)[r->count++] = (hk_neuron)id;
    return true;
}

static bool read_lines(struct reader *r) {
    char *line = NULL;
    bool is_header = true;
    if (!next_line(r, &line)) return false;
    if (!line) return HK_FAIL(r->err, HK_ERR_DATA, "%s: is empty", r->options->path);
    r->separator = choose_separator(line);
    if (!split(r, line) || !read_columns(r, &is_header)) return false;
    if (!is_header && !take_spike(r)) return false;
    while (next_line(r, &line)) {
        if (!line) return true;
        if (!split(r, line) || !take_spike(r)) return false;
    }
    return false;
}

/* ---- the whole ---- */

static bool copy_out(const struct reader *r, struct hk_arena *arena, struct hk_recording *out) {
    double *times = HK_NEW(arena, double, r->count, r->err);
    hk_neuron *units = HK_NEW(arena, hk_neuron, r->count, r->err);
    if (!times || !units) return false;
    if (r->count) {
        memcpy(times, r->times.data, r->count * sizeof *times);
        memcpy(units, r->units.data, r->count * sizeof *units);
    }
    *out = (struct hk_recording){times, units, r->count, (double)NAN};
    return true;
}

bool hk_spike_csv_read(struct hk_arena *arena, const struct hk_spike_csv *options,
                       struct hk_recording *out, struct hk_err *err) {
    struct reader *r = HK_NEW(arena, struct reader, 1, err);
    struct stat status;
    *out = (struct hk_recording){0};
    if (!r) return false;
    r->options = options;
    r->err = err;
    if (stat(options->path, &status) != 0)
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s", options->path, strerror(errno));
    if (!S_ISREG(status.st_mode)) /* a pipe would block */
        return HK_FAIL(err, HK_ERR_DATA, "%s: not a file", options->path);
    if (!(r->file = gzopen(options->path, "rb")))
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s", options->path, strerror(errno));
    bool ok = read_lines(r) && copy_out(r, arena, out);
    if (gzclose_r(r->file) != Z_OK && ok)
        ok = HK_FAIL(err, HK_ERR_DATA, "%s: its gzip data are cut off", options->path);
    hk_block_finish(&r->times);
    hk_block_finish(&r->units);
    return ok;
}
