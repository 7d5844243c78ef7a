/* H5Ovisit and its types changed their names in HDF5 1.12; this is how to ask for those of 1.10. */
#define H5_USE_110_API
#include "io/results_read.h"

#include <errno.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/hdf5_error.h"
#include "io/results.h"
#include "io/run_files.h"

_Static_assert(HK_STORE_RANK_MAX == H5S_MAX_RANK, "every array's shape fits");

/* Deflate at its best makes 1 byte of 1032. */
enum { INFLATION_MAX = 1032 };

#define PART ".part"

struct hk_results_file {
    struct hk_arena *arena;
    const char *path;
    uint64_t size; /* bytes of the file */
    hid_t file;
};

/* ---- Small readers --------------------------------------------------------------------------- */

static bool fail(const struct hk_results_file *file, const char *path, struct hk_err *err) {
    char what[256];
    (void)snprintf(what, sizeof what, "can't read %s", path);
    return HK_HDF5_FAIL(err, HK_ERR_DATA, file->path, what);
}

/* End anything that isn't the file. */
static void drop(hid_t id) {
    if (id >= 0) (void)H5Idec_ref(id);
}

static bool is_scalar(hid_t space) {
    return H5Sget_simple_extent_type(space) == H5S_SCALAR;
}

/* A real attribute of the object at `path`. */
static bool read_attribute(const struct hk_results_file *file, const char *path, const char *name,
                           double *value, struct hk_err *err) {
    hid_t id = H5Aopen_by_name(file->file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Aget_space(id);
    bool ok = is_scalar(space) && H5Aread(id, H5T_NATIVE_DOUBLE, value) >= 0;
    if (!ok)
        (void)HK_FAIL(err, HK_ERR_DATA, "%s: %s has no attribute %s that is a number", file->path,
                      path, name);
    drop(space);
    drop(id);
    return ok;
}

/* A text of either kind: `length` bytes, or of variable size; as dataset or attribute. */
struct text_place {
    hid_t id;
    bool is_attribute;
};

static herr_t read_place(struct text_place place, hid_t type, void *to) {
    return place.is_attribute ? H5Aread(place.id, type, to)
                              : H5Dread(place.id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
}

/* NULL where it is no text, and on failure. */
static const char *read_text_at(const struct hk_results_file *file, struct text_place place,
                                struct hk_err *err) {
    char *text = NULL;
    hid_t type = place.is_attribute ? H5Aget_type(place.id) : H5Dget_type(place.id);
    hid_t space = place.is_attribute ? H5Aget_space(place.id) : H5Dget_space(place.id);
    size_t size = H5Tget_size(type);
    if (!is_scalar(space) || H5Tget_class(type) != H5T_STRING) goto done;
    if (H5Tis_variable_str(type) > 0) {
        char *lent = NULL;
        if (read_place(place, type, &lent) >= 0)
            text = hk_arena_text(file->arena, lent ? lent : "", err);
        (void)H5free_memory(lent);
    } else if (size <= file->size) {
        text = HK_NEW(file->arena, char, size + 1, err);
        if (text && read_place(place, type, text) < 0) text = NULL;
    }
done:
    drop(space);
    drop(type);
    return text;
}

static const char *read_unit(const struct hk_results_file *file, hid_t set) {
    if (H5Aexists(set, "units") <= 0) return NULL;
    hid_t id = H5Aopen(set, "units", H5P_DEFAULT);
    const char *unit = read_text_at(file, (struct text_place){id, true}, NULL);
    drop(id);
    return unit;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* What was given is a folder, or a file in one, whose run was not finished. */
static bool unfinished_fail(struct hk_arena *arena, const char *path, struct hk_err *err) {
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    char *folder = hk_arena_format(arena, err, "%.*s", length, slash ? path : ".");
    if (!folder || !hk_run_files_left(folder)) return false;
    return HK_FAIL(err, HK_ERR_DATA,
                   "%s: there is no results.h5: its run has died or still goes on. After its death "
                   "`hillock recover %s` makes one of what was recorded",
                   folder, folder);
}

/* From what the user gave to the file that is there. */
static bool find_file(struct hk_results_file *file, const char *given, struct hk_err *err) {
    struct stat status;
    bool in_folder = stat(given, &status) == 0 && S_ISDIR(status.st_mode);
    size_t length = strlen(given);
    while (in_folder && length > 1 && given[length - 1] == '/') length--;
    char *path = hk_arena_format(file->arena, err, "%.*s%s", (int)length, given,
                                 in_folder ? "/results.h5" : "");
    if (!path) return false;
    bool there = stat(path, &status) == 0;
    int reason = errno;
    if (!there || ends_with(path, PART)) {
        struct hk_err unfinished = {0};
        (void)unfinished_fail(file->arena, path, &unfinished);
        if (unfinished.code != HK_OK && err && err->code == HK_OK) *err = unfinished;
        if (unfinished.code != HK_OK) return false;
        if (there) return HK_FAIL(err, HK_ERR_DATA, "%s isn't a whole results file", path);
        return HK_FAIL(err, HK_ERR_IO, "%s: can't open: %s", path, strerror(reason));
    }
    file->path = path;
    file->size = (uint64_t)status.st_size;
    return true;
}

static bool open_file(struct hk_results_file *file, struct hk_err *err) {
    htri_t is_hdf5 = H5Fis_hdf5(file->path);
    if (is_hdf5 < 0) return HK_HDF5_FAIL(err, HK_ERR_IO, file->path, "can't open");
    if (is_hdf5 == 0)
        return HK_FAIL(err, HK_ERR_DATA, "%s isn't a results file, but something else than HDF5",
                       file->path);
    file->file = H5Fopen(file->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file->file < 0) return HK_HDF5_FAIL(err, HK_ERR_DATA, file->path, "can't open");
    double magic = 0.0;
    if (!read_attribute(file, "/", "magic", &magic, NULL) || magic != (double)HK_RESULTS_MAGIC)
        return HK_FAIL(err, HK_ERR_DATA,
                       "%s is an HDF5 file, but not of results: its root lacks the attribute "
                       "magic = %u",
                       file->path, HK_RESULTS_MAGIC);
    return true;
}

struct hk_results_file *hk_results_read_open(struct hk_arena *arena, const char *path,
                                             struct hk_err *err) {
    hk_hdf5_begin();
    struct hk_results_file *file = HK_NEW(arena, struct hk_results_file, 1, err);
    if (!file) return NULL;
    file->arena = arena;
    file->file = H5I_INVALID_HID;
    if (find_file(file, path, err) && open_file(file, err)) return file;
    hk_results_read_close(file);
    return NULL;
}

void hk_results_read_close(struct hk_results_file *file) {
    if (!file || file->file < 0) return;
    hk_hdf5_begin();
    (void)H5Fclose(file->file);
    file->file = H5I_INVALID_HID;
}

/* ---- Single values --------------------------------------------------------------------------- */

static hid_t open_set(const struct hk_results_file *file, const char *path, struct hk_err *err) {
    hid_t id = H5Dopen2(file->file, path, H5P_DEFAULT);
    if (id < 0) (void)fail(file, path, err);
    return id;
}

char *hk_results_path(struct hk_arena *arena, const char *text, struct hk_err *err) {
    char *path = hk_arena_text(arena, text, err);
    for (char *at = path; at && (at = strchr(at, '.'));) *at = '/';
    return path;
}

bool hk_results_read_text(struct hk_results_file *file, const char *path, const char **text,
                          struct hk_err *err) {
    hk_hdf5_begin();
    hid_t id = open_set(file, path, err);
    if (id < 0) return false;
    *text = read_text_at(file, (struct text_place){id, false}, err);
    drop(id);
    return *text || HK_FAIL(err, HK_ERR_DATA, "%s: %s isn't a readable text", file->path, path);
}

/* The class of a number, H5T_INTEGER or H5T_FLOAT; something else for what `fits` refuses. */
static H5T_class_t number_class(hid_t set, bool (*fits)(hid_t space)) {
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    H5T_class_t found = fits(space) ? H5Tget_class(type) : H5T_NO_CLASS;
    drop(type);
    drop(space);
    return found;
}

static bool is_one_value(hid_t space) {
    return H5Sget_simple_extent_npoints(space) == 1;
}

bool hk_results_read_number(struct hk_results_file *file, const char *path, double *number,
                            struct hk_err *err) {
    hk_hdf5_begin();
    hid_t id = open_set(file, path, err);
    if (id < 0) return false;
    H5T_class_t found = number_class(id, is_one_value);
    bool ok = (found == H5T_INTEGER || found == H5T_FLOAT) &&
              H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, number) >= 0;
    drop(id);
    return ok || HK_FAIL(err, HK_ERR_DATA, "%s: %s isn't a readable number", file->path, path);
}

const char *hk_results_read_unit(struct hk_results_file *file, const char *path) {
    struct hk_err err = {.code = HK_OK};
    hk_hdf5_begin();
    hid_t id = open_set(file, path, &err);
    const char *unit = id < 0 ? NULL : read_unit(file, id);
    drop(id);
    return unit;
}

static bool read_array(const struct hk_results_file *file, hid_t set, struct hk_block *values,
                       size_t *count, struct hk_err *err) {
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    H5T_class_t class = H5Tget_class(type);
    drop(type);
    drop(space);
    *count = points > 0 ? (size_t)points : 0;
    if (points < 0 || *count / INFLATION_MAX > file->size ||
        (class != H5T_INTEGER && class != H5T_FLOAT))
        return false;
    return hk_block_reserve(values, *count + 1, sizeof(double), err) &&
           H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values->data) >= 0;
}

bool hk_results_read_array(struct hk_results_file *file, const char *path, struct hk_block *values,
                           size_t *count, struct hk_err *err) {
    hk_hdf5_begin();
    hid_t id = open_set(file, path, err);
    if (id < 0) return false;
    bool ok = read_array(file, id, values, count, err);
    drop(id);
    return ok ||
           HK_FAIL(err, HK_ERR_DATA, "%s: %s isn't a readable array of numbers", file->path, path);
}

/* ---- Spikes ---------------------------------------------------------------------------------- */

struct columns {
    const char *path; /* spikes/<population> */
    hid_t times, ids;
    uint64_t count;
};

static uint64_t column_count(hid_t set) {
    hsize_t count = 0;
    hid_t space = H5Dget_space(set);
    if (H5Sget_simple_extent_ndims(space) == 1)
        (void)H5Sget_simple_extent_dims(space, &count, NULL);
    drop(space);
    return count;
}

/* To be closed even on failure. */
static bool columns_open(const struct hk_results_file *file, const char *path,
                         struct columns *columns, struct hk_err *err) {
    char *times = hk_arena_format(file->arena, err, "%s/timestamps", path);
    char *ids = hk_arena_format(file->arena, err, "%s/node_ids", path);
    *columns = (struct columns){path, H5I_INVALID_HID, H5I_INVALID_HID, 0};
    if (!times || !ids) return false;
    columns->times = open_set(file, times, err);
    columns->ids = open_set(file, ids, err);
    if (columns->times < 0 || columns->ids < 0) return false;
    columns->count = column_count(columns->times);
    if (columns->count == column_count(columns->ids)) return true;
    return HK_FAIL(err, HK_ERR_DATA, "%s: %s has not as many node_ids as timestamps", file->path,
                   path);
}

static void columns_close(struct columns *columns) {
    drop(columns->times);
    drop(columns->ids);
}

/* The attributes. */
static bool read_population(const struct hk_results_file *file, const char *path,
                            struct hk_results_raster *raster, struct hk_err *err) {
    double neurons = 0.0;
    if (!read_attribute(file, path, "n_neurons", &neurons, err) ||
        !read_attribute(file, path, "tick_ms", &raster->tick_ms, err) ||
        !read_attribute(file, path, "t_start", &raster->start_ms, err) ||
        !read_attribute(file, path, "t_stop", &raster->stop_ms, err))
        return false;
    if (!(raster->tick_ms > 0.0) || !(neurons >= 0.0 && neurons <= (double)UINT32_MAX))
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s can't have %g neurons and ticks of %g ms",
                       file->path, path, neurons, raster->tick_ms);
    raster->neurons = (size_t)neurons;
    return true;
}

/* `ticks` holds the times as doubles, and gets ticks in their place. */
static bool times_to_ticks(const struct hk_results_file *file, const char *path,
                           const struct hk_results_raster *raster, hk_tick *ticks,
                           struct hk_err *err) {
    const double exact_max = 9007199254740992.0; /* 2^53 */
    hk_tick last = 0;
    for (size_t i = 0; i < raster->count; i++) {
        double time;
        memcpy(&time, &ticks[i], sizeof time);
        double tick = round(time / raster->tick_ms);
        if (!(tick >= (double)last && tick <= exact_max))
            return HK_FAIL(err, HK_ERR_DATA,
                           "%s: %s: spike %zu at %.17g ms is out of order or range", file->path,
                           path, i, time);
        if (!(fabs(time / raster->tick_ms - tick) <= 1e-3))
            return HK_FAIL(err, HK_ERR_DATA,
                           "%s: %s: spike %zu at %.17g ms isn't at a tick of %g ms", file->path,
                           path, i, time, raster->tick_ms);
        last = ticks[i] = (hk_tick)tick;
    }
    return true;
}

static bool check_ids(const struct hk_results_file *file, const char *path,
                      const struct hk_results_raster *raster, struct hk_err *err) {
    for (size_t i = 0; i < raster->count; i++)
        if (raster->ids[i] >= raster->neurons)
            return HK_FAIL(err, HK_ERR_DATA, "%s: %s: spike %zu is of a neuron beyond the %zu",
                           file->path, path, i, raster->neurons);
    return true;
}

static bool read_columns(const struct hk_results_file *file, const struct columns *columns,
                         struct hk_results_raster *raster, struct hk_err *err) {
    if (columns->count / INFLATION_MAX > file->size)
        return HK_FAIL(err, HK_ERR_DATA, "%s: %s claims more spikes than the file can hold",
                       file->path, columns->path);
    raster->count = (size_t)columns->count;
    hk_tick *ticks = HK_NEW(file->arena, hk_tick, raster->count, err);
    hk_neuron *ids = HK_NEW(file->arena, hk_neuron, raster->count, err);
    if (!ticks || !ids) return false;
    raster->ticks = ticks;
    raster->ids = ids;
    /* Ids too large for 32 bits become the largest of them, which is no neuron's. */
    if (H5Dread(columns->times, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ticks) < 0 ||
        H5Dread(columns->ids, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, ids) < 0)
        return fail(file, columns->path, err);
    return times_to_ticks(file, columns->path, raster, ticks, err) &&
           check_ids(file, columns->path, raster, err);
}

bool hk_results_read_spikes(struct hk_results_file *file, const char *population,
                            struct hk_results_raster *raster, struct hk_err *err) {
    hk_hdf5_begin();
    *raster = (struct hk_results_raster){0};
    char *path = hk_arena_format(file->arena, err, "spikes/%s", population);
    if (!path) return false;
    struct columns columns;
    bool ok = columns_open(file, path, &columns, err) && read_population(file, path, raster, err) &&
              read_columns(file, &columns, raster, err);
    columns_close(&columns);
    return ok;
}

/* ---- Visiting -------------------------------------------------------------------------------- */

struct visit {
    const struct hk_results_file *file;
    hk_results_visitor *visitor;
    void *context;
    struct hk_err *err;
};

static bool visit_spikes(const struct visit *visit, const char *path) {
    struct columns columns;
    struct hk_results_raster raster = {0};
    bool ok = columns_open(visit->file, path, &columns, visit->err) &&
              read_population(visit->file, path, &raster, visit->err);
    columns_close(&columns);
    if (!ok) return false;
    struct hk_results_item item = {.path = path, .kind = HK_RESULTS_SPIKES};
    item.spikes.count = columns.count;
    item.spikes.neurons = raster.neurons;
    item.spikes.start_ms = raster.start_ms;
    item.spikes.stop_ms = raster.stop_ms;
    return visit->visitor(visit->context, &item, visit->err);
}

/* Make the item an array: also a scalar that is neither a number nor a text, with no dimensions. */
static bool fill_array(hid_t set, struct hk_results_item *item) {
    hsize_t shape[HK_STORE_RANK_MAX];
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_dims(space, shape, NULL);
    drop(space);
    if (rank < 0) return false;
    item->kind = HK_RESULTS_ARRAY;
    item->array.rank = (size_t)rank;
    for (int i = 0; i < rank; i++) item->array.shape[i] = shape[i];
    return true;
}

static bool fill_item(const struct visit *visit, hid_t set, struct hk_results_item *item) {
    switch (number_class(set, is_scalar)) {
    case H5T_FLOAT:
        item->kind = HK_RESULTS_NUMBER;
        return H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &item->number) >= 0;
    case H5T_INTEGER:
        item->kind = HK_RESULTS_INTEGER;
        return H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &item->integer) >= 0;
    case H5T_STRING:
        item->kind = HK_RESULTS_TEXT;
        item->text = read_text_at(visit->file, (struct text_place){set, false}, visit->err);
        return item->text != NULL;
    default: return fill_array(set, item);
    }
}

static bool visit_set(const struct visit *visit, const char *path) {
    hid_t set = open_set(visit->file, path, visit->err);
    if (set < 0) return false;
    struct hk_results_item item = {.path = path};
    bool ok = fill_item(visit, set, &item) || fail(visit->file, path, visit->err);
    item.unit = read_unit(visit->file, set);
    drop(set);
    return ok && visit->visitor(visit->context, &item, visit->err);
}

/* How many names `path` has. */
static size_t depth_of(const char *path) {
    size_t depth = 1;
    for (; *path; path++) depth += *path == '/';
    return depth;
}

static bool begins_with(const char *text, const char *begin) {
    return strncmp(text, begin, strlen(begin)) == 0;
}

/* HDF5 shows each object once, however many links it has, groups before what they hold. */
static herr_t visit_object(hid_t root, const char *path, const H5O_info_t *info, void *context) {
    (void)root;
    const struct visit *visit = context;
    bool is_set = info->type == H5O_TYPE_DATASET;
    bool in_spikes = begins_with(path, "spikes/"), in_report = begins_with(path, "report/");
    bool ok = true;
    if (in_spikes && !is_set && depth_of(path) == 2)
        ok = visit_spikes(visit, path);
    else if (is_set && !in_spikes && (!in_report || depth_of(path) == 3))
        ok = visit_set(visit, path);
    return ok ? 0 : -1;
}

bool hk_results_visit(struct hk_results_file *file, hk_results_visitor *visitor, void *context,
                      struct hk_err *err) {
    hk_hdf5_begin();
    struct hk_err own = {0};
    struct visit visit = {file, visitor, context, &own};
    bool ok = H5Ovisit(file->file, H5_INDEX_NAME, H5_ITER_INC, visit_object, &visit) >= 0 ||
              fail(file, "all that is in it", &own); /* unless the callback knows better */
    if (!ok && err && err->code == HK_OK) *err = own;
    return ok;
}

/* ---- As JSON --------------------------------------------------------------------------------- */

/* `group` is the path of the innermost open object, with a slash at its end. */
struct json_walk {
    struct hk_json *json;
    struct hk_block group;
};

/* Close and open objects until the one that holds `path` is the innermost. Returns the last name.
 */
static const char *enter_group(struct json_walk *walk, const char *path, struct hk_err *err) {
    const char *old = walk->group.data, *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0, shared = 0;
    for (size_t i = 0; i < length && old[i] == path[i]; i++)
        if (path[i] == '/') shared = i + 1;
    for (const char *at = old + shared; *at; at++)
        if (*at == '/') hk_json_end(walk->json);
    if (!hk_block_reserve(&walk->group, length + 1, 1, err)) return NULL;
    char *group = walk->group.data;
    for (size_t i = shared, start = shared; i < length; i++) {
        group[i] = path[i];
        if (path[i] != '/') continue;
        group[i] = '\0';
        hk_json_object(walk->json, group + start);
        group[i] = '/';
        start = i + 1;
    }
    group[length] = '\0';
    return path + length;
}

static void put_spikes(struct hk_json *json, const char *key, const struct hk_results_item *item) {
    hk_json_object(json, key);
    hk_json_integer(json, "count", (int64_t)item->spikes.count);
    hk_json_integer(json, "n_neurons", (int64_t)item->spikes.neurons);
    hk_json_number(json, "t_start", item->spikes.start_ms);
    hk_json_number(json, "t_stop", item->spikes.stop_ms);
    hk_json_end(json);
}

static void put_array(struct hk_json *json, const char *key, const struct hk_results_item *item) {
    hk_json_object(json, key);
    hk_json_array(json, "shape");
    for (size_t i = 0; i < item->array.rank; i++)
        hk_json_integer(json, NULL, (int64_t)item->array.shape[i]);
    hk_json_end(json);
    if (item->unit) hk_json_text(json, "units", item->unit);
    hk_json_end(json);
}

static bool put_item(void *context, const struct hk_results_item *item, struct hk_err *err) {
    struct json_walk *walk = context;
    const char *key = enter_group(walk, item->path, err);
    if (!key) return false;
    switch (item->kind) {
    case HK_RESULTS_NUMBER: hk_json_number(walk->json, key, item->number); break;
    case HK_RESULTS_INTEGER: hk_json_integer(walk->json, key, item->integer); break;
    case HK_RESULTS_TEXT: hk_json_text(walk->json, key, item->text); break;
    case HK_RESULTS_SPIKES: put_spikes(walk->json, key, item); break;
    case HK_RESULTS_ARRAY: put_array(walk->json, key, item); break;
    }
    return true;
}

bool hk_results_json(struct hk_results_file *file, struct hk_json *json, struct hk_err *err) {
    struct json_walk walk = {.json = json};
    if (!hk_block_reserve(&walk.group, 1, 1, err)) return false;
    hk_json_object(json, NULL);
    bool ok = hk_results_visit(file, put_item, &walk, err) && enter_group(&walk, "", err);
    if (ok) hk_json_end(json);
    hk_block_finish(&walk.group);
    return ok;
}
