#include "io/recorder.h"

#include "io/probe.h"

struct hk_recorder {
    const struct hk_experiment *experiment;
    struct hk_taps *taps;
    struct hk_probe **probes;
    const struct hk_record **records; /* of the probes */
    size_t count;
};

static bool open_probes(struct hk_recorder *r, struct hk_recording *recording, struct hk_err *err) {
    const struct hk_experiment *e = r->experiment;
    for (size_t i = 0; i < e->records.count; i++) {
        const struct hk_record *record = &e->records.list[i];
        if (record->kind != HK_RECORD_STATE && record->kind != HK_RECORD_WEIGHTS) continue;
        struct hk_probe *probe =
            hk_probe_create(e->arena, recording, e->sim, record, e->duration, err);
        if (!probe) return false;
        r->records[r->count] = record;
        r->probes[r->count++] = probe;
    }
    return true;
}

struct hk_recorder *hk_recorder_create(const struct hk_experiment *experiment,
                                       struct hk_recording *recording, struct hk_err *err) {
    struct hk_arena *arena = experiment->arena;
    struct hk_recorder *r = HK_NEW(arena, struct hk_recorder, 1, err);
    if (!r) return NULL;
    r->experiment = experiment;
    r->probes = HK_NEW(arena, struct hk_probe *, experiment->records.count, err);
    r->records = HK_NEW(arena, const struct hk_record *, experiment->records.count, err);
    if (!r->probes || !r->records) return NULL;
    r->taps = hk_taps_create(experiment, recording, err);
    return r->taps && open_probes(r, recording, err) ? r : NULL;
}

void hk_recorder_finish(struct hk_recorder *r) {
    for (size_t i = 0; r && i < r->count; i++) hk_probe_finish(r->probes[i]);
}

bool hk_recorder_begin(struct hk_recorder *r, const char *phase, size_t index, struct hk_err *err) {
    hk_taps_begin(r->taps, phase);
    for (size_t i = 0; i < r->count; i++)
        if (!hk_probe_begin(r->probes[i], index, hk_record_is_in(r->records[i], phase), err))
            return false;
    return true;
}

bool hk_recorder_presented(struct hk_recorder *r, size_t samples, struct hk_err *err) {
    for (size_t i = 0; i < r->count; i++)
        if (!hk_probe_presented(r->probes[i], samples, err)) return false;
    return true;
}

/* Look at what is due, and tell how many ticks of at most `most` may pass until the next time. */
static bool look(struct hk_recorder *r, hk_tick *most, struct hk_err *err) {
    for (size_t i = 0; i < r->count; i++) {
        if (!hk_probe_look(r->probes[i], err)) return false;
        hk_tick ticks = hk_probe_ticks(r->probes[i]);
        if (ticks < *most) *most = ticks;
    }
    return true;
}

bool hk_recorder_run(struct hk_recorder *r, hk_tick ticks, struct hk_err *err) {
    while (ticks > 0) {
        hk_tick part = ticks;
        if (!look(r, &part, err) || !hk_sim_run(r->experiment->sim, part, err)) return false;
        ticks -= part;
    }
    return true;
}

bool hk_recorder_end(struct hk_recorder *r, struct hk_err *err) {
    return hk_taps_end(r->taps, err);
}
