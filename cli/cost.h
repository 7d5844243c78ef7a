/* An estimate of what a run takes, as people read it and as programs do. */
#ifndef HK_CLI_COST_H
#define HK_CLI_COST_H

#include "io/cost.h"
#include "io/json.h"

/* One line a quantity, and how it was worked out. */
void hk_cost_print(const struct hk_cost *cost, FILE *out);
/* The member "cost". */
void hk_cost_json(const struct hk_cost *cost, struct hk_json *json);

#endif
