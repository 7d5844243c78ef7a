/* A picture while it is drawn, by Cairo, which nobody else sees: lines, boxes, text and images, in
 * units of 1/96 inch (a pixel of a screen) from the top left corner.
 *
 * The file name's end says the format: .svg, or .png of twice as many pixels as units. The file is
 * written aside, as `<path>.part`, until hk_canvas_close gives it its name. Equal calls in equal
 * programs give equal files: no dates, no random names.
 *
 * Nothing fails while drawing: what went wrong is said by hk_canvas_close. */
#ifndef HK_IO_CANVAS_H
#define HK_IO_CANVAS_H

#include "io/colour.h"
#include "sim/arena.h"

enum {
    HK_CANVAS_SIZE_MAX = 8000,   /* units, of a side */
    HK_CANVAS_IMAGE_MAX = 32000, /* values, of a side: Cairo's bound */
};

struct hk_point {
    double x, y;
};
struct hk_box {
    double x, y, width, height;
};

struct hk_canvas;

/* White. All memory is the arena's or Cairo's; ends with hk_canvas_destroy. NULL on failure:
 * HK_ERR_USAGE (another ending), HK_ERR_IO, HK_ERR_LIMIT. */
struct hk_canvas *hk_canvas_create(struct hk_arena *arena, const char *path, double width,
                                   double height, struct hk_err *err) HK_MUST_USE;
/* Write it all; only hk_canvas_destroy may follow, also after a failure. Errors: HK_ERR_IO. */
bool hk_canvas_close(struct hk_canvas *canvas, struct hk_err *err) HK_MUST_USE;
/* After hk_canvas_close: nothing. Otherwise the picture is given up, and no file stays. */
void hk_canvas_destroy(struct hk_canvas *canvas);

/* The colour of what follows; HK_COLOUR_INK at first. */
void hk_canvas_ink(struct hk_canvas *canvas, uint32_t colour);

/* A line through the points. */
void hk_canvas_line(struct hk_canvas *canvas, const struct hk_point *points, size_t count,
                    double thickness);
/* The area within the points. */
void hk_canvas_fill(struct hk_canvas *canvas, const struct hk_point *points, size_t count);
void hk_canvas_dot(struct hk_canvas *canvas, struct hk_point middle, double diameter);
void hk_canvas_fill_box(struct hk_canvas *canvas, struct hk_box box);
/* An upright stroke, `height` long, with its middle at each point. */
void hk_canvas_strokes(struct hk_canvas *canvas, const struct hk_point *points, size_t count,
                       double height, double thickness);

/* Sans-serif. `y` is the middle of the capitals; turned text reads upwards, and x and y change
 * roles. */
enum hk_align { HK_ALIGN_LEFT, HK_ALIGN_CENTRE, HK_ALIGN_RIGHT };
struct hk_text {
    double x, y, size;
    enum hk_align align;
    bool turned;
};
void hk_canvas_text(struct hk_canvas *canvas, const struct hk_text *place, const char *text);

/* One flat cell a value, row by row from the top; NaN stays paper. */
struct hk_image {
    const float *values;
    size_t rows, columns;
    double low, high; /* what gets the colours of 0 and 1 */
    hk_colour_map *map;
};
void hk_canvas_image(struct hk_canvas *canvas, struct hk_box box, const struct hk_image *image);

/* Whatever follows is seen within the box only, until hk_canvas_unclip. */
void hk_canvas_clip(struct hk_canvas *canvas, struct hk_box box);
void hk_canvas_unclip(struct hk_canvas *canvas);

#endif
