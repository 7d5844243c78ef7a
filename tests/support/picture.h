/* Looking at pictures that were drawn: PNG files, in the units of io/canvas.h. */
#ifndef HK_TESTS_SUPPORT_PICTURE_H
#define HK_TESTS_SUPPORT_PICTURE_H

#include "io/canvas.h"

struct picture {
    void *surface; /* Cairo's */
};

/* Fails the test where there is none. End with picture_close. */
struct picture picture_open(const char *path);
void picture_close(struct picture *picture);

double picture_width(const struct picture *picture);
double picture_height(const struct picture *picture);
/* The colour at a place, 0xRRGGBB. */
uint32_t picture_at(const struct picture *picture, double x, double y);
/* How many pixels in the box have nearly that colour. */
size_t picture_count(const struct picture *picture, struct hk_box box, uint32_t colour);

#endif
