#include "tests/support/picture.h"

#include <cairo.h>
#include <check.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS = 2, NEAR = 8 }; /* pixels a unit; what a colour may be off, of 255 */

struct picture picture_open(const char *path) {
    cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
    ck_assert_msg(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, "no PNG: %s", path);
    return (struct picture){surface};
}

void picture_close(struct picture *picture) {
    cairo_surface_destroy(picture->surface);
    picture->surface = NULL;
}

double picture_width(const struct picture *picture) {
    return (double)cairo_image_surface_get_width(picture->surface) / PIXELS;
}

double picture_height(const struct picture *picture) {
    return (double)cairo_image_surface_get_height(picture->surface) / PIXELS;
}

static uint32_t pixel_at(const struct picture *picture, int column, int row) {
    ptrdiff_t stride = cairo_image_surface_get_stride(picture->surface);
    uint32_t pixel;
    memcpy(&pixel,
           cairo_image_surface_get_data(picture->surface) + row * stride +
               column * (ptrdiff_t)sizeof pixel,
           sizeof pixel);
    return pixel & 0xffffff;
}

/* Once a box: Check notes every assertion in a file. */
static void assert_within(const struct picture *picture, struct hk_box box) {
    ck_assert_msg(box.x >= 0.0 && box.x + box.width <= picture_width(picture) && box.y >= 0.0 &&
                      box.y + box.height <= picture_height(picture),
                  "beyond the picture");
}

uint32_t picture_at(const struct picture *picture, double x, double y) {
    assert_within(picture, (struct hk_box){x, y, 1.0 / PIXELS, 1.0 / PIXELS});
    return pixel_at(picture, (int)(x * PIXELS), (int)(y * PIXELS));
}

static bool is_near(uint32_t a, uint32_t b) {
    for (unsigned shift = 0; shift < 24; shift += 8)
        if (abs((int)((a >> shift) & 255) - (int)((b >> shift) & 255)) > NEAR) return false;
    return true;
}

size_t picture_count(const struct picture *picture, struct hk_box box, uint32_t colour) {
    size_t count = 0;
    int right = (int)((box.x + box.width) * PIXELS), bottom = (int)((box.y + box.height) * PIXELS);
    assert_within(picture, box);
    for (int row = (int)(box.y * PIXELS); row < bottom; row++)
        for (int column = (int)(box.x * PIXELS); column < right; column++)
            count += is_near(pixel_at(picture, column, row), colour);
    return count;
}
