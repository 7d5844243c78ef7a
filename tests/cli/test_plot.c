#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/failure.h"
#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/plots.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

static const char experiment[] =
    "name: digits\n"
    "data: {set: digits, train: 30, test: 20}\n"
    "resolution: 0.5 ms\n"
    "populations:\n"
    "  input: {shape: [28, 28], source: {encoder: poisson, rate_max: 63.75 Hz}}\n"
    "  exc: {size: 20, model: lif}\n"
    "projections:\n"
    "  input->exc:\n"
    "    connect: all-to-all\n"
    "    weight: {uniform: [0 pA, 100 pA]}\n"
    "    plasticity: {rule: diehl-cook, a_plus: 1 pA, a_minus: 0.01 pA, w_max: 200 pA}\n"
    "readouts: {digits: {model: label-rate, from: exc}}\n"
    "protocol:\n"
    "  - {phase: label, data: train, show: 50 ms, label: digits}\n"
    "  - {phase: test, data: test, show: 50 ms, evaluate: digits}\n"
    "record: {spikes: [input, exc], in: [test]}\n";

/* No spikes, no weights, no phases. */
static const char bare[] = "name: bare\n"
                           "resolution: 0.5 ms\n"
                           "populations: {exc: {size: 2, model: lif}}\n"
                           "duration: 10 ms\n";

static struct program program;

static void run(const char *name, const char *text) {
    char file[32];
    (void)snprintf(file, sizeof file, "%s.yaml", name);
    program_write_file(file, text);
    program_run(&program, "run", "-q", file, "-o", name);
    ck_assert_msg(program.status == 0, "%s", program.err);
}

static void setup(void) {
    run("out", experiment);
}

static void assert_well(const char *out) {
    ck_assert_msg(program.status == 0, "%s", program.err);
    ck_assert_str_eq(program.err, "");
    ck_assert_str_eq(program.out, out);
}

static void assert_refused(int status, const char *part) {
    ck_assert_int_eq(program.status, status);
    ck_assert_str_eq(program.out, "");
    ck_assert_msg(strstr(program.err, part) != NULL, "no '%s' in: %s", part, program.err);
}

START_TEST(all_pictures_there_are_lie_beside_the_results) {
    program_run(&program, "plot", "out");
    assert_well("out/raster.svg\nout/fields.svg\nout/confusion.svg\n");
    ck_assert(program_has_file("out/raster.svg") && program_has_file("out/fields.svg"));
    ck_assert(program_has_file("out/confusion.svg") && !program_has_file("out/accuracy.svg"));
    ck_assert(!program_has_file("out/raster.svg.part"));
}
END_TEST

START_TEST(the_file_is_as_good_as_its_folder) {
    program_run(&program, "plot", "out/results.h5", "confusion");
    assert_well("out/confusion.svg\n");
    program_run(&program, "plot", "out/", "confusion");
    assert_well("out/confusion.svg\n");
}
END_TEST

START_TEST(one_picture_goes_where_and_how_it_is_asked_for) {
    program_run(&program, "plot", "out", "fields", "--format", "png", "-o", "new/pictures");
    assert_well("new/pictures/fields.png\n");
    ck_assert(program_has_file("new/pictures/fields.png"));
    ck_assert(!program_has_file("out/fields.svg"));
    program_run(&program, "plot", "out", "raster", "-o", "new/pictures/");
    assert_well("new/pictures/raster.svg\n");
}
END_TEST

START_TEST(one_picture_goes_to_a_file_of_its_format) {
    program_run(&program, "plot", "out", "fields", "-o", "figure.png");
    assert_well("figure.png\n");
    ck_assert(program_has_file("figure.png") && !program_has_file("out/fields.png"));
    program_run(&program, "plot", "out", "fields", "-o", "figure.svg", "--format", "svg");
    assert_well("figure.svg\n");
    program_run(&program, "plot", "out", "-o", "all.png");
    assert_refused(HK_EXIT_USAGE, "all.png is one picture: say which, as in `plot out raster`");
    program_run(&program, "plot", "out", "fields", "-o", "figure.png", "--format", "svg");
    assert_refused(HK_EXIT_USAGE, "--format svg doesn't go with figure.png");
    program_run(&program, "plot", "out", "fields", "-o", "nowhere/figure.png");
    assert_refused(HK_EXIT_SYSTEM, "nowhere/figure.png");
    ck_assert_int_eq(mkdir(program_path("folder.svg"), 0777), 0);
    program_run(&program, "plot", "out", "fields", "-o", "folder.svg");
    assert_well("folder.svg/fields.svg\n");
}
END_TEST

/* The bytes of a file, up to a bound. */
static size_t read_all(const char *name, char *text, size_t room) {
    FILE *file = fopen(program_path(name), "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(text, 1, room, file);
    (void)fclose(file);
    ck_assert(size > 0 && size < room);
    return size;
}

START_TEST(the_same_results_give_the_same_bytes) {
    enum { ROOM = 1 << 22 };
    static const char *const names[] = {"raster", "fields", "confusion"};
    static char first[ROOM], second[ROOM];
    char name[64];
    program_run(&program, "plot", "out", "-o", "a");
    program_run(&program, "plot", "out", "-o", "b");
    ck_assert_int_eq(program.status, 0);
    for (size_t i = 0; i < HK_COUNT(names); i++) {
        (void)snprintf(name, sizeof name, "a/%s.svg", names[i]);
        size_t size = read_all(name, first, ROOM);
        *name = 'b';
        ck_assert_uint_eq(read_all(name, second, ROOM), size);
        ck_assert_mem_eq(first, second, size);
    }
}
END_TEST

START_TEST(times_are_quantities_within_the_run) {
    program_run(&program, "plot", "out", "raster", "--from", "1.6 s", "--to", "1700ms");
    assert_well("out/raster.svg\n");
    program_run(&program, "plot", "out", "raster", "--from", "1600");
    assert_refused(HK_EXIT_USAGE, "--from: 1600 has no unit; expected a time, e.g. 1600 ms");
    program_run(&program, "plot", "out", "raster", "--to", "soon");
    assert_refused(HK_EXIT_USAGE, "--to: ");
    program_run(&program, "plot", "out", "raster", "--from", "1h");
    assert_refused(HK_EXIT_USAGE, "the run ends at ");
    program_run(&program, "plot", "out", "raster", "--from", "1h", "-o", "new");
    assert_refused(HK_EXIT_USAGE, "the run ends at ");
    ck_assert(!program_has_file("new"));
}
END_TEST

START_TEST(wrong_words_are_refused_before_anything_is_written) {
    program_run(&program, "plot", "out", "feilds", "-o", "new");
    assert_refused(HK_EXIT_USAGE, "there is no picture 'feilds'; did you mean 'fields'?");
    program_run(&program, "plot", "out", "--format", "pdf", "-o", "new");
    assert_refused(HK_EXIT_USAGE, "--format: 'pdf' is neither svg nor png");
    ck_assert(!program_has_file("new"));
}
END_TEST

static const char *const missing[][2] = {
    {"raster", "bare holds no spikes: `record:` names none"},
    {"fields", "bare holds no receptive fields: "},
    {"confusion", "bare holds no confusion matrix: no phase has `evaluate:`"},
    {"accuracy", "bare holds no accuracy over samples: no phase has `running:`"},
};

START_TEST(results_without_what_a_picture_needs_are_refused) {
    run("bare", bare);
    program_run(&program, "plot", "bare", missing[_i][0], "-o", "new");
    assert_refused(HK_EXIT_DATA, missing[_i][1]);
    program_run(&program, "plot", "bare", "-o", "new");
    assert_refused(HK_EXIT_DATA, "bare holds nothing to draw");
    ck_assert(!program_has_file("new"));
}
END_TEST

/* Runs of one phase with an accuracy; the second's has this name. The program is found from where
 * the test was started. */
static void make_runs(struct plots runs[2], const char *second) {
    char start[512];
    ck_assert_ptr_nonnull(getcwd(start, sizeof start));
    static const char *const folders[] = {"one", "two"};
    const double points[] = {1000, 0.5, 2000, 0.75};
    for (size_t i = 0; i < 2; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "metrics/%s/running_accuracy", i ? second : "train");
        plots_begin_in(&runs[i], folders[i], "name: x\n");
        plots_array(&runs[i], path, 2, 2, points);
        ck_assert(plots_find(&runs[i], &hk_plot_accuracy));
    }
    ck_assert_int_eq(chdir(start), 0);
}

static void end_runs(struct plots runs[2]) {
    for (size_t i = 0; i < 2; i++) plots_end(&runs[i]);
}

START_TEST(several_runs_are_one_picture_beside_the_first) {
    struct plots runs[2];
    make_runs(runs, "train");
    program_run(&program, "plot", "one", "two", "--kind", "accuracy");
    assert_well("one/accuracy-mean.svg\n");
    ck_assert(program_has_file("one/accuracy-mean.svg"));
    program_run(&program, "plot", "one/results.h5", "two", "one", "accuracy", "-o", "new");
    assert_well("new/accuracy-mean.svg\n");
    program_run(&program, "plot", "two", "--kind", "accuracy");
    assert_well("two/accuracy.svg\n");
    end_runs(runs);
}
END_TEST

START_TEST(runs_that_do_not_go_together_are_refused) {
    struct plots runs[2];
    make_runs(runs, "test");
    program_run(&program, "plot", "one", "two", "accuracy", "-o", "new/");
    assert_refused(HK_EXIT_DATA, "the phases with an accuracy differ: two has 'test', but one has "
                                 "'train'");
    program_run(&program, "plot", "one", "two");
    assert_refused(HK_EXIT_USAGE, "there is no picture 'two'");
    program_run(&program, "plot", "one", "two", "--kind", "fields", "-o", "fresh");
    assert_refused(HK_EXIT_USAGE, "fields draws one results file, got 2");
    program_run(&program, "plot", "one", "none", "--kind", "accuracy");
    assert_refused(HK_EXIT_SYSTEM, "none");
    ck_assert(!program_has_file("fresh") && !program_has_file("one/accuracy-mean.svg"));
    end_runs(runs);
}
END_TEST

START_TEST(what_is_no_results_file_is_refused) {
    program_run(&program, "plot", "out.yaml");
    assert_refused(HK_EXIT_DATA, "out.yaml isn't a results file");
    program_run(&program, "plot", "nothing");
    assert_refused(HK_EXIT_SYSTEM, "nothing");
}
END_TEST

START_TEST(a_file_where_the_folder_should_be_is_an_error) {
    program_run(&program, "plot", "out", "-o", "out.yaml");
    assert_refused(HK_EXIT_SYSTEM, "out.yaml");
}
END_TEST

Suite *suite_cli_plot(void) {
    Suite *suite = suite_create("cli/plot");
    TCase *tcase = tcase_create("plot");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, all_pictures_there_are_lie_beside_the_results);
    tcase_add_test(tcase, the_file_is_as_good_as_its_folder);
    tcase_add_test(tcase, one_picture_goes_where_and_how_it_is_asked_for);
    tcase_add_test(tcase, one_picture_goes_to_a_file_of_its_format);
    tcase_add_test(tcase, the_same_results_give_the_same_bytes);
    tcase_add_test(tcase, times_are_quantities_within_the_run);
    tcase_add_test(tcase, wrong_words_are_refused_before_anything_is_written);
    tcase_add_loop_test(tcase, results_without_what_a_picture_needs_are_refused, 0,
                        (int)HK_COUNT(missing));
    tcase_add_test(tcase, several_runs_are_one_picture_beside_the_first);
    tcase_add_test(tcase, runs_that_do_not_go_together_are_refused);
    tcase_add_test(tcase, what_is_no_results_file_is_refused);
    tcase_add_test(tcase, a_file_where_the_folder_should_be_is_an_error);
    suite_add_tcase(suite, tcase);
    return suite;
}
