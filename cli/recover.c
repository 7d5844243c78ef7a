/* `hillock recover`: after the death of a run, results.h5 of what it had recorded until then. */
#include "cli/command.h"

#include "io/recover.h"

#include <inttypes.h>

static void print_recovered(const char *folder, const struct hk_recovered *recovered) {
    const struct hk_folded *folded = &recovered->folded;
    if (recovered->was_whole) {
        (void)printf("results: %s/results.h5, which was whole already\n", folder);
        return;
    }
    (void)printf("results: %s/results.h5, until %.10g ms of simulated time\n", folder,
                 folded->reached_ms);
    if (folded->torn > 0 && !folded->damaged)
        (void)printf("left out: the last %" PRIu64 " bytes, which weren't wholly written\n",
                     folded->torn);
}

static bool fail_damaged(const char *folder, uint32_t number, struct hk_err *err) {
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: the journal is damaged, and more lies behind the damage: results.h5 holds "
                   "what is before it, the rest stays in damaged-%06u and those that follow",
                   folder, number);
}

static bool recover(const struct hk_settings *settings, struct hk_err *err) {
    const char *folder = settings->arguments[0];
    struct hk_recovered recovered;
    struct hk_arena *arena = hk_arena_create(err);
    bool ok = arena && hk_recover(arena, folder, &recovered, err);
    if (ok) print_recovered(folder, &recovered);
    if (ok && recovered.folded.damaged)
        ok = fail_damaged(folder, recovered.folded.damaged_number, err);
    hk_arena_destroy(arena);
    return ok;
}

const struct hk_command hk_command_recover = {
    .name = "recover",
    .doc = "Make results.h5 of what a run that died had recorded",
    .arguments = "FOLDER",
    .argument_min = 1,
    .argument_max = 1,
    .examples = {"recover results/mnist-stdp-400", "info results/mnist-stdp-400"},
    .options = HK_OPTION_VERBOSE,
    .run = recover,
};
