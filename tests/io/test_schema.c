/* The schema as an editor uses it: by a validator of JSON Schema and a reader of YAML that know
 * nothing of hillock (tests/schema, installed from npm where there is one). */
#include <check.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

enum { LINE_SIZE = 4096, FILES_MAX = 128 };

static const char good[] =
    "hillock: 1\n"
    "name: small\n"
    "about: two sources and a layer\n"
    "seed: 7\n"
    "precision: double\n"
    "params: {n: 10, w: 90 pA, half: = w / 2}\n"
    "data: {set: digits, train: 20, test: 10, crop: [28, 28]}\n"
    "populations:\n"
    "  in: {shape: [28, 28], source: {encoder: poisson, rate_max: 50 Hz}}\n"
    "  noise: {size: = n, source: {poisson: 5 kHz}}\n"
    "  clock: {size: 1, source: {regular: 5 ms, start: 1e0 ms}}\n"
    "  out:\n"
    "    model: lif\n"
    "    size: 10\n"
    "    dropout: 0.25\n"
    "    tau_m: 0.02 s\n"
    "    reset: subtract\n"
    "    receptors: {exc: exp, inh: alpha}\n"
    "    tau_exc: 5 ms\n"
    "    init:\n"
    "      i_exc: 3 pA\n"
    "      i_inh: {rectified-normal: [3 pA, 2 pA]}\n"
    "      v: {uniform: [-70 mV, -55 mV]}\n"
    "    drive: [{step: 400 pA, from: 5 ms}]\n"
    "  fed: {model: lif, size: 9, receptors: {in: delta}, drive: {poisson: 8 kHz, weight: 1 mV}}\n"
    "signals:\n"
    "  reward: {rule: fixed, right: 2}\n"
    "  dopamine: {from: fed, tau: 200 ms, amount: 0.1, delay: 1 ms}\n"
    "projections:\n"
    "  in->out: {connect: {rule: probability, p: 0.5}, weight: {normal: [9 pA, 1 pA]}}\n"
    "  noise->out: {connect: one-to-one, weight: = half, delay: {uniform: [0 ms, 2 ms]}}\n"
    "  out->out:\n"
    "    connect: {rule: fixed-indegree, n: = n, autapses: false}\n"
    "    weight: -3 pA\n"
    "    delay: 1.5 ms\n"
    "    synapse: {model: tsodyks-markram, u: 0.3}\n"
    "    plasticity: {rule: stdp-pair, a_plus: 1 pA, a_minus: 1 pA, w_max: 9 pA}\n"
    "  fed->fed: {connect: {rule: groups, groups: 3}, weight: -1 mV, delay: 1 ms}\n"
    "  in->fed:\n"
    "    connect: {rule: local, input: [28, 28], field: 22, stride: 3}\n"
    "    weight: {uniform: [0 mV, 1 mV]}\n"
    "    plasticity: {rule: mstdp, signal: reward, rate: 1 mV, w_max: 9 mV}\n"
    "readouts: {digits: {model: label-rate, from: out, classes: 10}}\n"
    "protocol:\n"
    "  - {phase: train, data: train, show: 20 ms, learn: [out->out], running: digits}\n"
    "  - {phase: test, data: test, show: 20 ms, retry: {population: out, below: 2}}\n"
    "  - {phase: pay, data: train, of_class: 3, wanted: 1, show: 30 ms, read: [5 ms, 20 ms], drop: "
    "true, evaluate: digits, reward: reward, average: 7}\n"
    "record:\n"
    "  spikes: [out]\n"
    "  in: [test]\n"
    "  raster: {spikes: [noise], only: {first: 5}, from: 1 ms, to: 9 ms}\n"
    "  vm: {state: out.v, only: [0, 3], every: 0.5 ms}\n"
    "  theta: {state: out.v, every: 10 samples}\n"
    "  snap: {state: fed.v, on: spike of out, in: [pay]}\n"
    "  w: {weights: out->out, every: 5 samples, histogram: {bins: 10, range: [0 pA, 9 pA]}}\n"
    "  in->spikes: {rate: [out, fed], bin: 2 ms}\n"
    "report: {spikes: {out: [rate, fano], fed: [cv_isi]}, in: [pay], from: 1 ms, bin: 2 ms}\n"
    "expect: {metrics.test.rate.out: {at_most: 90 Hz}, network.spikes: {at_least: 1, at_most: 1e9, "
    "equals: = n}}\n";

/* What is replaced, and by what; hillock refuses each of them too. */
static const char *const mistakes[][2] = {
    {"hillock: 1", "hillock: 2"},
    {"at_most: 90 Hz", "most: 90 Hz"},
    {"at_most: 90 Hz", "at_most: 90 herz"},
    {"{at_most: 90 Hz}", "90 Hz"},
    {"name: small", "title: small"},
    {"seed: 7", "seed: -7"},
    {"precision: double", "precision: quadruple"},
    {"params:", "parms:"},
    {"set: digits,", ""},
    {"train: 20,", "train: 0,"},
    {"shape: [28, 28]", "shape: 28"},
    {"encoder: poisson, rate_max: 50 Hz", "encoder: poison, rate_max: 50 Hz"},
    {"encoder: poisson, rate_max: 50 Hz", "encoder: poisson"},
    {"rate_max: 50 Hz", "rate_max: 50 ms"},
    {"{poisson: 5 kHz}", "{poison: 5 kHz}"},
    {"5 kHz", "5 khz"},
    {"start: 1e0 ms", "begin: 1e0 ms"},
    {"size: = n,", "size: n,"},
    {"model: lif", "model: liff"},
    {"size: 10", "size: 0"},
    {"size: 10", "size: 10.5"},
    {"tau_m: 0.02 s", "tau_m: 20"},
    {"tau_m: 0.02 s", "tau_m: 20 mV"},
    {"tau_m: 0.02 s", "tau_mm: 20 ms"},
    {"tau_m: 0.02 s", "theta_plus: 1 mV"},
    {"reset: subtract", "reset: add"},
    {"exc: exp", "exc: expo"},
    {"tau_exc: 5 ms", "tau_exc: 5"},
    {"      v: {", "      y: {"},
    {"-55 mV]", "-55 mV, 3 mV]"},
    {"{step: 400 pA", "{stp: 400 pA"},
    {"from: 5 ms}]", "form: 5 ms}]"},
    {"  in->out:", "  in-out:"},
    {"rule: probability, p: 0.5", "rule: probability"},
    {"p: 0.5", "p: 1.5"},
    {"normal: [9 pA, 1 pA]", "normal: 9 pA"},
    {"normal: [9 pA", "nromal: [9 pA"},
    {"normal: [9 pA", "rectified-normal: [9 pA"},
    {"weight: = half, ", ""},
    {"connect: one-to-one", "connect: one-to-two"},
    {"n: = n, autapses: false", "n: = n, autapses: no"},
    {"n: = n, autapses", "n: 3 mV, autapses"},
    {"synapse: {model: tsodyks-markram, u: 0.3}", "synapse: {model: tsodyks-markram, U: 0.3}"},
    {"delay: 1.5 ms", "delay: 1.5"},
    {", w_max: 9 pA", ""},
    {"rule: stdp-pair", "rule: stdp"},
    {"model: label-rate, from: out", "model: label-rate"},
    {"phase: train, ", ""},
    {"data: test", "data: validation"},
    {"show: 20 ms, retry", "retry"},
    {"learn: [out->out]", "learn: sometimes"},
    {"{population: out, below: 2}", "{below: 2}"},
    {"record:\n  spikes", "record:\n  spiks"},
    {"spikes: [out]", "spikes: out"},
    {"raster: {spikes", "raster: {spiks"},
    {"only: {first: 5}", "only: {first: 0}"},
    {"only: {first: 5}", "only: {last: 5}"},
    {"only: [0, 3]", "only: []"},
    {"only: [0, 3]", "only: 3"},
    {"from: 1 ms, to", "from: 1, to"},
    {"every: 0.5 ms", "every: 0.5"},
    {"every: 10 samples", "every: 10 sample s"},
    {"every: 10 samples", "every: some samples"},
    {"spike of out", "spikes of out"},
    {"every: 5 samples, ", ""},
    {"bins: 10, ", ""},
    {"range: [0 pA, 9 pA]", "range: [0 pA]"},
    {"rate: [out, fed], ", ""},
    {"rate: [out, fed]", "rate: [out, fed], spikes: [fed]"},
    {"crop: [28, 28]", "crop: [28]"},
    {"crop: [28, 28]", "crop: 28"},
    {"dropout: 0.25", "dropout: 1"},
    {"dropout: 0.25", "dropout: true"},
    {"weight: 1 mV}}\n", "weight: 1}}\n"},
    {"8 kHz, weight: 1 mV", "8 kHz"},
    {"signals:", "signal:"},
    {"rule: fixed,", "rule: fixd,"},
    {"right: 2", "rihgt: 2"},
    {"right: 2", "rate: 2"},
    {"tau: 200 ms", "tau: 200"},
    {"amount: 0.1", "amount: 0.1 mV"},
    {"from: fed", "form: fed"},
    {"rule: groups, groups: 3", "rule: groups"},
    {"groups: 3}", "groups: 3, reach: nobody}"},
    {"field: 22, ", ""},
    {"signal: reward, ", ""},
    {"classes: 10", "classes: 0"},
    {"of_class: 3", "of_class: -1"},
    {"wanted: 1", "wanted: one"},
    {"read: [5 ms, 20 ms]", "read: [5 ms]"},
    {"read: [5 ms, 20 ms]", "read: 20 ms"},
    {"drop: true", "drop: 0.3"},
    {"reward: reward, av", "rewards: reward, av"},
    {"average: 7", "average: 0"},
    {"report: {spikes: {", "report: {spiks: {"},
    {"[rate, fano]", "[rate, fanno]"},
    {"[rate, fano]", "rate"},
    {"bin: 2 ms", "bin: 2"},
};

static struct program program;
static char lines[FILES_MAX][LINE_SIZE];

/* Where `make` has installed the validator; NULL: it has not. */
static const char *validator(void) {
    static char script[PATH_MAX + 32];
    static char folder[PATH_MAX];
    const char *named = getenv("HK_TEST_SCHEMA");
    if (!named || !realpath(named, folder)) return NULL;
    (void)snprintf(script, sizeof script, "%s/node_modules/ajv", folder);
    if (access(script, F_OK) != 0) return NULL;
    (void)snprintf(script, sizeof script, "%s/validate.mjs", folder);
    return script;
}

#define NEED_VALIDATOR()                                                                           \
    if (!validator()) hk_test_skip("no npm here, or it couldn't fetch the JSON Schema validator")

static void write_schema(void) {
    FILE *file = fopen(program_path("schema.json"), "w");
    ck_assert_ptr_nonnull(file);
    program_start(&program, (const int[2]){fileno(file), -1},
                  (const char *const[]){"schema", NULL});
    program_finish(&program);
    (void)fclose(file);
    ck_assert_str_eq(program.err, "");
    ck_assert_int_eq(program.status, 0);
}

/* Let the validator look at files of the test's folder, or at whatever a path names; one line of
 * its answer each. */
static void validate(const char *files, size_t count) {
    static char command[64 * 1024];
    write_schema();
    (void)snprintf(command, sizeof command, "cd '%s' && node '%s' schema.json %s", hk_test_folder(),
                   validator(), files);
    FILE *answer = popen(command, "r");
    ck_assert_ptr_nonnull(answer);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fgets(lines[i], LINE_SIZE, answer) != NULL, "%zu answers to %s", i, command);
    ck_assert_int_eq(pclose(answer), 0);
}

static void expect_good(const char *files, size_t count) {
    validate(files, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(strncmp(lines[i], "ok ", 3) == 0, "%s", lines[i]);
}

/* `good` with the first `from` replaced. */
static void write_changed(const char *name, const char *from, const char *to) {
    static char text[sizeof good + 256];
    const char *at = strstr(good, from);
    ck_assert_msg(at != NULL, "no '%s'", from);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    program_write_file(name, text);
}

START_TEST(shipped_experiments_and_sweeps_are_valid) {
    glob_t found;
    char files[16 * 1024] = "";
    NEED_VALIDATOR();
    if (glob("experiments/*.yaml", 0, NULL, &found) != 0) hk_test_skip("no experiments here");
    ck_assert_int_eq(glob("experiments/sweeps/*.yaml", GLOB_APPEND, NULL, &found), 0);
    ck_assert_int_eq(glob("bench/*.yaml", GLOB_APPEND, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char path[PATH_MAX];
        ck_assert_ptr_nonnull(realpath(found.gl_pathv[i], path));
        size_t used = strlen(files);
        (void)snprintf(files + used, sizeof files - used, " '%s'", path);
    }
    expect_good(files, found.gl_pathc);
    globfree(&found);
}
END_TEST

START_TEST(a_resolved_experiment_is_valid) {
    NEED_VALIDATOR();
    program_write_file("good.yaml", good);
    program_run(&program, "config", "resolve", "good.yaml");
    ck_assert_str_eq(program.err, "");
    program_write_file("resolved.yaml", program.out);
    expect_good("good.yaml resolved.yaml", 2);
}
END_TEST

/* What isn't there may come from elsewhere. */
START_TEST(files_that_lean_on_bases_and_defaults_are_valid) {
    NEED_VALIDATOR();
    program_write_file("base.yaml", "base: good.yaml\n"
                                    "populations: {out: {tau_m: 30 ms}, in: {source: {rate_max: 9 "
                                    "Hz}}}\n"
                                    "projections: {in->out: {connect: {p: 0.1}}}\n"
                                    "readouts: {digits: {from: out}}\n");
    program_write_file("defaults.yaml", "name: x\n"
                                        "duration: 1 s\n"
                                        "defaults:\n"
                                        "  populations: {model: lif, receptors: {a: exp}}\n"
                                        "  projections: {delay: 1 ms, weight: 3 pA}\n"
                                        "populations: {out: {size: 3, tau_a: 3 ms}}\n"
                                        "projections: {out->out: {connect: all-to-all}}\n");
    program_write_file("block.yaml",
                       "name: x\nduration: 1 s\n"
                       "populations: {out: {size: 3, model: lif}}\n"
                       "sweep:\n"
                       "  over: {populations.out.tau_m: {range: [5 ms, 9 ms], step: 1 ms}}\n"
                       "  zip: {seed: [1, 2], duration: [1 s, 2 s]}\n"
                       "  seeds: [1, 2]\n"
                       "  run: {jobs: 2, limit: {wall: 10 min}, on_failure: stop}\n"
                       "  collect: [metrics.rate.out]\n");
    expect_good("base.yaml defaults.yaml block.yaml", 3);
}
END_TEST

START_TEST(mistakes_are_found_and_hillock_refuses_them_too) {
    char files[FILES_MAX * 16] = "", name[32];
    NEED_VALIDATOR();
    for (size_t i = 0; i < HK_COUNT(mistakes); i++) {
        (void)snprintf(name, sizeof name, "bad%zu.yaml", i);
        write_changed(name, mistakes[i][0], mistakes[i][1]);
        size_t used = strlen(files);
        (void)snprintf(files + used, sizeof files - used, " %s", name);
    }
    validate(files, HK_COUNT(mistakes));
    for (size_t i = 0; i < HK_COUNT(mistakes); i++) {
        ck_assert_msg(strncmp(lines[i], "bad ", 4) == 0, "%s for '%s' is valid", mistakes[i][1],
                      mistakes[i][0]);
        (void)snprintf(name, sizeof name, "bad%zu.yaml", i);
        program_run(&program, "check", name);
        ck_assert_msg(program.status == 3, "%s for '%s': %d, %s", mistakes[i][1], mistakes[i][0],
                      program.status, program.err);
    }
}
END_TEST

/* In sweeps, too. */
START_TEST(mistakes_in_sweeps_are_found) {
    static const char *const sweeps[] = {
        "sweep: s\nover: {seed: [1]}\n",
        "sweep: s\nbase: good.yaml\nover: {params.w: {range: [1 pA], step: 1 pA}}\n",
        "sweep: s\nbase: good.yaml\nover: {params.w: {range: [1 pA, 3 pA]}}\n",
        "sweep: s\nbase: good.yaml\nseeds: {from: 3}\n",
        "sweep: s\nbase: good.yaml\nrun: {on_failure: panic}\n",
        "sweep: s\nbase: good.yaml\nrun: {limit: {wall: 10}}\n",
        "sweep: s\nbase: good.yaml\nrepeat: 3\n",
    };
    char files[FILES_MAX * 16] = "", name[32];
    NEED_VALIDATOR();
    for (size_t i = 0; i < HK_COUNT(sweeps); i++) {
        (void)snprintf(name, sizeof name, "s%zu.yaml", i);
        program_write_file(name, sweeps[i]);
        size_t used = strlen(files);
        (void)snprintf(files + used, sizeof files - used, " %s", name);
    }
    validate(files, HK_COUNT(sweeps));
    for (size_t i = 0; i < HK_COUNT(sweeps); i++)
        ck_assert_msg(strncmp(lines[i], "bad ", 4) == 0, "valid: %s", sweeps[i]);
}
END_TEST

Suite *suite_io_schema(void) {
    Suite *suite = suite_create("io/schema");
    TCase *tcase = tcase_create("schema");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, NULL, hk_test_folder_remove);
    tcase_add_test(tcase, shipped_experiments_and_sweeps_are_valid);
    tcase_add_test(tcase, a_resolved_experiment_is_valid);
    tcase_add_test(tcase, files_that_lean_on_bases_and_defaults_are_valid);
    tcase_add_test(tcase, mistakes_are_found_and_hillock_refuses_them_too);
    tcase_add_test(tcase, mistakes_in_sweeps_are_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
