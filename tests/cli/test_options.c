#include "cli/options.h"

#include <check.h>
#include <string.h>

#include "tests/support/suites.h"

enum {
    EVERY = HK_OPTION_DEFINE | HK_OPTION_SEED | HK_OPTION_THREADS | HK_OPTION_OUTPUT |
            HK_OPTION_JSON | HK_OPTION_QUIET | HK_OPTION_VERBOSE | HK_OPTION_HELP |
            HK_OPTION_VERSION | HK_OPTION_FORMAT | HK_OPTION_FROM | HK_OPTION_TO,
    WORDS_MAX = 600,
};

static struct hk_settings settings;
static struct hk_err err;

/* getopt_long moves the words, so they lie in an array of their own. */
static bool read_words(unsigned taken, const char *const *words) {
    static char text[WORDS_MAX][64];
    static char *argv[WORDS_MAX + 1];
    int argc = 0;
    for (; words[argc]; argc++) {
        ck_assert(argc < WORDS_MAX && strlen(words[argc]) < sizeof text[argc]);
        (void)snprintf(text[argc], sizeof text[argc], "%s", words[argc]);
        argv[argc] = text[argc];
    }
    argv[argc] = NULL;
    settings = (struct hk_settings){.threads = 0};
    err = (struct hk_err){.code = HK_OK};
    return hk_options_read(taken, argc, argv, &settings, &err);
}
#define READ(taken, ...) read_words(taken, (const char *const[]){"run", __VA_ARGS__, NULL})

static void expect_refusal(const char *part) {
    ck_assert_int_eq(err.code, HK_ERR_USAGE);
    ck_assert_msg(strstr(err.message, part) != NULL, "no '%s' in '%s'", part, err.message);
}

START_TEST(every_option_ends_up_in_its_place) {
    ck_assert(READ(EVERY, "-D", "a=1", "--seed", "7", "--threads=3", "-o", "out", "--json", "-q",
                   "--verbose", "x.yaml"));
    ck_assert_uint_eq(settings.define_count, 1);
    ck_assert_str_eq(settings.defines[0], "a=1");
    ck_assert_str_eq(settings.seed, "7");
    ck_assert_int_eq(settings.threads, 3);
    ck_assert_str_eq(settings.folder, "out");
    ck_assert(settings.json && settings.quiet && settings.verbose);
    ck_assert(!settings.help && !settings.version);
    ck_assert_uint_eq(settings.argument_count, 1);
    ck_assert_str_eq(settings.arguments[0], "x.yaml");
}
END_TEST

START_TEST(options_of_pictures_end_up_in_theirs) {
    ck_assert(READ(EVERY, "--format", "png", "--from=1s", "--to", "2s", "out"));
    ck_assert_str_eq(settings.format, "png");
    ck_assert_str_eq(settings.from, "1s");
    ck_assert_str_eq(settings.to, "2s");
}
END_TEST

START_TEST(options_may_follow_arguments) {
    ck_assert(READ(EVERY, "x.yaml", "-q", "-Db=2"));
    ck_assert(settings.quiet);
    ck_assert_str_eq(settings.defines[0], "b=2");
    ck_assert_uint_eq(settings.argument_count, 1);
    ck_assert_str_eq(settings.arguments[0], "x.yaml");
}
END_TEST

START_TEST(two_dashes_end_the_options) {
    ck_assert(READ(EVERY, "-q", "--", "-v"));
    ck_assert(settings.quiet && !settings.verbose);
    ck_assert_uint_eq(settings.argument_count, 1);
    ck_assert_str_eq(settings.arguments[0], "-v");
}
END_TEST

START_TEST(defines_keep_their_order) {
    ck_assert(READ(EVERY, "-D", "a=1", "x.yaml", "--define", "a=2", "-D", "a=3"));
    ck_assert_uint_eq(settings.define_count, 3);
    ck_assert_str_eq(settings.defines[0], "a=1");
    ck_assert_str_eq(settings.defines[1], "a=2");
    ck_assert_str_eq(settings.defines[2], "a=3");
}
END_TEST

START_TEST(defines_have_a_limit) {
    const char *words[2 * (HK_DEFINES_MAX + 1) + 2] = {"run"};
    for (size_t i = 0; i < HK_DEFINES_MAX; i++) words[2 * i + 1] = "-D", words[2 * i + 2] = "a=1";
    ck_assert(read_words(EVERY, words));
    words[2 * HK_DEFINES_MAX + 1] = "-D";
    words[2 * HK_DEFINES_MAX + 2] = "a=1";
    ck_assert(!read_words(EVERY, words));
    expect_refusal("at most 256");
}
END_TEST

START_TEST(a_define_names_a_path_and_a_value) {
    ck_assert(!READ(EVERY, "-D", "seed"));
    expect_refusal("--define: 'seed' is not of the form path=value");
    ck_assert(!READ(EVERY, "-D", "=3"));
    expect_refusal("--define: '=3' is not of the form path=value");
    ck_assert(!READ(EVERY, "-D", ""));
    expect_refusal("--define: '' is not of the form path=value");
}
END_TEST

START_TEST(an_unknown_long_option_gets_a_suggestion) {
    ck_assert(!READ(EVERY, "--thraeds=2"));
    expect_refusal("unknown option '--thraeds'; did you mean '--threads'?");
}
END_TEST

START_TEST(an_unknown_letter_gets_the_list) {
    ck_assert(!READ(HK_OPTION_QUIET | HK_OPTION_HELP, "-qx"));
    expect_refusal("unknown option '-x'; known here: --quiet, --help");
}
END_TEST

START_TEST(options_of_other_commands_are_unknown) {
    ck_assert(!READ(HK_OPTION_JSON, "-q"));
    expect_refusal("unknown option '-q'");
    ck_assert(!READ(HK_OPTION_JSON, "--quiet"));
    expect_refusal("unknown option '--quiet'");
}
END_TEST

START_TEST(a_missing_value_is_said) {
    ck_assert(!READ(EVERY, "x.yaml", "--seed"));
    expect_refusal("--seed needs a value: --seed N");
    ck_assert(!READ(EVERY, "-o"));
    expect_refusal("--output needs a value: --output PATH");
}
END_TEST

START_TEST(a_value_too_many_is_said) {
    ck_assert(!READ(EVERY, "--quiet=3"));
    expect_refusal("--quiet takes no value");
}
END_TEST

START_TEST(threads_are_a_whole_number_within_bounds) {
    const char *const wrong[] = {"0", "-1", "257", "2.5", "two", "", "4x", "99999999999999999999"};
    for (size_t i = 0; i < HK_COUNT(wrong); i++) {
        ck_assert(!READ(EVERY, "--threads", wrong[i]));
        expect_refusal("is not a whole number from 1 to 256");
    }
    ck_assert(READ(EVERY, "--threads", "256"));
    ck_assert_int_eq(settings.threads, 256);
    ck_assert(READ(HK_OPTION_JOBS, "-j1024"));
    ck_assert_int_eq(settings.jobs, 1024);
    ck_assert(!READ(HK_OPTION_JOBS, "-j1025"));
    expect_refusal("is not a whole number from 1 to 1024");
}
END_TEST

START_TEST(help_lists_what_is_taken_and_nothing_else) {
    char text[4096] = "";
    FILE *file = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(file);
    hk_options_print(HK_OPTION_DEFINE | HK_OPTION_SEED, file);
    (void)fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "  -D, --define PATH=VALUE  "));
    ck_assert_ptr_nonnull(strstr(text, "\n      --seed N  "));
    ck_assert_ptr_null(strstr(text, "--quiet"));
}
END_TEST

Suite *suite_cli_options(void) {
    Suite *suite = suite_create("cli/options");
    TCase *tcase = tcase_create("options");
    tcase_add_test(tcase, every_option_ends_up_in_its_place);
    tcase_add_test(tcase, options_of_pictures_end_up_in_theirs);
    tcase_add_test(tcase, options_may_follow_arguments);
    tcase_add_test(tcase, two_dashes_end_the_options);
    tcase_add_test(tcase, defines_keep_their_order);
    tcase_add_test(tcase, defines_have_a_limit);
    tcase_add_test(tcase, a_define_names_a_path_and_a_value);
    tcase_add_test(tcase, an_unknown_long_option_gets_a_suggestion);
    tcase_add_test(tcase, an_unknown_letter_gets_the_list);
    tcase_add_test(tcase, options_of_other_commands_are_unknown);
    tcase_add_test(tcase, a_missing_value_is_said);
    tcase_add_test(tcase, a_value_too_many_is_said);
    tcase_add_test(tcase, threads_are_a_whole_number_within_bounds);
    tcase_add_test(tcase, help_lists_what_is_taken_and_nothing_else);
    suite_add_tcase(suite, tcase);
    return suite;
}
