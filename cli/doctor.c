/* `hillock doctor`: what is missing here, or slow, one line each. */
#include "cli/command.h"

#include "io/json.h"
#include "io/libraries.h"
#include "io/path.h"
#include "sim/machine.h"
#include "version.h"

#include <errno.h>
#include <event2/event.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { TEXT_SIZE = 768, LINE_SIZE = 256 };

/* What is needed and missing ends with a status; the others don't. */
enum level { GOOD, SLOW, ABSENT, MISSING };
static const char *const level_names[] = {"ok", "slow", "absent", "MISSING"};

struct report {
    struct hk_arena *arena;
    struct hk_json *json; /* NULL: lines of text */
    size_t missing;
};

static void HK_PRINTF(4, 5)
    say(struct report *r, enum level level, const char *topic, const char *format, ...) {
    char text[TEXT_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->missing += level == MISSING;
    if (!r->json) {
        (void)printf("%-8s %-16s %s\n", level_names[level], topic, text);
        return;
    }
    hk_json_object(r->json, NULL);
    hk_json_text(r->json, "topic", topic);
    hk_json_text(r->json, "level", level == MISSING ? "missing" : level_names[level]);
    hk_json_text(r->json, "text", text);
    hk_json_end(r->json);
}

/* The first line of a file that begins with `name` (or the first of all), without it. */
static bool read_line(const char *path, const char *name, char line[LINE_SIZE]) {
    FILE *file = fopen(path, "re");
    bool found = false;
    while (file && !found && fgets(line, LINE_SIZE, file))
        found = strncmp(line, name, strlen(name)) == 0;
    if (file) (void)fclose(file);
    if (!found) return false;
    line[strcspn(line, "\n")] = '\0';
    const char *value = line + strlen(name);
    value += strspn(value, " \t:");
    memmove(line, value, strlen(value) + 1);
    return true;
}

static double gibibytes(double bytes) {
    return bytes / (1024.0 * 1024.0 * 1024.0);
}

/* ---- the machine ---- */

static void look_at_processor(struct report *r) {
    char line[LINE_SIZE] = "unknown";
    (void)read_line("/proc/cpuinfo", "model name", line);
    say(r, GOOD, "processor", "%s, %d core%s for this program", line, hk_machine_cores(),
        hk_machine_cores() == 1 ? "" : "s");
    const char *wanted = getenv("HILLOCK_ISA");
    enum hk_isa isa = hk_isa_best();
    static const char *const meanings[HK_ISA_COUNT] = {"the family's least", "AVX2", "AVX-512"};
    if (wanted)
        say(r, GOOD, "instructions", "%s (%s); HILLOCK_ISA=%s asked for it", hk_isa_name(isa),
            meanings[isa], wanted);
    else
        say(r, isa == HK_ISA_BASE ? SLOW : GOOD, "instructions", "%s (%s)%s", hk_isa_name(isa),
            meanings[isa], isa == HK_ISA_BASE ? ": no variant with wider vectors runs here" : "");
    if (!read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "", line)) return;
    bool saves = strcmp(line, "powersave") == 0;
    say(r, saves ? SLOW : GOOD, "governor", "%s%s", line,
        saves ? ": cores may stay below their frequency; `cpupower frequency-set -g performance`"
              : "");
}

static void look_at_memory(struct report *r) {
    char line[LINE_SIZE];
    double total = hk_machine_memory(), available = total;
    if (read_line("/proc/meminfo", "MemAvailable", line))
        available = fmin(total, 1024.0 * strtod(line, NULL));
    say(r, GOOD, "memory", "%.1f GiB, %.1f GiB of it available", gibibytes(total),
        gibibytes(available));
    if (!read_line("/sys/kernel/mm/transparent_hugepage/enabled", "", line)) return;
    bool never = strstr(line, "[never]") != NULL;
    say(r, never ? SLOW : GOOD, "huge pages", "%s%s", line,
        never ? ": large networks are walked through small pages" : "");
}

/* ---- the program and what it writes ---- */

static void look_at_program(struct report *r) {
    struct hk_library library;
    say(r, GOOD, "hillock", "%s, commit %s, %s", HK_VERSION, HK_COMMIT, HK_COMPILER);
    for (size_t i = 0; hk_library_at(i, &library); i++) {
        if (library.fits)
            say(r, GOOD, library.name, "%s", library.found);
        else
            say(r, MISSING, library.name, "%s is here, but hillock was built for %s: build anew",
                library.found, library.built);
    }
    say(r, GOOD, "libevent", "%s", event_get_version());
}

static void look_at_folder(struct report *r) {
    const double needed = 16.0 * 1024.0 * 1024.0;
    struct statvfs about;
    const char *path = hk_path_absolute(r->arena, ".", NULL);
    if (!path || statvfs(".", &about) != 0) {
        say(r, MISSING, "folder", "this folder can't be looked at: %s", strerror(errno));
        return;
    }
    double space = (double)about.f_bavail * (double)about.f_frsize;
    if (access(".", W_OK) != 0)
        say(r, MISSING, "folder", "%s can't be written to: results go into results/ here", path);
    else
        say(r, space < needed ? MISSING : GOOD, "folder", "%s has room for %.1f GiB%s", path,
            gibibytes(space), space < needed ? ": too little for results" : "");
}

static void look_at_data(struct report *r) {
    const char *name, *folder;
    struct hk_err why = {.code = HK_OK};
    for (size_t i = 0; hk_dataset_at(r->arena, i, &name, &folder, &why); i++) {
        if (folder)
            say(r, GOOD, name, "%s", folder);
        else
            say(r, ABSENT, name, "%s", why.message);
        why.code = HK_OK;
    }
    const char *data = getenv("HILLOCK_DATA");
    const char *ucr = data ? hk_arena_format(r->arena, NULL, "%s/ucr", data) : NULL;
    if (ucr && hk_path_is_folder(ucr))
        say(r, GOOD, "ucr/NAME", "%s", ucr);
    else
        say(r, ABSENT, "ucr/NAME", "set HILLOCK_DATA to the folder that holds ucr/; looked in %s",
            ucr ? ucr : "no folder: HILLOCK_DATA is not set");
}

static void look(struct report *r) {
    look_at_program(r);
    look_at_processor(r);
    look_at_memory(r);
    look_at_folder(r);
    look_at_data(r);
}

static bool look_as_json(struct report *r, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, stdout);
    r->json = &json;
    hk_json_object(&json, NULL);
    hk_json_array(&json, "findings");
    look(r);
    hk_json_end(&json);
    hk_json_bool(&json, "ok", r->missing == 0);
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    (void)printf("\n");
    return true;
}

static bool doctor(const struct hk_settings *settings, struct hk_err *err) {
    struct report report = {.arena = hk_arena_create(err)};
    bool ok = report.arena != NULL;
    if (ok && settings->json)
        ok = look_as_json(&report, err);
    else if (ok)
        look(&report);
    hk_arena_destroy(report.arena);
    if (!ok || report.missing == 0) return ok;
    return HK_FAIL(err, HK_ERR_IO, "%zu thing%s that hillock needs %s missing", report.missing,
                   report.missing == 1 ? "" : "s", report.missing == 1 ? "is" : "are");
}

const struct hk_command hk_command_doctor = {
    .name = "doctor",
    .doc = "Say what is missing or slow on this machine",
    .arguments = "",
    .examples = {"doctor", "doctor --json | jq '.findings[] | select(.level != \"ok\")'"},
    .options = HK_OPTION_JSON | HK_OPTION_VERBOSE,
    .run = doctor,
};
