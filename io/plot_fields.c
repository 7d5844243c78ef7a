/* Receptive fields: the weights of each target as an image in the shape of the source, one panel a
 * projection. All images of a panel share their colours, so that they can be compared. Weights are
 * a matrix [source][target], or lists of source, target and weight: then a source that doesn't
 * reach the target stays paper, and of several synapses of a pair the sum is drawn. */
#include "io/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/axes.h"

enum {
    SIDE = 620, /* of a panel's images, at most */
    LEFT = 32,
    TOP = 52, /* of a panel: room for its title */
    BOTTOM = 28,
    BORDER_MAX = 3, /* between a panel's images and the line around them */
    BAR_GAP = 22,   /* the bar of colours */
    BAR_WIDTH = 14,
    BAR_HEIGHT = 240,
    FIELDS_MAX = 400, /* in a panel */
    PANELS_MAX = 10,
    REST = 32,                    /* room for how many more there are */
    VALUES_MAX = 4 * 1024 * 1024, /* in a panel, unless one field has more */
};

struct shape {
    size_t rows, columns;
};

struct panel {
    const struct hk_plot_item *item;
    double *source, *target;  /* of a list, as whole numbers within their bounds; else NULL */
    struct shape field, grid; /* of a field; how many of them lie below and beside each other */
    size_t count, all;        /* fields that are shown; that there are */
    double scale;             /* from values to units */
    double height;            /* with its title */
    struct hk_image image;
};

/* ---- Which weights are fields ---------------------------------------------------------------- */

static bool is_side(const struct hk_node *node, size_t *side) {
    int64_t number = 0;
    if (!hk_node_int(node, 1, HK_PLOT_SIDE_MAX, &number, NULL)) return false;
    *side = (size_t)number;
    return true;
}

/* What has no shape of its own, as a square, where it is one. */
static struct shape square_of(size_t count) {
    size_t side = (size_t)lround(sqrt((double)count));
    return side * side == count ? (struct shape){side, side} : (struct shape){0};
}

static const struct hk_node *source_node(const struct hk_plot_job *job, const char *projection) {
    const struct hk_node *all =
        job->experiment ? hk_node_get(job->experiment, "populations") : NULL;
    const char *arrow = strstr(projection, "->");
    return all && arrow ? hk_node_child(all, projection, (size_t)(arrow - projection)) : NULL;
}

/* Of the projection's source; nothing where it isn't two-dimensional. Neurons without a shape lie
 * in no order that an image could show, and lists don't say how many sources there are. */
static struct shape shape_of(const struct hk_plot_job *job, const struct hk_plot_item *item) {
    const struct hk_node *source = source_node(job, item->name);
    const struct hk_node *shape = source ? hk_node_get(source, "shape") : NULL;
    struct shape found = {0};
    if (shape && shape->kind == HK_NODE_LIST && shape->count == 2 &&
        is_side(shape->first, &found.rows) && is_side(shape->last, &found.columns))
        return found;
    bool neurons = source && hk_node_get(source, "model");
    return shape || neurons || item->rank == 1 ? (struct shape){0} : square_of(item->rows);
}

static bool takes(const struct hk_plot_job *job, const struct hk_plot_item *item) {
    struct shape shape = shape_of(job, item);
    bool fits = item->rank == 1 || shape.rows * shape.columns == item->rows;
    return shape.rows > 1 && shape.columns > 1 && fits &&
           shape.rows * shape.columns <= HK_PLOT_SIDE_MAX && shape.rows <= HK_CANVAS_IMAGE_MAX &&
           shape.columns <= HK_CANVAS_IMAGE_MAX;
}

/* ---- The image of a panel -------------------------------------------------------------------- */

/* Cells of so many fields; one is left between them. */
static double extent(size_t side, size_t count) {
    return (double)((side + 1) * count) - 1.0;
}

/* As square as can be. */
static struct shape grid_of(struct shape field, size_t count) {
    double wide = ceil(sqrt((double)(count * field.rows) / (double)field.columns) - 1e-9);
    size_t columns = (size_t)fmin(fmax(wide, 1.0), (double)count);
    return (struct shape){(count + columns - 1) / columns, columns};
}

/* The pixel of source `i` in field `k`. */
static float *pixel_at(const struct panel *panel, float *pixels, size_t k, size_t i) {
    size_t row = k / panel->grid.columns * (panel->field.rows + 1) + i / panel->field.columns;
    size_t column = k % panel->grid.columns * (panel->field.columns + 1) + i % panel->field.columns;
    return &pixels[row * panel->image.columns + column];
}

static void fill_matrix(const struct panel *panel, const double *weights, float *pixels) {
    for (size_t k = 0; k < panel->count; k++)
        for (size_t i = 0; i < panel->field.rows * panel->field.columns; i++)
            *pixel_at(panel, pixels, k, i) = (float)weights[i * panel->all + k];
}

static void fill_list(const struct panel *panel, const double *weights, float *pixels) {
    for (size_t n = 0; n < panel->item->rows; n++) {
        size_t k = (size_t)panel->target[n], i = (size_t)panel->source[n];
        if (k >= panel->count) continue;
        float *pixel = pixel_at(panel, pixels, k, i);
        *pixel = (float)weights[n] + (isnan(*pixel) ? 0.0F : *pixel);
    }
}

/* Zero has the first colour unless there is less. */
static void set_range(struct hk_image *image) {
    for (size_t i = 0; i < image->rows * image->columns; i++) {
        double value = (double)image->values[i];
        if (!isfinite(value)) continue;
        image->low = fmin(image->low, value);
        image->high = fmax(image->high, value);
    }
    if (image->high <= image->low) image->high = image->low + 1.0;
}

static bool check_units(const struct panel *panel, const double *units, const char *name,
                        size_t most, struct hk_err *err) {
    for (size_t n = 0; n < panel->item->rows; n++)
        if (!(units[n] >= 0.0 && units[n] < (double)most && units[n] == floor(units[n])))
            return HK_FAIL(err, HK_ERR_DATA, "%s: the %s of synapse %zu is %g, must be below %zu",
                           panel->item->path, name, n, units[n], most);
    return true;
}

/* Behind the last target that a list names, there is nothing to be drawn. */
static bool read_list(const struct hk_plot_job *job, struct panel *panel, struct hk_err *err) {
    size_t sources = panel->field.rows * panel->field.columns;
    if (!hk_plot_read_beside(job, panel->item, "source", &panel->source, err) ||
        !hk_plot_read_beside(job, panel->item, "target", &panel->target, err) ||
        !check_units(panel, panel->source, "source", sources, err) ||
        !check_units(panel, panel->target, "target", HK_PLOT_SIDE_MAX, err))
        return false;
    for (size_t n = 0; n < panel->item->rows; n++)
        if (panel->target[n] >= (double)panel->all) panel->all = (size_t)panel->target[n] + 1;
    return true;
}

static bool plan_panel(const struct hk_plot_job *job, const struct hk_plot_item *item,
                       struct panel *panel, struct hk_err *err) {
    *panel = (struct panel){.item = item, .field = shape_of(job, item)};
    if (item->rank == 2)
        panel->all = item->columns;
    else if (!read_list(job, panel, err))
        return false;
    size_t sources = panel->field.rows * panel->field.columns;
    HK_ASSERT(sources > 0); /* see takes() */
    size_t most = VALUES_MAX / sources;
    if (most > FIELDS_MAX) most = FIELDS_MAX;
    if (most == 0) most = 1;
    panel->count = panel->all < most ? panel->all : most;
    panel->grid = grid_of(panel->field, panel->count);
    panel->image =
        (struct hk_image){.rows = (size_t)extent(panel->field.rows, panel->grid.rows),
                          .columns = (size_t)extent(panel->field.columns, panel->grid.columns),
                          .map = hk_colour_viridis};
    panel->scale =
        fmin((double)SIDE / (double)panel->image.rows, (double)SIDE / (double)panel->image.columns);
    panel->height = TOP + panel->scale * (double)panel->image.rows + BOTTOM;
    return true;
}

static bool read_panel(const struct hk_plot_job *job, struct panel *panel, struct hk_err *err) {
    double *weights = NULL;
    size_t cells = panel->image.rows * panel->image.columns;
    float *pixels = HK_NEW(job->arena, float, cells, err);
    if (!pixels || !hk_plot_read(job, panel->item, &weights, err)) return false;
    for (size_t i = 0; i < cells; i++) pixels[i] = NAN;
    if (panel->item->rank == 2)
        fill_matrix(panel, weights, pixels);
    else
        fill_list(panel, weights, pixels);
    panel->image.values = pixels;
    set_range(&panel->image);
    return true;
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static void draw_title(struct hk_canvas *canvas, const struct panel *panel, double top) {
    char text[400];
    if (panel->count < panel->all)
        (void)snprintf(text, sizeof text, "%s: the first %zu of %zu units", panel->item->name,
                       panel->count, panel->all);
    else
        (void)snprintf(text, sizeof text, "%s", panel->item->name);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    hk_canvas_text(canvas, &(struct hk_text){.x = LEFT, .y = top + 30, .size = 14.0}, text);
}

/* Where the k-th border of `count` fields in a row lies: in the middle of a gap; close outside. */
static double border_at(const struct panel *panel, size_t side, size_t k, size_t count) {
    double half = panel->scale / 2.0, outside = fmin(half, BORDER_MAX);
    double end = panel->scale * extent(side, k);
    if (k == 0) return -outside;
    return k == count ? end + outside : end + half;
}

/* Pale lines between fields and around all: what is blank in them would run together. */
static void draw_borders(struct hk_canvas *canvas, const struct panel *panel, struct hk_box box) {
    struct shape field = panel->field, grid = panel->grid;
    double left = box.x + border_at(panel, field.columns, 0, grid.columns);
    double right = box.x + border_at(panel, field.columns, grid.columns, grid.columns);
    double top = box.y + border_at(panel, field.rows, 0, grid.rows);
    double bottom = box.y + border_at(panel, field.rows, grid.rows, grid.rows);
    hk_canvas_ink(canvas, HK_COLOUR_PALE);
    for (size_t k = 0; k <= grid.rows; k++) {
        double y = box.y + border_at(panel, field.rows, k, grid.rows);
        hk_canvas_line(canvas, (struct hk_point[]){{left, y}, {right, y}}, 2, HK_AXES_LINE);
    }
    for (size_t k = 0; k <= grid.columns; k++) {
        double x = box.x + border_at(panel, field.columns, k, grid.columns);
        hk_canvas_line(canvas, (struct hk_point[]){{x, top}, {x, bottom}}, 2, HK_AXES_LINE);
    }
}

static void draw_panel(struct hk_canvas *canvas, const struct panel *panel, double top) {
    char label[128];
    const char *unit = panel->item->unit;
    struct hk_box box = {LEFT, top + TOP, panel->scale * (double)panel->image.columns,
                         panel->scale * (double)panel->image.rows};
    struct hk_box bar = {box.x + box.width + BAR_GAP, box.y, BAR_WIDTH,
                         fmin(box.height, BAR_HEIGHT)};
    bool has_unit = unit && *unit && strcmp(unit, "1") != 0;
    (void)snprintf(label, sizeof label, "weight%s%s%s", has_unit ? " (" : "", has_unit ? unit : "",
                   has_unit ? ")" : "");
    draw_title(canvas, panel, top);
    if (panel->item->rank == 1) draw_borders(canvas, panel, box);
    hk_canvas_image(canvas, box, &panel->image);
    hk_axis_colours(canvas, &(struct hk_colour_bar){.box = bar,
                                                    .low = panel->image.low,
                                                    .high = panel->image.high,
                                                    .map = panel->image.map,
                                                    .label = label});
}

static void draw_rest(struct hk_canvas *canvas, size_t count, size_t all, double top) {
    char text[100];
    struct hk_text place = {.x = LEFT, .y = top + REST / 2.0, .size = HK_AXES_SMALL};
    if (count == all) return;
    (void)snprintf(text, sizeof text, "the first %zu of %zu projections", count, all);
    hk_canvas_text(canvas, &place, text);
}

/* Panels are read one by one: their images are large. */
static bool draw_panels(const struct hk_plot_job *job, struct hk_canvas *canvas,
                        struct panel *panels, size_t count, struct hk_err *err) {
    double top = 0.0;
    for (size_t i = 0; i < count; top += panels[i].height, i++) {
        if (!read_panel(job, &panels[i], err)) return false;
        draw_panel(canvas, &panels[i], top);
    }
    return true;
}

static bool draw(const struct hk_plot_job *job, const char *path, struct hk_err *err) {
    struct panel panels[PANELS_MAX];
    size_t count = 0, all = 0;
    double height = 0.0;
    for (const struct hk_plot_item *item = job->items; item; item = item->next, all++) {
        if (count == PANELS_MAX) continue;
        if (!plan_panel(job, item, &panels[count], err)) return false;
        height += panels[count++].height;
    }
    double rest = all > count ? REST : 0.0;
    struct hk_canvas *canvas =
        hk_canvas_create(job->arena, path, HK_PLOT_WIDTH, height + rest, err);
    if (!canvas) return false;
    draw_rest(canvas, count, all, height);
    bool ok = draw_panels(job, canvas, panels, count, err) && hk_canvas_close(canvas, err);
    hk_canvas_destroy(canvas);
    return ok;
}

const struct hk_plot hk_plot_fields = {
    .name = "fields",
    .missing = "holds no receptive fields: no projection that learns comes from a source with a "
               "two-dimensional shape",
    .section = "projections",
    .begin = "weights/",
    .end = "",
    .list = "/weight",
    .takes = takes,
    .draw = draw,
};
