#include "io/meter.h"

#include <string.h>

#include "io/decimal.h"

/* Bins that a window of the simulation and the one that is being filled may touch. */
enum { OPEN_BINS = 128 };

struct hk_meter {
    struct hk_recording *recording;
    const struct hk_record *record;
    uint32_t stream;
    struct hk_decimal tick;
    hk_tick begin, end; /* ticks begin + 1 .. end count */
    hk_tick closed;     /* bins that are written */
    uint32_t *counts;   /* [OPEN_BINS][population], of bins `closed` on, modulo OPEN_BINS */
    double *rates;      /* [population] room */
};

static bool open_stream(struct hk_meter *m, struct hk_arena *arena, struct hk_err *err) {
    const struct hk_record *record = m->record;
    struct hk_block names = {0};
    size_t used = 0;
    char *path = hk_arena_format(arena, err, "frames/%s", record->name);
    char *names_path = hk_arena_format(arena, err, "frames/%s/populations", record->name);
    const struct hk_opening opening = {.kind = HK_STREAM_FRAMES,
                                       .path = path,
                                       .unit = "Hz",
                                       .note = "time:ms",
                                       .element = HK_ELEMENT_F64,
                                       .rank = 1,
                                       .shape = {record->pop_count}};
    bool ok = path && names_path && hk_recording_open(m->recording, &opening, &m->stream, err);
    for (size_t i = 0; ok && i < record->pop_count; i++) {
        const char *name = hk_pop_name(record->pops[i]);
        size_t size = strlen(name);
        ok = hk_block_reserve(&names, used + size + 2, 1, err);
        if (!ok) break;
        if (i > 0) ((char *)names.data)[used++] = '\n';
        memcpy((char *)names.data + used, name, size + 1);
        used += size;
    }
    ok = ok && hk_recording_text(m->recording, names_path, names.data, err);
    hk_block_finish(&names);
    return ok;
}

struct hk_meter *hk_meter_create(struct hk_arena *arena, struct hk_recording *recording,
                                 const struct hk_sim *sim, const struct hk_record *record,
                                 struct hk_err *err) {
    struct hk_meter *m = HK_NEW(arena, struct hk_meter, 1, err);
    if (!m) return NULL;
    m->recording = recording;
    m->record = record;
    m->tick = hk_decimal_from(hk_sim_tick_ms(sim));
    m->counts = HK_NEW(arena, uint32_t, OPEN_BINS * record->pop_count, err);
    m->rates = HK_NEW(arena, double, record->pop_count, err);
    return m->counts && m->rates && open_stream(m, arena, err) ? m : NULL;
}

void hk_meter_begin(struct hk_meter *m, hk_tick now, bool on) {
    const struct hk_record *record = m->record;
    m->begin = now + record->from;
    m->end = record->to > INT64_MAX - now ? INT64_MAX : now + record->to;
    if (!on) m->end = m->begin;
    m->closed = 0;
    memset(m->counts, 0, OPEN_BINS * record->pop_count * sizeof *m->counts);
}

static uint32_t *counts_of(struct hk_meter *m, hk_tick bin) {
    return m->counts + (size_t)(bin % OPEN_BINS) * m->record->pop_count;
}

void hk_meter_add(struct hk_meter *m, size_t index, hk_tick tick, size_t spikes) {
    if (tick <= m->begin || tick > m->end) return;
    hk_tick bin = (tick - m->begin - 1) / m->record->bin;
    HK_ASSERT(bin >= m->closed && bin - m->closed < OPEN_BINS);
    counts_of(m, bin)[index] += (uint32_t)spikes;
}

static bool close_bin(struct hk_meter *m, struct hk_err *err) {
    const struct hk_record *record = m->record;
    uint32_t *counts = counts_of(m, m->closed);
    double seconds = 1e-3 * hk_decimal_ms(m->tick, record->bin);
    double time_ms = hk_decimal_ms(m->tick, m->begin + m->closed * record->bin);
    for (size_t i = 0; i < record->pop_count; i++) {
        m->rates[i] = counts[i] / (seconds * hk_pop_size(record->pops[i]));
        counts[i] = 0;
    }
    m->closed++;
    return hk_recording_frame(m->recording, m->stream, &time_ms, 1, m->rates,
                              record->pop_count * sizeof *m->rates, err);
}

bool hk_meter_reach(struct hk_meter *m, hk_tick reached, struct hk_err *err) {
    hk_tick last = reached < m->end ? reached : m->end;
    while (m->begin + (m->closed + 1) * m->record->bin <= last)
        if (!close_bin(m, err)) return false;
    return true;
}
