/* Drawing a bundle: every thread draws the synapses of the targets it owns, twice: to count those
 * of each row and delay, and to put them in place.
 *
 * Targets are drawn in the order of their slots, so a segment fills from its first run to its last.
 * Where a thread's sums take one page, a segment is one run, and its header is known beforehand.
 * Otherwise a run begins when a synapse comes that ends in another page. */
#include "sim/sim_internal.h"

#include <string.h>

static const uint32_t NO_RUN = UINT32_MAX;

/* What a thread knows of each segment (source, delay) while it draws. */
struct segment {
    uint32_t next; /* first the words it takes; then where, from the row's start, one comes next */
    uint32_t header; /* where the header of the open run will be, */
    uint32_t run;    /* and what it is so far; or NO_RUN */
};

struct wire {
    struct hk_bundle *bundle;
    struct hk_drawn *drawn;   /* [threads] */
    struct hk_block *segment; /* [threads]: one page: uint32_t next[source][delay], else struct
                                 segment */
    struct hk_err *err;       /* [threads] */
};

static bool has_one_page(const struct hk_bundle *bundle, int thread) {
    return bundle->source->sim->flights[thread].slots <= HK_PAGE;
}

static uint32_t header_words(const struct hk_bundle *bundle) {
    return bundle->is_narrow ? 2 : 1;
}

/* The segment of each synapse of a target, into place[]. */
static void find_segments(const struct hk_bundle *bundle, const struct hk_proj *proj,
                          const struct hk_drawn *drawn) {
    hk_drawn_rows(drawn, bundle->delays, (uint32_t)(proj->delay_min - bundle->delay_min));
}

/* ---- counting ---- */

static void count_target(const struct wire *wire, int thread, uint32_t slot) {
    const struct hk_bundle *bundle = wire->bundle;
    const hk_syn *place = wire->drawn[thread].place;
    const size_t count = wire->drawn[thread].count;
    const uint32_t run = hk_run_header(0, slot / HK_PAGE, false), head = header_words(bundle);
    uint32_t *words = wire->segment[thread].data;
    struct segment *segments = wire->segment[thread].data;
    if (has_one_page(bundle, thread)) {
        HK_UNROLLED
        for (size_t k = 0; k < count; k++) words[place[k]]++;
        return;
    }
    for (size_t k = 0; k < count; k++) {
        struct segment *s = &segments[place[k]];
        if (s->run != run) s->next += head;
        s->run = run;
        s->next++;
    }
}

static void count_part(void *context, int thread) {
    struct wire *wire = context;
    struct hk_bundle *bundle = wire->bundle;
    struct hk_drawn *drawn = &wire->drawn[thread];
    size_t segments = (size_t)bundle->source->size * bundle->delays;
    struct segment *segment = wire->segment[thread].data;
    for (size_t i = 0; !has_one_page(bundle, thread) && i < segments; i++)
        segment[i] = (struct segment){.run = NO_RUN};
    for (size_t m = 0; m < bundle->member_count; m++) {
        struct hk_proj *proj = bundle->members[m];
        struct hk_proj_part *part = &proj->parts[thread];
        const hk_neuron *bounds = proj->target->part;
        uint32_t slot = (uint32_t)proj->target->receptors[proj->receptor].slot[thread];
        for (hk_neuron i = bounds[thread]; i < bounds[thread + 1]; i++, slot++) {
            hk_proj_draw(proj, i, false, drawn);
            find_segments(bundle, proj, drawn);
            count_target(wire, thread, slot);
            part->count += drawn->count;
        }
        hk_bundle_part(bundle, thread)->count += part->count;
    }
}

/* ---- laying out ---- */

/* The words of each segment become where its first comes, counted from the row's start: with one
 * page behind the header, else at the first header. Returns the words of the row. */
static uint64_t lay_row(const struct hk_bundle *bundle, hk_neuron source, bool one_page,
                        void *data) {
    uint32_t *words = data;
    struct segment *segments = data;
    const uint32_t head = header_words(bundle);
    size_t first = (size_t)source * bundle->delays, end = first + bundle->delays;
    uint64_t sum = 0;
    while (end > first && (one_page ? words[end - 1] : segments[end - 1].next) == 0) end--;
    for (size_t i = first; i < first + bundle->delays; i++) {
        uint32_t *next = one_page ? &words[i] : &segments[i].next;
        uint64_t length = *next;
        if (i < end && (one_page || length == 0)) length += head; /* an empty one has one, too */
        *next = (uint32_t)(one_page ? sum + head : sum);
        if (!one_page) segments[i].run = NO_RUN;
        sum += length;
    }
    return sum;
}

static bool lay_rows(struct wire *wire, int thread, struct hk_err *err) {
    const struct hk_bundle *bundle = wire->bundle;
    struct hk_arena *arena = bundle->source->sim->arena;
    struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const bool one_page = has_one_page(bundle, thread);
    part->start = HK_NEW(arena, hk_syn, (size_t)bundle->source->size + 1, err);
    if (!part->start) return false;
    for (hk_neuron i = 0; i < bundle->source->size; i++) {
        uint64_t words = lay_row(bundle, i, one_page, wire->segment[thread].data);
        if (words > UINT32_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "a unit of %s has more than %u synapses",
                           bundle->source->name, UINT32_MAX);
        part->start[i + 1] = part->start[i] + words;
    }
    size_t words = part->start[bundle->source->size];
    if (bundle->is_narrow)
        part->narrow = HK_NEW(arena, uint16_t, words, err);
    else /* delivery reads beyond the last row */
        part->packed = HK_NEW(arena, uint32_t, words + HK_RUN_COPIED, err);
    if (bundle->is_narrow && !bundle->is_shared) {
        part->exact = HK_NEW(arena, double, words, err);
        if (!part->exact) return false;
    }
    return part->narrow || part->packed;
}

/* ---- filling ---- */

static void put_header(const struct hk_bundle *bundle, const struct hk_bundle_part *part, hk_syn at,
                       uint32_t header) {
    if (bundle->is_narrow) {
        part->narrow[at] = (uint16_t)header;
        part->narrow[at + 1] = (uint16_t)(header >> 16);
    } else {
        part->packed[at] = header;
    }
}

/* One page: headers are known beforehand. */
static bool put_headers(struct wire *wire, int thread, struct hk_err *err) {
    const struct hk_bundle *bundle = wire->bundle;
    const struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const uint32_t head = header_words(bundle), *next = wire->segment[thread].data;
    for (hk_neuron i = 0; i < bundle->source->size; i++, next += bundle->delays) {
        uint32_t row = (uint32_t)(part->start[i + 1] - part->start[i]);
        for (uint32_t d = 0; d < bundle->delays; d++) {
            if (next[d] - head == row) break; /* the row has ended: no header */
            uint32_t end = d + 1 < bundle->delays ? next[d + 1] - head : row;
            if (end - next[d] > HK_RUN_MAX)
                return HK_FAIL(err, HK_ERR_LIMIT,
                               "a unit of %s has more than %d synapses of one delay",
                               bundle->source->name, HK_RUN_MAX);
            put_header(bundle, part, part->start[i] + next[d] - head,
                       hk_run_header(end - next[d], 0, true));
        }
    }
    return true;
}

/* Many pages: a run's header is known when it ends. It stays with the segment until then, because
 * the row lies far away. */
static void end_last_runs(struct wire *wire, int thread) {
    const struct hk_bundle *bundle = wire->bundle;
    const struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const struct segment *s = wire->segment[thread].data;
    for (hk_neuron i = 0; i < bundle->source->size; i++) {
        for (uint32_t d = 0; d < bundle->delays; d++, s++) {
            const bool empty = s->run == NO_RUN;
            /* Behind the row's end there is no header. */
            if (empty && s->next == part->start[i + 1] - part->start[i]) continue;
            const uint32_t run = empty ? 0 : s->run;
            put_header(bundle, part, part->start[i] + (empty ? s->next : s->header),
                       hk_run_header(hk_run_count(run), hk_run_page(run), true));
        }
    }
}

static inline void foresee_place(const struct hk_bundle_part *part, hk_syn at) {
    if (part->narrow)
        HK_PREFETCH(&part->narrow[at]);
    else
        HK_PREFETCH(&part->packed[at]);
    if (part->exact) HK_PREFETCH(&part->exact[at]);
}

/* Segments in place[] become places in rows. These lie anywhere, so each is asked for before it is
 * needed: first the counters, then the places. */
static void find_places(const struct wire *wire, int thread) {
    const struct hk_bundle_part *part = hk_bundle_part(wire->bundle, thread);
    const hk_neuron *source = wire->drawn[thread].source;
    const size_t count = wire->drawn[thread].count;
    const hk_syn *start = part->start;
    hk_syn *place = wire->drawn[thread].place;
    uint32_t *next = wire->segment[thread].data;
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) HK_PREFETCH(&next[place[k]]);
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) {
        place[k] = start[source[k]] + next[place[k]]++;
        foresee_place(part, place[k]);
    }
}

/* The same where segments have several runs: a synapse that ends in another page than the one
 * before it closes the run and opens one. */
static bool find_paged_places(const struct wire *wire, int thread, uint32_t page,
                              struct hk_err *err) {
    const struct hk_bundle *bundle = wire->bundle;
    const struct hk_bundle_part *part = hk_bundle_part(bundle, thread);
    const struct hk_drawn *drawn = &wire->drawn[thread];
    struct segment *segments = wire->segment[thread].data;
    for (size_t k = 0; k < drawn->count; k++) HK_PREFETCH(&segments[drawn->place[k]]);
    for (size_t k = 0; k < drawn->count; k++) {
        struct segment *s = &segments[drawn->place[k]];
        hk_syn row = part->start[drawn->source[k]];
        if (s->run == NO_RUN || hk_run_page(s->run) != page) {
            if (s->run != NO_RUN) put_header(bundle, part, row + s->header, s->run);
            s->run = hk_run_header(0, page, false);
            s->header = s->next;
            s->next += header_words(bundle);
        }
        if (hk_run_count(s->run++) == HK_RUN_MAX)
            return HK_FAIL(err, HK_ERR_LIMIT, "a unit of %s has more than %d synapses of one delay",
                           bundle->source->name, HK_RUN_MAX);
        drawn->place[k] = row + s->next++;
        foresee_place(part, drawn->place[k]);
    }
    return true;
}

static void fill_packed(const struct hk_proj *proj, const struct hk_drawn *drawn, uint32_t place,
                        uint32_t *packed) {
    enum { PART = 256 };
    const double unit = proj->target->receptors[proj->receptor].unit;
    uint32_t word[PART];
    for (size_t first = 0; first < drawn->count; first += PART) {
        size_t count = drawn->count - first < PART ? drawn->count - first : PART;
        const hk_syn *at = drawn->place + first;
        proj->sim->draws->wholes(drawn->weight + first, unit, word, count);
        HK_UNROLLED
        for (size_t k = 0; k < count; k++) packed[at[k]] = word[k] | place;
    }
}

static void fill_narrow(const struct hk_drawn *drawn, uint16_t place, uint16_t *narrow) {
    const size_t count = drawn->count;
    const hk_syn *at = drawn->place;
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) narrow[at[k]] = place;
}

static void fill_exact(const struct hk_drawn *drawn, double *exact) {
    const size_t count = drawn->count;
    const hk_syn *at = drawn->place;
    HK_UNROLLED
    for (size_t k = 0; k < count; k++) exact[at[k]] = drawn->weight[k];
}

static void fill_target(const struct wire *wire, int thread, const struct hk_proj *proj,
                        uint32_t slot) {
    const struct hk_bundle_part *part = hk_bundle_part(wire->bundle, thread);
    const struct hk_drawn *drawn = &wire->drawn[thread];
    const uint32_t place = slot % HK_PAGE;
    if (part->packed) fill_packed(proj, drawn, place, part->packed);
    if (part->narrow) fill_narrow(drawn, (uint16_t)place, part->narrow);
    if (part->exact) fill_exact(drawn, part->exact);
}

static void fill_part(void *context, int thread) {
    struct wire *wire = context;
    const struct hk_bundle *bundle = wire->bundle;
    struct hk_drawn *drawn = &wire->drawn[thread];
    struct hk_err *err = &wire->err[thread];
    bool one_page = has_one_page(bundle, thread);
    if (one_page && !put_headers(wire, thread, err)) return;
    for (size_t m = 0; m < bundle->member_count; m++) {
        const struct hk_proj *proj = bundle->members[m];
        const hk_neuron *bounds = proj->target->part;
        uint32_t slot = (uint32_t)proj->target->receptors[proj->receptor].slot[thread];
        for (hk_neuron i = bounds[thread]; i < bounds[thread + 1]; i++, slot++) {
            hk_proj_draw(proj, i, !bundle->is_shared, drawn);
            find_segments(bundle, proj, drawn);
            if (one_page)
                find_places(wire, thread);
            else if (!find_paged_places(wire, thread, slot / HK_PAGE, err))
                return;
            fill_target(wire, thread, proj, slot);
        }
    }
    if (!one_page) end_last_runs(wire, thread);
}

/* ---- all of it ---- */

/* Room to draw the synapses of any member, and for what is known of segments. */
static bool open_wire(struct wire *wire, struct hk_block *room, struct hk_err *err) {
    const struct hk_bundle *bundle = wire->bundle;
    const struct hk_sim *sim = bundle->source->sim;
    size_t segments = (size_t)bundle->source->size * bundle->delays;
    for (size_t m = 0; m < bundle->member_count; m++)
        if (!hk_proj_reserve(bundle->members[m], room, wire->drawn, err)) return false;
    for (int p = 0; p < sim->threads; p++) {
        size_t size = has_one_page(bundle, p) ? sizeof(uint32_t) : sizeof(struct segment);
        if (!hk_block_reserve(&wire->segment[p], segments, size, err)) return false;
    }
    return true;
}

static bool draw(struct wire *wire, struct hk_err *err) {
    struct hk_bundle *bundle = wire->bundle;
    struct hk_sim *sim = bundle->source->sim;
    for (size_t m = 0; m < bundle->member_count; m++) {
        struct hk_proj *proj = bundle->members[m];
        proj->parts = HK_NEW(sim->arena, struct hk_proj_part, (size_t)sim->threads, err);
        if (!proj->parts) return false;
    }
    hk_pool_run(sim->pool, count_part, wire);
    for (int p = 0; p < sim->threads; p++) {
        for (size_t m = 0; m < bundle->member_count; m++)
            bundle->members[m]->count += bundle->members[m]->parts[p].count;
        if (!lay_rows(wire, p, err)) return false;
    }
    hk_pool_run(sim->pool, fill_part, wire);
    for (int p = 0; p < sim->threads; p++) {
        if (wire->err[p].code == HK_OK) continue;
        if (err && err->code == HK_OK) *err = wire->err[p];
        return false;
    }
    return true;
}

bool hk_bundle_draw(struct hk_bundle *bundle, struct hk_err *err) {
    struct hk_block room[HK_THREADS_MAX] = {{0}}, segment[HK_THREADS_MAX] = {{0}};
    struct hk_drawn drawn[HK_THREADS_MAX] = {{0}};
    struct hk_block errors = {0};
    struct wire wire = {.bundle = bundle, .drawn = drawn, .segment = segment};
    bool ok = hk_block_reserve(&errors, HK_THREADS_MAX, sizeof *wire.err, err);
    wire.err = errors.data;
    ok = ok && open_wire(&wire, room, err) && draw(&wire, err);
    for (int p = 0; p < HK_THREADS_MAX; p++) {
        hk_block_finish(&room[p]);
        hk_block_finish(&segment[p]);
    }
    hk_block_finish(&errors);
    return ok || hk_err_context(err, "%s", bundle->members[0]->name);
}
