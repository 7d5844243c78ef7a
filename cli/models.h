/* How models and their parameters are put into words: for `hillock models` and the reference. */
#ifndef HK_CLI_MODELS_H
#define HK_CLI_MODELS_H

#include "sim/models.h"

/* "neurons (populations.NAME.model)" */
const char *hk_models_title(enum hk_model_kind kind);

enum { HK_MODEL_TEXT_SIZE = 64 };
/* "20", "true", "additive", "required". Returns `text`. */
const char *hk_model_default_text(const struct hk_param *param, char text[HK_MODEL_TEXT_SIZE]);
/* What may be given: "0.001 .. 10000", "additive | power". Returns `text`. */
const char *hk_model_bounds_text(const struct hk_param *param, char text[HK_MODEL_TEXT_SIZE]);

#endif
