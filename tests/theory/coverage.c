/// Whether the 95 % interval of a run holds the truth in 95 % of runs: over 200 seeds in the
/// ordinary suite, over 1,000 in the long one, where the bounds are narrower.
#include "theory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SEEDS 200u
#define SEEDS_OF_ALL 1000u

static bool is_long(void) {
    const char *all = getenv("SCALESIM_TEST_ALL");
    return all && all[0] == '1';
}

/// Counts the runs whose interval holds the truth. The catalog and the design are read once.
static void covers(const char *name, const char *design, const char *mean_path,
                   const char *width_path, double truth) {
    const unsigned seeds = is_long() ? SEEDS_OF_ALL : SEEDS;
    simulation run = simulation_open("%s", design);
    unsigned covered = 0;
    double mean_of_means = 0.0;
    for (unsigned seed = 1; seed <= seeds && run.run && !run.has_failed; seed++) {
        simulation_restart(&run, 7919u * seed);
        run.slice_events = UINT64_MAX; // the invariants once, at the end: this is about intervals
        simulation_finish(&run);
        const double mean = simulation_metric(&run, mean_path);
        const double width = simulation_metric(&run, width_path);
        SS_CHECK(width > 0.0 && width < 0.5 * truth);
        covered += fabs(mean - truth) <= width ? 1u : 0u;
        mean_of_means += mean / seeds;
    }
    simulation_close(&run);
    const double share = (double)covered / seeds;
    printf("%s: the interval held the truth in %.1f %% of %u runs (mean %.5g, theory %.5g)\n",
           name, 100.0 * share, seeds, mean_of_means, truth);
    SS_CHECK(share >= (is_long() ? 0.93 : 0.92) && share <= (is_long() ? 0.97 : 0.98));
}

#define OPEN(rate, duration, station)                                                              \
    "{'format': 'scalesim/1', 'nodes': {"                                                          \
    "'c': {'type': 'client', 'load': {'rate': " rate "}}, 's': {'type': 'station', " station "}}," \
    "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"                                      \
    "'run': {'duration': " duration ", 'warmup': 500}}"

#define RESPONSE(node) "nodes." node ".response.mean", "nodes." node ".response.ci95"

SS_TEST(coverage_of_m_m_1) {
    covers("M/M/1 at 0.8", OPEN("0.8", "60000", "'service_time': 'exp(1s)'"), RESPONSE("s"), 5.0);
}

SS_TEST(coverage_of_m_g_1) {
    covers("M/G/1 at 0.6, lognormal",
           OPEN("0.6", "200000", "'service_time': 'lognormal(mean=1s, cv=1.5)'"), RESPONSE("s"),
           1.0 + mg1_wait(0.6, 1.0, 3.25));
}

SS_TEST(coverage_of_a_closed_network) {
    const closed_network network = {.stations = 2, .classes = 1, .demand = {{0.5, 1.0}},
                                    .think = {4.0}, .population = {8}};
    covers("a closed network",
           "{'format': 'scalesim/1', 'nodes': {"
           "'c': {'type': 'client', 'load': {'users': 8, 'think': 'exp(4s)'}},"
           "'a': {'type': 'station', 'service_time': 'exp(0.5s)'},"
           "'b': {'type': 'station', 'service_time': 'exp(1s)'}},"
           "'edges': [{'from': 'c', 'to': 'a', 'kind': 'forward'},"
           "{'from': 'a', 'to': 'b', 'kind': 'forward'}],"
           "'run': {'duration': 20000, 'warmup': 200}}", RESPONSE("c"), mva(&network).response[0]);
}

/// The same from an automatic warm-up, which must not bias what follows.
SS_TEST(coverage_with_automatic_warmup) {
    covers("M/M/2 at 0.7, automatic warm-up",
           "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 1.4}},"
           "'s': {'type': 'station', 'concurrency': 2, 'service_time': 'exp(1s)'}},"
           "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"
           "'run': {'duration': 30000, 'warmup': 'auto'}}",
           RESPONSE("s"), 1.0 + erlang_c(1.4, 2) / 0.6);
}

SS_TEST(coverage_of_a_p99) {
    covers("p99 of M/M/1 at 0.5", OPEN("0.5", "100000", "'service_time': 'exp(1s)'"),
           "nodes.c.response.p99", "nodes.c.response.p99_ci95", -2.0 * log(0.01));
}
