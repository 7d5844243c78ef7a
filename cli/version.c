#include "cli/command.h"

#include "io/json.h"
#include "sim/models.h"
#include "version.h"

void hk_version_print(FILE *out) {
    (void)fprintf(out, "hillock %s (commit %s)\n", HK_VERSION, HK_COMMIT);
}

static bool print_json(struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    hk_json_object(&json, NULL);
    hk_json_text(&json, "version", HK_VERSION);
    hk_json_text(&json, "commit", HK_COMMIT);
    hk_json_text(&json, "compiler", HK_COMPILER);
    hk_json_text(&json, "instruction_set", hk_isa_name(hk_isa_best()));
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

static bool version(const struct hk_settings *settings, struct hk_err *err) {
    if (settings->json) return print_json(err);
    hk_version_print(stdout);
    (void)printf("compiler         %s\n", HK_COMPILER);
    (void)printf("instruction set  %s\n", hk_isa_name(hk_isa_best()));
    return true;
}

const struct hk_command hk_command_version = {
    .name = "version",
    .doc = "Print the version, and how it was built",
    .arguments = "",
    .examples = {"version", "version --json | jq -r .commit"},
    .options = HK_OPTION_JSON,
    .run = version,
};
