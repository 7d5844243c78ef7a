#include "cli/command.h"

#include "io/schema.h"

static bool schema(const struct hk_settings *settings, struct hk_err *err) {
    struct hk_json json;
    (void)settings;
    hk_json_to_file(&json, stdout);
    hk_schema_write(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

const struct hk_command hk_command_schema = {
    .name = "schema",
    .doc = "Print a JSON Schema of experiments, for editors",
    .arguments = "",
    .examples = {"schema > hillock.schema.json",
                 "schema | jq '.definitions[\"lif-neuron\"].properties | keys'"},
    .options = HK_OPTION_VERBOSE,
    .run = schema,
};
