#include "cli/bench_view.h"

#include "io/json.h"
#include "sim/machine.h"
#include "sim/models.h"
#include "version.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static const double MB = 1e6;

/* ---- the table ---- */

void hk_bench_head(FILE *out) {
    (void)fprintf(out, "%-20s %3s %8s %8s %8s %8s %8s %8s %9s %9s %9s %8s %8s  %s\n", "network",
                  "thr", "build", "first", "run", "real-", "events", "pulses", "ns/event",
                  "updates", "memory", "bytes/", "cores", "rates");
    (void)fprintf(out, "%-20s %3s %8s %8s %8s %8s %8s %8s %9s %9s %9s %8s %8s  %s\n", "", "", "s",
                  "spike s", "s", "time x", "M/s", "M/s", "x thread", "M/s", "MB", "synapse",
                  "used", "Hz");
}

static void print_rates(const struct hk_bench_measure *m, FILE *out) {
    for (size_t i = 0; i < m->rate_count; i++)
        (void)fprintf(out, " %s %.3g", m->rates[i].name, m->rates[i].hz);
    if (!m->alive) (void)fprintf(out, " (silent at the end)");
}

void hk_bench_row_print(const struct hk_bench_row *row, FILE *out) {
    const struct hk_bench_measure *m = row->measure;
    char beside[32];
    (void)snprintf(beside, sizeof beside, "  + %d busy: x %.2f", row->busy, row->slowdown);
    (void)fprintf(out,
                  "%-20s %3d %8.3f %8.3f %8.3f %8.3f %8.1f %8.1f %9.2f %9.0f %9.1f %8.2f %8.2f ",
                  row->busy ? beside : m->name, m->threads, m->build_s, m->first_spike_s, m->sim_s,
                  hk_bench_rtf(m), 1e-6 * (double)m->counts.events / m->sim_s,
                  1e-6 * (double)m->counts.pulses / m->sim_s, hk_bench_ns_per_event(m),
                  1e-6 * (double)m->counts.updates / m->sim_s, (double)m->memory / MB,
                  hk_bench_bytes_per_synapse(m), m->cpu_s / m->sim_s);
    print_rates(m, out);
    (void)fprintf(out, "\n");
    (void)fflush(out);
}

/* ---- JSON ---- */

enum { TEXT_SIZE = 128 };

/* "AMD EPYC ..." as the system calls it, or "unknown". */
static void machine_name(char text[TEXT_SIZE]) {
    char line[TEXT_SIZE * 2];
    FILE *file = fopen("/proc/cpuinfo", "re");
    (void)snprintf(text, TEXT_SIZE, "unknown");
    while (file && fgets(line, sizeof line, file)) {
        const char *value = strchr(line, ':');
        if (strncmp(line, "model name", strlen("model name")) != 0 || !value) continue;
        value += strspn(value, ": ");
        (void)snprintf(text, TEXT_SIZE, "%.*s", (int)strcspn(value, "\n"), value);
        break;
    }
    if (file) (void)fclose(file);
}

static void put_machine(struct hk_json *json, double load) {
    char machine[TEXT_SIZE], when[TEXT_SIZE] = "";
    time_t now = time(NULL);
    struct tm utc;
    machine_name(machine);
    if (gmtime_r(&now, &utc)) (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    hk_json_text(json, "machine", machine);
    hk_json_integer(json, "cores", hk_machine_cores());
    hk_json_number(json, "load", load);
    hk_json_text(json, "instruction_set", hk_isa_name(hk_isa_best()));
    hk_json_text(json, "version", HK_VERSION);
    hk_json_text(json, "commit", HK_COMMIT);
    hk_json_text(json, "compiler", HK_COMPILER);
    hk_json_text(json, "time", when);
}

static void put_measure(struct hk_json *json, const struct hk_bench_measure *m) {
    hk_json_text(json, "name", m->name);
    hk_json_integer(json, "threads", m->threads);
    hk_json_text(json, "precision", m->precision == HK_DOUBLE ? "double" : "single");
    hk_json_text(json, "clock", m->clock == HK_CLOCK_EXACT ? "exact" : "grid");
    hk_json_number(json, "bio_s", m->bio_s);
    hk_json_number(json, "build_s", m->build_s);
    hk_json_number(json, "sim_s", m->sim_s);
    hk_json_number(json, "cpu_s", m->cpu_s);
    hk_json_number(json, "first_spike_s", m->first_spike_s);
    hk_json_number(json, "rtf", hk_bench_rtf(m));
    hk_json_integer(json, "neurons", (int64_t)m->neurons);
    hk_json_integer(json, "synapses", (int64_t)m->synapses);
    hk_json_integer(json, "spikes", (int64_t)m->counts.spikes);
    hk_json_integer(json, "events", (int64_t)m->counts.events);
    hk_json_integer(json, "pulses", (int64_t)m->counts.pulses);
    hk_json_integer(json, "updates", (int64_t)m->counts.updates);
    hk_json_number(json, "ns_per_event", hk_bench_ns_per_event(m));
    hk_json_number(json, "peak_mb", (double)m->memory / MB);
    hk_json_number(json, "bytes_per_synapse", hk_bench_bytes_per_synapse(m));
    hk_json_object(json, "rates");
    for (size_t i = 0; i < m->rate_count; i++)
        hk_json_number(json, m->rates[i].name, m->rates[i].hz);
    hk_json_end(json);
    hk_json_bool(json, "alive", m->alive);
}

bool hk_bench_row_json(const struct hk_bench_row *row, FILE *out, struct hk_err *err) {
    struct hk_json json;
    hk_json_to_file(&json, out);
    hk_json_object(&json, NULL);
    put_measure(&json, row->measure);
    hk_json_integer(&json, "run", (int64_t)row->run);
    hk_json_integer(&json, "busy", row->busy);
    put_machine(&json, row->load);
    hk_json_end(&json);
    if (!hk_json_finish(&json, err)) return false;
    if (fputc('\n', out) != EOF && fflush(out) == 0) return true;
    return HK_FAIL(err, HK_ERR_IO, "can't write JSON: %s", strerror(errno));
}
