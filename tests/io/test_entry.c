#include "io/entry.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/journal.h"
#include "tests/support/paths.h"
#include "tests/support/suites.h"

enum { ROOM = 64 * 1024, HEARD_MAX = 40000 };

static unsigned char record[ROOM];
static struct hk_entry_writer out;
static struct hk_err err;

/* What a visitor heard, put one after the other. */
static struct {
    size_t entries, units_count, bytes_count;
    struct hk_entry last;
    hk_neuron units[HEARD_MAX], ids[HEARD_MAX];
    hk_tick ticks[HEARD_MAX];
    unsigned char bytes[ROOM];
} heard;

static void setup(void) {
    err = (struct hk_err){0};
    out = (struct hk_entry_writer){.at = record, .end = record + ROOM};
    memset(&heard, 0, sizeof heard);
}

static bool hear(void *context, const struct hk_entry *entry, struct hk_err *why) {
    (void)context, (void)why;
    heard.entries++;
    heard.last = *entry;
    for (size_t i = 0; entry->kind == HK_ENTRY_SPIKES && i < entry->spikes.count; i++) {
        ck_assert_uint_lt(heard.units_count, HEARD_MAX);
        heard.ticks[heard.units_count] = entry->spikes.tick;
        heard.units[heard.units_count++] = entry->spikes.units[i];
    }
    if (entry->kind == HK_ENTRY_BYTES) {
        memcpy(heard.bytes + heard.bytes_count, entry->bytes.data, entry->bytes.size);
        heard.bytes_count += entry->bytes.size;
    }
    if (entry->kind == HK_ENTRY_OPEN && entry->opening.id_count <= HEARD_MAX)
        hk_opening_ids(&entry->opening, heard.ids);
    return true;
}

static void read_all(void) {
    bool ok = hk_entries_read(record, (size_t)(out.at - record), hear, NULL, &err);
    ck_assert_msg(ok, "%s", err.message);
}

START_TEST(spikes_read_back_as_they_were_put) {
    const hk_neuron some[] = {0, 1, 1, 127, 128, 300000, 4294967294u - 1};
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 3, 10, some, HK_COUNT(some)), HK_COUNT(some));
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 70000, 3, some + 4, 1), 1); /* ticks may go back */
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 3, (hk_tick)1 << 59, some, 1), 1);
    read_all();
    ck_assert_uint_eq(heard.entries, 3);
    ck_assert_uint_eq(heard.units_count, HK_COUNT(some) + 2);
    ck_assert_mem_eq(heard.units, some, sizeof some);
    ck_assert_int_eq(heard.ticks[0], 10);
    ck_assert_int_eq(heard.ticks[HK_COUNT(some)], 3);
    ck_assert_int_eq(heard.ticks[HK_COUNT(some) + 1], (hk_tick)1 << 59);
}
END_TEST

START_TEST(units_may_come_in_any_order) {
    const hk_neuron some[] = {5, 3, 9, 9, 2, 1};
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 0, 1, some, HK_COUNT(some)), HK_COUNT(some));
    read_all();
    ck_assert_uint_eq(heard.units_count, HK_COUNT(some));
    ck_assert_mem_eq(heard.units, some, sizeof some);
}
END_TEST

/* 12,500 neurons of Brunel's network at 37 Hz, in ticks of 0.1 ms: 46 spikes a tick. */
START_TEST(a_spike_of_a_large_network_takes_less_than_two_bytes) {
    hk_neuron units[64];
    unsigned seed = 1;
    size_t spikes = 0;
    for (hk_tick tick = 1; tick < 300; tick++) {
        size_t count = 0;
        for (hk_neuron unit = 0; unit < 12500 && count < 64; unit++)
            if ((seed = seed * 1103515245 + 12345) >> 8 < (1u << 24) / 270) units[count++] = unit;
        spikes += hk_entry_put_spikes(&out, 2, tick, units, count);
    }
    ck_assert_uint_gt(spikes, 10000);
    ck_assert_double_lt((double)(out.at - record) / (double)spikes, 2.0);
}
END_TEST

/* One unit of 16,384 now and then, within 3 ms of a record's other spikes. */
START_TEST(a_lonely_spike_takes_four_bytes) {
    const hk_neuron unit = 16383;
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 1, 15, &unit, 1), 1);
    unsigned char *before = out.at;
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 31, 46, &unit, 1), 1);
    ck_assert_int_le(out.at - before, 4);
}
END_TEST

START_TEST(what_has_no_room_goes_on_in_the_next_record) {
    static hk_neuron units[30000];
    size_t done = 0, records = 0;
    for (size_t i = 0; i < HK_COUNT(units); i++) units[i] = (hk_neuron)(i * 100003);
    while (done < HK_COUNT(units)) {
        out = (struct hk_entry_writer){.at = record, .end = record + 1000};
        size_t put = hk_entry_put_spikes(&out, 1, 77, units + done, HK_COUNT(units) - done);
        ck_assert_uint_gt(put, 0);
        ck_assert(out.at <= out.end);
        read_all();
        done += put;
        records++;
    }
    ck_assert_uint_eq(heard.units_count, HK_COUNT(units));
    ck_assert_mem_eq(heard.units, units, sizeof units);
    ck_assert_uint_gt(records, 50);
    out.end = out.at + 30;
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 1, 77, units, 1), 0);
}
END_TEST

START_TEST(bytes_read_back_in_as_many_pieces_as_it_takes) {
    unsigned char data[5000];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (unsigned char)(i * i);
    size_t done = 0;
    while (done < sizeof data) {
        out = (struct hk_entry_writer){.at = record, .end = record + 1024};
        size_t put = hk_entry_put_bytes(&out, 9, data + done, sizeof data - done);
        ck_assert_uint_gt(put, 0);
        done += put;
        read_all();
    }
    ck_assert_uint_eq(heard.bytes_count, sizeof data);
    ck_assert_mem_eq(heard.bytes, data, sizeof data);
}
END_TEST

START_TEST(a_span_reads_back) {
    ck_assert(hk_entry_put_span(&out, 0.0, 123.4));
    ck_assert_int_eq(out.at - record, HK_ENTRY_SPAN_SIZE);
    read_all();
    ck_assert_int_eq(heard.last.kind, HK_ENTRY_SPAN);
    ck_assert_double_eq(heard.last.span.start_ms, 0.0);
    ck_assert_double_eq(heard.last.span.stop_ms, 123.4);
}
END_TEST

START_TEST(an_opening_reads_back) {
    const hk_neuron ids[] = {3, 4, 5, 9, 4294967293u};
    const struct hk_opening opening = {.kind = HK_STREAM_REPORT,
                                       .path = "vm",
                                       .unit = "mV",
                                       .note = "v",
                                       .element = HK_ELEMENT_F64,
                                       .rank = 2,
                                       .shape = {784, 400},
                                       .neurons = 12,
                                       .tick_ms = 0.1,
                                       .start_ms = 200.0,
                                       .stop_ms = (double)INFINITY,
                                       .step_ms = 0.5,
                                       .ids = ids,
                                       .id_count = HK_COUNT(ids)};
    ck_assert(hk_entry_put_open(&out, 12345, &opening));
    read_all();
    const struct hk_opening *back = &heard.last.opening;
    ck_assert_uint_eq(heard.last.stream, 12345);
    ck_assert_int_eq(back->kind, HK_STREAM_REPORT);
    ck_assert_str_eq(back->path, "vm");
    ck_assert_str_eq(back->unit, "mV");
    ck_assert_str_eq(back->note, "v");
    ck_assert_int_eq(back->element, HK_ELEMENT_F64);
    ck_assert_uint_eq(back->rank, 2);
    ck_assert_mem_eq(back->shape, opening.shape, sizeof opening.shape);
    ck_assert_uint_eq(back->neurons, 12);
    ck_assert_double_eq(back->tick_ms, 0.1);
    ck_assert_double_eq(back->start_ms, 200.0);
    ck_assert(isinf(back->stop_ms));
    ck_assert_double_eq(back->step_ms, 0.5);
    ck_assert_uint_eq(back->id_count, HK_COUNT(ids));
    ck_assert_mem_eq(heard.ids, ids, sizeof ids);
}
END_TEST

START_TEST(a_whole_population_of_ids_takes_some_bytes) {
    static hk_neuron all[HEARD_MAX];
    for (size_t i = 0; i < HEARD_MAX; i++) all[i] = (hk_neuron)i;
    const struct hk_opening opening = {.kind = HK_STREAM_REPORT,
                                       .path = "vm",
                                       .ids = all,
                                       .id_count = HEARD_MAX};
    out.end = record + 200;
    ck_assert(hk_entry_put_open(&out, 1, &opening));
    read_all();
    ck_assert_mem_eq(heard.ids, all, sizeof all);
    ck_assert_ptr_null(heard.last.opening.unit);
}
END_TEST

/* ---- a whole file, and what is wrong with one ---- */

static size_t write_journal(void) {
    static unsigned char bytes[ROOM];
    struct hk_journal journal;
    const hk_neuron unit[] = {1, 2, 3};
    ck_assert_int_eq(chdir(hk_test_folder()), 0);
    ck_assert(hk_journal_create(&journal, "j", 1, 0, &err));
    for (int n = 0; n < 2; n++) {
        out = (struct hk_entry_writer){.at = bytes + HK_JOURNAL_RECORD_HEAD, .end = bytes + ROOM};
        const struct hk_opening opening = {.kind = HK_STREAM_SPIKES, .path = "exc", .neurons = 9};
        ck_assert(n > 0 || hk_entry_put_open(&out, 1, &opening));
        ck_assert_uint_eq(hk_entry_put_spikes(&out, 1, n, unit, 3), 3);
        size_t size = (size_t)(out.at - bytes) - HK_JOURNAL_RECORD_HEAD;
        ck_assert(hk_journal_append(&journal, bytes, size, &err));
    }
    hk_journal_finish(&journal);
    FILE *file = fopen("j", "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(record, 1, ROOM, file);
    (void)fclose(file);
    return size;
}

START_TEST(a_journal_replays_from_its_bytes) {
    size_t torn = 7, size = write_journal();
    ck_assert(hk_entries_replay(record, size, hear, NULL, &torn, &err));
    ck_assert_uint_eq(torn, 0);
    ck_assert_uint_eq(heard.entries, 3);
    ck_assert_uint_eq(heard.units_count, 6);
    ck_assert(hk_entries_replay(record, size - 1, hear, NULL, &torn, &err));
    ck_assert_uint_gt(torn, 0);
    ck_assert_uint_eq(heard.units_count, 9);
}
END_TEST

static bool stop(void *context, const struct hk_entry *entry, struct hk_err *why) {
    (void)context;
    return entry->kind == HK_ENTRY_OPEN || HK_FAIL(why, HK_ERR_LIMIT, "enough");
}

START_TEST(a_visitor_may_end_the_replay) {
    size_t torn, size = write_journal();
    ck_assert(!hk_entries_replay(record, size, stop, NULL, &torn, &err));
    ck_assert_str_eq(err.message, "enough");
}
END_TEST

static bool ignore(void *context, const struct hk_entry *entry, struct hk_err *why) {
    (void)context, (void)entry, (void)why;
    return true;
}

/* Cut anywhere, and with any byte changed, a payload is read or refused, never read beyond. */
START_TEST(a_damaged_payload_is_refused_or_read_within_its_bounds) {
    const hk_neuron ids[] = {3, 4, 5, 900, 70000};
    const struct hk_opening opening = {.kind = HK_STREAM_SPIKES,
                                       .path = "exc",
                                       .rank = 2,
                                       .shape = {3, 4},
                                       .ids = ids,
                                       .id_count = HK_COUNT(ids)};
    ck_assert(hk_entry_put_open(&out, 1, &opening));
    ck_assert_uint_eq(hk_entry_put_spikes(&out, 1, 1000, ids, 5), 5);
    ck_assert_uint_eq(hk_entry_put_bytes(&out, 2, ids, sizeof ids), sizeof ids);
    ck_assert(hk_entry_put_span(&out, 0.0, 1.0));
    size_t size = (size_t)(out.at - record), refused = 0;
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *copy = malloc(cut + 1); /* its end is watched by the address sanitizer */
        memcpy(copy, record, cut);
        refused += !hk_entries_read(copy, cut, ignore, NULL, NULL);
        free(copy);
    }
    ck_assert_uint_eq(refused, size - 4); /* 0 and the ends of three entries are no cuts */
    for (size_t i = 0; i < size; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned char *copy = malloc(size);
            memcpy(copy, record, size);
            copy[i] = (unsigned char)(copy[i] ^ 1 << bit);
            bool read = hk_entries_read(copy, size, ignore, NULL, &err);
            ck_assert(read || err.code == HK_ERR_DATA);
            free(copy);
        }
}
END_TEST

Suite *suite_io_entry(void) {
    Suite *suite = suite_create("io/entry");
    TCase *tcase = tcase_create("entry");
    tcase_add_checked_fixture(tcase, setup, hk_test_folder_remove);
    tcase_add_test(tcase, spikes_read_back_as_they_were_put);
    tcase_add_test(tcase, units_may_come_in_any_order);
    tcase_add_test(tcase, a_spike_of_a_large_network_takes_less_than_two_bytes);
    tcase_add_test(tcase, a_lonely_spike_takes_four_bytes);
    tcase_add_test(tcase, what_has_no_room_goes_on_in_the_next_record);
    tcase_add_test(tcase, bytes_read_back_in_as_many_pieces_as_it_takes);
    tcase_add_test(tcase, a_span_reads_back);
    tcase_add_test(tcase, an_opening_reads_back);
    tcase_add_test(tcase, a_whole_population_of_ids_takes_some_bytes);
    tcase_add_test(tcase, a_journal_replays_from_its_bytes);
    tcase_add_test(tcase, a_visitor_may_end_the_replay);
    tcase_add_test(tcase, a_damaged_payload_is_refused_or_read_within_its_bounds);
    suite_add_tcase(suite, tcase);
    return suite;
}
