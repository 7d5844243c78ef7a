/* A digit is written with a pen: a glyph's points, each a little out of place, joined by smooth
 * curves, bent, slanted, turned, scaled and shifted, then inked by the distance of each pixel from
 * the pen's path. Numbers meet only + - * / and sqrt, so every machine gets the same bits. */
#include "io/digits.h"

#include "sim/rng.h"

#include <math.h>
#include <string.h>

enum {
    SIDE = HK_DIGITS_SIDE,
    SIZE = SIDE * SIDE,
    CLASSES = HK_DIGITS_CLASSES,
    VARIANTS = 3,
    POINTS_MAX = 12,
    STEPS = 5, /* straight pieces between two points of a glyph */
};
#define PIXELS_A_POINT 0.2 /* the mean digit is 20 pixels high, like MNIST's */

struct point {
    double x, y;
};

/* A way to write a digit. `path` spells its strokes, parted by blanks: `a` is the first point, `b`
 * the second; a stroke is a smooth curve through its points, so corners are where strokes meet.
 * Points are in hundredths of the height, from the middle; x to the right, y down. */
struct glyph {
    const char *path;
    int8_t at[POINTS_MAX][2];
};

/* clang-format off */
static const struct glyph glyphs[CLASSES][VARIANTS] = {
    {{"abcdefgha", {{6,-50}, {-18,-38}, {-30,0}, {-20,38}, {2,50}, {24,34}, {31,-4}, {24,-38}}},
     {"abcdefghai",
      {{14,-46}, {-10,-44}, {-26,-12}, {-22,30}, {-2,48}, {18,34}, {26,0}, {20,-34}, {-2,-40}}},
     {"abcdefga", {{0,-48}, {-28,-26}, {-34,12}, {-10,46}, {20,38}, {34,2}, {22,-38}}}},
    {{"ab", {{0,-50}, {0,50}}},
     {"ab bc", {{-14,-34}, {3,-50}, {2,50}}},
     {"abc", {{4,-50}, {0,0}, {-2,50}}}},
    {{"abcdef fg", {{-26,-30}, {-12,-46}, {12,-46}, {24,-24}, {8,8}, {-28,46}, {32,44}}},
     {"abcdefghij",
      {{-22,-34}, {-4,-50}, {18,-38}, {16,-8}, {-6,28}, {-26,46}, {-28,30}, {-10,30}, {12,46},
       {34,38}}},
     {"abcde ef", {{-28,-38}, {4,-48}, {24,-28}, {10,2}, {-26,42}, {28,48}}}},
    {{"abcd defg", {{-24,-40}, {4,-50}, {22,-30}, {-6,-6}, {26,16}, {10,46}, {-28,40}}},
     {"ab bc cdef", {{-24,-46}, {22,-48}, {-4,-10}, {26,14}, {10,46}, {-26,42}}},
     {"abcdefgh", {{-22,-36}, {0,-50}, {20,-36}, {2,-8}, {10,-2}, {28,22}, {6,48}, {-26,36}}}},
    {{"ab bc de", {{-20,-46}, {-28,6}, {30,2}, {18,-34}, {12,50}}},
     {"ab bc ad", {{14,-50}, {-32,14}, {32,12}, {10,50}}},
     {"abc cde", {{-24,-44}, {-22,-4}, {18,-6}, {24,-48}, {14,50}}}},
    {{"ab bc cdefg", {{28,-48}, {-16,-46}, {-20,-8}, {6,-14}, {26,14}, {8,46}, {-26,40}}},
     {"ab bc cdefg", {{24,-42}, {-10,-48}, {-18,-4}, {10,-6}, {20,20}, {0,46}, {-22,44}}},
     {"ab acdefg", {{-14,-44}, {32,-50}, {-20,-16}, {4,-10}, {24,16}, {2,46}, {-28,32}}}},
    {{"abcdefg", {{18,-50}, {-12,-20}, {-26,20}, {-4,49}, {22,30}, {6,4}, {-22,18}}},
     {"abcdefgh", {{4,-50}, {-18,-16}, {-20,26}, {0,48}, {22,36}, {18,10}, {-2,8}, {-18,28}}},
     {"abcdef", {{24,-44}, {-20,-10}, {-24,30}, {8,48}, {22,18}, {-20,16}}}},
    {{"ab bcd", {{-28,-42}, {28,-46}, {8,0}, {-4,50}}},
     {"ab bc de", {{-26,-46}, {28,-46}, {-8,50}, {-16,2}, {24,-2}}},
     {"ab bc cde", {{-28,-28}, {-24,-46}, {26,-42}, {12,-4}, {6,50}}}},
    {{"abcdefgha", {{20,-38}, {-2,-50}, {-22,-32}, {0,-6}, {24,24}, {0,50}, {-24,26}, {2,-6}}},
     {"abcda defgd", {{0,-48}, {-20,-28}, {20,-28}, {2,-4}, {-24,24}, {0,48}, {24,22}}},
     {"abcdefghi",
      {{24,-44}, {-8,-48}, {-18,-24}, {10,4}, {18,30}, {-4,48}, {-20,28}, {4,-6}, {26,-32}}}},
    {{"abcdea afg", {{20,-34}, {0,-49}, {-24,-26}, {-8,-4}, {14,-14}, {18,8}, {10,50}}},
     {"abcdea afgh", {{22,-36}, {2,-48}, {-22,-30}, {-8,-4}, {14,-10}, {22,6}, {8,46}, {-20,42}}},
     {"abcdae", {{18,-40}, {-14,-42}, {-18,-10}, {12,-12}, {4,50}}}},
};
/* clang-format on */

/* Between -1 and 1, more often near 0. */
static double spread(struct hk_draws *draws) {
    double a = hk_draws_uniform(draws), b = hk_draws_uniform(draws);
    return a - b;
}

/* How one sample is written. */
struct hand {
    double xx, xy, yx, yy; /* the matrix from glyph to pixels: scale, slant and turn */
    double x, y;           /* where the middle of the glyph comes to lie */
    double bend_x, bend_y; /* straight lines become parabolas */
    double radius;         /* of the pen, in pixels */
    double ink;            /* its darkness, 0..1 */
};

/* One draw a statement: C leaves the order inside an initialiser to the compiler. */
static struct hand hand_draw(struct hk_draws *draws) {
    double width = PIXELS_A_POINT * (0.92 + 0.22 * spread(draws));
    double height = PIXELS_A_POINT * (0.97 + 0.12 * spread(draws));
    double slant = 0.17 + 0.45 * spread(draws);
    double sine = 0.22 * spread(draws), cosine = sqrt(1.0 - sine * sine);
    struct hand hand = {
        .xx = cosine * width,
        .xy = -sine * height - cosine * slant * height,
        .yx = sine * width,
        .yy = cosine * height - sine * slant * height,
    };
    hand.x = 0.5 * (SIDE - 1) + 1.6 * spread(draws);
    hand.y = 0.5 * (SIDE - 1) + 1.6 * spread(draws);
    hand.bend_x = 0.0045 * spread(draws);
    hand.bend_y = 0.0045 * spread(draws);
    hand.radius = 1.45 + 0.8 * spread(draws);
    hand.ink = 0.85 + 0.15 * hk_draws_uniform(draws);
    return hand;
}

static struct point hand_place(const struct hand *hand, struct point p) {
    double x = p.x + hand->bend_x * p.y * p.y;
    double y = p.y + hand->bend_y * p.x * p.x;
    return (struct point){hand->x + hand->xx * x + hand->xy * y,
                          hand->y + hand->yx * x + hand->yy * y};
}

struct canvas {
    double far2[SIZE]; /* each pixel's squared distance from the pen's path */
    double reach;      /* beyond it the pen leaves no ink */
};

static double distance2(struct point p, struct point a, struct point ab, double length2) {
    double x = p.x - a.x, y = p.y - a.y;
    double along = length2 > 0.0 ? (x * ab.x + y * ab.y) / length2 : 0.0;
    along = along < 0.0 ? 0.0 : along > 1.0 ? 1.0 : along;
    x -= along * ab.x;
    y -= along * ab.y;
    return x * x + y * y;
}

/* The pixels from `low` - reach to `high` + reach that are on the canvas. */
static void pixel_range(double low, double high, double reach, int *first, int *end) {
    double begin = low - reach, stop = high + reach + 1.0;
    *first = begin > 0.0 ? begin < SIDE ? (int)begin : SIDE : 0;
    *end = stop > 0.0 ? stop < SIDE ? (int)stop : SIDE : 0;
}

static void canvas_line(struct canvas *canvas, struct point a, struct point b) {
    struct point ab = {b.x - a.x, b.y - a.y};
    double length2 = ab.x * ab.x + ab.y * ab.y;
    int x0, x1, y0, y1;
    pixel_range(a.x < b.x ? a.x : b.x, a.x < b.x ? b.x : a.x, canvas->reach, &x0, &x1);
    pixel_range(a.y < b.y ? a.y : b.y, a.y < b.y ? b.y : a.y, canvas->reach, &y0, &y1);
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            double d2 = distance2((struct point){x, y}, a, ab, length2);
            if (d2 < canvas->far2[y * SIDE + x]) canvas->far2[y * SIDE + x] = d2;
        }
}

/* Catmull and Rom's spline from b to c, which looks at the points before and after. */
static double spline(double a, double b, double c, double d, double t) {
    double slope_b = 0.5 * (c - a), slope_c = 0.5 * (d - b), rise = c - b;
    return b + t * (slope_b + t * (3.0 * rise - 2.0 * slope_b - slope_c +
                                   t * (slope_b + slope_c - 2.0 * rise)));
}

/* A stroke through the `count` points that `path` names. */
static void canvas_stroke(struct canvas *canvas, const struct hand *hand,
                          const struct point *points, const char *path, size_t count) {
    struct point from = hand_place(hand, points[path[0] - 'a']);
    for (size_t k = 0; k + 1 < count; k++) {
        struct point a = points[path[k ? k - 1 : 0] - 'a'], b = points[path[k] - 'a'];
        struct point c = points[path[k + 1] - 'a'];
        struct point d = points[path[k + 2 < count ? k + 2 : k + 1] - 'a'];
        for (int step = 1; step <= STEPS; step++) {
            double t = (double)step / STEPS;
            struct point at = {spline(a.x, b.x, c.x, d.x, t), spline(a.y, b.y, c.y, d.y, t)};
            struct point to = hand_place(hand, at);
            canvas_line(canvas, from, to);
            from = to;
        }
    }
}

static void canvas_write(struct canvas *canvas, const struct hand *hand, const struct glyph *glyph,
                         struct hk_draws *draws) {
    struct point points[POINTS_MAX];
    for (size_t i = 0; i < POINTS_MAX; i++) {
        points[i].x = glyph->at[i][0] + 9.0 * spread(draws);
        points[i].y = glyph->at[i][1] + 9.0 * spread(draws);
    }
    for (const char *path = glyph->path; *path;) {
        size_t count = strcspn(path, " ");
        canvas_stroke(canvas, hand, points, path, count);
        path += count;
        path += strspn(path, " ");
    }
}

/* From distances to bytes: an edge of one pixel, and paper that takes the ink unevenly. */
static void canvas_ink(const struct canvas *canvas, const struct hand *hand, struct hk_draws *draws,
                       uint8_t *bytes) {
    const double *far2 = canvas->far2;
    for (size_t i = 0; i < SIZE; i++) {
        if (far2[i] >= canvas->reach * canvas->reach) continue;
        double cover = canvas->reach - sqrt(far2[i]);
        double grain = 1.0 - 0.15 * (hk_draws_word(draws) * 0x1p-32);
        bytes[i] = (uint8_t)(255.0 * hand->ink * grain * (cover < 1.0 ? cover : 1.0) + 0.5);
    }
}

static void make_sample(struct hk_stream stream, size_t index, uint8_t digit, uint8_t *bytes) {
    struct hk_draws draws = hk_draws_at(stream, index, 0);
    struct hand hand = hand_draw(&draws);
    struct canvas canvas = {.reach = hand.radius + 0.5};
    for (size_t i = 0; i < SIZE; i++) canvas.far2[i] = SIZE;
    canvas_write(&canvas, &hand, &glyphs[digit][hk_draws_below(&draws, VARIANTS)], &draws);
    canvas_ink(&canvas, &hand, &draws, bytes);
}

/* The labels of a block of ten samples: a permutation of the digits (Fisher and Yates). */
static void draw_labels(struct hk_stream stream, size_t block, uint8_t labels[CLASSES]) {
    struct hk_draws draws = hk_draws_at(stream, block, 0);
    for (uint32_t i = 0; i < CLASSES; i++) {
        uint32_t k = hk_draws_below(&draws, i + 1);
        labels[i] = labels[k];
        labels[k] = (uint8_t)i;
    }
}

bool hk_digits_make(struct hk_arena *arena, uint64_t seed, enum hk_digits_split split, size_t count,
                    struct hk_samples *out, struct hk_err *err) {
    const char *name = split == HK_DIGITS_TRAIN ? "train" : "test";
    struct hk_stream shapes = hk_stream_make(seed, "digits", name);
    struct hk_stream order = hk_stream_make(seed, "digit labels", name);
    if (count == 0 || count > HK_DIGITS_COUNT_MAX)
        return HK_FAIL(err, HK_ERR_RANGE, "can't make %zu digits (%s); 1 to %d are possible", count,
                       name, HK_DIGITS_COUNT_MAX);
    uint8_t *bytes = hk_arena_array(arena, count, SIZE, HK_CACHE_LINE, err);
    uint8_t *labels = HK_NEW(arena, uint8_t, count, err);
    if (!bytes || !labels) return false;
    uint8_t block[CLASSES] = {0};
    for (size_t i = 0; i < count; i++) {
        if (i % CLASSES == 0) draw_labels(order, i / CLASSES, block);
        labels[i] = block[i % CLASSES];
        make_sample(shapes, i, labels[i], bytes + i * SIZE);
    }
    *out = (struct hk_samples){.count = count,
                               .size = SIZE,
                               .rank = 2,
                               .shape = {SIDE, SIDE},
                               .classes = CLASSES,
                               .bytes = bytes,
                               .labels = labels};
    return true;
}
