/* Keeps account of every spike and every synapse, so that none gets lost: spikes times out-degree
 * are the events that were delivered and those that are still in flight.
 *
 *     ledger_open(&ledger, sim);      after hk_sim_build
 *     ... hk_sim_run ...
 *     ledger_check(&ledger, "cuba");  again and again: what is in flight must arrive
 *     ledger_close(&ledger);          */
#ifndef HK_TESTS_SUPPORT_LEDGER_H
#define HK_TESTS_SUPPORT_LEDGER_H

#include "tests/support/net.h"

enum { LEDGER_POPULATIONS_MAX = 32 };

struct ledger {
    struct hk_sim *sim;
    struct net_heard heard[LEDGER_POPULATIONS_MAX];
};
void ledger_open(struct ledger *ledger, struct hk_sim *sim);

/* What all synapses owed, by hand: what has arrived by now, and what is in flight. */
struct ledger_sums {
    uint64_t spikes, arrived, in_flight;
};
/* Compare with hk_sim_count; a difference fails the test, and `name` is in the message. */
struct ledger_sums ledger_check(const struct ledger *ledger, const char *name);
void ledger_close(struct ledger *ledger);

#endif
