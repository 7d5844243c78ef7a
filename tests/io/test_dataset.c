#include "io/dataset.h"

#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_dataset set;

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void set_up_alone(void) {
    set_up();
    ck_assert_int_eq(unsetenv("HILLOCK_DATA"), 0);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* ---- Small sets of files ---- */

/* A folder below the test's own, made if it isn't there. */
static const char *folder_at(const char *name) {
    const char *path = hk_arena_format(arena, &err, "%s/%s", hk_test_folder(), name);
    ck_assert_ptr_nonnull(path);
    (void)mkdir(path, 0700);
    return path;
}

static void write_file(const char *folder, const char *name, const uint8_t *bytes, size_t size) {
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    /* "wT": as it is, without compression. */
    gzFile file = gzopen(path, strstr(name, ".gz") ? "wb" : "wbT");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

/* One image of `rows` x 2 pixels and its label. */
static void write_split(const char *folder, const char *split, const char *ending, uint8_t rows,
                        uint8_t label) {
    const uint8_t images[24] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, rows, 0, 0, 0, 2, label, 7};
    const uint8_t labels[9] = {0, 0, 8, 1, 0, 0, 0, 1, label};
    char name[64];
    (void)snprintf(name, sizeof name, "%s-images-idx3-ubyte%s", split, ending);
    write_file(folder, name, images, 16 + (size_t)rows * 2);
    (void)snprintf(name, sizeof name, "%s-labels-idx1-ubyte%s", split, ending);
    write_file(folder, name, labels, sizeof labels);
}

/* A whole set, which `label` tells from others. */
static const char *write_set(const char *name, uint8_t label) {
    const char *folder = folder_at(name);
    write_split(folder, "train", "", 2, label);
    write_split(folder, "t10k", ".gz", 2, label);
    return folder;
}

static void set_data_folder(const char *path) {
    ck_assert_int_eq(setenv("HILLOCK_DATA", path, 1), 0);
}

/* ---- Asking for sets ---- */

static void accept(struct hk_dataset_options options) {
    ck_assert_msg(hk_dataset_open(arena, &options, &set, &err), "%s", err.message);
    ck_assert_str_eq(set.name, options.name);
}

static void accept_files(const char *name, const char *path, const char *origin, uint8_t label) {
    accept((struct hk_dataset_options){.name = name,
                                       .path = path,
                                       .load_train = true,
                                       .load_test = true});
    ck_assert_str_eq(set.origin, origin);
    ck_assert_uint_eq(set.train.labels[0], label);
    ck_assert_uint_eq(set.train.bytes[0], label);
    ck_assert_uint_eq(set.test.labels[0], label);
}

static void refuse(struct hk_dataset_options options, enum hk_code code, const char *message) {
    err = (struct hk_err){0};
    ck_assert(!hk_dataset_open(arena, &options, &set, &err));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, code);
}

static void refuse_files(const char *path, const char *message) {
    refuse((struct hk_dataset_options){.name = "mnist",
                                       .path = path,
                                       .load_train = true,
                                       .load_test = true},
           HK_ERR_DATA, message);
}

/* ---- Digits ---- */

START_TEST(dataset_makes_digits) {
    accept((struct hk_dataset_options){.name = "digits", .load_train = true, .load_test = true});
    ck_assert_str_eq(set.origin, "built in");
    ck_assert_uint_eq(set.classes, 10);
    ck_assert_uint_eq(set.train.count, 10000);
    ck_assert_uint_eq(set.test.count, 2000);
    ck_assert_mem_ne(set.train.bytes, set.test.bytes, set.train.size);
}
END_TEST

START_TEST(dataset_makes_as_many_digits_as_asked_for_from_the_seed) {
    struct hk_dataset_options options = {.name = "digits",
                                         .load_train = true,
                                         .load_test = true,
                                         .train_count = 20,
                                         .test_count = 30,
                                         .seed = 1};
    accept(options);
    ck_assert_uint_eq(set.train.count, 20);
    ck_assert_uint_eq(set.test.count, 30);
    struct hk_samples before = set.train;
    options.seed = 2;
    accept(options);
    ck_assert_mem_ne(set.train.bytes, before.bytes, before.size);
}
END_TEST

START_TEST(dataset_makes_only_what_is_asked_for) {
    accept((struct hk_dataset_options){.name = "digits", .load_test = true, .test_count = 5});
    ck_assert_uint_eq(set.train.count, 0);
    ck_assert_uint_eq(set.test.count, 5);
    accept((struct hk_dataset_options){.name = "digits", .load_train = true, .train_count = 5});
    ck_assert_uint_eq(set.train.count, 5);
    ck_assert_uint_eq(set.test.count, 0);
}
END_TEST

START_TEST(dataset_refuses_a_path_for_digits) {
    refuse((struct hk_dataset_options){.name = "digits", .path = "here", .load_test = true},
           HK_ERR_CONFIG, "digits is built in: it has no path, but 'here' was given");
}
END_TEST

/* ---- Names ---- */

START_TEST(dataset_suggests_the_nearest_name) {
    refuse((struct hk_dataset_options){.name = "mnits"}, HK_ERR_CONFIG,
           "there is no data set 'mnits'; did you mean 'mnist'?");
    refuse((struct hk_dataset_options){.name = "fashion_mnist"}, HK_ERR_CONFIG,
           "there is no data set 'fashion_mnist'; did you mean 'fashion-mnist'?");
    refuse((struct hk_dataset_options){.name = "imagenet"}, HK_ERR_CONFIG,
           "there is no data set 'imagenet'; known here: digits, mnist, fashion-mnist, cifar-10, "
           "ucr/NAME");
}
END_TEST

/* ---- Where files are looked for ---- */

START_TEST(dataset_is_read_from_the_path_before_all_else) {
    const char *path = write_set("mine", 1);
    (void)write_set("mnist", 2);
    set_data_folder(hk_test_folder());
    accept_files("mnist", path, path, 1);
    ck_assert_uint_eq(set.classes, 10);
    ck_assert_uint_eq(set.train.classes, 10);
    ck_assert_uint_eq(set.test.classes, 10);
}
END_TEST

START_TEST(dataset_is_looked_for_below_hillock_data) {
    const char *mnist = write_set("mnist", 2), *fashion = write_set("fashion-mnist", 3);
    set_data_folder(hk_test_folder());
    accept_files("mnist", NULL, mnist, 2);
    accept_files("fashion-mnist", NULL, fashion, 3);
}
END_TEST

START_TEST(dataset_says_of_each_set_where_it_is_or_was_looked_for) {
    const char *mnist = write_set("mnist", 2), *name = NULL, *folder = NULL;
    size_t count = 0;
    bool found = false;
    set_data_folder(hk_test_folder());
    for (; hk_dataset_at(arena, count, &name, &folder, &err); count++) {
        if (strcmp(name, "digits") == 0) ck_assert_str_eq(folder, "built in");
        if (strcmp(name, "mnist") == 0) ck_assert_str_eq(folder, mnist);
        found |= strcmp(name, "mnist") == 0;
        if (!folder) ck_assert_ptr_nonnull(strstr(err.message, hk_test_folder()));
        err.code = HK_OK;
    }
    ck_assert(found && count > 2);
}
END_TEST

START_TEST(dataset_is_read_from_hillock_data_itself_if_it_has_the_name) {
    char path[PATH_MAX];
    const char *folder = write_set("mnist", 4);
    set_data_folder(folder);
    accept_files("mnist", NULL, folder, 4);
    (void)snprintf(path, sizeof path, "%s//", folder);
    set_data_folder(path);
    accept_files("mnist", NULL, path, 4);
}
END_TEST

/* The files of all sets have the same names: here MNIST's would pass for Fashion-MNIST's, and the
 * other way round, where one name is the end of the other. */
START_TEST(dataset_takes_no_other_set_for_the_one_asked_for) {
    struct hk_dataset_options options = {.name = "fashion-mnist", .load_train = true};
    const char *folder = write_set("mnist", 5);
    set_data_folder(folder);
    ck_assert(!hk_dataset_open(arena, &options, &set, &err) || strcmp(set.origin, folder) != 0);
    folder = write_set("fashion-mnist", 6);
    set_data_folder(folder);
    options.name = "mnist";
    ck_assert(!hk_dataset_open(arena, &options, &set, &err));
}
END_TEST

START_TEST(dataset_says_where_it_looked_and_what_would_help) {
    char message[PATH_MAX + 200];
    refuse_files(NULL,
                 "the data set mnist was not found: set HILLOCK_DATA to the folder that holds "
                 "mnist/ with its four IDX files; looked in no folder: HILLOCK_DATA is not set");
    set_data_folder(hk_test_folder());
    (void)snprintf(message, sizeof message,
                   "the data set mnist was not found: set HILLOCK_DATA to the folder that holds "
                   "mnist/ with its four IDX files; looked in %s/mnist",
                   hk_test_folder());
    refuse_files(NULL, message);
    (void)snprintf(message, sizeof message,
                   "%s: there is no data set mnist here: neither train-images-idx3-ubyte nor "
                   "t10k-images-idx3-ubyte, plain or .gz",
                   hk_test_folder());
    refuse_files(hk_test_folder(), message);
}
END_TEST

START_TEST(dataset_knows_where_debian_puts_fashion_mnist) {
    static const char folder[] = "/usr/share/datasets/fashion-mnist";
    struct hk_dataset_options options = {.name = "fashion-mnist", .load_test = true};
    set_data_folder(hk_test_folder());
    if (access(folder, F_OK) == 0) {
        accept(options);
        ck_assert_str_eq(set.origin, folder);
        ck_assert_uint_eq(set.test.count, 10000);
        return;
    }
    ck_assert(!hk_dataset_open(arena, &options, &set, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "apt install dataset-fashion-mnist"));
    ck_assert_ptr_nonnull(strstr(err.message, folder));
}
END_TEST

/* ---- What is in the files ---- */

START_TEST(dataset_needs_only_the_files_of_what_is_asked_for) {
    const char *folder = folder_at("half");
    char message[PATH_MAX + 100];
    write_split(folder, "t10k", "", 2, 3);
    accept((struct hk_dataset_options){.name = "mnist", .path = folder, .load_test = true});
    ck_assert_uint_eq(set.train.count, 0);
    ck_assert_uint_eq(set.test.count, 1);
    (void)snprintf(message, sizeof message,
                   "%s: there is no train-images-idx3-ubyte or train-images-idx3-ubyte.gz", folder);
    refuse_files(folder, message);
}
END_TEST

START_TEST(dataset_names_the_labels_that_are_missing) {
    const char *folder = write_set("lost", 1);
    char message[PATH_MAX + 100], path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/t10k-labels-idx1-ubyte.gz", folder);
    ck_assert_int_eq(remove(path), 0);
    (void)snprintf(message, sizeof message,
                   "%s: there is no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz", folder);
    refuse_files(folder, message);
}
END_TEST

START_TEST(dataset_refuses_a_label_that_is_no_class) {
    const char *folder = write_set("wrong", 9);
    char message[PATH_MAX + 100];
    accept_files("mnist", folder, folder, 9);
    write_split(folder, "t10k", ".gz", 2, 10);
    (void)snprintf(message, sizeof message,
                   "%s/t10k-labels-idx1-ubyte.gz: label 0 is 10, but mnist has the classes 0 to 9",
                   folder);
    refuse_files(folder, message);
}
END_TEST

START_TEST(dataset_refuses_images_of_two_sizes) {
    const char *folder = write_set("mixed", 1);
    char message[PATH_MAX + 100];
    write_split(folder, "t10k", ".gz", 3, 1);
    (void)snprintf(message, sizeof message,
                   "%s: the images for training have 2 x 2 pixels, those for testing 3 x 2",
                   folder);
    refuse_files(folder, message);
}
END_TEST

START_TEST(dataset_passes_on_what_is_wrong_with_a_file) {
    static const uint8_t bad[] = {0, 0, 8, 1, 0, 0, 0, 2, 5};
    const char *folder = write_set("bad", 1);
    char message[PATH_MAX + 100];
    write_file(folder, "train-labels-idx1-ubyte", bad, sizeof bad);
    (void)snprintf(message, sizeof message,
                   "%s/train-labels-idx1-ubyte: truncated: 10 bytes expected, 9 found", folder);
    refuse_files(folder, message);
}
END_TEST

START_TEST(dataset_refuses_the_settings_of_digits_for_files) {
    const char *folder = write_set("mnist", 1);
    static const char message[] = "`train:`, `test:` and `seed:` are for digits, not for mnist; a "
                                  "phase's `take:` shows fewer samples";
    refuse((struct hk_dataset_options){.name = "mnist", .path = folder, .train_count = 1},
           HK_ERR_CONFIG, message);
    refuse((struct hk_dataset_options){.name = "mnist", .path = folder, .test_count = 1},
           HK_ERR_CONFIG, message);
    refuse((struct hk_dataset_options){.name = "mnist", .path = folder, .seed = 1}, HK_ERR_CONFIG,
           message);
}
END_TEST

/* ---- Time series ---- */

static void write_series(const char *folder, const char *name, const char *text) {
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(dataset_finds_series_below_hillock_data) {
    (void)folder_at("ucr");
    const char *folder = folder_at("ucr/Ups");
    write_series(folder, "Ups_TRAIN.tsv", "-1\t0.5\t1\n1\t2\t3\n");
    write_series(folder, "Ups_TEST.tsv", "7\t4\t5\n");
    set_data_folder(hk_test_folder());
    accept((struct hk_dataset_options){.name = "ucr/Ups", .load_train = true, .load_test = true});
    ck_assert_str_eq(set.origin, folder);
    ck_assert_uint_eq(set.classes, 3);
    ck_assert_uint_eq(set.train.count, 2);
    ck_assert_uint_eq(set.test.labels[0], 2);
    accept((struct hk_dataset_options){.name = "ucr/Ups", .path = folder, .load_test = true});
    ck_assert_uint_eq(set.train.count, 0);
    ck_assert_uint_eq(set.classes, 3);
}
END_TEST

START_TEST(dataset_says_which_series_it_did_not_find) {
    char message[PATH_MAX + 200];
    set_data_folder(hk_test_folder());
    (void)snprintf(message, sizeof message,
                   "the data set ucr/Ups was not found: set HILLOCK_DATA to the folder that holds "
                   "ucr/Ups/; looked in %s/ucr/Ups",
                   hk_test_folder());
    refuse((struct hk_dataset_options){.name = "ucr/Ups"}, HK_ERR_DATA, message);
    (void)snprintf(message, sizeof message,
                   "%s: there is no data set ucr/Ups here: neither Ups_TRAIN nor Ups_TEST, .tsv or "
                   ".ts",
                   hk_test_folder());
    refuse((struct hk_dataset_options){.name = "ucr/Ups", .path = hk_test_folder()}, HK_ERR_DATA,
           message);
    refuse((struct hk_dataset_options){.name = "ucr/"}, HK_ERR_CONFIG,
           "there is no data set 'ucr/'; a set of the UCR archive is called ucr/NAME, such as "
           "ucr/ECG200");
}
END_TEST

/* ---- Real sets ---- */

struct facts {
    uint64_t pixel_sum;
    uint8_t first[10];
    size_t counts[10];
};

static void check_facts(struct hk_samples samples, struct facts expected) {
    uint64_t sum = 0;
    size_t counts[10] = {0};
    ck_assert_uint_eq(samples.shape[0], 28);
    ck_assert_uint_eq(samples.shape[1], 28);
    for (size_t i = 0; i < samples.count * samples.size; i++) sum += samples.bytes[i];
    for (size_t i = 0; i < samples.count; i++) counts[samples.labels[i]]++;
    ck_assert_uint_eq(sum, expected.pixel_sum);
    ck_assert_mem_eq(samples.labels, expected.first, sizeof expected.first);
    for (size_t i = 0; i < 10; i++) ck_assert_uint_eq(counts[i], expected.counts[i]);
}

static void check_real(const char *name, const char *path, struct facts train, struct facts test) {
    accept((struct hk_dataset_options){.name = name,
                                       .path = path,
                                       .load_train = true,
                                       .load_test = true});
    ck_assert_uint_eq(set.train.count, 60000);
    ck_assert_uint_eq(set.test.count, 10000);
    check_facts(set.train, train);
    check_facts(set.test, test);
}

START_TEST(dataset_reads_the_real_mnist) {
    const char *path = hk_test_data("mnist");
    if (!path) hk_test_skip("MNIST is not here; set HILLOCK_DATA to the folder that holds mnist/");
    check_real("mnist", path,
               (struct facts){1567298545,
                              {5, 0, 4, 1, 9, 2, 1, 3, 1, 4},
                              {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}},
               (struct facts){264923200,
                              {7, 2, 1, 0, 4, 1, 4, 9, 5, 9},
                              {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}});
}
END_TEST

START_TEST(dataset_reads_the_real_fashion_mnist) {
    const char *path = hk_test_data("fashion-mnist");
    if (!path) hk_test_skip("Fashion-MNIST is not here; apt install dataset-fashion-mnist");
    check_real("fashion-mnist", path,
               (struct facts){3431114169,
                              {9, 0, 0, 3, 0, 2, 7, 2, 5, 5},
                              {6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000}},
               (struct facts){573469082,
                              {9, 2, 1, 1, 6, 1, 4, 6, 5, 7},
                              {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}});
}
END_TEST

static TCase *create_real_case(void) {
    TCase *tcase = tcase_create("real sets");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, dataset_reads_the_real_mnist);
    tcase_add_test(tcase, dataset_reads_the_real_fashion_mnist);
    return tcase;
}

Suite *suite_io_dataset(void) {
    Suite *suite = suite_create("io/dataset");
    TCase *tcase = tcase_create("dataset");
    tcase_add_checked_fixture(tcase, set_up_alone, tear_down);
    tcase_add_test(tcase, dataset_makes_digits);
    tcase_add_test(tcase, dataset_makes_as_many_digits_as_asked_for_from_the_seed);
    tcase_add_test(tcase, dataset_makes_only_what_is_asked_for);
    tcase_add_test(tcase, dataset_refuses_a_path_for_digits);
    tcase_add_test(tcase, dataset_suggests_the_nearest_name);
    tcase_add_test(tcase, dataset_is_read_from_the_path_before_all_else);
    tcase_add_test(tcase, dataset_is_looked_for_below_hillock_data);
    tcase_add_test(tcase, dataset_says_of_each_set_where_it_is_or_was_looked_for);
    tcase_add_test(tcase, dataset_is_read_from_hillock_data_itself_if_it_has_the_name);
    tcase_add_test(tcase, dataset_takes_no_other_set_for_the_one_asked_for);
    tcase_add_test(tcase, dataset_says_where_it_looked_and_what_would_help);
    tcase_add_test(tcase, dataset_knows_where_debian_puts_fashion_mnist);
    tcase_add_test(tcase, dataset_needs_only_the_files_of_what_is_asked_for);
    tcase_add_test(tcase, dataset_names_the_labels_that_are_missing);
    tcase_add_test(tcase, dataset_refuses_a_label_that_is_no_class);
    tcase_add_test(tcase, dataset_refuses_images_of_two_sizes);
    tcase_add_test(tcase, dataset_passes_on_what_is_wrong_with_a_file);
    tcase_add_test(tcase, dataset_refuses_the_settings_of_digits_for_files);
    tcase_add_test(tcase, dataset_finds_series_below_hillock_data);
    tcase_add_test(tcase, dataset_says_which_series_it_did_not_find);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, create_real_case());
    return suite;
}
