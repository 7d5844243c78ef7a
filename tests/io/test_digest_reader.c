#include "io/digest_reader.h"

#include "io/yaml.h"
#include "tests/support/suites.h"

#include <check.h>
#include <string.h>

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_dataset_options options;

static void set_up(void) {
    err = (struct hk_err){0};
    options = (struct hk_dataset_options){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
}

static bool read_text(const char *text) {
    const struct hk_node *map = hk_yaml_parse(arena, "x.yaml", text, strlen(text), &err);
    ck_assert_msg(map != NULL, "%s", err.message);
    return hk_digests_read(arena, map, &options, &err);
}

START_TEST(digests_are_read_by_file) {
    ck_assert_msg(read_text("t10k-labels-idx1-ubyte.gz: " HEX "\nother: \"" HEX "\"\n"), "%s",
                  err.message);
    ck_assert_uint_eq(options.digest_count, 2);
    ck_assert_str_eq(options.digests[0].file, "t10k-labels-idx1-ubyte.gz");
    ck_assert_str_eq(options.digests[0].sha256, HEX);
    ck_assert_str_eq(options.digests[1].file, "other");
}
END_TEST

START_TEST(digests_may_be_left_out) {
    ck_assert(hk_digests_read(arena, NULL, &options, &err));
    ck_assert_uint_eq(options.digest_count, 0);
}
END_TEST

static void refuse(const char *text, const char *message) {
    err = (struct hk_err){0};
    ck_assert(!read_text(text));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_CONFIG);
}

START_TEST(what_is_no_digest_is_refused_at_its_place) {
    refuse("some.gz: 1234", "x.yaml:1:10: a SHA-256 has 64 hexadecimal digits, as `sha256sum "
                            "some.gz` prints it");
    refuse("some.gz: [" HEX "]", "x.yaml:1:10: expected text, got a list");
    refuse("- " HEX, "x.yaml:1:1: expected a map, got a list");
}
END_TEST

Suite *suite_io_digest_reader(void) {
    Suite *suite = suite_create("io/digest_reader");
    TCase *tcase = tcase_create("digests");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, digests_are_read_by_file);
    tcase_add_test(tcase, digests_may_be_left_out);
    tcase_add_test(tcase, what_is_no_digest_is_refused_at_its_place);
    suite_add_tcase(suite, tcase);
    return suite;
}
