#include "io/spike_csv.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/support/paths.h"
#include "tests/support/suites.h"

static struct hk_arena *arena;
static struct hk_err err;
static struct hk_recording got;

static void setup(void) {
    err = (struct hk_err){0};
    arena = hk_arena_create(&err);
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
}

static void teardown(void) {
    hk_arena_destroy(arena);
    hk_test_folder_remove();
}

static void write_bytes(const char *bytes, size_t size) {
    FILE *file = fopen("s.csv", "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static bool read_with(const char *text, struct hk_spike_csv options) {
    if (text) write_bytes(text, strlen(text));
    options.path = "s.csv";
    return hk_spike_csv_read(arena, &options, &got, &err);
}

static void expect(size_t count, const double *times, const hk_neuron *units) {
    ck_assert_msg(err.code == HK_OK, "%s", err.message);
    ck_assert_uint_eq(got.count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_double_eq_tol(got.times[i], times[i], 1e-12 * times[i]);
        ck_assert_uint_eq(got.units[i], units[i]);
    }
}

static const double two_times[] = {0.3, 1.2};
static const hk_neuron two_units[] = {17, 4};

static void read_two(const char *text, struct hk_spike_csv options) {
    ck_assert_msg(read_with(text, options), "%s", err.message);
    expect(2, two_times, two_units);
    ck_assert_double_nan(got.end);
}

START_TEST(the_first_line_names_the_columns_and_the_unit) {
    const struct hk_spike_csv plain = {.path = NULL}, ms = {.time_unit = "ms"};
    read_two("time_ms,neuron\n0.3,17\n1.2,4\n", plain);
    read_two("id,x,time_s\n17,9,0.0003\n4,9,0.0012\n", plain);
    read_two("t,i\n0.3,17\n1.2,4", ms);
    read_two("timestamps,node_ids\n300,17\n1200,4\n", (struct hk_spike_csv){.time_unit = "us"});
}
END_TEST

START_TEST(separators_comments_quotes_and_line_ends_are_those_of_many_programs) {
    const struct hk_spike_csv plain = {.path = NULL};
    read_two("# NEST version: 3.8.0\n# RecordingBackendASCII version: 2\n"
             "sender\ttime_ms\n17\t0.300\n4\t1.200\n",
             plain);
    read_two("time_ms ; id\r\n 0.3 ; 17\r\n\r\n1.2;4\r\n", plain);
    read_two("\xEF\xBB\xBF\"time_ms\",\"id\"\n3e-1,\"17\"\n1.2,4\n", plain);
    read_two("time_ms  id\n  0.3  17 \n1.2 4\n", plain);
}
END_TEST

START_TEST(columns_may_be_named_from_outside) {
    static const char *const names[] = {"id", "-", "time_s"};
    const struct hk_spike_csv options = {.columns = names, .column_count = 3};
    read_two("17,a,0.0003\n4,b,0.0012\n", options);
    read_two("cell,layer,when\n17,a,0.0003\n4,b,0.0012\n", options);
}
END_TEST

START_TEST(one_population_of_several_can_be_read) {
    const char *text = "time_ms,id,population\n0.3,17,exc\n0.4,1,inh\n1.2,4,exc\n";
    read_two(text, (struct hk_spike_csv){.population = "exc"});
    ck_assert(!read_with(text, (struct hk_spike_csv){.path = NULL}));
    ck_assert_str_eq(err.message, "s.csv:3:7: a second population, 'inh' beside 'exc': "
                                  "`population: NAME` chooses one");
}
END_TEST

START_TEST(order_is_that_of_the_file_and_no_spikes_are_fine) {
    static const double times[] = {2, 1, 2};
    static const hk_neuron units[] = {0, 0, 0};
    ck_assert(read_with("time_ms,id\n2,0\n1,0\n2,0\n", (struct hk_spike_csv){.path = NULL}));
    expect(3, times, units);
    ck_assert(read_with("time_ms,id\n", (struct hk_spike_csv){.path = NULL}));
    expect(0, NULL, NULL);
    ck_assert_ptr_nonnull(got.times);
}
END_TEST

static void write_gzip(void) {
    gzFile file = gzopen("s.csv", "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(gzputs(file, "time_ms,id\n0.3,17\n1.2,4\n"), 0);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

START_TEST(compressed_text_is_read_too) {
    write_gzip();
    read_two(NULL, (struct hk_spike_csv){.path = NULL});
}
END_TEST

/* ---- refusals ---- */

static void refuse(const char *text, const char *message) {
    err = (struct hk_err){0};
    ck_assert(!read_with(text, (struct hk_spike_csv){.path = NULL}));
    ck_assert_str_eq(err.message, message);
    ck_assert_int_eq(err.code, HK_ERR_DATA);
}

START_TEST(a_unit_of_time_is_never_guessed) {
    refuse("t,i\n1,1\n", "s.csv:1:1: times in which unit? Give `time_unit: ms` or s, or call the "
                         "column time_ms or time_s");
    ck_assert(!read_with(NULL, (struct hk_spike_csv){.time_unit = "mV"}));
    err = (struct hk_err){0};
    ck_assert(!read_with("time_ms,id\n", (struct hk_spike_csv){.time_unit = "s"}));
    ck_assert_str_eq(err.message, "s.csv:1:1: times in ms, as the column's name says, or in s, as "
                                  "`time_unit:` does?");
}
END_TEST

START_TEST(values_that_are_none_are_refused_with_their_place) {
    refuse("time_ms,id\n1,1\nnan,1\n", "s.csv:3:1: 'nan' is not a time from 0 on");
    refuse("time_ms,id\ninf,1\n", "s.csv:2:1: 'inf' is not a time from 0 on");
    refuse("time_ms,id\n1e999,1\n", "s.csv:2:1: '1e999' is not a time from 0 on");
    refuse("time_ms,id\n-1,1\n", "s.csv:2:1: '-1' is not a time from 0 on");
    refuse("time_ms,id\n0x1p3,1\n", "s.csv:2:1: '0x1p3' is not a time from 0 on");
    refuse("time_ms,id\n,1\n", "s.csv:2:1: '' is not a time from 0 on");
    refuse("time_ms,id\n1,-1\n",
           "s.csv:2:3: '-1' is not an id: a whole number from 0 to 4294967294");
    refuse("time_ms,id\n1,4294967295\n",
           "s.csv:2:3: '4294967295' is not an id: a whole number from 0 to 4294967294");
    refuse("time_ms,id\n1,99999999999999999999999\n", "s.csv:2:3: '99999999999999999999999' is not "
                                                      "an id: a whole number from 0 to 4294967294");
    refuse("time_ms,id\n1, 1.5\n",
           "s.csv:2:4: '1.5' is not an id: a whole number from 0 to 4294967294");
    refuse("time_ms,id\n1\n", "s.csv:2:1: 1 columns; the first line has more");
}
END_TEST

START_TEST(columns_that_make_no_sense_are_refused) {
    refuse("", "s.csv: is empty");
    refuse("# nothing\n", "s.csv: is empty");
    refuse("0.3,17\n", "s.csv:1:1: no column of times (known here: t, time, time_ms, time_s, "
                       "timestamps); `columns: [NAME, NAME]` names them in their order");
    refuse("time_ms,cell\n",
           "s.csv:1:1: no column of ids (known here: i, id, sender, node_id, "
           "node_ids, neuron); `columns: [NAME, NAME]` names them in their order");
    refuse("time_ms,t,id\n", "s.csv:1:9: two columns mean the same: time_ms and t");
    err = (struct hk_err){0};
    ck_assert(!read_with("time_ms,id\n1,1\n", (struct hk_spike_csv){.population = "exc"}));
    ck_assert_ptr_nonnull(strstr(err.message, "there is no column of populations"));
}
END_TEST

START_TEST(what_is_no_text_is_refused) {
    static const char zero[] = "time_ms,id\n1,\0001\n2,1\n";
    static char line[5000];
    write_bytes(zero, sizeof zero - 1);
    refuse(NULL, "s.csv:2:1: a zero byte: this is not text");
    memset(line, '1', sizeof line - 1);
    refuse(line, "s.csv:1:1: a line of more than 4094 bytes");
    ck_assert_int_eq(unlink("s.csv"), 0);
    refuse(NULL, "s.csv: No such file or directory");
    ck_assert_int_eq(mkfifo("s.csv", 0600), 0);
    refuse(NULL, "s.csv: not a file");
}
END_TEST

/* Every beginning of a good file, plain or compressed, ends in spikes or in an error. */
START_TEST(files_that_are_cut_off_do_no_harm) {
    char whole[256];
    write_gzip();
    FILE *file = fopen("s.csv", "rb");
    size_t size = fread(whole, 1, sizeof whole, file);
    (void)fclose(file);
    for (size_t cut = 3; cut < size; cut++) {
        write_bytes(whole, cut);
        err = (struct hk_err){0};
        ck_assert_msg(!read_with(NULL, (struct hk_spike_csv){.path = NULL}), "cut at %zu", cut);
        ck_assert_int_eq(err.code, HK_ERR_DATA);
    }
}
END_TEST

Suite *suite_io_spike_csv(void) {
    Suite *suite = suite_create("io/spike_csv");
    TCase *cases = tcase_create("spike_csv");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_first_line_names_the_columns_and_the_unit);
    tcase_add_test(cases, separators_comments_quotes_and_line_ends_are_those_of_many_programs);
    tcase_add_test(cases, columns_may_be_named_from_outside);
    tcase_add_test(cases, one_population_of_several_can_be_read);
    tcase_add_test(cases, order_is_that_of_the_file_and_no_spikes_are_fine);
    tcase_add_test(cases, compressed_text_is_read_too);
    tcase_add_test(cases, a_unit_of_time_is_never_guessed);
    tcase_add_test(cases, values_that_are_none_are_refused_with_their_place);
    tcase_add_test(cases, columns_that_make_no_sense_are_refused);
    tcase_add_test(cases, what_is_no_text_is_refused);
    tcase_add_test(cases, files_that_are_cut_off_do_no_harm);
    suite_add_tcase(suite, cases);
    return suite;
}
