/* Which class was taken for which, in the last phase of the protocol that was judged: counts, their
 * share of the class as colour, and beside each row how much of its class was right. Small shares
 * are what one looks for: the colour goes with the root. */
#include "io/plot.h"

#include <math.h>
#include <stdio.h>

#include "io/axes.h"

enum {
    SIDE = 520, /* of the matrix */
    LEFT = 84,
    TOP = 76,
    BOTTOM = 64,
    GAP = 12,       /* before the column without an answer */
    SHARE_GAP = 28, /* before the bars */
    SHARE_WIDTH = 84,
    CELL_MAX = 72,
    CELL_WITH_TEXT = 20, /* smaller cells hold no numbers */
    LABEL_MIN = 14,      /* between class names */
    CLASSES_MAX = 256,
};

struct matrix {
    const char *phase;
    size_t classes;
    const double *cells; /* [classes][classes + 1]: true class, answer; the last answer is none */
    double cell;         /* side, in units */
    bool unanswered;
};

static bool takes(const struct hk_plot_job *job, const struct hk_plot_item *item) {
    (void)job;
    return item->rows <= CLASSES_MAX && item->columns == item->rows + 1;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static double count_at(const struct matrix *m, size_t row, size_t column) {
    double count = m->cells[row * (m->classes + 1) + column];
    return count > 0.0 ? count : 0.0;
}

static double row_sum(const struct matrix *m, size_t row) {
    double sum = 0.0;
    for (size_t column = 0; column <= m->classes; column++) sum += count_at(m, row, column);
    return sum;
}

/* Of its class; 0 where the class never came. */
static double share_at(const struct matrix *m, size_t row, size_t column) {
    double sum = row_sum(m, row);
    return sum > 0.0 ? count_at(m, row, column) / sum : 0.0;
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static struct hk_box cell_box(const struct matrix *m, size_t row, size_t column) {
    double gap = column == m->classes ? GAP : 0.0;
    return (struct hk_box){LEFT + (double)column * m->cell + gap, TOP + (double)row * m->cell,
                           m->cell, m->cell};
}

static double number_size(const struct matrix *m) {
    return fmin(HK_AXES_SMALL, 0.36 * m->cell);
}

static void draw_cell(struct hk_canvas *canvas, const struct matrix *m, size_t row, size_t column) {
    struct hk_box box = cell_box(m, row, column);
    double share = share_at(m, row, column), count = count_at(m, row, column);
    char text[32];
    hk_canvas_ink(canvas, hk_colour_blues(sqrt(share)));
    hk_canvas_fill_box(canvas, box);
    if (count == 0.0 || m->cell < CELL_WITH_TEXT) return;
    hk_canvas_ink(canvas, share > 0.25 ? HK_COLOUR_PAPER : HK_COLOUR_INK);
    (void)snprintf(text, sizeof text, "%.0f", count);
    hk_canvas_text(canvas,
                   &(struct hk_text){.x = box.x + box.width / 2.0,
                                     .y = box.y + box.height / 2.0,
                                     .size = number_size(m),
                                     .align = HK_ALIGN_CENTRE},
                   text);
}

static void draw_outline(struct hk_canvas *canvas, struct hk_box box) {
    struct hk_point corners[] = {{box.x, box.y},
                                 {box.x + box.width, box.y},
                                 {box.x + box.width, box.y + box.height},
                                 {box.x, box.y + box.height},
                                 {box.x, box.y}};
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    hk_canvas_line(canvas, corners, HK_COUNT(corners), HK_AXES_LINE);
}

static void draw_cells(struct hk_canvas *canvas, const struct matrix *m) {
    double side = m->cell * (double)m->classes;
    for (size_t row = 0; row < m->classes; row++)
        for (size_t column = 0; column < m->classes + m->unanswered; column++)
            draw_cell(canvas, m, row, column);
    draw_outline(canvas, (struct hk_box){LEFT, TOP, side, side});
    if (!m->unanswered) return;
    struct hk_box none = cell_box(m, 0, m->classes);
    none.height = side;
    draw_outline(canvas, none);
}

/* Every so many classes, so that their names don't touch. */
static void draw_names(struct hk_canvas *canvas, const struct matrix *m) {
    size_t step = (size_t)ceil(LABEL_MIN / m->cell);
    char text[32];
    for (size_t i = 0; i < m->classes; i += step) {
        struct hk_box box = cell_box(m, i, i);
        struct hk_text place = {.size = HK_AXES_TEXT, .align = HK_ALIGN_RIGHT};
        (void)snprintf(text, sizeof text, "%zu", i);
        place.x = LEFT - 8;
        place.y = box.y + box.height / 2.0;
        hk_canvas_text(canvas, &place, text);
        place.x = box.x + box.width / 2.0;
        place.y = TOP + m->cell * (double)m->classes + 14;
        place.align = HK_ALIGN_CENTRE;
        hk_canvas_text(canvas, &place, text);
    }
}

static void draw_shares(struct hk_canvas *canvas, const struct matrix *m, double left) {
    double thickness = fmin(12.0, 0.6 * m->cell);
    char text[32];
    for (size_t row = 0; row < m->classes; row++) {
        struct hk_box box = cell_box(m, row, 0);
        double share = share_at(m, row, row), middle = box.y + box.height / 2.0;
        struct hk_text place = {.x = left + SHARE_WIDTH + 6, .y = middle, .size = HK_AXES_SMALL};
        struct hk_box bar = {left, middle - thickness / 2.0, SHARE_WIDTH, thickness};
        hk_canvas_ink(canvas, HK_COLOUR_PALE);
        hk_canvas_fill_box(canvas, bar);
        bar.width *= share;
        hk_canvas_ink(canvas, HK_COLOUR_ACCENT);
        hk_canvas_fill_box(canvas, bar);
        hk_canvas_ink(canvas, HK_COLOUR_INK);
        (void)snprintf(text, sizeof text, "%.1f", 100.0 * share);
        if (m->cell >= LABEL_MIN && row_sum(m, row) > 0.0) hk_canvas_text(canvas, &place, text);
    }
}

static void draw_labels(struct hk_canvas *canvas, const struct matrix *m, double shares) {
    double side = m->cell * (double)m->classes, bottom = TOP + side;
    struct hk_text place = {.size = HK_AXES_TEXT, .align = HK_ALIGN_CENTRE};
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    place.x = LEFT + side / 2.0;
    place.y = bottom + 38;
    hk_canvas_text(canvas, &place, "answer");
    place.x = shares + SHARE_WIDTH / 2.0;
    place.y = TOP - 14;
    hk_canvas_text(canvas, &place, "correct (%)");
    struct hk_box none = cell_box(m, 0, m->classes);
    place.x = none.x + none.width / 2.0;
    place.y = bottom + 14;
    if (m->unanswered) hk_canvas_text(canvas, &place, "none");
    place.x = LEFT - 44;
    place.y = TOP + side / 2.0;
    place.turned = true;
    hk_canvas_text(canvas, &place, "class");
}

static void draw_title(struct hk_canvas *canvas, const struct matrix *m) {
    double right = 0.0, all = 0.0;
    char text[400];
    for (size_t row = 0; row < m->classes; row++) {
        right += count_at(m, row, row);
        all += row_sum(m, row);
    }
    (void)snprintf(text, sizeof text, "%s: %.2f %% of %.0f samples correct", m->phase,
                   all > 0.0 ? 100.0 * right / all : 0.0, all);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    hk_canvas_text(canvas, &(struct hk_text){.x = LEFT, .y = 28, .size = 14.0}, text);
}

static void draw_all(struct hk_canvas *canvas, const struct matrix *m) {
    struct hk_box last = cell_box(m, 0, m->classes - !m->unanswered);
    double shares = last.x + last.width + SHARE_GAP;
    draw_title(canvas, m);
    draw_cells(canvas, m);
    draw_names(canvas, m);
    draw_labels(canvas, m, shares);
    draw_shares(canvas, m, shares);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static bool draw(const struct hk_plot_job *job, const char *path, struct hk_err *err) {
    const struct hk_plot_item *item = job->items;
    double *cells = NULL;
    while (item->next) item = item->next;
    if (!hk_plot_read(job, item, &cells, err)) return false;
    struct matrix m = {.phase = item->name, .classes = item->rows, .cells = cells};
    m.cell = fmin(CELL_MAX, (double)SIDE / (double)m.classes);
    for (size_t row = 0; row < m.classes; row++) m.unanswered |= count_at(&m, row, m.classes) > 0.0;
    double height = TOP + m.cell * (double)m.classes + BOTTOM;
    struct hk_canvas *canvas = hk_canvas_create(job->arena, path, HK_PLOT_WIDTH, height, err);
    if (!canvas) return false;
    draw_all(canvas, &m);
    bool ok = hk_canvas_close(canvas, err);
    hk_canvas_destroy(canvas);
    return ok;
}

const struct hk_plot hk_plot_confusion = {
    .name = "confusion",
    .missing = "holds no confusion matrix: no phase has `evaluate:`, or none came to it",
    .section = "protocol",
    .begin = "metrics/",
    .end = "/confusion",
    .takes = takes,
    .draw = draw,
};
