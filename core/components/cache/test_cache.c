/// A cache: what is found, what goes on to the origin.
#include <math.h>
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/cache/example.scalesim.json"

SS_TEST(cache_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    // What is popular fits: far more is found than the tenth that a blind cache would have.
    const double share = simulation_metric(&s, "nodes.db.arrivals") /
                         simulation_metric(&s, "nodes.cache.arrivals");
    SS_CHECK(share > 0.2 && share < 0.5);
    simulation_close(&s);
    free(json);
}

/// The share of requests that a cache of these properties passes on to its origin.
static double misses(const char *properties, const char *warmup) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'cache', 'nodes': {"
        "'c': {'type': 'client', 'load': {'rate': '1000/s'}},"
        "'cache': {'type': 'cache', %s}, 'origin': {'type': 'station', 'concurrency': 'inf',"
        " 'service_time': 'exp(1ms)'}},"
        "'edges': [{'from': 'c', 'to': 'cache'}, {'from': 'cache', 'to': 'origin'}],"
        "'run': {'duration': '400s', 'warmup': '%s'}}",
        properties, warmup);
    const double share = simulation_metric(&s, "nodes.origin.arrivals") /
                         simulation_metric(&s, "nodes.cache.arrivals");
    simulation_close(&s);
    return share;
}

SS_TEST(cache_hit_ratio_is_a_probability) {
    SS_CHECK_NEAR(misses("'hit_ratio': 0.75", "0s"), 0.25, 0.004);
    SS_CHECK_NEAR(misses("'hit_ratio': 1", "0s"), 0.0, 0.0);
    SS_CHECK_NEAR(misses("'hit_ratio': 0", "0s"), 1.0, 0.0005);
}

/// Uniform keys: every policy keeps some capacity / keys of what will be asked for.
SS_TEST(cache_of_uniform_keys_holds_its_share_under_every_policy) {
    SS_CHECK_NEAR(misses("'keys': 1000, 'capacity': 300, 'skew': 0, 'policy': 'lru'", "20s"), 0.7,
                  0.006);
    SS_CHECK_NEAR(misses("'keys': 1000, 'capacity': 300, 'skew': 0, 'policy': 'fifo'", "20s"), 0.7,
                  0.006);
    SS_CHECK_NEAR(misses("'keys': 1000, 'capacity': 300, 'skew': 0, 'policy': 'random'", "20s"),
                  0.7, 0.006);
}

SS_TEST(cache_that_holds_all_keys_misses_each_once) {
    // 400,000 requests over 500 keys: each is missed once, and again by those that ask while the
    // first miss is under way.
    const double share = misses("'keys': 500, 'capacity': 500, 'skew': 0.8", "0s");
    SS_CHECK(share * 400000.0 > 490.0 && share * 400000.0 < 700.0);
}

/// Zipf's popularity under LRU: Che's approximation (2002), good to a percent at this size.
SS_TEST(cache_of_zipf_keys_follows_che) {
    enum { keys = 2000, capacity = 200 };
    static double popularity[keys];
    double total = 0.0;
    for (unsigned i = 0; i < keys; i++) total += popularity[i] = 1.0 / (double)(i + 1u);
    double low = 0.0, high = 1e9; // of the characteristic time
    for (unsigned step = 0; step < 200u; step++) {
        const double time = 0.5 * (low + high);
        double held = 0.0;
        for (unsigned i = 0; i < keys; i++) held += 1.0 - exp(-popularity[i] / total * time);
        if (held < capacity) low = time;
        else high = time;
    }
    double found = 0.0;
    for (unsigned i = 0; i < keys; i++) {
        const double p = popularity[i] / total;
        found += p * (1.0 - exp(-p * low));
    }
    SS_CHECK_NEAR(misses("'keys': 2000, 'capacity': 200, 'skew': 1", "20s"), 1.0 - found, 0.01);
}

SS_TEST(cache_entries_expire) {
    // One key asked for 1,000 times a second, kept for 100 ms: a cycle is the life of an entry
    // and the wait for the next request, about 101 requests of which one is a miss; the mean
    // millisecond of the origin lets one more through.
    const double share = misses("'keys': 1, 'capacity': 1, 'ttl': '100ms'", "1s");
    SS_CHECK(share > 0.009 && share < 0.025);
}
