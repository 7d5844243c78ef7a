/* Axes of a picture: from values to places, and the round numbers beside them. */
#ifndef HK_IO_AXES_H
#define HK_IO_AXES_H

#include "io/canvas.h"

/* Sizes that all pictures share. */
#define HK_AXES_TEXT  12.0 /* of labels */
#define HK_AXES_SMALL 11.0 /* of numbers and notes */
#define HK_AXES_LINE  0.8  /* thickness */

/* What part of the plane a box shows: x grows to the right, y upwards. */
struct hk_frame {
    struct hk_box box;
    double x_low, x_high, y_low, y_high;
};
struct hk_point hk_frame_at(const struct hk_frame *frame, double x, double y);

/* Multiples of 1, 2 or 5 times a power of ten. */
struct hk_ticks {
    double step;
    int64_t first; /* the first is at first * step */
    size_t count;
    int decimals; /* that tell them apart */
};
/* Those within low..high, low < high, in the finest step that has at most `most` > 1 of them. */
struct hk_ticks hk_ticks_choose(double low, double high, size_t most);
double hk_ticks_at(const struct hk_ticks *ticks, size_t index);
/* The first round number that isn't below `value` > 0, for the end of an axis. */
double hk_ticks_above(double value);

/* The axis along the bottom, or up the left side: line, ticks, numbers, label. What of the two is
 * NULL or false is left out. */
struct hk_axis {
    const char *label;
    bool numbers;
    size_t most; /* of the ticks */
};
void hk_axis_bottom(struct hk_canvas *canvas, const struct hk_frame *frame, struct hk_axis axis);
void hk_axis_left(struct hk_canvas *canvas, const struct hk_frame *frame, struct hk_axis axis);
/* A bar of the map's colours in the box, from low at the bottom, with numbers at its right. */
struct hk_colour_bar {
    struct hk_box box;
    double low, high;
    hk_colour_map *map;
    const char *label;
};
void hk_axis_colours(struct hk_canvas *canvas, const struct hk_colour_bar *bar);

#endif
