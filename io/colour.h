/* Colours: the few that pictures are drawn in, and maps from numbers to colours. */
#ifndef HK_IO_COLOUR_H
#define HK_IO_COLOUR_H

#include <stdint.h>

/* 0xRRGGBB. */
enum {
    HK_COLOUR_PAPER = 0xffffff,
    HK_COLOUR_INK = 0x222222,    /* text, axes, spikes */
    HK_COLOUR_PALE = 0xd4d4d4,   /* what should be seen last */
    HK_COLOUR_ACCENT = 0x31688e, /* what is measured: rates, bars; of the viridis map too */
};

/* The colour of 0..1; what lies beyond gets the nearer end. */
typedef uint32_t hk_colour_map(double value);

/* Equal steps look equal, also to the colour-blind and in grey (van der Walt & Smith 2015). */
uint32_t hk_colour_viridis(double value);
/* From paper to a dark blue, for shares: nothing is white. */
uint32_t hk_colour_blues(double value);

/* Apart from each other for all eyes (Okabe & Ito 2008); `index` counts from 0 and wraps round. */
uint32_t hk_colour_series(unsigned index);

#endif
