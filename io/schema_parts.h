/* What the files of the schema share: references, keys, parameters. */
#ifndef HK_IO_SCHEMA_PARTS_H
#define HK_IO_SCHEMA_PARTS_H

#include "io/json.h"
#include "io/vocabulary.h"

/* {"$ref": "#/definitions/<name>"}; "<name>[]" is a list of such, "<name>{}" a map to such. */
void hk_schema_ref(struct hk_json *json, const char *key, const char *name);
/* One member for each word. */
void hk_schema_words(struct hk_json *json, const struct hk_words *words);
/* "required": the words that must be there; nothing where none must. */
void hk_schema_required(struct hk_json *json, const struct hk_words *words);
/* A list of texts. */
void hk_schema_enum(struct hk_json *json, const char *key, const char *const *choices);

/* The definitions of all models of all kinds, and of what contains them: "population", "connect",
 * "synapse", "plasticity", "spike-source", "drives", "receptors", "readout" ... */
void hk_schema_models(struct hk_json *json);

#endif
