/* Quantities ("20 ms") and expressions ("= 4 * order"): what is accepted is a finite number, and a
 * mistake has a place within the text. */
#include "tests/fuzz/fuzz.h"

#include "io/expr.h"
#include "sim/arena.h"

#include <math.h>
#include <string.h>

static bool look_up(void *context, const char *name, struct hk_quantity *out, struct hk_err *err) {
    static const struct {
        const char *name, *text;
    } known[] = {{"w", "60 pA"}, {"tau_m", "20 ms"}, {"v", "-65 mV"}, {"g", "5"}, {"zero", "0"}};
    (void)context;
    for (size_t i = 0; i < HK_COUNT(known); i++)
        if (strcmp(known[i].name, name) == 0) return hk_quantity_parse(known[i].text, out, err);
    return HK_FAIL(err, HK_ERR_CONFIG, "there is no '%s'", name);
}

static void check_quantity(const struct hk_quantity *quantity) {
    char text[HK_DIM_SIZE];
    double value;
    HK_ASSERT(isfinite(quantity->value));
    HK_ASSERT(*hk_dim_text(quantity->dim, text));
    if (hk_quantity_in(quantity, "ms", &value, NULL)) HK_ASSERT(isfinite(value));
    if (hk_quantity_in(quantity, "1", &value, NULL)) HK_ASSERT(isfinite(value));
    if (hk_quantity_in(quantity, "Hz", &value, NULL)) HK_ASSERT(isfinite(value));
}

void fuzz_values(const uint8_t *data, size_t size) {
    struct hk_err err = {0};
    struct hk_arena *arena = hk_arena_create(&err);
    char *text = arena ? HK_NEW(arena, char, size + 1, &err) : NULL, pattern[HK_UNIT_PATTERN_SIZE];
    struct hk_quantity quantity;
    struct hk_dim dim;
    double scale;
    int column = 0;
    HK_ASSERT(text);
    if (size) memcpy(text, data, size);

    if (hk_quantity_parse(text, &quantity, &err))
        check_quantity(&quantity);
    else
        HK_ASSERT(err.code == HK_ERR_CONFIG);
    if (hk_unit_find(text, &dim, &scale)) {
        HK_ASSERT(isfinite(scale) && scale > 0.0);
        HK_ASSERT(hk_unit_pattern(text, pattern) == pattern);
    }
    err = (struct hk_err){0};
    if (hk_expr_eval(text, look_up, NULL, &quantity, &column, &err))
        check_quantity(&quantity);
    else
        HK_ASSERT(err.code && column >= 1 && (size_t)column <= strlen(text) + 1);
    (void)hk_expr_is_name(text);
    hk_arena_destroy(arena);
}
