/* Shared by the files that look for what is suspicious; nobody else includes it. */
#ifndef HK_IO_WARNINGS_PARTS_H
#define HK_IO_WARNINGS_PARTS_H

#include "io/warnings.h"

struct hk_judge {
    struct hk_experiment *experiment;
    struct hk_reader reader;
    double tick_ms;
    struct hk_err *err;
};

/* A warning at a value, or at a key; of a default, at the key of the map that has it. False: no
 * memory. */
bool hk_warn(struct hk_judge *judge, const struct hk_node *node, const char *format,
             ...) HK_MUST_USE HK_PRINTF(3, 4);
bool hk_warn_key(struct hk_judge *judge, const struct hk_node *node, const char *format,
                 ...) HK_MUST_USE HK_PRINTF(3, 4);

/* The value of a key of the map, where it has one of that unit. */
bool hk_judge_value(const struct hk_judge *judge, const struct hk_node *map, const char *key,
                    const char *unit, double *value);

/* Each looks for its own; false: no memory. */
bool hk_warn_populations(struct hk_judge *judge) HK_MUST_USE;
bool hk_warn_projections(struct hk_judge *judge) HK_MUST_USE;
bool hk_warn_protocol(struct hk_judge *judge) HK_MUST_USE;

#endif
