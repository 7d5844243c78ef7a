#include "sim/plasticity_model.h"

const char *const hk_coincident_choices[] = {"ignore", "pre-first", "post-first", "both", NULL};
const char *const hk_pairing_choices[] = {"all", "nearest", NULL};
