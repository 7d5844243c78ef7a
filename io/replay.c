#include "io/replay.h"

#include "io/path.h"
#include "io/sonata_spikes.h"
#include "io/spike_csv.h"
#include "io/vocabulary.h"

/* What may stand beside the path. */
struct place {
    const struct hk_node *population, *columns, *time_unit;
};

static struct place find_place(const struct hk_node *map) {
    return (struct place){hk_node_get(map, "population"), hk_node_get(map, "columns"),
                          hk_node_get(map, "time_unit")};
}

static bool read_names(struct hk_arena *arena, const struct hk_node *list, struct hk_spike_csv *csv,
                       struct hk_err *err) {
    if (!list) return true;
    if (!hk_node_expect(list, HK_NODE_LIST, err)) return false;
    const char **names = HK_NEW(arena, const char *, list->count, err);
    if (!names) return false;
    csv->columns = names;
    for (const struct hk_node *node = list->first; node; node = node->next)
        if (!(names[csv->column_count++] = hk_node_text(node, err))) return false;
    return true;
}

static bool read_options(struct hk_arena *arena, const struct place *place,
                         struct hk_spike_csv *csv, struct hk_err *err) {
    if (place->time_unit && !(csv->time_unit = hk_node_text(place->time_unit, err))) return false;
    return read_names(arena, place->columns, csv, err);
}

bool hk_replay_read(struct hk_reader *reader, const struct hk_node *map, struct hk_node *file,
                    struct hk_recording *out, struct hk_err *err) {
    struct hk_arena *arena = reader->arena;
    const struct place place = find_place(map);
    const char *population = NULL, *path = hk_node_text(file, err);
    if (!path || !(path = hk_path_beside(arena, file->file, path, err))) return false;
    if (place.population && !(population = hk_node_text(place.population, err))) return false;
    if (!(path = hk_path_absolute(arena, path, err))) return hk_node_context(err, file);
    file->text = path;
    if (hk_path_is_folder(path) && !(path = hk_arena_format(arena, err, "%s/results.h5", path)))
        return false;
    if (!hk_path_is_hdf5(path)) {
        struct hk_spike_csv csv = {.path = path, .population = population};
        if (!read_options(arena, &place, &csv, err)) return false;
        return hk_spike_csv_read(arena, &csv, out, err) || hk_node_context(err, file);
    }
    const struct hk_node *odd = place.columns ? place.columns : place.time_unit;
    if (odd) return hk_node_fail_key(err, odd, "is for text; %s is HDF5 and says it itself", path);
    return hk_sonata_spikes_read(arena, path, population, out, err) || hk_node_context(err, file);
}
