#include "io/sonata_spikes.h"

#include "io/hdf5_error.h"
#include "io/nearest.h"
#include "io/quantity.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Deflate at its best makes 1 byte of 1032. */
enum { INFLATION_MAX = 1032, WORD_SIZE = 64, NAMES_MAX = 64 };

struct file {
    struct hk_arena *arena;
    const char *path;
    uint64_t size; /* bytes */
    hid_t id;
    const char *group; /* what holds the spikes: "spikes/exc", or "spikes" in the old layout */
};

/* The two datasets. */
struct columns {
    hid_t times, ids;
    uint64_t count;
};

static bool fail(const struct file *file, const char *what, struct hk_err *err) {
    char text[256];
    (void)snprintf(text, sizeof text, "can't read %s", what);
    return HK_HDF5_FAIL(err, HK_ERR_DATA, file->path, text);
}

/* End anything that isn't the file. */
static void drop(hid_t id) {
    if (id >= 0) (void)H5Idec_ref(id);
}

/* Is there a link of this path? Each group on the way has to be there as well. */
static bool exists(const struct file *file, const char *path) {
    return H5Lexists(file->id, path, H5P_DEFAULT) > 0;
}

/* ---- attributes ---- */

/* The word of an attribute that is a text or an enumeration; false where it's neither, or isn't
 * there. */
static bool read_word(hid_t object, const char *name, char word[WORD_SIZE]) {
    union {
        char bytes[WORD_SIZE];
        char *lent;
    } value = {{0}};
    if (H5Aexists(object, name) <= 0) return false;
    hid_t id = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(id), space = H5Aget_space(id);
    H5T_class_t class = H5Tget_class(type);
    bool is_text = class == H5T_STRING, is_lent = is_text && H5Tis_variable_str(type) > 0;
    bool fits = H5Tget_size(type) < WORD_SIZE && H5Sget_simple_extent_npoints(space) == 1;
    bool ok = fits && (is_text || class == H5T_ENUM) && H5Aread(id, type, &value) >= 0;
    if (ok && is_lent) {
        (void)snprintf(word, WORD_SIZE, "%s", value.lent ? value.lent : "");
        (void)H5free_memory(value.lent);
    } else if (ok && is_text) {
        (void)snprintf(word, WORD_SIZE, "%s", value.bytes);
    } else if (ok) {
        ok = H5Tenum_nameof(type, &value, word, WORD_SIZE) >= 0;
    }
    drop(space);
    drop(type);
    drop(id);
    return ok;
}

/* A scalar number; NaN where there is none. */
static double read_number(hid_t object, const char *name) {
    double value = (double)NAN;
    if (H5Aexists(object, name) <= 0) return value;
    hid_t id = H5Aopen(object, name, H5P_DEFAULT), space = H5Aget_space(id);
    if (H5Sget_simple_extent_npoints(space) != 1 || H5Aread(id, H5T_NATIVE_DOUBLE, &value) < 0)
        value = (double)NAN;
    drop(space);
    drop(id);
    return value;
}

/* How many ms the unit of the timestamps is. */
static bool read_unit(const struct file *file, hid_t times, double *scale, struct hk_err *err) {
    static const struct hk_dim time = {.time = 1};
    char word[WORD_SIZE] = "ms";
    struct hk_dim dim;
    *scale = 1.0;
    if (H5Aexists(times, "units") <= 0) return true;
    bool found = read_word(times, "units", word);
    if (strcmp(word, "milliseconds") == 0) return true; /* older files have it in full */
    if (strcmp(word, "seconds") == 0) word[1] = '\0';
    if (found && hk_unit_find(word, &dim, scale) && hk_dim_equal(dim, time)) return true;
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s/timestamps: the unit '%s' is no unit of time",
                   file->path, file->group, word);
}

/* ---- populations ---- */

/* The names of the populations, up to NAMES_MAX. */
static bool list_populations(const struct file *file, const char **names, size_t *count,
                             struct hk_err *err) {
    H5G_info_t info;
    *count = 0;
    if (H5Gget_info_by_name(file->id, "spikes", &info, H5P_DEFAULT) < 0)
        return fail(file, "spikes", err);
    for (hsize_t i = 0; i < info.nlinks && *count < NAMES_MAX; i++) {
        char name[256];
        if (H5Lget_name_by_idx(file->id, "spikes", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                               H5P_DEFAULT) < 0)
            return fail(file, "spikes", err);
        if (!(names[(*count)++] = hk_arena_text(file->arena, name, err))) return false;
    }
    return true;
}

static bool find_group(struct file *file, const char *population, struct hk_err *err) {
    const char *names[NAMES_MAX];
    char hint[HK_HINT_SIZE];
    size_t count = 0;
    if (!exists(file, "spikes"))
        return HK_FAIL(err, HK_ERR_DATA, "%s: there are no spikes in it: no group /spikes",
                       file->path);
    file->group = "spikes";
    if (exists(file, "spikes/timestamps")) {
        if (!population) return true;
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s: there is no population '%s': its spikes are of one, without a name; "
                       "leave out `population:`",
                       file->path, population);
    }
    if (!list_populations(file, names, &count, err)) return false;
    if (!population && count != 1)
        return HK_FAIL(err, HK_ERR_DATA, "%s: needs `population: NAME`; %s", file->path,
                       hk_nearest_hint("", names, count, hint));
    for (size_t i = 0; i < count; i++) {
        if (population && strcmp(names[i], population) != 0) continue;
        file->group = hk_arena_format(file->arena, err, "spikes/%s", names[i]);
        return file->group != NULL;
    }
    return HK_FAIL(err, HK_ERR_DATA, "%s: there is no population '%s'; %s", file->path, population,
                   hk_nearest_hint(population, names, count, hint));
}

/* ---- columns ---- */

static hid_t open_column(const struct file *file, const char *name, struct hk_err *err) {
    const char *path = hk_arena_format(file->arena, err, "%s/%s", file->group, name);
    if (!path) return H5I_INVALID_HID;
    if (!exists(file, path)) {
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: there is no %s", file->path, path);
        return H5I_INVALID_HID;
    }
    hid_t id = H5Dopen2(file->id, path, H5P_DEFAULT);
    if (id < 0) (void)fail(file, path, err);
    return id;
}

/* The length of a list of numbers; false for all else. */
static bool column_count(hid_t set, bool may_be_real, uint64_t *count) {
    hsize_t length = 0;
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    H5T_class_t class = H5Tget_class(type);
    bool ok = H5Sget_simple_extent_ndims(space) == 1 &&
              H5Sget_simple_extent_dims(space, &length, NULL) == 1 &&
              (class == H5T_INTEGER || (may_be_real && class == H5T_FLOAT));
    drop(type);
    drop(space);
    *count = length;
    return ok;
}

/* To be closed even on failure. */
static bool columns_open(const struct file *file, struct columns *columns, struct hk_err *err) {
    uint64_t id_count = 0;
    bool old = strcmp(file->group, "spikes") == 0;
    columns->times = open_column(file, "timestamps", err);
    columns->ids =
        columns->times < 0 ? H5I_INVALID_HID : open_column(file, old ? "gids" : "node_ids", err);
    if (columns->ids < 0) return false;
    if (!column_count(columns->times, true, &columns->count) ||
        !column_count(columns->ids, false, &id_count))
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s isn't a list of times and one of whole ids",
                       file->path, file->group);
    if (columns->count != id_count)
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s has %llu timestamps, but %llu ids", file->path,
                       file->group, (unsigned long long)columns->count,
                       (unsigned long long)id_count);
    if (columns->count / INFLATION_MAX <= file->size) return true;
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s claims more spikes than the file can hold", file->path,
                   file->group);
}

static bool read_times(const struct file *file, hid_t set, size_t count, double *times,
                       struct hk_err *err) {
    double scale = 1.0;
    if (!read_unit(file, set, &scale, err)) return false;
    if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times) < 0)
        return fail(file, file->group, err);
    for (size_t i = 0; i < count; i++) {
        times[i] *= scale;
        if (!(times[i] >= 0.0 && times[i] <= 1e15))
            return HK_FAIL(err, HK_ERR_DATA, "%s: %s: spike %zu is at %.10g ms", file->path,
                           file->group, i, times[i]);
    }
    return true;
}

/* HDF5 makes the nearest number of one that the wanted type doesn't have, so ids are read as 64
 * bits of their own sign. */
static bool read_ids(const struct file *file, hid_t set, size_t count, hk_neuron *ids,
                     struct hk_err *err) {
    struct hk_block wide = {0};
    hid_t type = H5Dget_type(set);
    bool is_signed = H5Tget_sign(type) != H5T_SGN_NONE;
    drop(type);
    bool ok = hk_block_reserve(&wide, count + 1, sizeof(uint64_t), err) &&
              (H5Dread(set, is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL,
                       H5P_DEFAULT, wide.data) >= 0 ||
               fail(file, file->group, err));
    const uint64_t *id = wide.data; /* a negative one reads as one that is too large */
    for (size_t i = 0; ok && i < count; i++) {
        ids[i] = (hk_neuron)id[i];
        if (id[i] >= HK_NEURON_NONE)
            ok = HK_FAIL(err, HK_ERR_DATA, "%s: %s: spike %zu is of neuron %lld; ids are 0 to %u",
                         file->path, file->group, i, (long long)id[i], HK_NEURON_NONE - 1);
    }
    hk_block_finish(&wide);
    return ok;
}

/* ---- order ---- */

static bool in_order(const struct hk_recording *r, size_t i, bool by_id) {
    bool later = r->times[i] >= r->times[i - 1];
    if (!by_id) return later;
    return r->units[i] > r->units[i - 1] || (r->units[i] == r->units[i - 1] && later);
}

static bool check_order(const struct file *file, hid_t group, const struct hk_recording *r,
                        struct hk_err *err) {
    char word[WORD_SIZE] = "none";
    if (!read_word(group, "sorting", word)) return true;
    bool by_id = strcmp(word, "by_id") == 0;
    if (!by_id && strcmp(word, "by_time") != 0) return true;
    for (size_t i = 1; i < r->count; i++)
        if (!in_order(r, i, by_id))
            return HK_FAIL(err, HK_ERR_DATA,
                           "%s: %s says that it is sorted %s, but spike %zu, of neuron %u at %.10g "
                           "ms, comes after one of neuron %u at %.10g ms",
                           file->path, file->group, word, i, r->units[i], r->times[i],
                           r->units[i - 1], r->times[i - 1]);
    return true;
}

/* ---- the whole ---- */

/* Only our own files say how long was recorded: t_stop, with tick_ms beside it. */
static bool read_group(const struct file *file, struct hk_recording *out, struct hk_err *err) {
    hid_t group = H5Gopen2(file->id, file->group, H5P_DEFAULT);
    if (group < 0) return fail(file, file->group, err);
    struct columns columns;
    double *times = NULL;
    hk_neuron *ids = NULL;
    bool ok = columns_open(file, &columns, err);
    size_t count = ok ? (size_t)columns.count : 0;
    ok = ok && (times = HK_NEW(file->arena, double, count, err)) &&
         (ids = HK_NEW(file->arena, hk_neuron, count, err)) &&
         read_times(file, columns.times, count, times, err) &&
         read_ids(file, columns.ids, count, ids, err);
    *out = (struct hk_recording){times, ids, count, (double)NAN};
    ok = ok && check_order(file, group, out, err);
    if (ok && read_number(group, "tick_ms") > 0.0) out->end = read_number(group, "t_stop");
    drop(columns.times);
    drop(columns.ids);
    drop(group);
    return ok;
}

bool hk_sonata_spikes_read(struct hk_arena *arena, const char *path, const char *population,
                           struct hk_recording *out, struct hk_err *err) {
    struct stat status;
    struct file file = {.arena = arena, .path = path};
    hk_hdf5_begin();
    *out = (struct hk_recording){0};
    if (stat(path, &status) == 0) file.size = (uint64_t)status.st_size;
    file.id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file.id < 0) return HK_HDF5_FAIL(err, HK_ERR_DATA, path, "can't open");
    bool ok = find_group(&file, population, err) && read_group(&file, out, err);
    (void)H5Fclose(file.id);
    return ok;
}
