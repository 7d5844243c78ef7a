#include "io/vocabulary.h"

#include <stdio.h>
#include <string.h>

const char hk_word_required[] = "";

const char *const hk_precision_choices[] = {"single", "double", NULL};
const char *const hk_clock_choices[] = {"grid", "exact", NULL};
const char *const hk_split_choices[] = {"train", "test", NULL};
const char *const hk_failure_choices[] = {"continue", "stop", NULL};

/* clang-format off */
static const struct hk_word experiment[] = {
    {"hillock", "version", "1", "version of the vocabulary", NULL},
    {"name", "text", hk_word_required, "its results are filed under this name", NULL},
    {"about", "text", NULL, "what it is, and where it comes from", NULL},
    {"base", "text", NULL, "a file that this one is merged into, relative to this one", NULL},
    {"seed", "seed", "1", "seed of all random numbers, 0 to 2^64 - 1", NULL},
    {"resolution", "time", "0.1 ms",
     "length of a tick; all times are multiples of it. With `clock: exact`: 1 ns", NULL},
    {"precision", "choice", "single", "of state, weights and sums. With `clock: exact`: double",
     hk_precision_choices},
    {"clock", "choice", "grid", "how time advances: in steps, or by events", hk_clock_choices},
    {"duration", "time", NULL, "how long to simulate; or `protocol:`", NULL},
    {"params", "quantity{}", NULL, "values that expressions refer to: `= 4 * order`", NULL},
    {"defaults", "defaults", NULL, "what is laid under each population or projection", NULL},
    {"data", "dataset", NULL, "the data set that samples come from", NULL},
    {"populations", "population{}", hk_word_required, "neurons and sources, by name", NULL},
    {"signals", "signal{}", NULL, "numbers that plasticity rules can follow, by name", NULL},
    {"projections", "projections", NULL, "who reaches whom: source->target", NULL},
    {"readouts", "readout{}", NULL, "what turns spike counts into classes, by name", NULL},
    {"protocol", "phase[]", NULL, "what is shown, one phase after the other", NULL},
    {"record", "record", NULL, "what is written down", NULL},
    {"report", "reports", NULL, "what is measured of spikes while they pass", NULL},
    {"expect", "expectation{}", NULL, "what the results must show, by their path", NULL},
    {"sweep", "sweep", NULL, "the same experiment with other values and seeds", NULL},
};
static const struct hk_word defaults[] = {
    {"populations", "population", NULL, "laid under each population of neurons", NULL},
    {"projections", "projection", NULL, "laid under each projection", NULL},
};
static const struct hk_word data[] = {
    {"set", "text", hk_word_required, "the name of the set: mnist, digits, ucr/ECG200 ...", NULL},
    {"path", "text", NULL, "its folder, if not where sets are usually looked for", NULL},
    {"train", "count", NULL, "how many samples to train with; default: all", NULL},
    {"test", "count", NULL, "how many samples to test with; default: all", NULL},
    {"seed", "whole", NULL, "of sets that are drawn", NULL},
    {"sha256", "sha256{}", NULL, "digests of its files, by the files' names", NULL},
    {"crop", "sides", NULL, "[ROWS, COLUMNS]: the centre of each image; default: all of it", NULL},
};
#define DROPOUT                                                                                    \
    {"dropout", "part", "0", "part of the units that is silent in a presentation", NULL}
static const struct hk_word neurons[] = {
    {"size", "count", NULL, "how many units; or `shape:`", NULL},
    {"shape", "count[]", NULL, "the same as rows and columns", NULL},
    {"model", "neuron", NULL, "the neuron model; its parameters stand beside it", NULL},
    DROPOUT,
    {"init", "init", NULL, "initial values of state variables", NULL},
    {"receptors", "receptors", "exp",
     "a kernel for each receptor; one alone stands for exc and inh", NULL},
    {"drive", "drives", NULL, "injected current", NULL},
};
static const struct hk_word source[] = {
    {"size", "count", NULL, "how many units; an encoder's come from the data", NULL},
    {"shape", "count[]", NULL, "the same as rows and columns", NULL},
    DROPOUT,
    {"source", "spike-source", hk_word_required, "what makes the spikes", NULL},
};
static const struct hk_word signal[] = {
    {"rule", "reward-rule", NULL, "how it is given for answers; its parameters stand beside it",
     NULL},
    {"tau", "time", NULL, "decay; default: it stays as it was set", NULL},
    {"from", "text", NULL, "the population whose spikes add to it", NULL},
    {"amount", "number", "1", "of each of these spikes", NULL},
    {"delay", "time", "0 ms", "of these spikes; at least one tick from neurons", NULL},
};
static const struct hk_word projection[] = {
    {"connect", "connect", hk_word_required, "which source reaches which target", NULL},
    {"weight", "weight-dist", hk_word_required, "in the unit of the receptor", NULL},
    {"delay", "time-dist", NULL, "at least one tick between neurons; from sources 0 ms", NULL},
    {"receptor", "text", NULL, "of the target; default: by the weight's sign", NULL},
    {"synapse", "synapse", "static", "what an arriving spike releases", NULL},
    {"plasticity", "plasticity", NULL, "how spikes change the weights; default: not at all", NULL},
    {"normalise", "weight", NULL, "sum of a target's weights, before samples that teach", NULL},
};
static const struct hk_word readout[] = {
    {"model", "readout-model", hk_word_required, "its parameters stand beside it", NULL},
    {"from", "text", hk_word_required, "the population whose spikes are counted", NULL},
    {"classes", "count", NULL, "that it tells apart; default: those of the data", NULL},
};
static const struct hk_word phase[] = {
    {"phase", "text", hk_word_required, "the name of the phase", NULL},
    {"data", "choice", hk_word_required, "which part of the data set is shown", hk_split_choices},
    {"of_class", "whole", NULL, "samples of this class alone; default: of all", NULL},
    {"skip", "whole", "0", "samples to leave out first", NULL},
    {"take", "count", NULL, "how many samples; default: all that follow", NULL},
    {"shuffle", "flag", "false", "in a new order in each epoch", NULL},
    {"epochs", "count", "1", "how often the samples are shown", NULL},
    {"show", "time", hk_word_required, "how long a sample is presented", NULL},
    {"read", "times", NULL, "[FROM, TO]: the part of `show` with the answer; default: all", NULL},
    {"rest", "time", "0 ms", "silence after each sample", NULL},
    {"reset", "flag", "false", "state back to its start before each sample", NULL},
    {"learn", "learn", "false", "all plastic projections, or a list of them", NULL},
    {"adapt", "flag", NULL, "slow adaptation goes on; default: where something learns", NULL},
    {"drop", "flag", NULL, "populations drop out; default: where something learns", NULL},
    {"retry", "retry", NULL, "show a sample again that too few spikes answer", NULL},
    {"label", "text", NULL, "a read-out that learns from these samples", NULL},
    {"evaluate", "text", NULL, "a read-out that predicts their classes", NULL},
    {"running", "text", NULL, "a read-out that predicts with what came before", NULL},
    {"window", "count", NULL, "presentations between two labellings of `running:`; default: 1000",
     NULL},
    {"wanted", "whole", NULL, "the answer that is right; default: the sample's class", NULL},
    {"average", "count", NULL, "presentations that the running score is over; default: 1000", NULL},
    {"reward", "text", NULL, "a signal that is given for the answer after it was read", NULL},
    {"teach", "text", NULL, "a population whose unit of the class should fire", NULL},
};
static const struct hk_word retry[] = {
    {"population", "text", hk_word_required, "whose spikes are counted", NULL},
    {"below", "count", "1", "fewer spikes than that", NULL},
    {"gain", "number", "0.5", "added to the encoders' gain at each retry", NULL},
    {"most", "whole", "20", "retries of one sample", NULL},
};
#define IN {"in", "text[]", NULL, "in these phases; default: always", NULL}
#define WINDOW                                                                                     \
    {"from", "time", NULL, "of the run, or of each phase; default: its beginning", NULL},          \
    {"to", "time", NULL, "default: its end", NULL}
#define ONLY {"only", "some-units", NULL, "some units, or {first: COUNT}; default: all", NULL}
static const struct hk_word record[] = {
    {"spikes", "text[]", NULL, "of these populations; beside it, recorders by name", NULL},
    IN,
};
static const struct hk_word record_spikes[] = {
    {"spikes", "text[]", hk_word_required, "of these populations", NULL},
    ONLY, WINDOW, IN,
};
static const struct hk_word record_state[] = {
    {"state", "text", hk_word_required, "POPULATION.VARIABLE", NULL},
    ONLY,
    {"every", "interval", NULL, "a time, or so many samples; or `on:`", NULL},
    {"on", "trigger", NULL, "spike of POPULATION", NULL},
    WINDOW, IN,
};
static const struct hk_word record_weights[] = {
    {"weights", "text", hk_word_required, "of this projection", NULL},
    {"every", "interval", hk_word_required, "a time, or with a protocol so many samples", NULL},
    {"histogram", "histogram", NULL, "how many there are of which size, instead of each", NULL},
    IN,
};
static const struct hk_word record_rate[] = {
    {"rate", "text[]", hk_word_required, "of these populations, in Hz", NULL},
    {"bin", "time", "1 ms", "that spikes are counted in", NULL},
    WINDOW, IN,
};
static const struct hk_word units[] = {
    {"first", "count", hk_word_required, "the units 0 to this less one", NULL},
};
static const struct hk_word histogram[] = {
    {"bins", "count", hk_word_required, "how many", NULL},
    {"range", "weights", NULL, "[LOWEST, HIGHEST]; default: those of each snapshot", NULL},
};
static const struct hk_word report[] = {
    {"spikes", "measures{}", NULL, "of these populations", NULL},
    {"in", "text[]", NULL, "in these phases; default: in all", NULL},
    {"from", "time", "0 ms", "of the run, or of each phase", NULL},
    {"to", "time", NULL, "default: its end", NULL},
    {"bin", "time", "1 ms", "of the counts that fano and the spectrum are of", NULL},
};
static const struct hk_word expectation[] = {
    {"at_least", "quantity", NULL, "not less than this", NULL},
    {"at_most", "quantity", NULL, "not more than this", NULL},
    {"equals", "quantity", NULL, "exactly this", NULL},
};
static const struct hk_word recording[] = {
    {"population", "text", NULL, "which one of the file's", NULL},
    {"columns", "text[]", NULL, "of text: what its columns are", NULL},
    {"time_unit", "text", NULL, "of text: the unit of its times", NULL},
};
#define UNIFORM {"uniform", "pair", NULL, "[lowest, highest]", NULL}
#define NORMAL  {"normal", "pair", NULL, "[mean, standard deviation]", NULL}
static const struct hk_word distribution[] = {UNIFORM, NORMAL};
static const struct hk_word start[] = {
    UNIFORM,
    NORMAL,
    {"rectified-normal", "pair", NULL, "the same, and 0 where less was drawn", NULL},
};
static const struct hk_word sweep[] = {
    {"hillock", "version", NULL, "version of the vocabulary", NULL},
    {"sweep", "text", NULL, "its results are filed under this name", NULL},
    {"about", "text", NULL, "what it is for", NULL},
    {"base", "text", NULL, "the experiment, relative to this file", NULL},
    {"set", "values", NULL, "in every trial; paths are those of -D", NULL},
    {"over", "axes", NULL, "all combinations of these", NULL},
    {"zip", "axes", NULL, "lists that are walked together", NULL},
    {"seeds", "seed-list", NULL, "each point with these", NULL},
    {"repeats", "count", NULL, "each point so often, with seeds that follow from its own", NULL},
    {"run", "trials", NULL, "how the trials are run", NULL},
    {"collect", "collect", NULL, "numbers of the results that make the table", NULL},
};
static const struct hk_word range[] = {
    {"range", "ends", hk_word_required, "[FROM, TO]", NULL},
    {"step", "quantity", hk_word_required, "from value to value", NULL},
};
static const struct hk_word seeds[] = {
    {"count", "count", hk_word_required, "how many", NULL},
    {"from", "whole", NULL, "the first; default: 1", NULL},
};
static const struct hk_word trials[] = {
    {"jobs", "count", NULL, "trials at a time; default: what cores and memory allow", NULL},
    {"limit", "limit", NULL, "of each trial", NULL},
    {"retries", "whole", NULL, "of a trial that failed; default: 0", NULL},
    {"on_failure", "choice", NULL, "what the others do; default: continue", hk_failure_choices},
};
static const struct hk_word limit[] = {
    {"wall", "time", NULL, "wall time", NULL},
};

#define WORDS(table, text) {#table, text, table, HK_COUNT(table)}
const struct hk_words
    hk_words_experiment = WORDS(experiment, "an experiment"),
    hk_words_defaults = WORDS(defaults, "what many entries share"),
    hk_words_data = WORDS(data, "a data set"),
    hk_words_neurons = WORDS(neurons, "a population of neurons"),
    hk_words_source = WORDS(source, "a population that spikes by itself"),
    hk_words_signal = WORDS(signal, "a number that the whole network can see"),
    hk_words_projection = WORDS(projection, "connections from one population to another"),
    hk_words_readout = WORDS(readout, "what turns spike counts into classes"),
    hk_words_phase = WORDS(phase, "samples shown one after the other"),
    hk_words_retry = WORDS(retry, "show a sample again, with a higher gain"),
    hk_words_record = WORDS(record, "what is written down"),
    hk_words_record_spikes = WORDS(record_spikes, "a recorder of spikes"),
    hk_words_record_state = WORDS(record_state, "a recorder of a state variable"),
    hk_words_record_weights = WORDS(record_weights, "a recorder of weights"),
    hk_words_record_rate = WORDS(record_rate, "a recorder of population rates"),
    hk_words_units = WORDS(units, "units of a population"),
    hk_words_histogram = WORDS(histogram, "bins that weights are counted in"),
    hk_words_report = WORDS(report, "what is measured of spikes while they pass"),
    hk_words_expectation = WORDS(expectation, "bounds of a number in the results"),
    hk_words_recording = WORDS(recording, "what may stand beside the file of a recording"),
    hk_words_distribution = WORDS(distribution, "a value for each, drawn at random"),
    hk_words_start = WORDS(start, "where a state variable begins, drawn at random"),
    hk_words_sweep = WORDS(sweep, "one experiment with many values and seeds"),
    hk_words_range = WORDS(range, "evenly spaced values"),
    hk_words_seeds = WORDS(seeds, "seeds in a row"),
    hk_words_trials = WORDS(trials, "how trials are run"),
    hk_words_limit = WORDS(limit, "what a trial may use");
/* clang-format on */

const struct hk_words *hk_words_at(size_t index) {
    static const struct hk_words *const all[] = {
        &hk_words_experiment,   &hk_words_defaults,       &hk_words_data,
        &hk_words_neurons,      &hk_words_source,         &hk_words_signal,
        &hk_words_projection,   &hk_words_readout,        &hk_words_phase,
        &hk_words_retry,        &hk_words_record,         &hk_words_record_spikes,
        &hk_words_record_state, &hk_words_record_weights, &hk_words_record_rate,
        &hk_words_units,        &hk_words_histogram,      &hk_words_report,
        &hk_words_recording,    &hk_words_distribution,   &hk_words_start,
        &hk_words_sweep,        &hk_words_range,          &hk_words_seeds,
        &hk_words_trials,       &hk_words_limit,          &hk_words_expectation,
    };
    return index < HK_COUNT(all) ? all[index] : NULL;
}

void hk_words_add(const struct hk_words *words, struct hk_keys *keys) {
    for (size_t i = 0; i < words->count; i++) hk_keys_add(keys, words->word[i].name);
}

bool hk_words_check(const struct hk_node *map, const struct hk_words *words, struct hk_err *err) {
    struct hk_keys keys = {.count = 0};
    hk_words_add(words, &keys);
    return hk_node_check_keys(map, keys.key, keys.count, err);
}

bool hk_words_fill(struct hk_reader *reader, struct hk_node *map, const struct hk_words *words,
                   struct hk_err *err) {
    for (size_t i = 0; i < words->count; i++) {
        const struct hk_word *word = &words->word[i];
        if (!word->def || word->def == hk_word_required) continue;
        if (!hk_default_key(reader, map, word->name, word->def, err)) return false;
    }
    return true;
}

bool hk_node_choice(const struct hk_node *node, const char *const *choices, size_t *chosen,
                    struct hk_err *err) {
    const char *text = hk_node_text(node, err);
    if (!text) return false;
    for (*chosen = 0; choices[*chosen]; ++*chosen)
        if (strcmp(choices[*chosen], text) == 0) return true;
    char known[128] = "";
    for (size_t i = 0; choices[i]; i++) {
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", choices[i]);
    }
    return hk_node_fail(err, node, "%s: '%s' is not one of %s", node->key, text, known);
}
