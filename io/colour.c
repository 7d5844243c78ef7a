#include "io/colour.h"

#include "sim/types.h"

#include <math.h>
#include <stddef.h>

/* Every 19th part of matplotlib's map; between them it's as good as straight. */
static const uint32_t viridis[] = {
    0x440154, 0x481568, 0x482677, 0x453781, 0x3f4788, 0x39558c, 0x32648e,
    0x2d718e, 0x287d8e, 0x238a8d, 0x1f968b, 0x20a386, 0x29af7f, 0x3cbc75,
    0x56c667, 0x74d055, 0x94d840, 0xb8de29, 0xdce318, 0xfde725,
};

static const uint32_t blues[] = {0xffffff, 0xdbe7f3, 0xabcae2, 0x6ca3cd,
                                 0x3a78b3, 0x174f8f, 0x0b2f66};

static uint32_t mix(uint32_t a, uint32_t b, double part) {
    uint32_t mixed = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        double from = (a >> shift) & 255, to = (b >> shift) & 255;
        mixed |= (uint32_t)lround(from + part * (to - from)) << shift;
    }
    return mixed;
}

static uint32_t look_up(const uint32_t *table, size_t count, double value) {
    double at = fmin(fmax(value, 0.0), 1.0) * (double)(count - 1);
    size_t below = (size_t)at < count - 2 ? (size_t)at : count - 2;
    return mix(table[below], table[below + 1], at - (double)below);
}

uint32_t hk_colour_viridis(double value) {
    return look_up(viridis, HK_COUNT(viridis), value);
}

uint32_t hk_colour_blues(double value) {
    return look_up(blues, HK_COUNT(blues), value);
}

uint32_t hk_colour_series(unsigned index) {
    static const uint32_t series[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xe69f00};
    return series[index % HK_COUNT(series)];
}
