#include "io/sweep_table.h"

#include "io/results.h"
#include "io/results_read.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A swept value of all trials. */
struct parameter {
    const char *unit;  /* NULL: they are texts */
    double *values;    /* [trials], in that unit */
    int64_t *indices;  /* [trials], of texts: which of the different ones, in order of appearance */
    const char *texts; /* those, one a line */
};

struct hk_sweep_table {
    const struct hk_sweep *sweep;
    struct parameter *parameters; /* [columns] */
    uint8_t *done;                /* [trials] */
    double *values;               /* [metrics][trials] */
    const char **units;           /* [metrics]; NULL: none */
};

/* ---- what was swept ---- */

/* All values as numbers of the first one's unit, if they are. */
static bool read_numbers(const struct hk_sweep *sweep, size_t column, struct parameter *p) {
    const char *first = NULL;
    for (size_t i = 0; i < sweep->trial_count; i++) {
        const char *unit;
        const char *text = hk_trial_value(sweep, &sweep->trials[i], column);
        if (!hk_value_split(text, &p->values[i], &unit)) return false;
        if (!first) first = unit;
        if (strcmp(unit, first) != 0) return false;
    }
    p->unit = first;
    return true;
}

/* The index of each text among the different ones. */
static bool read_texts(const struct hk_sweep *sweep, size_t column, struct parameter *p,
                       struct hk_err *err) {
    size_t *firsts = HK_NEW(sweep->arena, size_t, sweep->trial_count, err), different = 0;
    if (!firsts) return false;
    char *all = hk_arena_text(sweep->arena, "", err);
    for (size_t i = 0; all && i < sweep->trial_count; i++) {
        const char *text = hk_trial_value(sweep, &sweep->trials[i], column);
        size_t k = 0;
        while (k < different &&
               strcmp(hk_trial_value(sweep, &sweep->trials[firsts[k]], column), text) != 0)
            k++;
        p->indices[i] = (int64_t)k;
        if (k < different) continue;
        firsts[different++] = i;
        all = hk_arena_format(sweep->arena, err, "%s%s%s", all, k ? "\n" : "", text);
    }
    p->texts = all;
    return all != NULL;
}

static bool read_parameter(const struct hk_sweep *sweep, size_t column, struct parameter *p,
                           struct hk_err *err) {
    p->values = HK_NEW(sweep->arena, double, sweep->trial_count, err);
    p->indices = HK_NEW(sweep->arena, int64_t, sweep->trial_count, err);
    if (!p->values || !p->indices) return false;
    return read_numbers(sweep, column, p) || read_texts(sweep, column, p, err);
}

struct hk_sweep_table *hk_sweep_table_create(const struct hk_sweep *sweep, struct hk_err *err) {
    struct hk_arena *arena = sweep->arena;
    size_t trials = sweep->trial_count, cells = trials * sweep->metric_count;
    struct hk_sweep_table *table = HK_NEW(arena, struct hk_sweep_table, 1, err);
    if (!table) return NULL;
    table->sweep = sweep;
    table->parameters = HK_NEW(arena, struct parameter, sweep->column_count, err);
    table->done = HK_NEW(arena, uint8_t, trials, err);
    table->values = HK_NEW(arena, double, cells, err);
    table->units = HK_NEW(arena, const char *, sweep->metric_count, err);
    if (!table->parameters || !table->done || !table->values || !table->units) return NULL;
    for (size_t i = 0; i < cells; i++) table->values[i] = (double)NAN;
    for (size_t c = 0; c < sweep->column_count; c++)
        if (!read_parameter(sweep, c, &table->parameters[c], err)) return NULL;
    return table;
}

/* ---- what is collected ---- */

static bool take_metric(struct hk_sweep_table *table, struct hk_results_file *file, size_t metric,
                        size_t index, struct hk_err *err) {
    const struct hk_sweep *sweep = table->sweep;
    const struct hk_sweep_metric *m = &sweep->metrics[metric];
    double *value = &table->values[metric * sweep->trial_count + index];
    struct hk_err why = {.code = HK_OK};
    if (!hk_results_read_number(file, m->path, value, &why))
        return hk_node_fail(err, m->node, "%s", why.message);
    const char *unit = table->units[metric] ? NULL : hk_results_read_unit(file, m->path);
    if (!unit) return true;
    return (table->units[metric] = hk_arena_text(sweep->arena, unit, err)) != NULL;
}

bool hk_sweep_table_take(struct hk_sweep_table *table, size_t index, const char *results,
                         struct hk_err *err) {
    struct hk_arena *arena = hk_arena_create(err);
    struct hk_results_file *file = arena ? hk_results_read_open(arena, results, err) : NULL;
    bool ok = file != NULL;
    for (size_t m = 0; ok && m < table->sweep->metric_count; m++)
        ok = take_metric(table, file, m, index, err);
    table->done[index] = ok;
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    return ok;
}

/* ---- sweep.csv ---- */

/* In as few digits as read back to the same double; nothing for NaN. */
static void put_number(FILE *file, double value) {
    char digits[32];
    if (isnan(value)) return;
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    (void)fputs(digits, file);
}

/* In quotes where it must be. */
static void put_text(FILE *file, const char *text) {
    if (!strpbrk(text, ",\"\n")) {
        (void)fputs(text, file);
        return;
    }
    (void)fputc('"', file);
    for (; *text; text++) {
        if (*text == '"') (void)fputc('"', file);
        (void)fputc(*text, file);
    }
    (void)fputc('"', file);
}

static void put_head(FILE *file, const char *name, const char *unit) {
    (void)fputc(',', file);
    put_text(file, name);
    if (unit && strcmp(unit, "1") != 0) (void)fprintf(file, " (%s)", unit);
}

static void put_row(const struct hk_sweep_table *table, size_t index, FILE *file) {
    const struct hk_sweep *sweep = table->sweep;
    const struct hk_trial *trial = &sweep->trials[index];
    put_text(file, trial->name);
    for (size_t c = 0; c < sweep->column_count; c++) {
        (void)fputc(',', file);
        if (table->parameters[c].unit)
            put_number(file, table->parameters[c].values[index]);
        else
            put_text(file, hk_trial_value(sweep, trial, c));
    }
    (void)fprintf(file, ",%" PRIu64 ",%d", trial->seed, table->done[index]);
    for (size_t m = 0; m < sweep->metric_count; m++) {
        (void)fputc(',', file);
        put_number(file, table->values[m * sweep->trial_count + index]);
    }
    (void)fputc('\n', file);
}

static void put_rows(const struct hk_sweep_table *table, FILE *file) {
    const struct hk_sweep *sweep = table->sweep;
    (void)fputs("trial", file);
    for (size_t c = 0; c < sweep->column_count; c++)
        put_head(file, sweep->columns[c].label, table->parameters[c].unit);
    (void)fputs(",seed,done", file);
    for (size_t m = 0; m < sweep->metric_count; m++)
        put_head(file, sweep->metrics[m].name, table->units[m]);
    (void)fputc('\n', file);
    for (size_t i = 0; i < sweep->trial_count; i++) put_row(table, i, file);
}

static bool write_csv(const struct hk_sweep_table *table, const char *path, struct hk_err *err) {
    char *part = hk_arena_format(table->sweep->arena, err, "%s.part", path);
    FILE *file = part ? fopen(part, "we") : NULL;
    if (!part) return false;
    if (!file) return HK_FAIL(err, HK_ERR_IO, "%s: %s", part, strerror(errno));
    put_rows(table, file);
    bool ok = ferror(file) == 0;
    ok = fclose(file) == 0 && ok;
    ok = ok && rename(part, path) == 0;
    return ok || HK_FAIL(err, HK_ERR_IO, "%s: %s", path, strerror(errno));
}

/* ---- sweep.h5 ---- */

/* `name`'s column of group `group`. */
struct column {
    const char *group, *name, *unit;
    enum hk_element element;
    const void *data;
};

static bool put_column(struct hk_store *store, const struct hk_sweep *sweep, struct column column,
                       char **path, struct hk_err *err) {
    if (!(*path = hk_arena_format(sweep->arena, err, "%s%s", column.group, column.name)))
        return false;
    bool has_unit = column.unit && strcmp(column.unit, "1") != 0;
    return hk_store_put(store,
                        &(struct hk_store_item){.path = *path,
                                                .unit = has_unit ? column.unit : NULL,
                                                .element = column.element,
                                                .rank = 1,
                                                .shape = &sweep->trial_count,
                                                .data = column.data},
                        err);
}

static bool put_parameters(const struct hk_sweep_table *table, struct hk_store *store,
                           struct hk_err *err) {
    const struct hk_sweep *sweep = table->sweep;
    for (size_t c = 0; c < sweep->column_count; c++) {
        const struct parameter *p = &table->parameters[c];
        struct column column = {"parameters/", sweep->columns[c].label, p->unit, HK_ELEMENT_F64,
                                p->values};
        char *path;
        if (!p->unit) {
            column.element = HK_ELEMENT_I64;
            column.data = p->indices;
        }
        if (!put_column(store, sweep, column, &path, err) ||
            !hk_store_describe_text(store, path, "path", sweep->columns[c].path, err) ||
            (!p->unit && !hk_store_describe_text(store, path, "values", p->texts, err)))
            return false;
    }
    return true;
}

static bool put_trials(const struct hk_sweep_table *table, struct hk_store *store,
                       struct hk_err *err) {
    const struct hk_sweep *sweep = table->sweep;
    size_t count = sweep->trial_count;
    uint64_t *seeds = HK_NEW(sweep->arena, uint64_t, count, err);
    char *path;
    if (!seeds) return false;
    for (size_t i = 0; i < count; i++) seeds[i] = sweep->trials[i].seed;
    if (!put_column(store, sweep, (struct column){"", "seed", NULL, HK_ELEMENT_U64, seeds}, &path,
                    err) ||
        !put_column(store, sweep, (struct column){"", "done", NULL, HK_ELEMENT_U8, table->done},
                    &path, err))
        return false;
    for (size_t m = 0; m < sweep->metric_count; m++) {
        const struct column column = {"collected/", sweep->metrics[m].name, table->units[m],
                                      HK_ELEMENT_F64, table->values + m * count};
        if (!put_column(store, sweep, column, &path, err)) return false;
    }
    return true;
}

/* As in results, so that `hillock info` shows this file too. */
static bool describe_root(struct hk_store *store, struct hk_err *err) {
    const uint32_t magic = HK_RESULTS_MAGIC;
    return hk_store_describe(store,
                             &(struct hk_attribute){.path = "/",
                                                    .name = "magic",
                                                    .element = HK_ELEMENT_U32,
                                                    .data = &magic},
                             err);
}

static bool write_h5(const struct hk_sweep_table *table, const char *path, struct hk_err *err) {
    bool ok = false;
    struct hk_store *store = NULL;
    struct hk_arena *arena = hk_arena_create(err);
    char *part = arena ? hk_arena_format(arena, err, "%s.part", path) : NULL;
    if (!part) goto done;
    (void)unlink(path);
    (void)unlink(part);
    if (!(store = hk_store_create(arena, path, err))) goto done;
    ok = describe_root(store, err) && put_parameters(table, store, err) &&
         put_trials(table, store, err) &&
         hk_store_put_text(store, "sweep/definition", table->sweep->definition, err) &&
         hk_store_put_text(store, "sweep/base", table->sweep->base, err) &&
         hk_store_close(store, err);
done:
    hk_store_destroy(store);
    hk_arena_destroy(arena);
    return ok;
}

bool hk_sweep_table_write(const struct hk_sweep_table *table, const char *folder,
                          struct hk_err *err) {
    struct hk_arena *arena = table->sweep->arena;
    char *csv = hk_arena_format(arena, err, "%s/sweep.csv", folder);
    char *h5 = hk_arena_format(arena, err, "%s/sweep.h5", folder);
    return csv && h5 && write_csv(table, csv, err) && write_h5(table, h5, err);
}
