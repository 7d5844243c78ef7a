#include "cli/command.h"

#include "sim/models.h"
#include "version.h"

void hk_version_print(FILE *out) {
    (void)fprintf(out, "hillock %s (commit %s)\n", HK_VERSION, HK_COMMIT);
}

static bool version(const struct hk_settings *settings, struct hk_err *err) {
    (void)settings, (void)err;
    hk_version_print(stdout);
    (void)printf("compiler         %s\n", HK_COMPILER);
    (void)printf("instruction set  %s\n", hk_isa_name(hk_isa_best()));
    return true;
}

const struct hk_command hk_command_version = {
    .name = "version",
    .doc = "Print the version, and how it was built",
    .arguments = "",
    .examples = {"version", "--version"},
    .run = version,
};
