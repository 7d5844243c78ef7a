/* Pictures of a results file: one file a kind, one table each. A kind says which of the file's
 * contents it draws, and draws them all in one picture. */
#ifndef HK_IO_PLOT_H
#define HK_IO_PLOT_H

#include "io/results_read.h"
#include "io/tree.h"

struct hk_plot;

enum {
    HK_PLOT_WIDTH = 800,        /* of all pictures, in units of io/canvas.h */
    HK_PLOT_SIDE_MAX = 1 << 20, /* of an array that is drawn */
    HK_PLOT_LIST_MAX = 1 << 28, /* of a list */
};

/* One thing of the file that is drawn. */
struct hk_plot_item {
    struct hk_plot_item *next;
    const char *path;
    const char *name; /* of its population, projection or phase */
    const char *unit; /* NULL: none */
    size_t place;     /* in its section of the experiment, from 1; 0: it isn't there */
    enum hk_results_kind kind;
    size_t rank;          /* of an array: 1, a list, or 2 */
    size_t rows, columns; /* of an array; a list has one column */
};

/* What a picture is drawn from. */
struct hk_plot_job {
    struct hk_arena *arena;
    struct hk_results_file *file;
    const char *results;              /* what messages call it */
    const struct hk_node *experiment; /* resolved; NULL where the file has none */
    double from_ms, to_ms;            /* of rasters; NaN: chosen */
    const struct hk_plot *plot;
    struct hk_plot_item *items; /* for `plot`, as the experiment orders them; NULL: none */
};

struct hk_plot {
    const char *name;        /* of the picture's file too */
    const char *missing;     /* "holds no spikes: ...", for a file without any */
    const char *section;     /* of the experiment, that has what it draws */
    const char *begin, *end; /* of the paths that it draws: name is what lies between */
    const char *list;        /* the end of those of lists; NULL: it draws none */
    /* Whether what is there is of the right shape. */
    bool (*takes)(const struct hk_plot_job *job, const struct hk_plot_item *item);
    /* Draw all items into the file `path`, whose end says the format. */
    bool (*draw)(const struct hk_plot_job *job, const char *path, struct hk_err *err);
    /* Draw what several runs have in common, in one picture; NULL: there is no such picture. */
    bool (*draw_runs)(const struct hk_plot_job *jobs, size_t count, const char *path,
                      struct hk_err *err);
};

extern const struct hk_plot hk_plot_raster, hk_plot_fields, hk_plot_confusion, hk_plot_accuracy;

/* index 0, 1 ... until NULL. */
const struct hk_plot *hk_plot_at(size_t index);
/* By name. Errors: HK_ERR_USAGE with the nearest known one. */
const struct hk_plot *hk_plot_get(const char *name, struct hk_err *err) HK_MUST_USE;

/* A job on the file, which the user calls `results`, with times to be chosen. An experiment that
 * can't be read is done without. */
bool hk_plot_begin(struct hk_plot_job *job, struct hk_arena *arena, struct hk_results_file *file,
                   const char *results, struct hk_err *err) HK_MUST_USE;

/* Fill job->items with what its file has for `plot`. */
bool hk_plot_find(struct hk_plot_job *job, const struct hk_plot *plot,
                  struct hk_err *err) HK_MUST_USE;

/* The values of an array item, in the job's arena; as many as its rows and columns say. */
bool hk_plot_read(const struct hk_plot_job *job, const struct hk_plot_item *item, double **values,
                  struct hk_err *err) HK_MUST_USE;
/* The same of the list that lies beside a list under another name, and is as long. Errors:
 * HK_ERR_DATA. */
bool hk_plot_read_beside(const struct hk_plot_job *job, const struct hk_plot_item *item,
                         const char *name, double **values, struct hk_err *err) HK_MUST_USE;

#endif
