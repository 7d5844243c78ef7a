#include "io/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void hk_json_to_file(struct hk_json *json, FILE *file) {
    *json = (struct hk_json){.file = file};
}

void hk_json_to_block(struct hk_json *json, struct hk_block *block) {
    *json = (struct hk_json){.block = block};
}

static void put(struct hk_json *json, const char *text, size_t size) {
    if (json->err.code != HK_OK) return;
    if (json->file) {
        if (fwrite(text, 1, size, json->file) != size)
            (void)HK_FAIL(&json->err, HK_ERR_IO, "can't write JSON: %s", strerror(errno));
        return;
    }
    if (!hk_block_reserve(json->block, json->used + size + 1, 1, &json->err)) return;
    char *end = (char *)json->block->data + json->used;
    memcpy(end, text, size);
    end[size] = '\0';
    json->used += size;
}

static void put_text(struct hk_json *json, const char *text) {
    put(json, text, strlen(text));
}

/* Length of the UTF-8 character that begins at `at`, or 0 where there is none (Unicode 15, table
 * 3-7: no overlong forms, no surrogates, nothing above U+10FFFF). Looks no further than a zero
 * byte. */
static size_t character_size(const unsigned char *at) {
    unsigned char first = at[0];
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    return size;
}

/* How a character is written that can't stand for itself. */
static void put_escaped(struct hk_json *json, unsigned char character) {
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    char escape[8] = "\\";
    for (const char *pair = named; *pair; pair += 2) {
        if ((unsigned char)*pair != character) continue;
        escape[1] = pair[1];
        put_text(json, escape);
        return;
    }
    (void)snprintf(escape, sizeof escape, "\\u%04x", character);
    put_text(json, escape);
}

static void put_string(struct hk_json *json, const char *text) {
    put_text(json, "\"");
    const char *start = text; /* of what can be copied as it is */
    for (const char *at = text;;) {
        unsigned char character = (unsigned char)*at;
        size_t size = character_size((const unsigned char *)at);
        bool plain = size > 0 && character >= 0x20 && character != '"' && character != '\\';
        if (plain) {
            at += size;
            continue;
        }
        put(json, start, (size_t)(at - start));
        if (character == '\0') break;
        if (size == 0)
            put_text(json, "\xEF\xBF\xBD");
        else
            put_escaped(json, character);
        start = ++at;
    }
    put_text(json, "\"");
}

/* What stands before a value: a comma after its elder sibling, and its key. */
static void put_key(struct hk_json *json, const char *key) {
    if (json->err.code != HK_OK) return;
    if (json->depth > 0) {
        bool *has_members = &json->has_members[json->depth - 1];
        HK_ASSERT((key != NULL) == (json->closing[json->depth - 1] == '}'));
        if (*has_members) put_text(json, ",");
        *has_members = true;
    }
    if (!key) return;
    put_string(json, key);
    put_text(json, ":");
}

static void put_value(struct hk_json *json, const char *key, const char *value) {
    put_key(json, key);
    put_text(json, value);
}

static void nest(struct hk_json *json, const char *key, const char *opening, char closing) {
    put_value(json, key, opening);
    if (json->err.code != HK_OK) return;
    if (json->depth == HK_JSON_DEPTH_MAX) {
        (void)HK_FAIL(&json->err, HK_ERR_LIMIT, "JSON deeper than %d levels (HK_JSON_DEPTH_MAX)",
                      HK_JSON_DEPTH_MAX);
        return;
    }
    json->closing[json->depth] = closing;
    json->has_members[json->depth] = false;
    json->depth++;
}

void hk_json_object(struct hk_json *json, const char *key) {
    nest(json, key, "{", '}');
}

void hk_json_array(struct hk_json *json, const char *key) {
    nest(json, key, "[", ']');
}

void hk_json_end(struct hk_json *json) {
    if (json->err.code != HK_OK) return;
    HK_ASSERT(json->depth > 0);
    put(json, &json->closing[--json->depth], 1);
}

void hk_json_text(struct hk_json *json, const char *key, const char *text) {
    put_key(json, key);
    put_string(json, text);
}

void hk_json_number(struct hk_json *json, const char *key, double value) {
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    put_value(json, key, isfinite(value) ? digits : "null");
}

void hk_json_integer(struct hk_json *json, const char *key, int64_t value) {
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    put_value(json, key, digits);
}

void hk_json_bool(struct hk_json *json, const char *key, bool value) {
    put_value(json, key, value ? "true" : "false");
}

void hk_json_null(struct hk_json *json, const char *key) {
    put_value(json, key, "null");
}

void hk_json_raw(struct hk_json *json, const char *key, const char *value) {
    put_value(json, key, value);
}

bool hk_json_finish(struct hk_json *json, struct hk_err *err) {
    if (json->err.code == HK_OK) {
        HK_ASSERT(json->depth == 0);
        if (json->file && fflush(json->file) != 0)
            (void)HK_FAIL(&json->err, HK_ERR_IO, "can't write JSON: %s", strerror(errno));
    }
    if (json->err.code == HK_OK) return true;
    if (err && err->code == HK_OK) *err = json->err;
    return false;
}
