#include "io/canvas.h"

#include <cairo.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of a PNG: pixels a unit. */
enum { PNG_SCALE = 2 };

struct hk_canvas {
    const char *path, *part;
    bool is_png;
    FILE *file;
    int reason; /* errno of the first failed write */
    cairo_surface_t *surface;
    cairo_t *cairo;
};

/* ---- The file -------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned size) {
    struct hk_canvas *canvas = context;
    errno = 0;
    if (fwrite(data, 1, size, canvas->file) == size) return CAIRO_STATUS_SUCCESS;
    if (!canvas->reason) canvas->reason = errno;
    return CAIRO_STATUS_WRITE_ERROR;
}

static bool write_fail(const struct hk_canvas *canvas, const char *reason, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_IO, "can't write %s: %s", canvas->path, reason);
}

static bool open_file(struct hk_canvas *canvas, struct hk_err *err) {
    canvas->file = fopen(canvas->part, "wbe");
    return canvas->file || write_fail(canvas, strerror(errno), err);
}

/* Fractions of pixels matter in small text: no hints. */
static void set_fonts(cairo_t *cairo) {
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

static void open_surface(struct hk_canvas *canvas, double width, double height) {
    if (canvas->is_png) {
        int columns = (int)ceil(width) * PNG_SCALE, rows = (int)ceil(height) * PNG_SCALE;
        canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
        cairo_surface_set_device_scale(canvas->surface, PNG_SCALE, PNG_SCALE);
    } else {
        canvas->surface = cairo_svg_surface_create_for_stream(write_bytes, canvas, width, height);
        cairo_svg_surface_set_document_unit(canvas->surface, CAIRO_SVG_UNIT_PX);
    }
    canvas->cairo = cairo_create(canvas->surface);
    set_fonts(canvas->cairo);
    hk_canvas_ink(canvas, HK_COLOUR_PAPER);
    cairo_paint(canvas->cairo);
    hk_canvas_ink(canvas, HK_COLOUR_INK);
}

struct hk_canvas *hk_canvas_create(struct hk_arena *arena, const char *path, double width,
                                   double height, struct hk_err *err) {
    struct hk_canvas *canvas = HK_NEW(arena, struct hk_canvas, 1, err);
    if (!canvas) return NULL;
    canvas->path = hk_arena_text(arena, path, err);
    canvas->part = hk_arena_format(arena, err, "%s.part", path);
    if (!canvas->path || !canvas->part) return NULL;
    canvas->is_png = ends_with(path, ".png");
    if (!canvas->is_png && !ends_with(path, ".svg")) {
        (void)HK_FAIL(err, HK_ERR_USAGE, "%s: a picture's name ends with .svg or .png", path);
        return NULL;
    }
    if (!(width > 0.0 && width <= HK_CANVAS_SIZE_MAX && height > 0.0 &&
          height <= HK_CANVAS_SIZE_MAX)) {
        (void)HK_FAIL(err, HK_ERR_LIMIT, "%s: a picture of %g x %g; a side has at most %d", path,
                      width, height, HK_CANVAS_SIZE_MAX);
        return NULL;
    }
    if (!open_file(canvas, err)) return NULL;
    open_surface(canvas, width, height);
    return canvas;
}

/* Everything is in the file, or `reason` says why not. */
static const char *finish_surface(struct hk_canvas *canvas) {
    cairo_status_t status = cairo_status(canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS && canvas->is_png)
        status = cairo_surface_write_to_png_stream(canvas->surface, write_bytes, canvas);
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(canvas->surface);
    if (canvas->reason) return strerror(canvas->reason);
    return status == CAIRO_STATUS_SUCCESS ? NULL : cairo_status_to_string(status);
}

bool hk_canvas_close(struct hk_canvas *canvas, struct hk_err *err) {
    const char *reason = finish_surface(canvas);
    FILE *file = canvas->file;
    canvas->file = NULL;
    if (fclose(file) != 0 && !reason) reason = strerror(errno);
    if (!reason && rename(canvas->part, canvas->path) != 0) reason = strerror(errno);
    if (!reason) return true;
    (void)unlink(canvas->part);
    return write_fail(canvas, reason, err);
}

void hk_canvas_destroy(struct hk_canvas *canvas) {
    if (!canvas || !canvas->surface) return;
    cairo_destroy(canvas->cairo);
    if (canvas->file) cairo_surface_finish(canvas->surface); /* may still write */
    cairo_surface_destroy(canvas->surface);
    canvas->surface = NULL;
    if (!canvas->file) return;
    (void)fclose(canvas->file);
    (void)unlink(canvas->part);
    canvas->file = NULL;
}

/* ---- Lines and areas ------------------------------------------------------------------------- */

void hk_canvas_ink(struct hk_canvas *canvas, uint32_t colour) {
    cairo_set_source_rgb(canvas->cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
}

static void trace(cairo_t *cairo, const struct hk_point *points, size_t count) {
    cairo_new_path(cairo);
    for (size_t i = 0; i < count; i++) cairo_line_to(cairo, points[i].x, points[i].y);
}

void hk_canvas_line(struct hk_canvas *canvas, const struct hk_point *points, size_t count,
                    double thickness) {
    trace(canvas->cairo, points, count);
    cairo_set_line_width(canvas->cairo, thickness);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(canvas->cairo);
}

void hk_canvas_fill(struct hk_canvas *canvas, const struct hk_point *points, size_t count) {
    trace(canvas->cairo, points, count);
    cairo_fill(canvas->cairo);
}

void hk_canvas_dot(struct hk_canvas *canvas, struct hk_point middle, double diameter) {
    const double turn = 4.0 * acos(0.0);
    cairo_new_path(canvas->cairo);
    cairo_arc(canvas->cairo, middle.x, middle.y, diameter / 2.0, 0.0, turn);
    cairo_fill(canvas->cairo);
}

static void trace_box(cairo_t *cairo, struct hk_box box) {
    cairo_new_path(cairo);
    cairo_rectangle(cairo, box.x, box.y, box.width, box.height);
}

void hk_canvas_fill_box(struct hk_canvas *canvas, struct hk_box box) {
    trace_box(canvas->cairo, box);
    cairo_fill(canvas->cairo);
}

/* In paths of bounded size: Cairo's time for one grows faster than what it holds. */
void hk_canvas_strokes(struct hk_canvas *canvas, const struct hk_point *points, size_t count,
                       double height, double thickness) {
    enum { PATH_STROKES = 512 };
    cairo_set_line_width(canvas->cairo, thickness);
    for (size_t i = 0; i < count; i++) {
        cairo_move_to(canvas->cairo, points[i].x, points[i].y - height / 2.0);
        cairo_line_to(canvas->cairo, points[i].x, points[i].y + height / 2.0);
        if (i % PATH_STROKES == PATH_STROKES - 1 || i == count - 1) cairo_stroke(canvas->cairo);
    }
}

/* ---- Text ------------------------------------------------------------------------------------ */

void hk_canvas_text(struct hk_canvas *canvas, const struct hk_text *place, const char *text) {
    /* Half the height of capitals, in most sans-serif fonts. */
    const double middle = 0.36 * place->size;
    const double before[] =
        {[HK_ALIGN_LEFT] = 0.0, [HK_ALIGN_CENTRE] = 0.5, [HK_ALIGN_RIGHT] = 1.0};
    cairo_text_extents_t extents = {0};
    cairo_save(canvas->cairo);
    cairo_set_font_size(canvas->cairo, place->size);
    cairo_text_extents(canvas->cairo, text, &extents);
    cairo_translate(canvas->cairo, place->x, place->y);
    if (place->turned) cairo_rotate(canvas->cairo, -acos(0.0));
    cairo_move_to(canvas->cairo, -before[place->align] * extents.x_advance, middle);
    cairo_show_text(canvas->cairo, text);
    cairo_new_path(canvas->cairo); /* of which the text's end is a point */
    cairo_restore(canvas->cairo);
}

/* ---- Images ---------------------------------------------------------------------------------- */

static uint32_t pixel_of(const struct hk_image *image, float value) {
    const uint32_t opaque = 0xff000000U;
    double span = image->high - image->low;
    if (isnan(value)) return 0;
    return opaque | image->map(span > 0.0 ? ((double)value - image->low) / span : 0.0);
}

/* Pixels a value. */
struct enlargement {
    size_t across, down;
};

/* Rows of `pixels` are `stride` bytes long. */
static void paint_pixels(unsigned char *pixels, size_t stride, struct enlargement enlarge,
                         const struct hk_image *image) {
    for (size_t row = 0; row < image->rows; row++) {
        const float *values = image->values + row * image->columns;
        unsigned char *first = pixels + row * enlarge.down * stride, *at = first;
        for (size_t i = 0; i < image->columns; i++) {
            uint32_t pixel = pixel_of(image, values[i]);
            for (size_t k = 0; k < enlarge.across; k++, at += sizeof pixel)
                memcpy(at, &pixel, sizeof pixel);
        }
        for (size_t k = 1; k < enlarge.down; k++) memcpy(first + k * stride, first, stride);
    }
}

/* Viewers blur an image that they enlarge; so it's enlarged here, until they only make it smaller.
 */
static size_t enlarge_side(double length, size_t values) {
    size_t wanted = (size_t)ceil(fmin(PNG_SCALE * length / (double)values, HK_CANVAS_IMAGE_MAX));
    size_t most = HK_CANVAS_IMAGE_MAX / values;
    return wanted < most ? wanted : most;
}

void hk_canvas_image(struct hk_canvas *canvas, struct hk_box box, const struct hk_image *image) {
    HK_ASSERT(image->rows > 0 && image->rows <= HK_CANVAS_IMAGE_MAX);
    HK_ASSERT(image->columns > 0 && image->columns <= HK_CANVAS_IMAGE_MAX);
    const struct enlargement enlarge = {enlarge_side(box.width, image->columns),
                                        enlarge_side(box.height, image->rows)};
    int columns = (int)(image->columns * enlarge.across), rows = (int)(image->rows * enlarge.down);
    cairo_surface_t *pixels = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, columns, rows);
    unsigned char *data = cairo_image_surface_get_data(pixels);
    if (data) {
        paint_pixels(data, (size_t)cairo_image_surface_get_stride(pixels), enlarge, image);
        cairo_surface_mark_dirty(pixels);
    }
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, box.x, box.y);
    cairo_scale(canvas->cairo, box.width / columns, box.height / rows);
    cairo_set_source_surface(canvas->cairo, pixels, 0.0, 0.0);
    cairo_paint(canvas->cairo);
    cairo_restore(canvas->cairo);
    cairo_surface_destroy(pixels);
}

/* ---- Clipping -------------------------------------------------------------------------------- */

void hk_canvas_clip(struct hk_canvas *canvas, struct hk_box box) {
    trace_box(canvas->cairo, box);
    cairo_clip(canvas->cairo);
}

void hk_canvas_unclip(struct hk_canvas *canvas) {
    cairo_reset_clip(canvas->cairo);
}
