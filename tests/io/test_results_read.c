#include "io/results_read.h"

#include <check.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/results.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_results_file *file;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    file = NULL;
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_results_read_close(file);
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void assert_ok(bool ok) {
    ck_assert_msg(ok, "%s", err.message);
}

static void assert_error(enum hk_code code, const char *part) {
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.message, part), "\"%s\" lacks \"%s\"", err.message, part);
    err = (struct hk_err){0};
}

static void open_results(void) {
    file = hk_results_read_open(arena, "results.h5", &err);
    assert_ok(file != NULL);
}

/* results.h5 with one of each kind, and spikes of a second population. */
static void write_results(void) {
    const hk_tick ticks[] = {1, 3};
    const hk_neuron ids[] = {4, 2};
    const float rows[] = {-70.0F, -69.0F};
    const uint8_t cells[6] = {0};
    const size_t shape[] = {2, 3};
    struct hk_results *results = hk_results_create(arena, ".", &err);
    assert_ok(results != NULL);
    struct hk_results_spikes *exc = hk_results_spikes_open(results, "exc", 5, 0.1, &err);
    struct hk_results_spikes *inh = hk_results_spikes_open(results, "a-inh", 3, 0.1, &err);
    assert_ok(exc && inh && hk_results_spikes_append(exc, ticks, ids, 2, &err));
    struct hk_results_frames frames = {"exc", "v", "mV", ids, 2, 0.0, 1.0, HK_ELEMENT_F32};
    struct hk_results_report *report = hk_results_report_open(results, &frames, &err);
    assert_ok(report && hk_results_report_append(report, rows, 1, &err));
    struct hk_results_series *series =
        hk_results_series_open(results, "metrics/train/curve", "x, y", &err);
    assert_ok(series && hk_results_series_append(series, 1.0, 2.0, &err));
    struct hk_results_array array = {"weights/in->exc", "nS", HK_ELEMENT_U8, 2, shape, cells};
    assert_ok(hk_results_array(results, &array, &err));
    assert_ok(hk_results_number(results, "metrics/test/accuracy", 0.87, NULL, &err));
    assert_ok(hk_results_number(results, "metrics/test-2/loss", (double)NAN, NULL, &err));
    assert_ok(hk_results_number(results, "wall", 1.5, "s", &err));
    assert_ok(hk_results_integer(results, "metrics/test/samples", 10000, NULL, &err));
    assert_ok(hk_results_text(results, "experiment/resolved", "seed: 1\n", &err));
    hk_results_set_span(results, 0.0, 350.0);
    assert_ok(hk_results_close(results, &err));
}

static void write_file(const char *path, const char *text) {
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs(text, out), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static const char *const places[] = {"results.h5", ".", "./"};

START_TEST(reader_takes_the_file_or_its_folder) {
    write_results();
    file = hk_results_read_open(arena, places[_i], &err);
    assert_ok(file != NULL);
}
END_TEST

START_TEST(reader_says_that_there_is_nothing) {
    ck_assert_ptr_null(hk_results_read_open(arena, "results/x", &err));
    assert_error(HK_ERR_IO, "results/x: can't open: No such file or directory");
    ck_assert_ptr_null(hk_results_read_open(arena, ".", &err));
    assert_error(HK_ERR_IO, "./results.h5: can't open: No such file or directory");
}
END_TEST

START_TEST(reader_says_that_it_may_not_read) {
    if (geteuid() == 0) hk_test_skip("root may read everything");
    write_results();
    ck_assert_int_eq(chmod("results.h5", 0), 0);
    ck_assert_ptr_null(hk_results_read_open(arena, "results.h5", &err));
    assert_error(HK_ERR_IO, "results.h5: can't open: Permission denied");
}
END_TEST

static const char *const left[][2] = {
    {".", "."},        {"results.h5", "."},         {"results.h5.part", "."},
    {"../x/", "../x"}, {"../x/results.h5", "../x"},
};

START_TEST(reader_says_what_to_do_after_a_death) {
    char expected[256];
    FILE *journal = NULL;
    ck_assert(mkdir("x", 0777) == 0 && chdir("x") == 0);
    ck_assert_ptr_nonnull(journal = fopen("journal-000001", "w"));
    ck_assert_int_eq(fclose(journal), 0);
    ck_assert_ptr_null(hk_results_read_open(arena, left[_i][0], &err));
    (void)snprintf(expected, sizeof expected,
                   "%s: there is no results.h5: its run has died or still goes on. After its death "
                   "`hillock recover %s` makes one of what was recorded",
                   left[_i][1], left[_i][1]);
    assert_error(HK_ERR_DATA, expected);
}
END_TEST

START_TEST(reader_refuses_what_is_not_wholly_written) {
    struct hk_results *results = hk_results_create(arena, ".", &err);
    assert_ok(results != NULL);
    hk_results_destroy(results);
    ck_assert_ptr_null(hk_results_read_open(arena, "results.h5.part", &err));
    assert_error(HK_ERR_DATA, "results.h5.part isn't a whole results file");
}
END_TEST

static const char *const not_hdf5[] = {"", "seed: 1\n", "\x89HDF"};

START_TEST(reader_refuses_what_is_not_hdf5) {
    write_file("results.h5", not_hdf5[_i]);
    ck_assert_ptr_null(hk_results_read_open(arena, "results.h5", &err));
    assert_error(HK_ERR_DATA, "results.h5 isn't a results file, but something else than HDF5");
}
END_TEST

START_TEST(reader_refuses_other_hdf5_files) {
    hid_t other = H5Fcreate("results.h5", H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(other >= 0 && H5Fclose(other) >= 0);
    ck_assert_ptr_null(hk_results_read_open(arena, "results.h5", &err));
    assert_error(HK_ERR_DATA, "results.h5 is an HDF5 file, but not of results");
}
END_TEST

START_TEST(reader_refuses_a_file_that_was_cut_off) {
    struct stat status;
    write_results();
    ck_assert_int_eq(stat("results.h5", &status), 0);
    ck_assert_int_eq(truncate("results.h5", status.st_size / 2), 0);
    ck_assert_ptr_null(hk_results_read_open(arena, "results.h5", &err));
    assert_error(HK_ERR_DATA, "results.h5: can't open: truncated file");
}
END_TEST

START_TEST(reader_finds_values_by_path) {
    const char *text = NULL;
    double number = 0.0;
    write_results();
    open_results();
    assert_ok(hk_results_read_text(file, "experiment/resolved", &text, &err));
    ck_assert_str_eq(text, "seed: 1\n");
    assert_ok(hk_results_read_number(file, "metrics/test/accuracy", &number, &err));
    ck_assert_double_eq(number, 0.87);
    assert_ok(hk_results_read_number(file, "metrics/test/samples", &number, &err));
    ck_assert_double_eq(number, 10000.0);
}
END_TEST

START_TEST(reader_says_which_value_is_missing_or_another) {
    const char *text = NULL;
    double number = 0.0;
    write_results();
    open_results();
    ck_assert(!hk_results_read_text(file, "experiment/source", &text, &err));
    assert_error(HK_ERR_DATA, "results.h5: can't read experiment/source: ");
    ck_assert(!hk_results_read_text(file, "wall", &text, &err));
    assert_error(HK_ERR_DATA, "results.h5: wall isn't a readable text");
    ck_assert(!hk_results_read_number(file, "experiment/resolved", &number, &err));
    assert_error(HK_ERR_DATA, "results.h5: experiment/resolved isn't a readable number");
    ck_assert(!hk_results_read_number(file, "weights/in->exc", &number, &err));
    assert_error(HK_ERR_DATA, "results.h5: weights/in->exc isn't a readable number");
}
END_TEST

START_TEST(reader_gives_arrays_row_by_row) {
    struct hk_block values = {0};
    size_t count = 0;
    write_results();
    open_results();
    assert_ok(hk_results_read_array(file, "metrics/train/curve", &values, &count, &err));
    ck_assert_uint_eq(count, 2);
    ck_assert_mem_eq(values.data, ((double[]){1.0, 2.0}), 2 * sizeof(double));
    assert_ok(hk_results_read_array(file, "weights/in->exc", &values, &count, &err));
    ck_assert_uint_eq(count, 6);
    ck_assert_double_eq(((double *)values.data)[5], 0.0);
    ck_assert(!hk_results_read_array(file, "experiment/resolved", &values, &count, &err));
    assert_error(HK_ERR_DATA, "results.h5: experiment/resolved isn't a readable array of numbers");
    hk_block_finish(&values);
}
END_TEST

/* As h5py writes texts. */
START_TEST(reader_takes_texts_of_variable_size) {
    const char *given = "seed: 2\n", *text = NULL;
    write_results();
    hid_t out = H5Fopen("results.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    ck_assert(out >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0);
    hid_t set = H5Dcreate2(out, "text", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &given) >= 0);
    ck_assert(H5Dclose(set) >= 0 && H5Sclose(space) >= 0 && H5Tclose(type) >= 0);
    ck_assert(H5Fclose(out) >= 0);
    open_results();
    assert_ok(hk_results_read_text(file, "text", &text, &err));
    ck_assert_str_eq(text, given);
}
END_TEST

START_TEST(reader_gives_spikes_and_what_is_known_of_them) {
    struct hk_results_raster raster;
    write_results();
    open_results();
    assert_ok(hk_results_read_spikes(file, "exc", &raster, &err));
    ck_assert_uint_eq(raster.count, 2);
    ck_assert_mem_eq(raster.ticks, ((hk_tick[]){1, 3}), 2 * sizeof(hk_tick));
    ck_assert_mem_eq(raster.ids, ((hk_neuron[]){4, 2}), 2 * sizeof(hk_neuron));
    ck_assert_uint_eq(raster.neurons, 5);
    ck_assert_double_eq(raster.tick_ms, 0.1);
    ck_assert_double_eq(raster.start_ms, 0.0);
    ck_assert_double_eq(raster.stop_ms, 350.0);
    ck_assert(!hk_results_read_spikes(file, "none", &raster, &err));
    assert_error(HK_ERR_DATA, "results.h5: can't read spikes/none/timestamps: ");
}
END_TEST

/* Three spikes as a file might claim them that isn't ours. */
static const struct {
    double tick_ms, neurons, times[3];
    size_t time_count;
    uint64_t ids[3];
    const char *message;
} claims[] = {
    {0.1, 5, {0.1, 0.2, 0.25}, 3, {0, 0, 0}, "spike 2 at 0.25 ms isn't at a tick"},
    {0.1, 5, {0.1, 0.3, 0.2}, 3, {0, 0, 0}, "spike 2 at 0.20000000000000001 ms is out of order"},
    {0.1, 5, {-0.1, 0.2, 0.3}, 3, {0, 0, 0}, "spike 0 at -0.10000000000000001 ms is out of order"},
    {0.1, 5, {0.1, (double)NAN, 0.3}, 3, {0, 0, 0}, "spike 1 at nan ms is out of order or range"},
    {0.1, 5, {0.1, 0.2, 1e300}, 3, {0, 0, 0}, "ms is out of order or range"},
    {0.1, 5, {0.1, 0.2, 0.3}, 3, {0, 5, 0}, "spike 1 is of a neuron beyond the 5"},
    {0.1, 4294967295.0, {0.1, 0.2, 0.3}, 3, {0, 1ULL << 40, 0}, "spike 1 is of a neuron beyond"},
    {0.1, 5, {0.1, 0.2, 0.3}, 2, {0, 0, 0}, "has not as many node_ids as timestamps"},
    {0.0, 5, {0.1, 0.2, 0.3}, 3, {0, 0, 0}, "can't have 5 neurons and ticks of 0 ms"},
    {0.1, -1, {0.1, 0.2, 0.3}, 3, {0, 0, 0}, "can't have -1 neurons and ticks of 0.1 ms"},
};

static void claim_real(struct hk_store *store, const char *name, double value) {
    struct hk_attribute attribute = {"spikes/x", name, HK_ELEMENT_F64, 0, &value};
    assert_ok(hk_store_describe(store, &attribute, &err));
}

START_TEST(reader_believes_no_spikes_unseen) {
    const uint32_t magic = HK_RESULTS_MAGIC;
    const size_t times = claims[_i].time_count, ids = 3;
    struct hk_store *store = hk_store_create(arena, "results.h5", &err);
    assert_ok(store != NULL);
    struct hk_store_item sets[] = {
        {"spikes/x/timestamps", "ms", HK_ELEMENT_F64, 1, &times, claims[_i].times},
        {"spikes/x/node_ids", NULL, HK_ELEMENT_U64, 1, &ids, claims[_i].ids},
    };
    assert_ok(hk_store_put(store, &sets[0], &err) && hk_store_put(store, &sets[1], &err));
    struct hk_attribute attribute = {"/", "magic", HK_ELEMENT_U32, 0, &magic};
    assert_ok(hk_store_describe(store, &attribute, &err));
    claim_real(store, "n_neurons", claims[_i].neurons);
    claim_real(store, "tick_ms", claims[_i].tick_ms);
    claim_real(store, "t_start", 0.0);
    claim_real(store, "t_stop", 1.0);
    assert_ok(hk_store_close(store, &err));
    struct hk_results_raster raster;
    open_results();
    ck_assert(!hk_results_read_spikes(file, "x", &raster, &err));
    assert_error(HK_ERR_DATA, claims[_i].message);
}
END_TEST

/* Chunks that were never written take no room, so a small file may claim any number. */
START_TEST(reader_asks_no_memory_for_what_cannot_be_there) {
    static const char *const columns[] = {"spikes/exc/timestamps", "spikes/exc/node_ids"};
    write_results();
    hid_t out = H5Fopen("results.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    for (size_t i = 0; i < HK_COUNT(columns); i++) {
        hid_t set = H5Dopen2(out, columns[i], H5P_DEFAULT);
        ck_assert(H5Dset_extent(set, (hsize_t[]){1ULL << 50}) >= 0 && H5Dclose(set) >= 0);
    }
    ck_assert(H5Fclose(out) >= 0);
    struct hk_results_raster raster;
    open_results();
    ck_assert(!hk_results_read_spikes(file, "exc", &raster, &err));
    assert_error(HK_ERR_DATA, "spikes/exc claims more spikes than the file can hold");
}
END_TEST

struct notes {
    char text[1024];
    size_t used, stop_after, seen;
};

/* One line an item. */
static bool note(void *context, const struct hk_results_item *item, struct hk_err *error) {
    struct notes *notes = context;
    char value[64] = "";
    switch (item->kind) {
    case HK_RESULTS_NUMBER: (void)snprintf(value, sizeof value, "number %g", item->number); break;
    case HK_RESULTS_INTEGER:
        (void)snprintf(value, sizeof value, "integer %lld", (long long)item->integer);
        break;
    case HK_RESULTS_TEXT: (void)snprintf(value, sizeof value, "text %.7s", item->text); break;
    case HK_RESULTS_SPIKES:
        (void)snprintf(value, sizeof value, "spikes %llu of %llu until %g",
                       (unsigned long long)item->spikes.count,
                       (unsigned long long)item->spikes.neurons, item->spikes.stop_ms);
        break;
    case HK_RESULTS_ARRAY:
        ck_assert_uint_eq(item->array.rank, 2);
        (void)snprintf(value, sizeof value, "array %llux%llu",
                       (unsigned long long)item->array.shape[0],
                       (unsigned long long)item->array.shape[1]);
        break;
    }
    notes->used += (size_t)snprintf(notes->text + notes->used, sizeof notes->text - notes->used,
                                    "%s: %s%s%s\n", item->path, value, item->unit ? " in " : "",
                                    item->unit ? item->unit : "");
    if (++notes->seen == notes->stop_after) return HK_FAIL(error, HK_ERR_INTERRUPT, "enough");
    return true;
}

START_TEST(visitors_see_everything_sorted) {
    struct notes notes = {0};
    write_results();
    open_results();
    assert_ok(hk_results_visit(file, note, &notes, &err));
    ck_assert_str_eq(notes.text, "experiment/resolved: text seed: 1\n"
                                 "metrics/test/accuracy: number 0.87\n"
                                 "metrics/test/samples: integer 10000\n"
                                 "metrics/test-2/loss: number nan\n"
                                 "metrics/train/curve: array 1x2\n"
                                 "report/exc/data: array 1x2 in mV\n"
                                 "spikes/a-inh: spikes 0 of 3 until 350\n"
                                 "spikes/exc: spikes 2 of 5 until 350\n"
                                 "wall: number 1.5 in s\n"
                                 "weights/in->exc: array 2x3 in nS\n");
}
END_TEST

static bool note_order(void *context, const struct hk_results_item *item, struct hk_err *error) {
    char *last = context;
    (void)error;
    ck_assert_int_lt(strcmp(last, item->path), 0);
    (void)snprintf(last, 64, "%s", item->path);
    return true;
}

/* HDF5 stores large groups in another way. */
START_TEST(visitors_see_large_groups_sorted_too) {
    char path[64], last[64] = "";
    struct hk_results *results = hk_results_create(arena, ".", &err);
    assert_ok(results != NULL);
    for (int i = 99; i >= 0; i--) {
        (void)snprintf(path, sizeof path, "group/of-%02d/number", i);
        assert_ok(hk_results_number(results, path, i, NULL, &err));
    }
    assert_ok(hk_results_close(results, &err));
    open_results();
    assert_ok(hk_results_visit(file, note_order, last, &err));
    ck_assert_str_eq(last, "group/of-99/number");
}
END_TEST

START_TEST(visitors_may_end_the_visit) {
    struct notes notes = {.stop_after = 2};
    write_results();
    open_results();
    ck_assert(!hk_results_visit(file, note, &notes, &err));
    ck_assert_uint_eq(notes.seen, 2);
    assert_error(HK_ERR_INTERRUPT, "enough");
}
END_TEST

START_TEST(json_is_nested_as_the_paths_are) {
    struct hk_json json;
    struct hk_block block = {0};
    write_results();
    open_results();
    hk_json_to_block(&json, &block);
    assert_ok(hk_results_json(file, &json, &err));
    assert_ok(hk_json_finish(&json, &err));
    ck_assert_str_eq(
        block.data,
        "{\"experiment\":{\"resolved\":\"seed: 1\\n\"},"
        "\"metrics\":{\"test\":{\"accuracy\":0.87,\"samples\":10000},\"test-2\":{\"loss\":null},"
        "\"train\":{\"curve\":{\"shape\":[1,2]}}},"
        "\"report\":{\"exc\":{\"data\":{\"shape\":[1,2],\"units\":\"mV\"}}},"
        "\"spikes\":{\"a-inh\":{\"count\":0,\"n_neurons\":3,\"t_start\":0,\"t_stop\":350},"
        "\"exc\":{\"count\":2,\"n_neurons\":5,\"t_start\":0,\"t_stop\":350}},"
        "\"wall\":1.5,"
        "\"weights\":{\"in->exc\":{\"shape\":[2,3],\"units\":\"nS\"}}}");
    hk_block_finish(&block);
}
END_TEST

START_TEST(json_of_empty_results_is_an_empty_object) {
    struct hk_json json;
    struct hk_block block = {0};
    struct hk_results *results = hk_results_create(arena, ".", &err);
    assert_ok(results && hk_results_close(results, &err));
    open_results();
    hk_json_to_block(&json, &block);
    assert_ok(hk_results_json(file, &json, &err));
    assert_ok(hk_json_finish(&json, &err));
    ck_assert_str_eq(block.data, "{}");
    hk_block_finish(&block);
}
END_TEST

static void add_opening(TCase *tcase) {
    tcase_add_loop_test(tcase, reader_takes_the_file_or_its_folder, 0, (int)HK_COUNT(places));
    tcase_add_test(tcase, reader_says_that_there_is_nothing);
    tcase_add_test(tcase, reader_says_that_it_may_not_read);
    tcase_add_loop_test(tcase, reader_says_what_to_do_after_a_death, 0, (int)HK_COUNT(left));
    tcase_add_test(tcase, reader_refuses_what_is_not_wholly_written);
    tcase_add_loop_test(tcase, reader_refuses_what_is_not_hdf5, 0, (int)HK_COUNT(not_hdf5));
    tcase_add_test(tcase, reader_refuses_other_hdf5_files);
    tcase_add_test(tcase, reader_refuses_a_file_that_was_cut_off);
}

Suite *suite_io_results_read(void) {
    Suite *suite = suite_create("io/results_read");
    TCase *tcase = tcase_create("results_read");
    tcase_add_checked_fixture(tcase, setup, teardown);
    add_opening(tcase);
    tcase_add_test(tcase, reader_finds_values_by_path);
    tcase_add_test(tcase, reader_says_which_value_is_missing_or_another);
    tcase_add_test(tcase, reader_gives_arrays_row_by_row);
    tcase_add_test(tcase, reader_takes_texts_of_variable_size);
    tcase_add_test(tcase, reader_gives_spikes_and_what_is_known_of_them);
    tcase_add_loop_test(tcase, reader_believes_no_spikes_unseen, 0, (int)HK_COUNT(claims));
    tcase_add_test(tcase, reader_asks_no_memory_for_what_cannot_be_there);
    tcase_add_test(tcase, visitors_see_everything_sorted);
    tcase_add_test(tcase, visitors_see_large_groups_sorted_too);
    tcase_add_test(tcase, visitors_may_end_the_visit);
    tcase_add_test(tcase, json_is_nested_as_the_paths_are);
    tcase_add_test(tcase, json_of_empty_results_is_an_empty_object);
    suite_add_tcase(suite, tcase);
    return suite;
}
