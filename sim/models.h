/* All models of all kinds, found by name. The table itself is generated from the file names
 * (build/gen/models.c), so that adding a model adds one file.
 *
 * Models that loop over state come in variants: for each precision and for each instruction set of
 * the processor family, compiled from the same source, equal to the bit within a precision. The
 * best instruction set is chosen once, at start. */
#ifndef HK_SIM_MODELS_H
#define HK_SIM_MODELS_H

#include "sim/connect_model.h"
#include "sim/drive_model.h"
#include "sim/encoder_model.h"
#include "sim/kernels.h"
#include "sim/neuron_model.h"
#include "sim/plasticity_model.h"
#include "sim/readout_model.h"
#include "sim/receptor_model.h"
#include "sim/reward_model.h"
#include "sim/source_model.h"
#include "sim/synapse_model.h"

enum hk_model_kind {
    HK_KIND_NEURON,
    HK_KIND_RECEPTOR,
    HK_KIND_CONNECT,
    HK_KIND_SYNAPSE,
    HK_KIND_PLASTICITY,
    HK_KIND_ENCODER,
    HK_KIND_SOURCE,
    HK_KIND_DRIVE,
    HK_KIND_READOUT,
    HK_KIND_REWARD,
    HK_KIND_COUNT
};

/* On x86-64: SSE2, AVX2, AVX-512; elsewhere all three are the same code. */
enum hk_isa { HK_ISA_BASE, HK_ISA_V3, HK_ISA_V4, HK_ISA_COUNT };

struct hk_model_row {
    enum hk_model_kind kind;
    const struct hk_model *variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
};
extern const struct hk_model_row hk_model_rows[];
extern const size_t hk_model_row_count;
extern const struct hk_kernels_step
    *const hk_kernels_step_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_learn
    *const hk_kernels_learn_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_late
    *const hk_kernels_late_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_bundle
    *const hk_kernels_bundle_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_sleep
    *const hk_kernels_sleep_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_replay
    *const hk_kernels_replay_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_exact
    *const hk_kernels_exact_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_draws
    *const hk_kernels_draws_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_credit
    *const hk_kernels_credit_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];
extern const struct hk_kernels_columns
    *const hk_kernels_columns_variant[HK_PRECISION_COUNT][HK_ISA_COUNT];

/* The best instruction set of this machine, or a lesser one that the environment variable
 * HILLOCK_ISA (base, v3, v4) asks for. */
enum hk_isa hk_isa_best(void);
const char *hk_isa_name(enum hk_isa isa);

/* The table of a model (names are written with '-'), or NULL. It is the first member of the
 * contract's struct, so the caller casts to the kind that it asked for. */
const struct hk_model *hk_model_find(enum hk_model_kind kind, const char *name,
                                     enum hk_precision precision);
/* The same, with an error that names the nearest known one. */
const struct hk_model *hk_model_get(enum hk_model_kind kind, const char *name,
                                    enum hk_precision precision, struct hk_err *err) HK_MUST_USE;
/* Walk the models of a kind in the order of their names: index 0, 1 ... until NULL. */
const struct hk_model *hk_model_at(enum hk_model_kind kind, size_t index);
const char *hk_kind_name(enum hk_model_kind kind);

/* Is every table sound: abi, unique names, defaults within bounds, known units, mandatory ops? */
bool hk_models_check(struct hk_err *err) HK_MUST_USE;

#endif
