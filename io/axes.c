#include "io/axes.h"

#include <math.h>
#include <stdio.h>

enum {
    TICK = 4,         /* length */
    GAP = 4,          /* from a tick to its number */
    LABEL_BELOW = 36, /* from the axis to the middle of its label */
    LABEL_LEFT = 52,
    DECIMALS_MAX = 12,
};

struct hk_point hk_frame_at(const struct hk_frame *frame, double x, double y) {
    const struct hk_box *box = &frame->box;
    double across = (x - frame->x_low) / (frame->x_high - frame->x_low);
    double up = (y - frame->y_low) / (frame->y_high - frame->y_low);
    return (struct hk_point){box->x + across * box->width, box->y + (1.0 - up) * box->height};
}

/* ---- Ticks ----------------------------------------------------------------------------------- */

static const double round_steps[] = {1.0, 2.0, 5.0, 10.0};

/* Relative: sums of steps aren't exact. */
static const double slack = 1e-9;

static struct hk_ticks ticks_of(double low, double high, double step) {
    double first = ceil(low / step - slack), last = floor(high / step + slack);
    double decimals = ceil(-log10(step) - slack);
    return (struct hk_ticks){.step = step,
                             .first = (int64_t)first,
                             .count = last >= first ? (size_t)(last - first) + 1 : 0,
                             .decimals = (int)fmin(fmax(decimals, 0.0), DECIMALS_MAX)};
}

struct hk_ticks hk_ticks_choose(double low, double high, size_t most) {
    HK_ASSERT(low < high && most > 1);
    double power = pow(10.0, floor(log10((high - low) / (double)most)));
    for (;; power *= 10.0) {
        for (size_t i = 0; i < HK_COUNT(round_steps); i++) {
            struct hk_ticks ticks = ticks_of(low, high, power * round_steps[i]);
            if (ticks.count <= most) return ticks;
        }
    }
}

double hk_ticks_at(const struct hk_ticks *ticks, size_t index) {
    return (double)(ticks->first + (int64_t)index) * ticks->step;
}

double hk_ticks_above(double value) {
    static const double ends[] = {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0};
    double power = pow(10.0, floor(log10(value)));
    size_t i = 0;
    while (i < HK_COUNT(ends) - 1 && ends[i] * power < value * (1.0 - slack)) i++;
    return ends[i] * power;
}

/* ---- Axes ------------------------------------------------------------------------------------ */

static void draw_line(struct hk_canvas *canvas, struct hk_point from, struct hk_point to) {
    hk_canvas_line(canvas, (struct hk_point[]){from, to}, 2, HK_AXES_LINE);
}

static void draw_number(struct hk_canvas *canvas, const struct hk_ticks *ticks, size_t index,
                        struct hk_text place) {
    char text[64];
    (void)snprintf(text, sizeof text, "%.*f", ticks->decimals, hk_ticks_at(ticks, index));
    place.size = HK_AXES_SMALL;
    hk_canvas_text(canvas, &place, text);
}

void hk_axis_bottom(struct hk_canvas *canvas, const struct hk_frame *frame, struct hk_axis axis) {
    const struct hk_box *box = &frame->box;
    double y = box->y + box->height, middle = box->x + box->width / 2.0;
    struct hk_ticks ticks = hk_ticks_choose(frame->x_low, frame->x_high, axis.most);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    draw_line(canvas, (struct hk_point){box->x, y}, (struct hk_point){box->x + box->width, y});
    for (size_t i = 0; i < ticks.count; i++) {
        double x = hk_frame_at(frame, hk_ticks_at(&ticks, i), 0.0).x;
        draw_line(canvas, (struct hk_point){x, y}, (struct hk_point){x, y + TICK});
        double below = y + TICK + GAP + HK_AXES_SMALL / 2.0;
        struct hk_text place = {.x = x, .y = below, .align = HK_ALIGN_CENTRE};
        if (axis.numbers) draw_number(canvas, &ticks, i, place);
    }
    if (!axis.label) return;
    hk_canvas_text(canvas,
                   &(struct hk_text){.x = middle,
                                     .y = y + LABEL_BELOW,
                                     .size = HK_AXES_TEXT,
                                     .align = HK_ALIGN_CENTRE},
                   axis.label);
}

void hk_axis_left(struct hk_canvas *canvas, const struct hk_frame *frame, struct hk_axis axis) {
    const struct hk_box *box = &frame->box;
    double x = box->x, middle = box->y + box->height / 2.0;
    struct hk_ticks ticks = hk_ticks_choose(frame->y_low, frame->y_high, axis.most);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    draw_line(canvas, (struct hk_point){x, box->y}, (struct hk_point){x, box->y + box->height});
    for (size_t i = 0; i < ticks.count; i++) {
        double y = hk_frame_at(frame, 0.0, hk_ticks_at(&ticks, i)).y;
        draw_line(canvas, (struct hk_point){x - TICK, y}, (struct hk_point){x, y});
        struct hk_text place = {.x = x - TICK - GAP, .y = y, .align = HK_ALIGN_RIGHT};
        if (axis.numbers) draw_number(canvas, &ticks, i, place);
    }
    if (!axis.label) return;
    hk_canvas_text(canvas,
                   &(struct hk_text){.x = x - LABEL_LEFT,
                                     .y = middle,
                                     .size = HK_AXES_TEXT,
                                     .align = HK_ALIGN_CENTRE,
                                     .turned = true},
                   axis.label);
}

void hk_axis_colours(struct hk_canvas *canvas, const struct hk_colour_bar *bar) {
    enum { SHADES = 256, TICKS = 6 };
    float shades[SHADES];
    const struct hk_box *box = &bar->box;
    double right = box->x + box->width;
    const struct hk_frame frame = {*box, 0.0, 1.0, bar->low, bar->high};
    struct hk_ticks ticks = hk_ticks_choose(bar->low, bar->high, TICKS);
    for (size_t i = 0; i < SHADES; i++) shades[i] = (float)(SHADES - 1 - i);
    hk_canvas_image(canvas, *box,
                    &(struct hk_image){.values = shades,
                                       .rows = SHADES,
                                       .columns = 1,
                                       .low = 0.0,
                                       .high = SHADES - 1.0,
                                       .map = bar->map});
    hk_canvas_ink(canvas, HK_COLOUR_INK);
    for (size_t i = 0; i < ticks.count; i++) {
        double y = hk_frame_at(&frame, 0.0, hk_ticks_at(&ticks, i)).y;
        draw_line(canvas, (struct hk_point){right, y}, (struct hk_point){right + TICK, y});
        draw_number(canvas, &ticks, i,
                    (struct hk_text){.x = right + TICK + GAP, .y = y, .align = HK_ALIGN_LEFT});
    }
    struct hk_text place = {.x = right + LABEL_LEFT,
                            .y = box->y + box->height / 2.0,
                            .size = HK_AXES_TEXT,
                            .align = HK_ALIGN_CENTRE,
                            .turned = true};
    hk_canvas_text(canvas, &place, bar->label);
}
