/// Whatever the design, nothing is lost, made or forgotten (invariants.h).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_design.h"
#include "simulate.h"
#include "unit.h"

#define DESIGNS 300u
#define DESIGNS_OF_ALL 3000u
#define SNAPSHOTS 80u
#define CHAOS_SEEDS 100u
#define CHAOS_SEEDS_OF_ALL 10000u

static bool is_long(void) {
    const char *all = getenv("SCALESIM_TEST_ALL");
    return all && all[0] == '1';
}

SS_TEST(invariants_hold_in_random_designs) {
    const ss_allocator allocator = ss_allocator_default();
    const unsigned count = is_long() ? DESIGNS_OF_ALL : DESIGNS;
    unsigned failures = 0;
    uint64_t events = 0;
    for (unsigned seed = 1; seed <= count && failures < 3u; seed++) {
        ss_text text = ss_text_create(&allocator);
        random_design_write(seed, &text);
        ss_run_options options = ss_run_options_default();
        options.seed = seed;
        options.has_seed = true;
        simulation s = simulation_open_json(text.bytes, options);
        s.slice_events = 97;
        simulation_finish(&s);
        if (s.run) events += ss_run_events(s.run);
        if (!s.run || s.has_failed) {
            printf("in the random design of seed %u\n", seed);
            failures++;
        }
        simulation_close(&s);
        ss_text_destroy(&text);
    }
    SS_CHECK(events > 1000u * count); // they do something
}

/// Runs on from where it stands and gives the results.
static char *results_at_end(simulation *s) {
    while (!ss_run_is_done(s->run)) {
        if (ss_run_advance(s->run, 1000, 1e9) != SS_OK) break;
    }
    SS_CHECK(ss_run_results(s->run, &s->results) == SS_OK);
    char *json = simulation_json(s);
    ss_results_destroy(s->results);
    s->results = NULL;
    return json;
}

/// A run that goes on from a snapshot has the same bytes, and looking does not change them.
SS_TEST(snapshots_of_random_designs_go_on_alike) {
    const ss_allocator allocator = ss_allocator_default();
    for (unsigned seed = 1; seed <= SNAPSHOTS; seed++) {
        ss_text text = ss_text_create(&allocator);
        random_design_write(seed, &text);
        simulation s = simulation_open_json(text.bytes, ss_run_options_default());
        SS_REQUIRE(s.run != NULL);
        char *whole = results_at_end(&s);
        simulation_restart(&s, (uint64_t)ss_object_get(&s.design->run, "seed")->number);
        SS_CHECK(ss_run_advance(s.run, UINT64_MAX, (double)(seed % 19u)) == SS_OK);
        ss_snapshot *snapshot = NULL;
        SS_CHECK(ss_run_snapshot(s.run, &snapshot) == SS_OK);
        char *first = results_at_end(&s);
        SS_CHECK(snapshot && ss_run_restore(s.run, snapshot) == SS_OK);
        char *second = results_at_end(&s);
        if (!SS_CHECK(strcmp(first, whole) == 0) || !SS_CHECK(strcmp(second, whole) == 0)) {
            printf("in the random design of seed %u\n", seed);
        }
        ss_snapshot_destroy(snapshot);
        free(whole);
        free(first);
        free(second);
        simulation_close(&s);
        ss_text_destroy(&text);
    }
}

/// Everything that can go wrong at once: retries and hedges into a database that crashes, pauses
/// and slows, behind an impatient gateway, with a broker whose consumers fail.
#define CHAOS                                                                                      \
    "{'format': 'scalesim/1', 'nodes': {"                                                          \
    "'open': {'type': 'client', 'load': {'rate': 120}, 'operations': {'read': 5, 'write': 1}},"    \
    "'closed': {'type': 'client', 'load': {'users': 15, 'think': 'exp(50ms)'}},"                   \
    "'gate': {'type': 'gateway', 'concurrency': 8, 'queue': 20, 'patience': 'exp(60ms)'},"         \
    "'app': {'type': 'service', 'replicas': 3, 'concurrency': 4, 'balance': 'p2c',"                \
    " 'discipline': 'priority', 'operations': {"                                                   \
    "'read': {'priority': 1, 'flow': [{'call': 'cache', 'miss': [{'call': 'db'}]}]},"              \
    "'write': {'priority': 2, 'flow': [{'parallel': [[{'call': 'db'}], [{'call': 'other'}]]},"     \
    " {'publish': 'log'}]}, 'default': {'flow': [{'compute': 'exp(2ms)'}, {'call': 'other'}]}}},"  \
    "'cache': {'type': 'redis', 'keys': 200, 'capacity': 50},"                                     \
    "'db': {'type': 'postgres', 'connections': 6, 'cores': 2, 'service_time': 'exp(9ms)'},"        \
    "'other': {'type': 'station', 'discipline': 'srpt', 'concurrency': 2,"                         \
    " 'service_time': 'lognormal(mean=8ms, cv=2)'},"                                               \
    "'log': {'type': 'queue', 'prefetch': 2, 'max_deliveries': 3, 'capacity': 50},"                \
    "'sink': {'type': 'station', 'service_time': 'exp(10ms)', 'error_rate': 0.3}},"                \
    "'edges': [{'from': 'open', 'to': 'gate', 'timeout': '150ms'},"                                \
    "{'from': 'closed', 'to': 'gate'},"                                                            \
    "{'from': 'gate', 'to': 'app', 'latency': 'exp(1ms)', 'timeout': '90ms',"                      \
    " 'deadline': 'propagate', 'retry': {'max': 3, 'backoff': '5ms', 'jitter': 1}},"               \
    "{'from': 'app', 'to': 'cache', 'loss': 0.01},"                                                \
    "{'from': 'app', 'to': 'db', 'timeout': '60ms',"                                               \
    " 'hedge': {'after': '25ms', 'max': 2}, 'breaker': {'window': '2s', 'open_for': '1s'}},"       \
    "{'from': 'app', 'to': 'other', 'latency': '1ms', 'retry': {'max': 1, 'budget': 0.2}},"        \
    "{'from': 'app', 'to': 'log', 'kind': 'publish', 'loss': 0.02},"                               \
    "{'from': 'log', 'to': 'sink'}],"                                                              \
    "'faults': [{'kind': 'crash', 'target': 'db', 'mtbf': 2, 'mttr': 0.3},"                        \
    "{'kind': 'pause', 'target': 'other', 'mtbf': 1.5, 'mttr': 0.2},"                              \
    "{'kind': 'slow', 'target': 'app', 'factor': 5, 'mtbf': 3, 'mttr': 0.5},"                      \
    "{'kind': 'crash', 'target': 'log', 'mtbf': 4, 'mttr': 0.4},"                                  \
    "{'kind': 'crash', 'target': 'app', 'mtbf': 5, 'mttr': 0.2},"                                  \
    "{'kind': 'flush', 'target': 'cache', 'mtbf': 2, 'mttr': 1},"                                  \
    "{'kind': 'partition', 'target': 'gate->app', 'mtbf': 3, 'mttr': 0.1}],"                       \
    "'run': {'duration': 8, 'warmup': 0}}"

SS_TEST(invariants_hold_in_chaos) {
    const unsigned seeds = is_long() ? CHAOS_SEEDS_OF_ALL : CHAOS_SEEDS;
    simulation s = simulation_open(CHAOS);
    for (unsigned seed = 1; seed <= seeds && s.run && !s.has_failed; seed++) {
        simulation_restart(&s, seed);
        s.slice_events = 61;
        simulation_finish(&s);
        if (s.has_failed) printf("with the seed %u\n", seed);
        SS_CHECK(s.has_failed || simulation_metric(&s, "nodes.gate.arrivals") > 500.0);
    }
    simulation_close(&s);
}

/// The examples keep them too.
SS_TEST(invariants_hold_in_the_examples) {
    static const char *const names[] = {"mm1", "mm3", "jackson", "chat", "ecommerce"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "examples/%s/%s.scalesim.json", names[i], names[i]);
        char *json = ss_test_read_file(path, NULL);
        SS_REQUIRE(json != NULL);
        ss_run_options options = ss_run_options_default();
        options.duration_s = 30.0;
        simulation s = simulation_open_json(json, options);
        s.slice_events = 500;
        simulation_finish(&s);
        SS_CHECK(!s.has_failed);
        simulation_close(&s);
        free(json);
    }
}
