/* Parameters that any model can run with, whoever wrote it: for tests that walk all models. */
#ifndef HK_TESTS_SUPPORT_FILLED_H
#define HK_TESTS_SUPPORT_FILLED_H

#include "sim/param.h"

enum { FILLED_SIZE = 512 };

/* Defaults; what is required at 1 or the bound that is nearest to it, texts "reward". Returns
 * values, of FILLED_SIZE bytes. */
const void *filled(const struct hk_model *model, void *values);

#endif
