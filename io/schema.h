/* The JSON Schema (draft-07) of experiment and sweep files, so that editors complete and check. It
 * is made of what the readers read by: the tables of keys (io/vocabulary.h) and of models
 * (sim/param.h).
 *
 * A schema sees one file and no names in it: that a population exists, that a delay is a whole
 * number of ticks or a weight in its receptor's unit, only `hillock check` knows. What may come
 * from `base:` or `defaults:` isn't asked for. */
#ifndef HK_IO_SCHEMA_H
#define HK_IO_SCHEMA_H

#include "io/json.h"

/* The whole as one object; hk_json_finish says whether it was written. */
void hk_schema_write(struct hk_json *json);

#endif
