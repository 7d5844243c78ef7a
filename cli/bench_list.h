/* Which networks `hillock bench` runs, and where they lie: in bench/ of the current folder, in that
 * of the source tree that the program was built in, or in share/hillock/bench of where it was
 * installed. The first that there is counts. */
#ifndef HK_CLI_BENCH_LIST_H
#define HK_CLI_BENCH_LIST_H

#include "sim/arena.h"

struct hk_bench_list {
    const char **paths;
    size_t count;
};

/* What the words name: files ("my.yaml", with its folder or in the current one) or the published
 * networks ("cuba"); without words, all of these. Errors: HK_ERR_USAGE (nobody is called so),
 * HK_ERR_IO (there are none). */
bool hk_bench_list_find(struct hk_bench_list *list, struct hk_arena *arena, char *const *words,
                        size_t count, struct hk_err *err) HK_MUST_USE;

/* The name in a path: "cuba" of "bench/cuba.yaml". */
const char *hk_bench_list_name(struct hk_arena *arena, const char *path,
                               struct hk_err *err) HK_MUST_USE;

#endif
