/* What `hillock bench` says of a run: a row of a table, and an object of JSON with the machine that
 * it was measured on. */
#ifndef HK_CLI_BENCH_VIEW_H
#define HK_CLI_BENCH_VIEW_H

#include "io/bench.h"

#include <stdio.h>

struct hk_bench_row {
    const struct hk_bench_measure *measure;
    size_t run;      /* 1, 2 ... */
    int busy;        /* processes beside it */
    double load;     /* of the machine, over the minute before the run; NaN: not known */
    double slowdown; /* of a busy row: times the quiet one's wall time */
};

void hk_bench_head(FILE *out);
void hk_bench_row_print(const struct hk_bench_row *row, FILE *out);

/* One line. Errors: HK_ERR_IO. */
bool hk_bench_row_json(const struct hk_bench_row *row, FILE *out, struct hk_err *err) HK_MUST_USE;

#endif
