/* Attributes and types are looked at with HDF5 itself, the rest through our reader. */
#define H5_USE_110_API
#include "io/results.h"

#include <check.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/results_read.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_results *results;
static struct hk_err err;

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_ptr_nonnull(arena);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    results = hk_results_create(arena, ".", &err);
    ck_assert_msg(results != NULL, "%s", err.message);
}

static void teardown(void) {
    hk_results_destroy(results);
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

static hid_t closed_file(void) {
    assert_ok(hk_results_close(results, &err));
    hid_t file = H5Fopen("results.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert(file >= 0);
    return file;
}

static struct hk_results_file *closed_results(void) {
    assert_ok(hk_results_close(results, &err));
    struct hk_results_file *file = hk_results_read_open(arena, ".", &err);
    assert_ok(file != NULL);
    return file;
}

static struct hk_results_spikes *open_spikes(const char *population, size_t neurons,
                                             double tick_ms) {
    struct hk_results_spikes *spikes =
        hk_results_spikes_open(results, population, neurons, tick_ms, &err);
    assert_ok(spikes != NULL);
    return spikes;
}

static void assert_type(hid_t type, hid_t expected) {
    ck_assert_int_gt(H5Tequal(type, expected), 0);
    ck_assert(H5Tclose(type) >= 0);
}

static double real_attribute(hid_t file, const char *path, const char *name) {
    double value = -1.0;
    hid_t id = H5Aopen_by_name(file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_msg(id >= 0, "%s@%s", path, name);
    ck_assert(H5Aread(id, H5T_NATIVE_DOUBLE, &value) >= 0 && H5Aclose(id) >= 0);
    return value;
}

static void assert_text_attribute(hid_t file, const char *path, const char *name,
                                  const char *expected) {
    char *text = NULL;
    hid_t id = H5Aopen_by_name(file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_msg(id >= 0, "%s@%s", path, name);
    hid_t type = H5Aget_type(id);
    ck_assert(H5Aread(id, type, &text) >= 0 && H5Tclose(type) >= 0 && H5Aclose(id) >= 0);
    ck_assert_str_eq(text, expected);
    ck_assert(H5free_memory(text) >= 0);
}

/* A one-dimensional dataset of at most `room` doubles. */
static size_t read_reals(hid_t file, const char *path, double *values, size_t room) {
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    ck_assert_msg(set >= 0, "%s", path);
    hid_t space = H5Dget_space(set);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    ck_assert(count >= 0 && (size_t)count <= room);
    ck_assert(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    ck_assert(H5Sclose(space) >= 0 && H5Dclose(set) >= 0);
    return (size_t)count;
}

START_TEST(results_are_a_sonata_file) {
    uint32_t version[2] = {7, 7};
    hid_t file = closed_file();
    ck_assert_double_eq(real_attribute(file, "/", "magic"), 0x0A7A);
    hid_t id = H5Aopen(file, "version", H5P_DEFAULT);
    assert_type(H5Aget_type(id), H5T_STD_U32LE);
    ck_assert(H5Aread(id, H5T_NATIVE_UINT32, version) >= 0 && H5Aclose(id) >= 0);
    ck_assert_uint_eq(version[0], 0);
    ck_assert_uint_eq(version[1], 1);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(spikes_lie_as_sonata_has_them) {
    const hk_tick ticks[] = {10, 25, 25};
    const hk_neuron ids[] = {7, 0, 3};
    double times[3], nodes[3];
    struct hk_results_spikes *spikes = open_spikes("exc", 8, 0.1);
    assert_ok(hk_results_spikes_append(spikes, ticks, ids, 3, &err));
    hk_results_set_span(results, 0.0, 100.0);
    hid_t file = closed_file();

    ck_assert_uint_eq(read_reals(file, "spikes/exc/timestamps", times, 3), 3);
    ck_assert_uint_eq(read_reals(file, "spikes/exc/node_ids", nodes, 3), 3);
    ck_assert_mem_eq(times, ((double[]){1.0, 2.5, 2.5}), sizeof times);
    ck_assert_mem_eq(nodes, ((double[]){7.0, 0.0, 3.0}), sizeof nodes);
    hid_t set = H5Dopen2(file, "spikes/exc/timestamps", H5P_DEFAULT);
    assert_type(H5Dget_type(set), H5T_IEEE_F64LE);
    ck_assert(H5Dclose(set) >= 0);
    set = H5Dopen2(file, "spikes/exc/node_ids", H5P_DEFAULT);
    assert_type(H5Dget_type(set), H5T_STD_U64LE);
    ck_assert(H5Dclose(set) >= 0);
    assert_text_attribute(file, "spikes/exc/timestamps", "units", "ms");
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "n_neurons"), 8.0);
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "tick_ms"), 0.1);
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "t_start"), 0.0);
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "t_stop"), 100.0);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

/* The values of SONATA's enumeration, by name. */
START_TEST(spikes_say_that_they_are_sorted_by_time) {
    int8_t value = -1, by_id = -1, by_time = -1;
    (void)open_spikes("exc", 1, 0.1);
    hid_t file = closed_file();
    hid_t id = H5Aopen_by_name(file, "spikes/exc", "sorting", H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(id);
    ck_assert_int_eq(H5Tget_class(type), H5T_ENUM);
    ck_assert(H5Tenum_valueof(type, "by_id", &by_id) >= 0);
    ck_assert(H5Tenum_valueof(type, "by_time", &by_time) >= 0);
    ck_assert(H5Aread(id, type, &value) >= 0);
    ck_assert_int_eq(by_id, 1);
    ck_assert_int_eq(value, by_time);
    ck_assert(H5Tclose(type) >= 0 && H5Aclose(id) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

/* The last one is no short decimal. */
static const struct {
    double tick_ms;
    hk_tick tick;
    double time;
} times[] = {
    {0.1, 3, 0.3},     {0.1, 12345678901, 1234567890.1},
    {0.1, 0, 0.0},     {1.0, 7, 7.0},
    {0.3, 3, 0.9},     {0.025, 3, 0.075},
    {0.125, 7, 0.875}, {1e-6, 1234567, 1.234567},
    {2.5, 3, 7.5},     {1.0 / 3.0, 7, 7.0 * (1.0 / 3.0)},
};

START_TEST(spikes_have_times_as_people_write_them) {
    double written;
    const hk_neuron id = 0;
    struct hk_results_spikes *spikes = open_spikes("exc", 1, times[_i].tick_ms);
    assert_ok(hk_results_spikes_append(spikes, &times[_i].tick, &id, 1, &err));
    hid_t file = closed_file();
    ck_assert_uint_eq(read_reals(file, "spikes/exc/timestamps", &written, 1), 1);
    ck_assert_msg(written == times[_i].time, "%.17g, not %.17g", written, times[_i].time);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

/* Three populations at once, in uneven portions; the first is longer than three chunks. */
START_TEST(spikes_read_back_as_they_were_given) {
    enum { COUNT = 200000, PART = 4999 };
    hk_tick *ticks = HK_NEW(arena, hk_tick, COUNT, &err);
    hk_neuron *ids = HK_NEW(arena, hk_neuron, COUNT, &err);
    ck_assert(ticks && ids);
    for (size_t i = 0; i < COUNT; i++) {
        ticks[i] = (hk_tick)(i / 3);
        ids[i] = (hk_neuron)(i * 7919 % 1000);
    }
    struct hk_results_spikes *exc = open_spikes("exc", 1000, 0.1);
    struct hk_results_spikes *inh = open_spikes("inh", 1000, 0.1);
    (void)open_spikes("silent", 5, 0.1);
    for (size_t at = 0, part; at < COUNT; at += part) {
        part = COUNT - at < PART ? COUNT - at : PART;
        assert_ok(hk_results_spikes_append(exc, ticks + at, ids + at, part, &err));
        assert_ok(hk_results_spikes_append(inh, ticks + at, ids + at, 1, &err));
    }
    struct hk_results_file *file = closed_results();
    struct hk_results_raster raster;
    assert_ok(hk_results_read_spikes(file, "exc", &raster, &err));
    ck_assert_uint_eq(raster.count, COUNT);
    ck_assert_mem_eq(raster.ticks, ticks, COUNT * sizeof *ticks);
    ck_assert_mem_eq(raster.ids, ids, COUNT * sizeof *ids);
    assert_ok(hk_results_read_spikes(file, "inh", &raster, &err));
    ck_assert_uint_eq(raster.count, (COUNT + PART - 1) / PART);
    for (size_t i = 0; i < raster.count; i++) {
        ck_assert_int_eq(raster.ticks[i], ticks[i * PART]);
        ck_assert_uint_eq(raster.ids[i], ids[i * PART]);
    }
    assert_ok(hk_results_read_spikes(file, "silent", &raster, &err));
    ck_assert_uint_eq(raster.count, 0);
    ck_assert_uint_eq(raster.neurons, 5);
    hk_results_read_close(file);
}
END_TEST

START_TEST(spikes_span_their_ticks_when_nobody_says_more) {
    const hk_tick tick = 41;
    const hk_neuron id = 0;
    assert_ok(hk_results_spikes_append(open_spikes("exc", 1, 0.1), &tick, &id, 1, &err));
    (void)open_spikes("silent", 1, 0.1);
    hid_t file = closed_file();
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "t_start"), 0.0);
    ck_assert_double_eq(real_attribute(file, "spikes/exc", "t_stop"), 4.2);
    ck_assert_double_eq(real_attribute(file, "spikes/silent", "t_stop"), 0.0);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(spikes_out_of_order_or_range_are_refused_whole) {
    const struct {
        hk_tick ticks[2];
        hk_neuron ids[2];
        const char *message;
    } cases[] = {
        {{4, 4}, {0, 0}, "spikes/exc: a spike at tick 4, after tick 5"},
        {{9, 8}, {0, 0}, "spikes/exc: a spike at tick 8, after tick 9"},
        {{6, 7}, {0, 10}, "spikes/exc: a spike of neuron 10, of 10 neurons (from 0)"},
    };
    const hk_tick start = 5, before = -1;
    const hk_neuron id = 9;
    struct hk_results_spikes *exc = open_spikes("exc", 10, 0.1);
    ck_assert(!hk_results_spikes_append(exc, &before, &id, 1, &err));
    assert_error(HK_ERR_RANGE, "spikes/exc: a spike at tick -1");
    assert_ok(hk_results_spikes_append(exc, &start, &id, 1, &err));
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        ck_assert(!hk_results_spikes_append(exc, cases[i].ticks, cases[i].ids, 2, &err));
        assert_error(HK_ERR_RANGE, cases[i].message);
    }
    struct hk_results_raster raster;
    struct hk_results_file *file = closed_results();
    assert_ok(hk_results_read_spikes(file, "exc", &raster, &err));
    ck_assert_uint_eq(raster.count, 1);
    hk_results_read_close(file);
}
END_TEST

START_TEST(values_have_their_types_and_units) {
    assert_ok(hk_results_number(results, "wall/total", 1.5, "s", &err));
    assert_ok(hk_results_integer(results, "network/synapses", 298880968, NULL, &err));
    assert_ok(hk_results_text(results, "provenance/status", "done", &err));
    hid_t file = closed_file();
    hid_t set = H5Dopen2(file, "wall/total", H5P_DEFAULT);
    assert_type(H5Dget_type(set), H5T_IEEE_F64LE);
    ck_assert(H5Dclose(set) >= 0);
    assert_text_attribute(file, "wall/total", "units", "s");
    set = H5Dopen2(file, "network/synapses", H5P_DEFAULT);
    assert_type(H5Dget_type(set), H5T_STD_I64LE);
    ck_assert_int_eq(H5Aexists(set, "units"), 0);
    ck_assert(H5Dclose(set) >= 0 && H5Fclose(file) >= 0);
}
END_TEST

START_TEST(arrays_keep_shape_and_unit) {
    const float data[] = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    const size_t shape[] = {2, 3};
    double back[6];
    struct hk_results_array array = {"weights/in->exc", "nS", HK_ELEMENT_F32, 2, shape, data};
    assert_ok(hk_results_array(results, &array, &err));
    hid_t file = closed_file();
    ck_assert_uint_eq(read_reals(file, "weights/in->exc", back, 6), 6);
    for (size_t i = 0; i < 6; i++) ck_assert_double_eq(back[i], (double)data[i]);
    assert_text_attribute(file, "weights/in->exc", "units", "nS");
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(series_grow_point_by_point) {
    enum { POINTS = 2500, VALUES = 2 * POINTS };
    static double back[VALUES];
    struct hk_results_series *series =
        hk_results_series_open(results, "metrics/train/running_accuracy", "samples, accuracy",
                               &err);
    assert_ok(series != NULL);
    for (int i = 0; i < POINTS; i++) assert_ok(hk_results_series_append(series, i, -i, &err));
    hid_t file = closed_file();
    ck_assert_uint_eq(read_reals(file, "metrics/train/running_accuracy", back, VALUES), VALUES);
    for (size_t i = 0; i < POINTS; i++)
        ck_assert(back[2 * i] == (double)i && back[2 * i + 1] == -(double)i);
    assert_text_attribute(file, "metrics/train/running_accuracy", "columns", "samples, accuracy");
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

static struct hk_results_report *open_report(enum hk_element element) {
    static const hk_neuron ids[] = {2, 5, 9};
    struct hk_results_frames frames = {.name = "exc",
                                       .variable = "v",
                                       .unit = "mV",
                                       .ids = ids,
                                       .count = 3,
                                       .start_ms = 10.0,
                                       .step_ms = 0.5,
                                       .element = element};
    struct hk_results_report *report = hk_results_report_open(results, &frames, &err);
    assert_ok(report != NULL);
    return report;
}

START_TEST(reports_lie_as_sonata_has_them) {
    const float rows[] = {-70.0F, -69.0F, -68.0F, -67.0F, -66.0F, -65.0F};
    double back[6];
    assert_ok(hk_results_report_append(open_report(HK_ELEMENT_F32), rows, 2, &err));
    hid_t file = closed_file();
    ck_assert_uint_eq(read_reals(file, "report/exc/data", back, 6), 6);
    for (size_t i = 0; i < 6; i++) ck_assert_double_eq(back[i], (double)rows[i]);
    ck_assert_uint_eq(read_reals(file, "report/exc/mapping/node_ids", back, 6), 3);
    ck_assert_mem_eq(back, ((double[]){2.0, 5.0, 9.0}), 3 * sizeof *back);
    ck_assert_uint_eq(read_reals(file, "report/exc/mapping/index_pointers", back, 6), 4);
    ck_assert_mem_eq(back, ((double[]){0.0, 1.0, 2.0, 3.0}), 4 * sizeof *back);
    ck_assert_uint_eq(read_reals(file, "report/exc/mapping/element_ids", back, 6), 3);
    ck_assert_mem_eq(back, ((double[]){0.0, 0.0, 0.0}), 3 * sizeof *back);
    ck_assert_uint_eq(read_reals(file, "report/exc/mapping/time", back, 6), 3);
    ck_assert_mem_eq(back, ((double[]){10.0, 11.0, 0.5}), 3 * sizeof *back);
    ck_assert_double_eq(real_attribute(file, "report/exc/mapping/node_ids", "sorted"), 1.0);
    assert_text_attribute(file, "report/exc/mapping/time", "units", "ms");
    assert_text_attribute(file, "report/exc/data", "units", "mV");
    assert_text_attribute(file, "report/exc/data", "variable", "v");
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(reports_have_types_that_tools_expect) {
    const struct {
        const char *path;
        hid_t type;
    } cases[] = {
        {"report/exc/data", H5T_IEEE_F32LE},
        {"report/exc/mapping/node_ids", H5T_STD_U64LE},
        {"report/exc/mapping/index_pointers", H5T_STD_U64LE},
        {"report/exc/mapping/element_ids", H5T_STD_U32LE},
        {"report/exc/mapping/time", H5T_IEEE_F64LE},
    };
    (void)open_report(HK_ELEMENT_F32);
    hid_t file = closed_file();
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        hid_t set = H5Dopen2(file, cases[i].path, H5P_DEFAULT);
        assert_type(H5Dget_type(set), cases[i].type);
        ck_assert(H5Dclose(set) >= 0);
    }
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

START_TEST(reports_have_both_spellings_of_one_dataset) {
    H5O_info_t plural, singular;
    (void)open_report(HK_ELEMENT_F64);
    hid_t file = closed_file();
    ck_assert(
        H5Oget_info_by_name(file, "report/exc/mapping/index_pointers", &plural, H5P_DEFAULT) >= 0);
    ck_assert(
        H5Oget_info_by_name(file, "report/exc/mapping/index_pointer", &singular, H5P_DEFAULT) >= 0);
    ck_assert_uint_eq(plural.addr, singular.addr);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

/* A chunk holds 256 KiB: more frames than that. */
START_TEST(reports_keep_all_frames_across_chunks) {
    enum { FRAMES = 30000, VALUES = 3 * FRAMES };
    double *rows = HK_NEW(arena, double, VALUES, &err);
    double *back = HK_NEW(arena, double, VALUES, &err);
    ck_assert(rows && back);
    for (size_t i = 0; i < VALUES; i++) rows[i] = (double)i * 0.1;
    struct hk_results_report *report = open_report(HK_ELEMENT_F64);
    assert_ok(hk_results_report_append(report, rows, 1, &err));
    assert_ok(hk_results_report_append(report, rows + 3, FRAMES - 1, &err));
    hid_t file = closed_file();
    ck_assert_uint_eq(read_reals(file, "report/exc/data", back, VALUES), VALUES);
    ck_assert_mem_eq(back, rows, VALUES * sizeof *rows);
    ck_assert(H5Fclose(file) >= 0);
}
END_TEST

static const char *const bad_paths[] = {"", "/", "/a", "a/", "a//b", ".", "a/../b", "a/."};

START_TEST(paths_that_lead_astray_are_refused) {
    ck_assert(!hk_results_number(results, bad_paths[_i], 1.0, NULL, &err));
    assert_error(HK_ERR_CONFIG, "can't be a path in a results file");
    ck_assert(!hk_results_text(results, bad_paths[_i], "", &err));
    assert_error(HK_ERR_CONFIG, "can't be a path in a results file");
}
END_TEST

static const char *const bad_names[] = {"", ".", "..", "a/b"};

START_TEST(populations_that_lead_astray_are_refused) {
    ck_assert_ptr_null(hk_results_spikes_open(results, bad_names[_i], 1, 0.1, &err));
    assert_error(HK_ERR_CONFIG, "can't be a name in a results file");
    assert_ok(hk_results_close(results, &err)); /* and have done no harm */
}
END_TEST

START_TEST(names_that_look_odd_are_fine) {
    assert_ok(hk_results_number(results, "weights/in->exc.2/...", 1.0, NULL, &err));
    (void)open_spikes("..exc", 1, 0.1);
    (void)open_spikes("\xCE\xB1 cells", 1, 0.1);
    ck_assert(H5Fclose(closed_file()) >= 0);
}
END_TEST

START_TEST(results_have_one_folder_each) {
    ck_assert_ptr_null(hk_results_create(arena, ".", &err));
    assert_error(HK_ERR_IO, "./results.h5.part: can't make this file: file exists");
    ck_assert_ptr_null(hk_results_create(arena, "none", &err));
    assert_error(HK_ERR_IO, "none/results.h5.part: can't make this file: No such file");
}
END_TEST

/* A file with one of each kind. */
static void write_one_of_each(void) {
    const hk_tick ticks[] = {1, 3};
    const hk_neuron ids[] = {4, 2};
    const float rows[] = {-70.0F, -69.0F, -68.0F};
    assert_ok(hk_results_spikes_append(open_spikes("exc", 5, 0.1), ticks, ids, 2, &err));
    assert_ok(hk_results_report_append(open_report(HK_ELEMENT_F32), rows, 1, &err));
    assert_ok(hk_results_number(results, "metrics/test/accuracy", 0.87, NULL, &err));
    assert_ok(hk_results_text(results, "experiment/resolved", "seed: 1\n", &err));
    assert_ok(hk_results_close(results, &err));
}

START_TEST(h5dump_reads_results) {
    if (access("/usr/bin/h5dump", X_OK) != 0) hk_test_skip("no h5dump here");
    write_one_of_each();
    ck_assert_int_eq(system("/usr/bin/h5dump results.h5 >dump.txt 2>&1"), 0);
    ck_assert_int_eq(system("grep -q 'by_time' dump.txt && grep -q '0.1, 0.3' dump.txt"), 0);
}
END_TEST

START_TEST(h5py_reads_results) {
    if (system("/usr/bin/python3 -c 'import h5py' >/dev/null 2>&1") != 0)
        hk_test_skip("no h5py here");
    static const char program[] =
        "import h5py\n"
        "f = h5py.File('results.h5', 'r')\n"
        "exc = f['spikes/exc']\n"
        "assert list(exc['timestamps']) == [0.1, 0.3]\n"
        "assert list(exc['node_ids']) == [4, 2]\n"
        "assert exc['timestamps'].attrs['units'] == 'ms'\n"
        "kinds = h5py.check_enum_dtype(exc.attrs.get_id('sorting').dtype)\n"
        "assert exc.attrs['sorting'] == kinds['by_time']\n"
        "assert f['metrics/test/accuracy'][()] == 0.87\n"
        "assert f['experiment/resolved'].asstr()[()] == 'seed: 1\\n'\n"
        "assert f['report/exc/data'][0, 1] == -69\n"
        "assert f['report/exc/mapping/index_pointers'] == f['report/exc/mapping/index_pointer']\n";
    write_one_of_each();
    FILE *file = fopen("read.py", "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(program, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(system("/usr/bin/python3 read.py"), 0);
}
END_TEST

static void add_spikes(TCase *tcase) {
    tcase_add_test(tcase, spikes_lie_as_sonata_has_them);
    tcase_add_test(tcase, spikes_say_that_they_are_sorted_by_time);
    tcase_add_loop_test(tcase, spikes_have_times_as_people_write_them, 0, (int)HK_COUNT(times));
    tcase_add_test(tcase, spikes_read_back_as_they_were_given);
    tcase_add_test(tcase, spikes_span_their_ticks_when_nobody_says_more);
    tcase_add_test(tcase, spikes_out_of_order_or_range_are_refused_whole);
}

static void add_others(TCase *tcase) {
    tcase_add_test(tcase, values_have_their_types_and_units);
    tcase_add_test(tcase, arrays_keep_shape_and_unit);
    tcase_add_test(tcase, series_grow_point_by_point);
    tcase_add_test(tcase, reports_lie_as_sonata_has_them);
    tcase_add_test(tcase, reports_have_types_that_tools_expect);
    tcase_add_test(tcase, reports_have_both_spellings_of_one_dataset);
    tcase_add_test(tcase, reports_keep_all_frames_across_chunks);
    tcase_add_loop_test(tcase, paths_that_lead_astray_are_refused, 0, (int)HK_COUNT(bad_paths));
    tcase_add_loop_test(tcase, populations_that_lead_astray_are_refused, 0,
                        (int)HK_COUNT(bad_names));
    tcase_add_test(tcase, names_that_look_odd_are_fine);
}

Suite *suite_io_results(void) {
    Suite *suite = suite_create("io/results");
    TCase *tcase = tcase_create("results");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, results_are_a_sonata_file);
    tcase_add_test(tcase, results_have_one_folder_each);
    add_spikes(tcase);
    add_others(tcase);
    tcase_add_test(tcase, h5dump_reads_results);
    tcase_add_test(tcase, h5py_reads_results);
    suite_add_tcase(suite, tcase);
    return suite;
}
