/* A small JSON emitter: compact text into a file or a block.
 *
 *   hk_json_to_file(&json, file);
 *   hk_json_object(&json, NULL);
 *   hk_json_number(&json, "accuracy", 0.87);
 *   hk_json_end(&json);
 *   ok = hk_json_finish(&json, err);            {"accuracy":0.87}
 *
 * As with a FILE, the first failure is kept, later calls do nothing, and the end tells. The C
 * library's locale must write numbers with a point, as it does unless setlocale was called. */
#ifndef HK_IO_JSON_H
#define HK_IO_JSON_H

#include "sim/arena.h"

#include <stdio.h>

enum { HK_JSON_DEPTH_MAX = 64 };

/* Ours to keep, the emitter's to change. */
struct hk_json {
    FILE *file;             /* where the text goes: this, or else: */
    struct hk_block *block; /* `used` bytes of it, then a zero byte */
    size_t used;
    size_t depth;                    /* open objects and arrays */
    char closing[HK_JSON_DEPTH_MAX]; /* of each of them: '}' or ']' */
    bool has_members[HK_JSON_DEPTH_MAX];
    struct hk_err err;
};

void hk_json_to_file(struct hk_json *json, FILE *file);
/* The block is the caller's to finish, also after a failure. */
void hk_json_to_block(struct hk_json *json, struct hk_block *block);

/* The next member. `key` names it in an object, and is NULL in an array and at the top. */
void hk_json_object(struct hk_json *json, const char *key);
void hk_json_array(struct hk_json *json, const char *key);
void hk_json_end(struct hk_json *json); /* of the innermost object or array */

/* Bytes that aren't UTF-8 become U+FFFD. */
void hk_json_text(struct hk_json *json, const char *key, const char *text);
/* In as few digits as read back to the same double; null when it isn't finite. */
void hk_json_number(struct hk_json *json, const char *key, double value);
void hk_json_integer(struct hk_json *json, const char *key, int64_t value);
void hk_json_bool(struct hk_json *json, const char *key, bool value);
void hk_json_null(struct hk_json *json, const char *key);
/* A value that is JSON already. */
void hk_json_raw(struct hk_json *json, const char *key, const char *value);

/* After the last end. Errors: HK_ERR_IO, HK_ERR_MEMORY, HK_ERR_LIMIT (HK_JSON_DEPTH_MAX). */
bool hk_json_finish(struct hk_json *json, struct hk_err *err) HK_MUST_USE;

#endif
