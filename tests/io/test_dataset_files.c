#include "io/dataset_files.h"

#include "io/digest.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_SIZE = 3073 };

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_dataset set;

static void set_up(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static const char *path_of(const char *name) {
    const char *path = hk_arena_format(arena, &err, "%s/%s", hk_test_folder(), name);
    ck_assert_ptr_nonnull(path);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t size) {
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static struct hk_dataset_options in_test_folder(const char *name) {
    return (struct hk_dataset_options){.name = name,
                                       .path = hk_test_folder(),
                                       .load_train = true,
                                       .load_test = true};
}

static void accept(const struct hk_dataset_options *options) {
    ck_assert_msg(hk_dataset_open(arena, options, &set, &err), "%s", err.message);
}

static void refuse(const struct hk_dataset_options *options, const char *message) {
    err = (struct hk_err){0};
    ck_assert(!hk_dataset_open(arena, options, &set, &err));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}

/* ---- CIFAR-10 ---- */

/* A batch of one record of that class. */
static void write_batch(const char *name, uint8_t class) {
    uint8_t record[RECORD_SIZE] = {class, class};
    write_bytes(name, record, sizeof record);
}

static void write_batches(void) {
    char name[32];
    for (int i = 1; i <= 5; i++) {
        (void)snprintf(name, sizeof name, "data_batch_%d.bin", i);
        write_batch(name, (uint8_t)i);
    }
    write_batch("test_batch.bin", 9);
}

START_TEST(cifar_10_is_five_batches_and_one) {
    static const uint8_t classes[] = {1, 2, 3, 4, 5};
    const struct hk_dataset_options options = in_test_folder("cifar-10");
    write_batches();
    accept(&options);
    ck_assert_str_eq(set.name, "cifar-10");
    ck_assert_uint_eq(set.classes, 10);
    ck_assert_uint_eq(set.train.count, 5);
    ck_assert_mem_eq(set.train.labels, classes, 5);
    ck_assert_uint_eq(set.train.bytes[(size_t)4 * 3072], 5);
    ck_assert_uint_eq(set.test.count, 1);
    ck_assert_uint_eq(set.test.labels[0], 9);
}
END_TEST

START_TEST(cifar_10_is_found_below_hillock_data) {
    const struct hk_dataset_options options = {.name = "cifar-10", .load_test = true};
    const char *home = hk_test_folder(), *message;
    ck_assert_int_eq(setenv("HILLOCK_DATA", home, 1), 0);
    message = hk_arena_format(arena, &err,
                              "the data set cifar-10 was not found: set HILLOCK_DATA to the folder "
                              "that holds cifar-10/ with the six files of the binary version; "
                              "looked in %s/cifar-10",
                              home);
    refuse(&options, message);
    err = (struct hk_err){0};
    ck_assert_int_eq(symlink(home, path_of("cifar-10")), 0);
    write_batch("test_batch.bin", 9);
    accept(&options);
    ck_assert_uint_eq(set.test.count, 1);
    ck_assert_uint_eq(set.train.count, 0);
    (void)unlink(path_of("cifar-10"));
}
END_TEST

START_TEST(cifar_10_with_a_batch_missing_is_refused) {
    const struct hk_dataset_options options = in_test_folder("cifar-10");
    write_batches();
    ck_assert_int_eq(unlink(path_of("data_batch_4.bin")), 0);
    refuse(&options,
           hk_arena_format(arena, &err, "%s: there is no data_batch_4.bin or data_batch_4.bin.xz",
                           hk_test_folder()));
}
END_TEST

/* ---- UCR ---- */

START_TEST(series_are_read_from_tsv_where_both_are_there) {
    const struct hk_dataset_options options = in_test_folder("ucr/Ups");
    write_bytes("Ups_TRAIN.tsv", "1\t7\n", 4);
    write_bytes("Ups_TRAIN.ts", "not read", 8);
    write_bytes("Ups_TEST.ts", "@data\n8:1\n", 10);
    accept(&options);
    ck_assert(set.train.reals[0] == 7 && set.test.reals[0] == 8);
}
END_TEST

START_TEST(series_name_the_part_that_is_missing) {
    const struct hk_dataset_options options = in_test_folder("ucr/Ups");
    write_bytes("Ups_TRAIN.tsv", "1\t2\n", 4);
    refuse(&options, hk_arena_format(arena, &err, "%s: there is no Ups_TEST.tsv or Ups_TEST.ts",
                                     hk_test_folder()));
}
END_TEST

/* ---- Digests ---- */

static const struct hk_file_digest *digest_of(const char *name) {
    struct hk_file_digest *digest = HK_NEW(arena, struct hk_file_digest, 1, &err);
    char text[HK_DIGEST_SIZE];
    ck_assert(digest && hk_digest_file(path_of(name), text, &err));
    *digest =
        (struct hk_file_digest){hk_arena_text(arena, name, &err), hk_arena_text(arena, text, &err)};
    return digest;
}

START_TEST(a_file_with_the_right_digest_is_read) {
    struct hk_dataset_options options = in_test_folder("cifar-10");
    write_batches();
    options.digests = digest_of("data_batch_2.bin");
    options.digest_count = 1;
    accept(&options);
}
END_TEST

START_TEST(a_file_with_another_digest_is_refused_before_it_is_read) {
    struct hk_dataset_options options = in_test_folder("cifar-10");
    char found[HK_DIGEST_SIZE];
    write_batches();
    options.digests = digest_of("data_batch_2.bin");
    options.digest_count = 1;
    write_bytes("data_batch_2.bin", "no record", 9);
    ck_assert(hk_digest_file(path_of("data_batch_2.bin"), found, &err));
    refuse(&options,
           hk_arena_format(arena, &err, "%s: SHA-256 %s expected, %s found: this is another file",
                           path_of("data_batch_2.bin"), options.digests[0].sha256, found));
}
END_TEST

/* Else a digest could be of the packed file while the plain one beside it is read. */
START_TEST(a_digest_of_a_file_that_is_not_read_is_refused) {
    struct hk_dataset_options options = in_test_folder("cifar-10");
    write_batches();
    write_batch("test_batch.bin.xz", 9);
    options.digests = digest_of("test_batch.bin.xz");
    options.digest_count = 1;
    refuse(&options, hk_arena_format(arena, &err,
                                     "%s: a digest is given for test_batch.bin.xz, but this set "
                                     "isn't read from a file of that name here",
                                     hk_test_folder()));
}
END_TEST

START_TEST(digits_have_no_files_to_have_digests) {
    static const struct hk_file_digest digest = {"some", "00"};
    const struct hk_dataset_options options = {.name = "digits",
                                               .load_test = true,
                                               .digests = &digest,
                                               .digest_count = 1};
    ck_assert(!hk_dataset_open(arena, &options, &set, &err));
    ck_assert_str_eq(err.message, "digits is built in: it has no files, but 'some' was given");
}
END_TEST

/* ---- The real files ---- */

struct facts {
    size_t count;
    uint64_t sum; /* of the values of the first 10000 samples */
    uint8_t labels[10], values[4];
    size_t of_class;
};

static void check_facts(const struct hk_samples *samples, const struct facts *facts) {
    uint64_t sum = 0;
    size_t counts[10] = {0};
    ck_assert_uint_eq(samples->count, facts->count);
    for (size_t i = 0; i < (size_t)10000 * samples->size; i++) sum += samples->bytes[i];
    for (size_t i = 0; i < samples->count; i++) counts[samples->labels[i]]++;
    ck_assert_uint_eq(sum, facts->sum);
    ck_assert_mem_eq(samples->labels, facts->labels, 10);
    ck_assert_mem_eq(samples->bytes, facts->values, 4);
    for (size_t i = 0; i < 10; i++) ck_assert_uint_eq(counts[i], facts->of_class);
}

static const struct facts test_facts = {10000,
                                        3733375634,
                                        {3, 8, 8, 0, 6, 6, 1, 6, 3, 1},
                                        {158, 159, 165, 166},
                                        1000};
static const struct facts train_facts = {50000,
                                         3718380578,
                                         {6, 9, 9, 4, 1, 1, 2, 7, 8, 3},
                                         {59, 43, 50, 68},
                                         5000};

START_TEST(the_test_part_of_the_real_cifar_10_is_read) {
    const char *path = hk_test_data("cifar-10");
    if (!path) hk_test_skip("CIFAR-10 is not here; set HILLOCK_DATA to what holds cifar-10/");
    const struct hk_dataset_options options = {.name = "cifar-10", .path = path, .load_test = true};
    accept(&options);
    check_facts(&set.test, &test_facts);
}
END_TEST

START_TEST(the_whole_of_the_real_cifar_10_is_read) {
    hk_test_only_long();
    const char *path = hk_test_data("cifar-10");
    if (!path) hk_test_skip("CIFAR-10 is not here; set HILLOCK_DATA to what holds cifar-10/");
    const struct hk_dataset_options options = {.name = "cifar-10",
                                               .path = path,
                                               .load_train = true,
                                               .load_test = true};
    accept(&options);
    check_facts(&set.train, &train_facts);
    check_facts(&set.test, &test_facts);
}
END_TEST

START_TEST(the_digests_of_the_real_mnist_are_the_published_ones) {
    static const struct hk_file_digest digests[] = {
        {"t10k-images-idx3-ubyte.gz",
         "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
        {"t10k-labels-idx1-ubyte.gz",
         "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
    };
    const char *path = hk_test_data("mnist");
    if (!path) hk_test_skip("MNIST is not here; set HILLOCK_DATA to the folder that holds mnist/");
    if (access(hk_arena_format(arena, &err, "%s/%s", path, digests[0].file), F_OK) != 0)
        hk_test_skip("MNIST is here, but not in the published, compressed files");
    const struct hk_dataset_options options = {.name = "mnist",
                                               .path = path,
                                               .load_test = true,
                                               .digests = digests,
                                               .digest_count = HK_COUNT(digests)};
    accept(&options);
}
END_TEST

Suite *suite_io_dataset_files(void) {
    Suite *suite = suite_create("io/dataset_files");
    TCase *tcase = tcase_create("files");
    tcase_set_timeout(tcase, 120); /* unpacking all of CIFAR-10 alone takes eight seconds */
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, cifar_10_is_five_batches_and_one);
    tcase_add_test(tcase, cifar_10_is_found_below_hillock_data);
    tcase_add_test(tcase, cifar_10_with_a_batch_missing_is_refused);
    tcase_add_test(tcase, series_are_read_from_tsv_where_both_are_there);
    tcase_add_test(tcase, series_name_the_part_that_is_missing);
    tcase_add_test(tcase, a_file_with_the_right_digest_is_read);
    tcase_add_test(tcase, a_file_with_another_digest_is_refused_before_it_is_read);
    tcase_add_test(tcase, a_digest_of_a_file_that_is_not_read_is_refused);
    tcase_add_test(tcase, digits_have_no_files_to_have_digests);
    tcase_add_test(tcase, the_test_part_of_the_real_cifar_10_is_read);
    tcase_add_test(tcase, the_whole_of_the_real_cifar_10_is_read);
    tcase_add_test(tcase, the_digests_of_the_real_mnist_are_the_published_ones);
    suite_add_tcase(suite, tcase);
    return suite;
}
