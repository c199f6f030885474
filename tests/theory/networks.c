/// Networks: open, closed and mixed; forwarding, calls that hold a place, fork and join.
#include "theory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JACKSON "J. R. Jackson, Networks of waiting lines (1957)"
#define BCMP "Baskett, Chandy, Muntz & Palacios, Open, closed, and mixed networks of queues (1975)"
#define MVA "M. Reiser & S. S. Lavenberg, Mean-value analysis of closed chains (1980)"

static double mmc_number(double lambda, double service, int servers) {
    const double a = lambda * service;
    return a + erlang_c(a, servers) * a / (servers - a);
}

// --- Open networks -----------------------------------------------------------------------------

/// The example as it is shipped, with the figures that its README tells.
THEORY(jackson_example, JACKSON) {
    size_t length;
    char *json = ss_test_read_file("examples/jackson/jackson.scalesim.json", &length);
    SS_REQUIRE(json != NULL);
    theory_open(self, json);
    free(json);
    double routing[STATIONS_MAX][STATIONS_MAX] = {{0, 0.6, 0.3}, {0.5}, {0.25}};
    double lambda[STATIONS_MAX];
    traffic(3, (const double[]){10.0, 0.0, 0.0}, routing, lambda);
    const double number[3] = {mmc_number(lambda[0], 0.08, 2), mmc_number(lambda[1], 0.06, 1),
                              mmc_number(lambda[2], 0.1, 1)};
    const char *const names[3] = {"cpu", "disk", "network"};
    for (int i = 0; i < 3; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "nodes.%s.throughput", names[i]);
        theory_expect(self, path, lambda[i]);
        (void)snprintf(path, sizeof path, "nodes.%s.response.mean", names[i]);
        theory_expect(self, path, number[i] / lambda[i]);
    }
    theory_expect(self, "nodes.arrivals.response.mean", (number[0] + number[1] + number[2]) / 10.0);
}

/// Poisson leaves what came in Poisson, and the queues of a tandem are independent.
THEORY(tandem_of_four, "P. J. Burke, The output of a queuing system (1956)") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.75}},"
               "'w': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'x': {'type': 'station', 'service_time': 'exp(0.8s)'},"
               "'y': {'type': 'station', 'service_time': 'exp(2s)', 'concurrency': 2},"
               "'z': {'type': 'station', 'service_time': 'erlang(k=3, mean=5s)',"
               " 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 'w', 'kind': 'forward'},"
               "{'from': 'w', 'to': 'x', 'kind': 'forward'},"
               "{'from': 'x', 'to': 'y', 'kind': 'forward'},"
               "{'from': 'y', 'to': 'z', 'kind': 'forward'}],"
               "'run': {'duration': 3e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    const double w = mmc_number(0.75, 1.0, 1) / 0.75;
    const double x = mmc_number(0.75, 0.8, 1) / 0.75;
    const double y = mmc_number(0.75, 2.0, 2) / 0.75;
    theory_expect(self, "nodes.w.response.mean", w);
    theory_expect(self, "nodes.x.response.mean", x);
    theory_expect(self, "nodes.y.response.mean", y);
    theory_expect(self, "nodes.z.response.mean", 5.0);
    theory_expect(self, "nodes.c.response.mean", w + x + y + 5.0);
}

THEORY(random_split_and_merge, JACKSON) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 1}},"
               "'split': {'type': 'station', 'service_time': '1ms', 'concurrency': 'inf'},"
               "'a': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'b': {'type': 'station', 'service_time': 'exp(2s)'},"
               "'merge': {'type': 'station', 'service_time': 'exp(0.8s)'}},"
               "'edges': [{'from': 'c', 'to': 'split', 'kind': 'forward'},"
               "{'from': 'split', 'to': 'a', 'kind': 'forward', 'probability': 0.6},"
               "{'from': 'split', 'to': 'b', 'kind': 'forward', 'probability': 0.3},"
               "{'from': 'a', 'to': 'merge', 'kind': 'forward'},"
               "{'from': 'b', 'to': 'merge', 'kind': 'forward'}],"
               "'run': {'duration': 2e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.a.response.mean", 1.0 / 0.4);
    theory_expect(self, "nodes.b.response.mean", 2.0 / 0.4);
    theory_expect(self, "nodes.merge.response.mean", 0.8 / (1.0 - 0.72));
    theory_expect(self, "nodes.merge.throughput", 0.9);
    theory_expect(self, "nodes.c.response.mean",
                  0.001 + 0.6 * 2.5 + 0.3 * 5.0 + 0.9 * 0.8 / 0.28);
}

/// A station that sends half of its requests back to itself: geometric visits.
THEORY(self_feedback, "L. Takács, A single-server queue with feedback (1963)") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.4}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)'}},"
               "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'},"
               "{'from': 's', 'to': 's', 'kind': 'forward', 'probability': 0.5}],"
               "'run': {'duration': 4e6, 'warmup': 4e4, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.s.throughput", 0.8);
    theory_expect(self, "nodes.s.response.mean", 5.0);
    theory_expect(self, "nodes.c.response.mean", 10.0);
}

/// Two kinds of request through the same FIFO stations with equal rates: product form, and each
/// kind sees what its own route costs.
THEORY(open_multi_class_fifo, BCMP) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'a': {'type': 'client', 'load': {'rate': 0.3}, 'operations': {'x': 1}},"
               "'b': {'type': 'client', 'load': {'rate': 0.4}, 'operations': {'y': 1}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'t': {'type': 'station', 'service_time': 'exp(1.5s)'}},"
               "'edges': [{'from': 'a', 'to': 's'}, {'from': 'a', 'to': 't'}, {'from': 'b',"
               " 'to': 's'}],"
               "'run': {'duration': 3e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    const double s = 1.0 / 0.3;
    const double t = 1.5 / (1.0 - 0.45);
    theory_expect(self, "nodes.a.response.mean", s + t);
    theory_expect(self, "nodes.b.response.mean", s);
    theory_expect(self, "nodes.s.operations.x.response.mean", s);
    theory_expect(self, "nodes.s.operations.y.response.mean", s);
    theory_expect(self, "nodes.s.operations.x.in_system", 0.3 * s);
    theory_expect(self, "nodes.s.operations.y.in_system", 0.4 * s);
}

// --- Calls hold the caller's place --------------------------------------------------------------

/// A server that computes and then calls one nobody else calls is one server with the sum of times.
THEORY(call_holds_the_place, "Pollaczek–Khinchine, of a sum of two exponentials") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
               "'front': {'type': 'station', 'service_time': 'exp(0.8s)'},"
               "'back': {'type': 'station', 'service_time': 'exp(0.6s)'}},"
               "'edges': [{'from': 'c', 'to': 'front'}, {'from': 'front', 'to': 'back'}],"
               "'run': {'duration': 4e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    const double mean = 1.4;
    const double second = 0.64 + 0.36 + mean * mean; // variances and the square of the mean
    const double wait = mg1_wait(0.5, mean, second);
    theory_expect(self, "nodes.front.wait.mean", wait);
    theory_expect(self, "nodes.c.response.mean", wait + mean);
    theory_expect(self, "nodes.front.utilization", 0.7);
    theory_expect(self, "nodes.back.utilization", 0.3);
    theory_expect(self, "nodes.back.response.mean", 0.6);
}

/// The same two with forwarding: the place is free while the other works.
THEORY(forward_frees_the_place, JACKSON) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
               "'front': {'type': 'station', 'service_time': 'exp(0.8s)'},"
               "'back': {'type': 'station', 'service_time': 'exp(0.6s)'}},"
               "'edges': [{'from': 'c', 'to': 'front', 'kind': 'forward'},"
               "{'from': 'front', 'to': 'back', 'kind': 'forward'}],"
               "'run': {'duration': 2e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.front.response.mean", 0.8 / 0.6);
    theory_expect(self, "nodes.back.response.mean", 0.6 / 0.7);
    theory_expect(self, "nodes.front.utilization", 0.4);
}

/// Two places that call one server, as a chain: i at the front (in service or waiting), j at the
/// back.
THEORY(two_places_call_one_server, "a Markov chain of two stages, solved exactly") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.7}},"
               "'front': {'type': 'station', 'service_time': 'exp(1s)', 'concurrency': 2},"
               "'back': {'type': 'station', 'service_time': 'exp(0.8s)'}},"
               "'edges': [{'from': 'c', 'to': 'front'}, {'from': 'front', 'to': 'back'}],"
               "'run': {'duration': 4e6, 'warmup': 2e4, 'seed': %u}}", theory_seed(self));
    enum { LEVELS = 150, N = 3 * LEVELS };
    static double rates[N * N];
    static double probability[N];
    memset(rates, 0, sizeof rates);
    for (int n = 0; n < LEVELS; n++) { // n requests in the front station, j of them calling
        for (int j = 0; j <= 2 && j <= n; j++) {
            const int at = 3 * n + j;
            const int computing = (n < 2 ? n : 2) - j;
            if (n + 1 < LEVELS) rates[at * N + at + 3] += 0.7;
            if (computing > 0) rates[at * N + at + 1] += computing;
            if (j > 0) rates[at * N + 3 * (n - 1) + j - 1] += 1.0 / 0.8;
        }
    }
    for (int at = 0; at < N; at++) { // states that cannot be (more calls than requests) lead back
        if (at % 3 > at / 3) rates[at * N] = 1.0;
    }
    stationary(rates, N, probability);
    double number = 0.0;
    double calling = 0.0;
    for (int at = 0; at < N; at++) {
        number += (at / 3) * probability[at];
        calling += (at % 3) * probability[at];
    }
    theory_expect(self, "nodes.front.in_system", number);
    theory_expect(self, "nodes.c.response.mean", number / 0.7);
    theory_expect(self, "nodes.back.in_system", calling);
}

// --- Closed networks ---------------------------------------------------------------------------

THEORY(central_server, MVA) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'users': 12, 'think': 'exp(5s)'}},"
               "'cpu': {'type': 'station', 'service_time': 'exp(0.2s)'},"
               "'disk': {'type': 'station', 'service_time': 'exp(0.5s)'},"
               "'tape': {'type': 'station', 'service_time': 'exp(1.5s)'}},"
               "'edges': [{'from': 'c', 'to': 'cpu', 'kind': 'forward'},"
               "{'from': 'cpu', 'to': 'disk', 'kind': 'forward', 'probability': 0.5},"
               "{'from': 'cpu', 'to': 'tape', 'kind': 'forward', 'probability': 0.25},"
               "{'from': 'disk', 'to': 'cpu', 'kind': 'forward'},"
               "{'from': 'tape', 'to': 'cpu', 'kind': 'forward'}],"
               "'run': {'duration': 6e5, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    // Visits: the processor 1/(1 − 0.75) = 4 times, the disk 2, the tape 1.
    const closed_network network = {.stations = 3, .classes = 1, .demand = {{0.8, 1.0, 1.5}},
                                    .think = {5.0}, .population = {12}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.c.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.c.response.mean", truth.response[0]);
    theory_expect(self, "nodes.cpu.in_system", truth.in_system[0][0]);
    theory_expect(self, "nodes.disk.in_system", truth.in_system[0][1]);
    theory_expect(self, "nodes.tape.in_system", truth.in_system[0][2]);
    theory_expect(self, "nodes.tape.utilization", truth.throughput[0] * 1.5);
}

/// Users who do not think: a cycle of two exponential servers.
#define GORDON "W. J. Gordon & G. F. Newell, Closed queuing systems (1967)"
THEORY(closed_cycle_without_thinking, GORDON) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'users': 5}},"
               "'a': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'b': {'type': 'station', 'service_time': 'exp(1.25s)'}},"
               "'edges': [{'from': 'c', 'to': 'a', 'kind': 'forward'},"
               "{'from': 'a', 'to': 'b', 'kind': 'forward'}],"
               "'run': {'duration': 4e5, 'warmup': 1e3, 'seed': %u}}", theory_seed(self));
    const closed_network network = {.stations = 2, .classes = 1, .demand = {{1.0, 1.25}},
                                    .population = {5}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.c.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.a.in_system", truth.in_system[0][0]);
    theory_expect(self, "nodes.b.in_system", truth.in_system[0][1]);
}

/// Two kinds of users at FIFO stations whose rates do not depend on the kind, with routes of their
/// own.
THEORY(closed_two_classes_fifo, MVA) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'a': {'type': 'client', 'load': {'users': 4, 'think': 'exp(3s)'},"
               " 'operations': {'x': 1}},"
               "'b': {'type': 'client', 'load': {'users': 6, 'think': 'exp(8s)'},"
               " 'operations': {'y': 1}},"
               "'s': {'type': 'station', 'service_time': 'exp(0.6s)'},"
               "'t': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'u': {'type': 'station', 'service_time': 'exp(1.5s)'}},"
               "'edges': [{'from': 'a', 'to': 's'}, {'from': 'a', 'to': 't'},"
               "{'from': 'b', 'to': 's'}, {'from': 'b', 'to': 'u'}],"
               "'run': {'duration': 1e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    const closed_network network = {.stations = 3, .classes = 2,
                                    .demand = {{0.6, 1.0, 0.0}, {0.6, 0.0, 1.5}},
                                    .think = {3.0, 8.0}, .population = {4, 6}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.a.response.mean", truth.response[0]);
    theory_expect(self, "nodes.b.response.mean", truth.response[1]);
    theory_expect(self, "nodes.a.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.b.throughput", truth.throughput[1]);
    theory_expect(self, "nodes.s.operations.x.in_system", truth.in_system[0][0]);
    theory_expect(self, "nodes.s.operations.y.in_system", truth.in_system[1][0]);
}

/// Mixed: an open stream slows a closed one as if service were 1/(1 − ρ) times as long.
THEORY(mixed_open_and_closed, BCMP "; Lazowska et al. 1984, §7.4") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'open': {'type': 'client', 'load': {'rate': 0.3}, 'operations': {'x': 1}},"
               "'closed': {'type': 'client', 'load': {'users': 5, 'think': 'exp(4s)'},"
               " 'operations': {'y': 1}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'t': {'type': 'station', 'service_time': 'exp(0.5s)'}},"
               "'edges': [{'from': 'open', 'to': 's'}, {'from': 'closed', 'to': 's'},"
               "{'from': 'closed', 'to': 't'}],"
               "'run': {'duration': 2e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    const closed_network network = {.stations = 2, .classes = 1, .demand = {{1.0 / 0.7, 0.5}},
                                    .think = {4.0}, .population = {5}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.closed.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.closed.response.mean", truth.response[0]);
    // An arrival of the open class finds the closed ones, and its own kind, before it.
    theory_expect(self, "nodes.open.response.mean", (1.0 + truth.in_system[0][0]) / 0.7);
}

// --- Fork and join -----------------------------------------------------------------------------

static void fork_join(theory *self, int width, double lambda, double duration_s) {
    char nodes[1024] = "";
    char edges[1024] = "";
    char branches[1024] = "";
    for (int i = 0; i < width; i++) {
        char *at = nodes + strlen(nodes);
        (void)snprintf(at, 128, ", 's%d': {'type': 'station', 'service_time': 'exp(1s)'}", i);
        at = edges + strlen(edges);
        (void)snprintf(at, 128, ", {'from': 'fork', 'to': 's%d'}", i);
        at = branches + strlen(branches);
        (void)snprintf(at, 128, "%s[{'call': 's%d'}]", i > 0 ? ", " : "", i);
    }
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'rate': %.17g}, 'operations': {'x': 1}},"
               "'fork': {'type': 'service', 'concurrency': 'inf', 'operations': {'x': {'flow':"
               " [{'parallel': [%s]}]}}}%s},"
               "'edges': [{'from': 'c', 'to': 'fork'}%s],"
               "'run': {'duration': %.17g, 'warmup': 2e4, 'seed': %u}}",
               lambda, branches, nodes, edges, duration_s, theory_seed(self));
}

#define FLATTO "L. Flatto & S. Hahn, Two parallel queues created by arrivals with two demands, 1984"
#define NELSON "R. Nelson & A. N. Tantawi, Approximate analysis of fork/join synchronization (1988)"

THEORY(fork_join_of_two, FLATTO "; " NELSON) {
    fork_join(self, 2, 0.5, 3e6);
    theory_expect(self, "nodes.c.response.mean", (12.0 - 0.5) / 8.0 / 0.5);
    theory_expect(self, "nodes.s0.response.mean", 2.0);
}

THEORY(fork_join_of_two_loaded, FLATTO "; " NELSON) {
    fork_join(self, 2, 0.8, 5e6);
    theory_expect(self, "nodes.c.response.mean", (12.0 - 0.8) / 8.0 / 0.2);
}

/// Beyond two nobody knows; the approximation is within a few per cent, the bounds certain: as long
/// as one of them takes (or as the slowest of independent services), at most the largest of
/// independent responses (they are associated).
THEORY(fork_join_of_four_in_bounds, NELSON) {
    fork_join(self, 4, 0.6, 2e6);
    const double harmonic = 1.0 + 1.0 / 2.0 + 1.0 / 3.0 + 1.0 / 4.0;
    const double one = 1.0 / 0.4;
    const double actual = simulation_metric(&self->simulation, "nodes.c.response.mean");
    SS_CHECK(actual > one && actual > harmonic && actual < harmonic * one);
    const double share = harmonic / 1.5;
    const double approximate =
        (share + 4.0 / 11.0 * (1.0 - share) * 0.6) * (12.0 - 0.6) / 8.0 * one;
    theory_expect_within(self, "nodes.c.response.mean", approximate, 0.05);
}

/// Without queueing the join waits for the slowest of n exponentials.
THEORY(fork_join_of_delays, "the largest of n exponentials: harmonic numbers") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'rate': 10}, 'operations': {'x': 1}},"
               "'fork': {'type': 'service', 'concurrency': 'inf', 'operations': {'x': {'flow': ["
               "{'parallel': [[{'call': 's'}], [{'call': 's'}], [{'call': 's'}], [{'call': 's'}],"
               "[{'call': 's'}]]}]}}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)', 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 'fork'}, {'from': 'fork', 'to': 's'}],"
               "'run': {'duration': 2e4, 'warmup': 100, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.c.response.mean", 137.0 / 60.0);
    theory_expect(self, "nodes.s.in_system", 50.0);
}

// --- Choices, repeats, probabilities -----------------------------------------------------------

/// A flow of steps without contention: the mean is the sum of what its steps take.
THEORY(flow_of_delays, "linearity of the mean") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'rate': 50}, 'operations': {'x': 1}},"
               "'f': {'type': 'service', 'concurrency': 'inf', 'operations': {'x': {'flow': ["
               "{'compute': 'exp(100ms)'},"
               "{'choose': [{'probability': 0.3, 'flow': [{'call': 's'}]},"
               " {'probability': 0.2, 'flow': [{'compute': '500ms'}]}]},"
               "{'repeat': 3, 'flow': [{'call': 's'}]}]}}},"
               "'s': {'type': 'station', 'service_time': 'uniform(0s, 400ms)',"
               " 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 'f'},"
               "{'from': 'f', 'to': 's', 'latency': 'exp(10ms)'}],"
               "'run': {'duration': 2e4, 'warmup': 10, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.c.response.mean", 0.1 + 0.3 * 0.22 + 0.2 * 0.5 + 3.0 * 0.22);
    theory_expect(self, "nodes.s.throughput", 50.0 * 3.3);
    theory_expect(self, "edges.f->s.latency.mean", 0.22);
}

/// Calls that are lost with probability p and retried at most r times, without delay.
THEORY(retries_of_losses, "geometric attempts") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 100}},"
               "'s': {'type': 'station', 'service_time': 'exp(1ms)', 'concurrency': 'inf',"
               " 'error_rate': 0.4}},"
               "'edges': [{'from': 'c', 'to': 's', 'retry': {'max': 2, 'backoff': '10ms',"
               " 'multiplier': 3}}], 'run': {'duration': 1e4, 'warmup': 10, 'seed': %u}}",
               theory_seed(self));
    theory_expect(self, "nodes.c.error_ratio", 0.4 * 0.4 * 0.4);
    theory_expect(self, "nodes.s.throughput", 100.0 * (1.0 + 0.4 + 0.16) * 0.6);
    // Of those that succeed: at once 0.6, after one back-off 0.24, after two 0.096.
    const double ok = 0.6 + 0.24 + 0.096;
    theory_expect(self, "nodes.c.response.mean",
                  (0.6 * 0.001 + 0.24 * 0.012 + 0.096 * 0.043) / ok);
}

// --- Blocking ----------------------------------------------------------------------------------

/// Two servers in a row with room for `room` at the second (in service included): one that finds it
/// full keeps the first server until there is room. As a chain of (number at the first, number at
/// the second or blocked).
static void blocking(theory *self, int room) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
               "'a': {'type': 'station', 'service_time': 'exp(1s)'},"
               "'b': {'type': 'station', 'service_time': 'exp(1.2s)', 'queue': %d,"
               " 'overflow': 'block'}},"
               "'edges': [{'from': 'c', 'to': 'a', 'kind': 'forward'},"
               "{'from': 'a', 'to': 'b', 'kind': 'forward'}],"
               "'run': {'duration': 8e6, 'warmup': 2e4, 'seed': %u}}", room - 1, theory_seed(self));
    enum { LEVELS = 150, PHASES_MAX = 5, N_MAX = LEVELS * PHASES_MAX };
    static double rates[N_MAX * N_MAX];
    static double probability[N_MAX];
    const int phases = room + 2; // 0…room at the second, and full with the first blocked
    const int n = LEVELS * phases;
    memset(rates, 0, sizeof rates);
    for (int first = 0; first < LEVELS; first++) {
        for (int phase = 0; phase < phases; phase++) {
            const int at = first * phases + phase;
            if (first + 1 < LEVELS) rates[at * n + at + phases] += 0.5;
            if (phase == phases - 1) { // blocked: the second's end lets the blocked one in
                rates[at * n + at - (first > 0 ? phases + 1 : 1)] += 1.0 / 1.2;
                continue;
            }
            if (phase > 0) rates[at * n + at - 1] += 1.0 / 1.2;
            if (first > 0) rates[at * n + (phase == room ? at + 1 : at - phases + 1)] += 1.0;
        }
    }
    stationary(rates, n, probability);
    double first = 0.0;
    double second = 0.0;
    for (int at = 0; at < n; at++) {
        first += (at / phases) * probability[at];
        second += (at % phases < room ? at % phases : room) * probability[at];
    }
    theory_expect(self, "nodes.a.in_system", first);
    theory_expect(self, "nodes.b.in_system", second);
    theory_expect(self, "nodes.c.response.mean", (first + second) / 0.5);
}
#define ALTIOK "T. Altiok, Approximate analysis of exponential tandem queues with blocking (1982)"
THEORY(blocking_without_a_buffer, ALTIOK) { blocking(self, 1); }
THEORY(blocking_with_a_buffer_of_two, ALTIOK) { blocking(self, 3); }
