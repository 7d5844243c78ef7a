/* Columns of hk_real for callers that don't know the precision (contract: sim/kernels.h). */
#include "sim/kernels.h"

#include "sim/compiler.h"
#include "sim/real.h"

static void to_double(double *restrict out, const void *in, size_t count) {
    const hk_real *restrict column = in;
    for (size_t k = 0; k < count; k++) out[k] = (double)column[k];
}

static void from_double(void *out, const double *restrict in, size_t count) {
    hk_real *restrict column = out;
    for (size_t k = 0; k < count; k++) column[k] = (hk_real)in[k];
}

/* Infinity and NaN times 0 is NaN. */
static bool finite(const void *in, size_t count) {
    const hk_real *column = in;
    hk_real zero = 0;
    for (size_t k = 0; k < count; k++) zero += column[k] * 0;
    return zero == 0;
}

static void gather(void *out, const void *in, const hk_neuron *units, size_t count) {
    hk_real *restrict to = out;
    const hk_real *restrict column = in;
    for (size_t k = 0; k < count; k++) to[k] = column[units[k]];
}

static void scatter(void *column, const hk_syn *restrict place, const double *restrict values,
                    size_t count) {
    hk_real *restrict column_of = column;
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) column_of[place[k]] = (hk_real)values[k];
}

const struct hk_kernels_columns hk_kernels_columns = {.to_double = to_double,
                                                      .from_double = from_double,
                                                      .finite = finite,
                                                      .gather = gather,
                                                      .scatter = scatter};
