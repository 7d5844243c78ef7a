/* A digit is written with a pen: a glyph's points, each a little out of place, joined by smooth curves,
 * bent, slanted, turned, scaled and shifted, then drawn as the distance of each pixel from the pen's
 * path. Nothing but + - * / and sqrt touches a number, so every machine gets the same bits. */
#include "io/digits.h"

#include "sim/rng.h"

#include <math.h>
#include <string.h>

enum {
    SIDE = HK_DIGITS_SIDE,
    CLASSES = HK_DIGITS_CLASSES,
    VARIANTS = 3,
    POINTS_MAX = 12,
    STEPS = 5, /* straight pieces between two points of a glyph */
};

struct point {
    double x, y;
};

/* A way to write a digit. `path` spells its strokes, parted by blanks: `a` is the first point, `b` the
 * second; a stroke is a smooth curve through its points, so corners are where strokes meet. Points are
 * in hundredths of the height, from the middle; x to the right, y down. */
struct glyph {
    const char *path;
    int8_t at[POINTS_MAX][2];
};

/* clang-format off */
static const struct glyph glyphs[CLASSES][VARIANTS] = {
    {{"abcdefgha", {{6,-50}, {-18,-38}, {-30,0}, {-20,38}, {2,50}, {24,34}, {31,-4}, {24,-38}}},
     {"abcdefghai", {{14,-46}, {-10,-44}, {-26,-12}, {-22,30}, {-2,48}, {18,34}, {26,0}, {20,-34}, {-2,-40}}},
     {"abcdefga", {{0,-48}, {-28,-26}, {-34,12}, {-10,46}, {20,38}, {34,2}, {22,-38}}}},
    {{"ab", {{0,-50}, {0,50}}},
     {"ab bc", {{-14,-34}, {3,-50}, {2,50}}},
     {"abc", {{4,-50}, {0,0}, {-2,50}}}},
    {{"abcdef fg", {{-26,-30}, {-12,-46}, {12,-46}, {24,-24}, {8,8}, {-28,46}, {32,44}}},
     {"abcdefghij", {{-22,-34}, {-4,-50}, {18,-38}, {16,-8}, {-6,28}, {-26,46}, {-28,30}, {-10,30}, {12,46}, {34,38}}},
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
     {"abcdefghi", {{24,-44}, {-8,-48}, {-18,-24}, {10,4}, {18,30}, {-4,48}, {-20,28}, {4,-6}, {26,-32}}}},
    {{"abcdea afg", {{20,-34}, {0,-49}, {-24,-26}, {-8,-4}, {14,-14}, {18,8}, {10,50}}},
     {"abcdea afgh", {{22,-36}, {2,-48}, {-22,-30}, {-8,-4}, {14,-10}, {22,6}, {8,46}, {-20,42}}},
     {"abcdae", {{18,-40}, {-14,-42}, {-18,-10}, {12,-12}, {4,50}}}},
};
/* clang-format on */
