#include "io/sonata_spikes.h"

#include <check.h>
#include <hdf5.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_recording got;
static char data_folder[512];

static void setup(void) {
    const char *data = hk_test_data("sonata");
    char *path = data ? realpath(data, NULL) : NULL;
    (void)snprintf(data_folder, sizeof data_folder, "%s", path ? path : "");
    free(path);
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

/* ---- files to read ---- */

/* One population, by default two spikes of "exc" in ms and 64 unsigned bits. */
struct made {
    const char *group, *ids_name;
    const double *times;
    const int64_t *ids;
    size_t time_count, id_count;
    const char *unit, *sorting;
    bool enumerated; /* `sorting` as SONATA has it, not as a text */
    hid_t id_type, time_type;
};

static void add_text(hid_t object, const char *name, const char *text, bool variable) {
    hid_t space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, variable ? H5T_VARIABLE : strlen(text) + 1);
    hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(id, type, variable ? (const void *)&text : text), 0);
    (void)H5Aclose(id), (void)H5Tclose(type), (void)H5Sclose(space);
}

static void add_choice(hid_t object, const char *name, const char *word) {
    static const char *const words[] = {"none", "by_id", "by_time"};
    hid_t space = H5Screate(H5S_SCALAR), type = H5Tenum_create(H5T_STD_I8LE);
    int8_t chosen = 0;
    for (int8_t i = 0; i < 3; i++) {
        (void)H5Tenum_insert(type, words[i], &i);
        if (strcmp(words[i], word) == 0) chosen = i;
    }
    hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(id, type, &chosen), 0);
    (void)H5Aclose(id), (void)H5Tclose(type), (void)H5Sclose(space);
}

static hid_t add_list(hid_t group, const char *name, hid_t stored, hid_t memory, size_t count,
                      const void *values) {
    hsize_t size = count;
    hid_t space = H5Screate_simple(1, &size, NULL);
    hid_t set = H5Dcreate2(group, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(set, 0);
    if (count) ck_assert_int_ge(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
    (void)H5Sclose(space);
    return set;
}

static const double times[] = {1.5, 2.5};
static const int64_t ids[] = {7, 3};

static void make(const struct made *m) {
    hid_t file = H5Fcreate("s.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    (void)H5Pset_create_intermediate_group(links, 1);
    hid_t group =
        H5Gcreate2(file, m->group ? m->group : "spikes/exc", links, H5P_DEFAULT, H5P_DEFAULT);
    hid_t set =
        add_list(group, "timestamps", m->time_type ? m->time_type : H5T_IEEE_F64LE,
                 H5T_NATIVE_DOUBLE, m->times ? m->time_count : 2, m->times ? m->times : times);
    hid_t other = add_list(group, m->ids_name ? m->ids_name : "node_ids",
                           m->id_type ? m->id_type : H5T_STD_U64LE, H5T_NATIVE_INT64,
                           m->ids ? m->id_count : 2, m->ids ? m->ids : ids);
    if (m->unit) add_text(set, "units", m->unit, true);
    if (m->sorting && m->enumerated) add_choice(group, "sorting", m->sorting);
    if (m->sorting && !m->enumerated) add_text(group, "sorting", m->sorting, false);
    (void)H5Dclose(set), (void)H5Dclose(other), (void)H5Gclose(group), (void)H5Pclose(links);
    (void)H5Fclose(file);
}

static void read_two(const struct made *m, const char *population, double scale) {
    make(m);
    ck_assert_msg(hk_sonata_spikes_read(arena, "s.h5", population, &got, &err), "%s", err.message);
    ck_assert_uint_eq(got.count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_double_eq_tol(got.times[i], times[i] * scale, 1e-12 * scale);
        ck_assert_uint_eq(got.units[i], (hk_neuron)ids[i]);
    }
    ck_assert_double_nan(got.end);
}

START_TEST(populations_and_the_old_layout_are_read) {
    read_two(&(struct made){0}, "exc", 1);
    read_two(&(struct made){0}, NULL, 1);
    read_two(&(struct made){.group = "spikes", .ids_name = "gids"}, NULL, 1);
}
END_TEST

START_TEST(units_of_time_and_widths_of_ids_are_the_files_own) {
    read_two(&(struct made){.unit = "ms"}, NULL, 1);
    read_two(&(struct made){.unit = "s"}, NULL, 1000);
    read_two(&(struct made){.unit = "milliseconds"}, NULL, 1);
    read_two(&(struct made){.unit = "seconds"}, NULL, 1000);
    read_two(&(struct made){.id_type = H5T_STD_U16LE}, NULL, 1);
    read_two(&(struct made){.id_type = H5T_STD_I32BE}, NULL, 1);
    read_two(&(struct made){.time_type = H5T_IEEE_F32LE}, NULL, 1);
}
END_TEST

START_TEST(a_true_claim_of_order_and_none_are_accepted) {
    static const double back[] = {2.5, 1.5};
    read_two(&(struct made){.sorting = "by_time"}, NULL, 1);
    read_two(&(struct made){.sorting = "by_time", .enumerated = true}, NULL, 1);
    make(&(struct made){.times = back, .time_count = 2});
    ck_assert(hk_sonata_spikes_read(arena, "s.h5", NULL, &got, &err));
    make(&(struct made){.times = back, .time_count = 2, .sorting = "none", .enumerated = true});
    ck_assert(hk_sonata_spikes_read(arena, "s.h5", NULL, &got, &err));
}
END_TEST

START_TEST(no_spikes_are_fine) {
    make(&(struct made){.times = times, .ids = ids, .sorting = "by_id"});
    ck_assert(hk_sonata_spikes_read(arena, "s.h5", NULL, &got, &err));
    ck_assert_uint_eq(got.count, 0);
    ck_assert_ptr_nonnull(got.times);
}
END_TEST

/* ---- refusals ---- */

static void refuse(const struct made *m, const char *population, const char *message) {
    err = (struct hk_err){0};
    if (m) make(m);
    ck_assert(!hk_sonata_spikes_read(arena, "s.h5", population, &got, &err));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}

START_TEST(times_and_ids_that_cannot_be_are_refused) {
    static const double nan[] = {1, (double)NAN}, negative[] = {-0.5, 1},
                        endless[] = {1, (double)INFINITY};
    static const int64_t minus[] = {1, -2}, large[] = {4294967295, 0};
    refuse(&(struct made){.times = nan, .time_count = 2}, NULL,
           "s.h5: spikes/exc: spike 1 is at nan ms");
    refuse(&(struct made){.times = negative, .time_count = 2}, NULL,
           "s.h5: spikes/exc: spike 0 is at -0.5 ms");
    refuse(&(struct made){.times = endless, .time_count = 2}, NULL,
           "s.h5: spikes/exc: spike 1 is at inf ms");
    refuse(&(struct made){.ids = minus, .id_count = 2, .id_type = H5T_STD_I32LE}, NULL,
           "s.h5: spikes/exc: spike 1 is of neuron -2; ids are 0 to 4294967294");
    refuse(&(struct made){.ids = large, .id_count = 2}, NULL,
           "s.h5: spikes/exc: spike 0 is of neuron 4294967295; ids are 0 to 4294967294");
}
END_TEST

START_TEST(a_false_claim_of_order_is_refused) {
    static const double back[] = {2.5, 1.5};
    refuse(&(struct made){.times = back, .time_count = 2, .sorting = "by_time"}, NULL,
           "s.h5: spikes/exc says that it is sorted by_time, but spike 1, of neuron 3 at 1.5 ms, "
           "comes after one of neuron 7 at 2.5 ms");
    refuse(&(struct made){.sorting = "by_id", .enumerated = true}, NULL,
           "s.h5: spikes/exc says that it is sorted by_id, but spike 1, of neuron 3 at 2.5 ms, "
           "comes after one of neuron 7 at 1.5 ms");
}
END_TEST

START_TEST(what_is_missing_or_odd_is_named) {
    refuse(&(struct made){.group = "other"}, NULL,
           "s.h5: there are no spikes in it: no group /spikes");
    refuse(&(struct made){.ids_name = "gids"}, NULL, "s.h5: there is no spikes/exc/node_ids");
    refuse(&(struct made){0}, "ecx", "s.h5: there is no population 'ecx'; did you mean 'exc'?");
    refuse(&(struct made){0}, "exc/..", "s.h5: there is no population 'exc/..'; known here: exc");
    refuse(&(struct made){.group = "spikes", .ids_name = "gids"}, "exc",
           "s.h5: there is no population 'exc': its spikes are of one, without a name; leave out "
           "`population:`");
    refuse(&(struct made){.unit = "mV"}, NULL,
           "s.h5: spikes/exc/timestamps: the unit 'mV' is no unit of time");
    refuse(&(struct made){.ids = ids, .id_count = 1}, NULL,
           "s.h5: spikes/exc has 2 timestamps, but 1 ids");
    refuse(&(struct made){.id_type = H5T_IEEE_F64LE}, NULL,
           "s.h5: spikes/exc isn't a list of times and one of whole ids");
}
END_TEST

START_TEST(one_of_several_populations_has_to_be_named) {
    make(&(struct made){0});
    hid_t file = H5Fopen("s.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    (void)H5Gclose(H5Gcreate2(file, "spikes/inh", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    (void)H5Fclose(file);
    refuse(NULL, NULL, "s.h5: needs `population: NAME`; known here: exc, inh");
}
END_TEST

/* A chunked list without chunks takes no room, however long it says it is. */
START_TEST(claims_beyond_the_size_of_the_file_are_refused) {
    hsize_t size = (hsize_t)1 << 40, chunk = 1024;
    make(&(struct made){.group = "spikes/other"});
    hid_t file = H5Fopen("s.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "spikes/exc", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &size, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_chunk(how, 1, &chunk);
    (void)H5Dclose(
        H5Dcreate2(group, "timestamps", H5T_IEEE_F64LE, space, H5P_DEFAULT, how, H5P_DEFAULT));
    (void)H5Dclose(
        H5Dcreate2(group, "node_ids", H5T_STD_U64LE, space, H5P_DEFAULT, how, H5P_DEFAULT));
    (void)H5Pclose(how), (void)H5Sclose(space), (void)H5Gclose(group), (void)H5Fclose(file);
    refuse(NULL, "exc", "s.h5: spikes/exc claims more spikes than the file can hold");
}
END_TEST

/* Every beginning of a good file ends in an error. (Spoilt bytes aren't tried: some of them make
 * HDF5 1.10 itself crash, in its own structures.) */
START_TEST(files_that_are_cut_off_do_no_harm) {
    static char whole[16384];
    make(&(struct made){.sorting = "by_time", .unit = "ms"});
    FILE *file = fopen("s.h5", "rb");
    size_t size = fread(whole, 1, sizeof whole, file);
    (void)fclose(file);
    ck_assert_uint_lt(size, sizeof whole);
    for (size_t cut = 0; cut < size; cut += 31) {
        err = (struct hk_err){0};
        file = fopen("s.h5", "wb");
        ck_assert_uint_eq(fwrite(whole, 1, cut, file), cut);
        ck_assert_int_eq(fclose(file), 0);
        ck_assert(!hk_sonata_spikes_read(arena, "s.h5", NULL, &got, &err));
        ck_assert_int_eq(err.code, HK_ERR_DATA);
    }
}
END_TEST

/* Number of spikes, sum of their ids and the last time, as h5py reads them. */
static const struct other {
    const char *file, *population;
    size_t count;
    uint64_t id_sum;
    double last;
} others[] = {
    {"300_intfire/inputs/lgn_spikes.h5", NULL, 2738, 124893, 2998.693},
    {"300_intfire/inputs/tw_spikes.h5", NULL, 295, 4528, 2995.366},
    {"300_intfire/output/spikes.h5", "v1", 4322, 679771, 2989.119},
    {"300_pointneurons/inputs/external_spike_trains.h5", NULL, 4334, 214584, 3267.0216567562993},
    {"5_cells_iclamp/spikes.h5", "biophysical", 124, 146, 2999.6},
    {"9_cells/inputs/exc_spike_trains.h5", "excvirt", 312, 1401, 2995.982738229701},
    {"9_cells/inputs/inh_spike_trains.h5", "inhvirt", 285, 1328, 2976.5916493832665},
    {"9_cells/output/spikes.h5", "cortex", 78, 251, 2936.0},
    {"libsonata/spikes.h5", "All", 5, 15, 1.3},
    {"libsonata/spikes.h5", "empty", 0, 0, 0.0},
    {"libsonata/spikes.h5", "spikes1", 5, 15, 1.3},
    {"libsonata/spikes.h5", "spikes2", 5, 15, 1.3},
    {"pysonata_spikes/spikes.h5", NULL, 124, 749, 958.0},
    {"pysonata_spikes/spikes.one_pop.h5", "v1", 124, 749, 958.0},
    {"sim_tests/intfire/ten_cells_spikes_nest/input/external_spike_trains.h5", NULL, 17, 28,
     510.872809250362},
    {"sim_tests/intfire/ten_cells_spikes_nrn/input/tw_spikes.h5", NULL, 295, 4528, 2995.366},
};

START_TEST(files_of_others_are_read) {
    char path[1024];
    if (!*data_folder) hk_test_skip("no SONATA examples here");
    for (size_t k = 0; k < HK_COUNT(others); k++) {
        const struct other *other = &others[k];
        uint64_t sum = 0;
        double last = 0.0;
        (void)snprintf(path, sizeof path, "%s/%s", data_folder, other->file);
        ck_assert_msg(hk_sonata_spikes_read(arena, path, other->population, &got, &err), "%s",
                      err.message);
        for (size_t i = 0; i < got.count; i++) {
            sum += got.units[i];
            last = got.times[i] > last ? got.times[i] : last;
        }
        ck_assert_msg(got.count == other->count && sum == other->id_sum && last >= other->last &&
                          last <= other->last,
                      "%s: %zu spikes, ids add up to %" PRIu64 ", the last at %.17g", path,
                      got.count, sum, last);
    }
}
END_TEST

Suite *suite_io_sonata_spikes(void) {
    Suite *suite = suite_create("io/sonata_spikes");
    TCase *cases = tcase_create("sonata_spikes");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, populations_and_the_old_layout_are_read);
    tcase_add_test(cases, units_of_time_and_widths_of_ids_are_the_files_own);
    tcase_add_test(cases, a_true_claim_of_order_and_none_are_accepted);
    tcase_add_test(cases, no_spikes_are_fine);
    tcase_add_test(cases, times_and_ids_that_cannot_be_are_refused);
    tcase_add_test(cases, a_false_claim_of_order_is_refused);
    tcase_add_test(cases, what_is_missing_or_odd_is_named);
    tcase_add_test(cases, one_of_several_populations_has_to_be_named);
    tcase_add_test(cases, claims_beyond_the_size_of_the_file_are_refused);
    tcase_add_test(cases, files_that_are_cut_off_do_no_harm);
    tcase_add_test(cases, files_of_others_are_read);
    suite_add_tcase(suite, cases);
    return suite;
}
