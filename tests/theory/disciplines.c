/// Orders of service against their formulas, and what can happen to a station: impatience,
/// vacations, set-up times, breakdowns.
#include "theory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KLEINROCK2 "L. Kleinrock, Queueing Systems, vol. 2 (1976)"

// --- Where the mean does not depend on the order -----------------------------------------------

/// Orders that do not look at sizes share the mean wait; their spreads differ (J. F. C. Kingman
/// 1962).
static void same_mean(theory *self, const char *discipline, double second_moment_factor) {
    char station[96];
    (void)snprintf(station, sizeof station, "'service_time': 'exp(1s)', 'discipline': '%s'",
                   discipline);
    theory_station(self, 6e6, "'rate': 0.6", station);
    theory_expect(self, "nodes.s.response.mean", 2.5);
    theory_expect(self, "nodes.s.wait.mean", 1.5);
    // FIFO: E[W²] = 2 ρ/(1 − ρ)²; the others have `factor` times as much.
    const double second = second_moment_factor * 2.0 * 0.6 / 0.16;
    theory_expect_within(self, "nodes.s.wait.sd", sqrt(second - 2.25), 0.02);
}
#define TAKACS63 "L. Takács, Delay distributions for one line with Poisson input (1963)"
THEORY(lifo_m_m_1, TAKACS63) { same_mean(self, "lifo", 1.0 / 0.4); }
THEORY(random_order_m_m_1, TAKACS63) { same_mean(self, "random", 2.0 / (2.0 - 0.6)); }

// --- Processor sharing -------------------------------------------------------------------------

static void sharing(theory *self, const char *service, double duration_s) {
    char station[128];
    (void)snprintf(station, sizeof station, "'service_time': '%s', 'discipline': 'ps'", service);
    theory_station(self, duration_s, "'rate': 0.7", station);
    theory_expect(self, "nodes.s.response.mean", 1.0 / 0.3);
    theory_expect(self, "nodes.s.in_system", 0.7 / 0.3);
    theory_expect(self, "nodes.s.utilization", 0.7);
}
#define SAKATA "M. Sakata, S. Noguchi & J. Oizumi, M/G/1 under processor-sharing (1971)"
THEORY(ps_exponential, SAKATA) { sharing(self, "exp(1s)", 2e6); }
THEORY(ps_constant, SAKATA) { sharing(self, "1s", 2e6); }
THEORY(ps_hyperexponential, SAKATA) { sharing(self, "hyperexp(0.9: 0.5s, 0.1: 5.5s)", 6e6); }
THEORY(ps_lognormal, SAKATA) { sharing(self, "lognormal(mean=1s, cv=2)", 8e6); }

/// Under processor sharing a request of size x takes x/(1 − ρ) on average.
THEORY(ps_is_fair_to_each_size, KLEINROCK2 ", §4.4") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 1},"
               " 'operations': {'small': 3, 'large': 1}},"
               "'s': {'type': 'station', 'discipline': 'ps',"
               " 'service_time': {'small': '0.4s', 'large': '1.6s'}}},"
               "'edges': [{'from': 'c', 'to': 's'}],"
               "'run': {'duration': 2e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.s.operations.small.response.mean", 0.4 / 0.3);
    theory_expect(self, "nodes.s.operations.large.response.mean", 1.6 / 0.3);
}

/// Two cores shared by all who are there: the numbers of M/M/2, whatever the distribution.
THEORY(ps_two_cores, "BCMP 1975: product form of a sharing station with two servers") {
    theory_station(self, 4e6, "'rate': 1.6",
                   "'service_time': 'lognormal(mean=1s, cv=1.5)', 'discipline': 'ps',"
                   " 'concurrency': 2");
    const double number = 1.6 + erlang_c(1.6, 2) * 1.6 / 0.4;
    theory_expect(self, "nodes.s.in_system", number);
    theory_expect(self, "nodes.s.response.mean", number / 1.6);
}

/// A database whose connections share its cores, with fewer connections than come: those beyond
/// wait.
THEORY(database_cores, "a birth-death chain of min(n, cores) places") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 2.4}},"
               "'db': {'type': 'database', 'connections': 5, 'cores': 3,"
               " 'service_time': 'exp(1s)'}},"
               "'edges': [{'from': 'c', 'to': 'db'}],"
               "'run': {'duration': 1e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    theory_expect(self, "nodes.db.response.mean", 1.0 + erlang_c(2.4, 3) / 0.6);
    // Waiting is for a connection: the number beyond five of an M/M/3.
    double up[400];
    double down[400];
    double probability[401];
    for (int i = 0; i < 400; i++) {
        up[i] = 2.4;
        down[i] = i + 1 < 3 ? i + 1 : 3;
    }
    birth_death(up, down, 400, probability);
    double waiting = 0.0;
    for (int i = 6; i <= 400; i++) waiting += (i - 5) * probability[i];
    theory_expect(self, "nodes.db.in_queue", waiting);
}

// --- Priorities --------------------------------------------------------------------------------

static void priorities(theory *self, const char *discipline) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.8},"
               " 'operations': {'urgent': 1, 'normal': 2, 'late': 1}},"
               "'s': {'type': 'station', 'discipline': '%s', 'operations': {"
               "'urgent': {'service_time': 'exp(0.5s)', 'priority': -1},"
               "'normal': {'service_time': 'erlang(k=2, mean=1s)', 'priority': 0},"
               "'late': {'service_time': 'hyperexp(0.8: 0.5s, 0.2: 3.5s)', 'priority': 7}}}},"
               "'edges': [{'from': 'c', 'to': 's'}],"
               "'run': {'duration': 1.2e7, 'warmup': 1e4, 'seed': %u}}", discipline,
               theory_seed(self));
}
static const double priority_rates[3] = {0.2, 0.4, 0.2};
static const double priority_means[3] = {0.5, 1.0, 1.1};
static const double priority_seconds[3] = {0.5, 1.5, 2.0 * (0.8 * 0.25 + 0.2 * 12.25)};

THEORY(priority_three_classes, "A. Cobham, Priority assignment in waiting line problems (1954)") {
    priorities(self, "priority");
    double wait[3];
    priority_waits(3, priority_rates, priority_means, priority_seconds, wait);
    theory_expect(self, "nodes.s.operations.urgent.wait.mean", wait[0]);
    theory_expect(self, "nodes.s.operations.normal.wait.mean", wait[1]);
    theory_expect(self, "nodes.s.operations.late.wait.mean", wait[2]);
    theory_expect(self, "nodes.s.operations.late.response.mean", wait[2] + 1.1);
}

#define WHITE "H. White & L. S. Christie, Queuing with preemptive priorities (1958)"
THEORY(priority_preemptive_three_classes, WHITE) {
    priorities(self, "priority-preemptive");
    double response[3];
    preemptive_responses(3, priority_rates, priority_means, priority_seconds, response);
    theory_expect(self, "nodes.s.operations.urgent.response.mean", response[0]);
    theory_expect(self, "nodes.s.operations.normal.response.mean", response[1]);
    theory_expect(self, "nodes.s.operations.late.response.mean", response[2]);
    theory_expect(self, "nodes.s.utilization", 0.2 * 0.5 + 0.4 + 0.2 * 1.1);
}

/// With c servers and equal exponential service the higher class does not see the lower one.
THEORY(priority_preemptive_two_servers, "Erlang C for the upper class; all together M/M/c") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 1.7},"
               " 'operations': {'high': 10, 'low': 7}},"
               "'s': {'type': 'station', 'discipline': 'priority-preemptive', 'concurrency': 2,"
               "'operations': {'high': {'service_time': 'exp(1s)', 'priority': 1},"
               "'low': {'service_time': 'exp(1s)', 'priority': 2}}}},"
               "'edges': [{'from': 'c', 'to': 's'}],"
               "'run': {'duration': 4e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    const double high = 1.0 + erlang_c(1.0, 2);
    const double all = 1.7 + erlang_c(1.7, 2) * 1.7 / 0.3;
    theory_expect(self, "nodes.s.operations.high.response.mean", high);
    theory_expect(self, "nodes.s.in_system", all);
    theory_expect(self, "nodes.s.operations.low.response.mean", (all - high) / 0.7);
}

// --- By size -----------------------------------------------------------------------------------

static double exponential_density(double x) { return exp(-x); }
static double uniform_density(double x) { return x <= 2.0 ? 0.5 : 0.0; }
static double hyperexponential_density(double x) {
    return 0.9 / 0.5 * exp(-x / 0.5) + 0.1 / 5.5 * exp(-x / 5.5);
}

static void by_size(theory *self, const char *discipline, const char *service, density f,
                    double x_max, double duration_s) {
    char station[128];
    (void)snprintf(station, sizeof station, "'service_time': '%s', 'discipline': '%s'", service,
                   discipline);
    theory_station(self, duration_s, "'rate': 0.8", station);
    const bool is_srpt = strcmp(discipline, "srpt") == 0;
    theory_expect(self, "nodes.s.response.mean",
                  is_srpt ? srpt_response(0.8, f, x_max) : 1.0 + sjf_wait(0.8, f, x_max));
    theory_expect(self, "nodes.s.utilization", 0.8);
}
#define SCHRAGE "L. E. Schrage & L. W. Miller, The queue M/G/1 with the SRPT discipline (1966)"
#define PHIPPS "T. E. Phipps, Machine repair as a priority waiting-line problem (1956)"
THEORY(srpt_exponential, SCHRAGE) {
    by_size(self, "srpt", "exp(1s)", exponential_density, 40, 4e6);
}
THEORY(srpt_uniform, SCHRAGE) {
    by_size(self, "srpt", "uniform(0s, 2s)", uniform_density, 2.0, 3e6);
}
THEORY(srpt_hyperexponential, SCHRAGE) {
    by_size(self, "srpt", "hyperexp(0.9: 0.5s, 0.1: 5.5s)", hyperexponential_density, 200, 1e7);
}
THEORY(sjf_exponential, PHIPPS) { by_size(self, "sjf", "exp(1s)", exponential_density, 40, 4e6); }
THEORY(sjf_uniform, PHIPPS) { by_size(self, "sjf", "uniform(0s, 2s)", uniform_density, 2.0, 4e6); }

// --- Impatience --------------------------------------------------------------------------------

/// M/M/c+M as a chain: n − c of those there wait, each leaving at the rate theta.
static void erlang_a(theory *self, double lambda, int servers, double theta) {
    char load[64];
    char station[160];
    (void)snprintf(load, sizeof load, "'rate': %.17g", lambda);
    (void)snprintf(station, sizeof station,
                   "'service_time': 'exp(1s)', 'concurrency': %d, 'patience': 'exp(%.17gs)'",
                   servers, 1.0 / theta);
    theory_station(self, 1e6, load, station);
    enum { STATES = 400 };
    double up[STATES];
    double down[STATES];
    double probability[STATES + 1];
    for (int i = 0; i < STATES; i++) {
        up[i] = lambda;
        down[i] = i + 1 <= servers ? i + 1 : servers + (i + 1 - servers) * theta;
    }
    birth_death(up, down, STATES, probability);
    double waiting = 0.0;
    double busy = 0.0;
    for (int i = 0; i <= STATES; i++) {
        waiting += i > servers ? (i - servers) * probability[i] : 0.0;
        busy += (i < servers ? i : servers) * probability[i];
    }
    theory_expect(self, "nodes.s.error_ratio", theta * waiting / lambda);
    theory_expect(self, "nodes.c.error_ratio", theta * waiting / lambda);
    theory_expect(self, "nodes.s.in_queue", waiting);
    theory_expect(self, "nodes.s.utilization", busy / servers);
}
#define PALM "C. Palm 1957; O. Garnett, A. Mandelbaum & M. Reiman, Designing a call center (2002)"
THEORY(erlang_a_one_server, PALM) { erlang_a(self, 1.2, 1, 0.5); }
THEORY(erlang_a_overloaded, PALM) { erlang_a(self, 5.0, 4, 0.25); }

/// M/M/1 whose customers all wait exactly τ at most: the wait has the density of M/M/1 cut off at
/// τ.
THEORY(constant_patience, "D. Y. Barrer, Queuing with impatient customers (1957)") {
    theory_station(self, 2e6, "'rate': 0.9", "'service_time': 'exp(1s)', 'patience': '2s'");
    // Unfinished work v: density p0 λ e^(−(μ − λ)v) to τ, then p0 λ e^(λτ − μv).
    const double lambda = 0.9;
    const double tau = 2.0;
    const double below = lambda * (1.0 - exp(-(1.0 - lambda) * tau)) / (1.0 - lambda);
    const double above = lambda * exp(-(1.0 - lambda) * tau);
    theory_expect(self, "nodes.s.error_ratio", above / (1.0 + below + above));
}

// --- Servers that go away ----------------------------------------------------------------------

#define LEVY "Y. Levy & U. Yechiali, Utilization of idle time in an M/G/1 queue (1975)"
THEORY(multiple_vacations, LEVY) {
    theory_station(self, 4e6, "'rate': 0.6",
                   "'service_time': 'exp(1s)', 'vacation': 'uniform(0s, 3s)'");
    // The wait of M/G/1 and the residual life of a vacation: E[V²]/2E[V].
    theory_expect(self, "nodes.s.wait.mean", mg1_wait(0.6, 1.0, 2.0) + 3.0 / 3.0);
    theory_expect(self, "nodes.s.utilization", 0.6);
}

THEORY(constant_vacations, LEVY) {
    theory_station(self, 4e6, "'rate': 0.5", "'service_time': '1s', 'vacation': '2s'");
    theory_expect(self, "nodes.s.wait.mean", mg1_wait(0.5, 1.0, 1.0) + 1.0);
}

#define WELCH "P. D. Welch, On a generalized M/G/1 queue with exceptional first service (1964)"
THEORY(setup_times, WELCH) {
    theory_station(self, 4e6, "'rate': 0.6", "'service_time': 'exp(1s)', 'setup': 'exp(2s)'");
    // Response = that of M/G/1 + (2 E[D] + λ E[D²]) / (2 (1 + λ E[D])).
    const double extra = (2.0 * 2.0 + 0.6 * 8.0) / (2.0 * (1.0 + 0.6 * 2.0));
    theory_expect(self, "nodes.s.response.mean", 1.0 + mg1_wait(0.6, 1.0, 2.0) + extra);
}

/// A server that pauses at random while it works or idles and then goes on where it stood: service
/// is as long as its interruptions make it; those who find it standing wait for it too.
#define NAOR "B. Avi-Itzhak & P. Naor, Some queuing problems with breakdowns (1963)"
THEORY(breakdowns, NAOR) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)'}},"
               "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"
               "'faults': [{'kind': 'pause', 'target': 's', 'mtbf': 20, 'mttr': 5}],"
               "'run': {'duration': 1e7, 'warmup': 1e5, 'seed': %u}}", theory_seed(self));
    // As a chain of (number, up or down): up at rate 1/5, down at 1/20, served when up.
    enum { LEVELS = 300, N = 2 * LEVELS };
    static double rates[N * N];
    static double probability[N];
    memset(rates, 0, sizeof rates);
    for (int n = 0; n < LEVELS; n++) {
        rates[(2 * n) * N + 2 * n + 1] = 1.0 / 20.0;
        rates[(2 * n + 1) * N + 2 * n] = 1.0 / 5.0;
        for (int down = 0; down < 2 && n + 1 < LEVELS; down++) {
            rates[(2 * n + down) * N + 2 * n + down + 2] = 0.5;
        }
        if (n > 0) rates[(2 * n) * N + 2 * n - 2] = 1.0;
    }
    stationary(rates, N, probability);
    double number = 0.0;
    for (int at = 0; at < N; at++) number += (at / 2) * probability[at];
    theory_expect(self, "nodes.s.response.mean", number / 0.5);
}

// --- Product form needs no exponential service where it is shared ------------------------------

#define BCMP "Baskett, Chandy, Muntz & Palacios, Open, closed, and mixed networks of queues (1975)"

/// Two closed classes with service of their own at shared stations: exact mean value analysis.
THEORY(closed_two_classes_ps, BCMP) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'a': {'type': 'client', 'load': {'users': 5, 'think': 'exp(2s)'},"
               " 'operations': {'x': 1}},"
               "'b': {'type': 'client', 'load': {'users': 3, 'think': '6s'},"
               " 'operations': {'y': 1}},"
               "'cpu': {'type': 'station', 'discipline': 'ps',"
               " 'service_time': {'x': 'exp(0.3s)', 'y': 'erlang(k=2, mean=1.2s)'}},"
               "'disk': {'type': 'station', 'discipline': 'ps',"
               " 'service_time': {'x': 'hyperexp(0.5: 0.2s, 0.5: 1s)', 'y': '0.4s'}}},"
               "'edges': [{'from': 'a', 'to': 'cpu'}, {'from': 'a', 'to': 'disk'},"
               "{'from': 'b', 'to': 'cpu'}, {'from': 'b', 'to': 'disk'}],"
               "'run': {'duration': 8e5, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    const closed_network network = {.stations = 2, .classes = 2,
                                    .demand = {{0.3, 0.6}, {1.2, 0.4}},
                                    .think = {2.0, 6.0}, .population = {5, 3}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.a.response.mean", truth.response[0]);
    theory_expect(self, "nodes.b.response.mean", truth.response[1]);
    theory_expect(self, "nodes.a.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.b.throughput", truth.throughput[1]);
    theory_expect(self, "nodes.cpu.operations.x.in_system", truth.in_system[0][0]);
    theory_expect(self, "nodes.cpu.operations.y.in_system", truth.in_system[1][0]);
    theory_expect(self, "nodes.disk.operations.x.in_system", truth.in_system[0][1]);
    theory_expect(self, "nodes.disk.operations.y.in_system", truth.in_system[1][1]);
}

/// An open class beside a closed one at shared stations.
THEORY(mixed_classes_ps, BCMP "; Lazowska et al. 1984, §7.4") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'open': {'type': 'client', 'load': {'rate': 0.25}, 'operations': {'x': 1}},"
               "'closed': {'type': 'client', 'load': {'users': 6, 'think': 'exp(5s)'},"
               " 'operations': {'y': 1}},"
               "'s': {'type': 'station', 'discipline': 'ps',"
               " 'service_time': {'x': 'lognormal(mean=1.6s, cv=1.2)', 'y': 'exp(0.7s)'}},"
               "'d': {'type': 'station', 'concurrency': 'inf', 'service_time': '1s'}},"
               "'edges': [{'from': 'open', 'to': 's'}, {'from': 'closed', 'to': 's'},"
               "{'from': 'closed', 'to': 'd'}],"
               "'run': {'duration': 2e6, 'warmup': 1e4, 'seed': %u}}", theory_seed(self));
    const closed_network network = {.stations = 1, .classes = 1, .demand = {{0.7 / 0.6}},
                                    .think = {6.0}, .population = {6}};
    const closed_solution truth = mva(&network);
    theory_expect(self, "nodes.closed.throughput", truth.throughput[0]);
    theory_expect(self, "nodes.closed.response.mean", truth.response[0] + 1.0);
    theory_expect(self, "nodes.open.response.mean", 1.6 * (1.0 + truth.in_system[0][0]) / 0.6);
}

// --- Batches served together ---------------------------------------------------------------------

#define BAILEY "N. T. J. Bailey, On queueing processes with bulk service (1954)"
#define MEDHI "J. Medhi, Waiting time in a Poisson queue with a bulk service rule (1975)"

/// The chain of (busy places or gathering, waiting), cut off where the line is long: c places, each
/// begins when `least` wait and serves at most `most`; independent of the engine's closed form.
static double bulk_waiting(double lambda, int places, int least, int most, double *busy) {
    enum { LINE = 160 };
    const int n = (places + 1) * LINE;
    double *rates = calloc((size_t)n * (size_t)n, sizeof(double));
    double *probability = calloc((size_t)n, sizeof(double));
    for (int b = 0; b <= places; b++) {
        for (int q = 0; q < LINE; q++) {
            const int from = b * LINE + q;
            const bool begins = b < places && q + 1 >= least;
            const int left = q + 1 > most ? q + 1 - most : 0;
            if (begins) rates[from * n + (b + 1) * LINE + left] = lambda;
            else if (q + 1 < LINE) rates[from * n + from + 1] = lambda;
            if (b == 0) continue;
            const int taken = q >= least ? (q < most ? q : most) : 0;
            const int to = taken > 0 ? b * LINE + q - taken : (b - 1) * LINE + q;
            if (to != from) rates[from * n + to] += (double)b;
        }
    }
    for (int b = 0; b < places; b++) { // never entered: enough wait beside a free place
        for (int q = least; q < LINE; q++) rates[(b * LINE + q) * n + (b + 1) * LINE] += 1.0;
    }
    stationary(rates, n, probability);
    double waiting = 0.0;
    *busy = 0.0;
    for (int b = 0; b <= places; b++) {
        for (int q = 0; q < LINE; q++) {
            waiting += q * probability[b * LINE + q];
            *busy += b * probability[b * LINE + q];
        }
    }
    free(rates);
    free(probability);
    return waiting;
}

static void bulk(theory *self, double lambda, int places, int least, int most) {
    char load[64];
    char station[160];
    (void)snprintf(load, sizeof load, "'rate': %.17g", lambda);
    (void)snprintf(station, sizeof station,
                   "'service_time': 'exp(1s)', 'concurrency': %d, 'batch': {'max': %d, 'min': %d}",
                   places, most, least);
    theory_station(self, 3e6, load, station);
    double busy;
    const double waiting = bulk_waiting(lambda, places, least, most, &busy);
    theory_expect(self, "nodes.s.wait.mean", waiting / lambda);
    theory_expect(self, "nodes.s.response.mean", waiting / lambda + 1.0);
    theory_expect(self, "nodes.s.in_queue", waiting);
    theory_expect(self, "nodes.s.utilization", busy / places);
}

THEORY(bulk_service_of_five, BAILEY) { bulk(self, 3.0, 1, 1, 5); }
THEORY(bulk_service_loaded, BAILEY) { bulk(self, 3.0, 1, 1, 4); }
THEORY(bulk_service_from_three_on, MEDHI) { bulk(self, 3.0, 1, 3, 6); }
THEORY(bulk_service_of_whole_batches, MEDHI) { bulk(self, 2.4, 1, 4, 4); }
THEORY(bulk_service_in_two_places, BAILEY) { bulk(self, 4.5, 2, 1, 3); }

/// A bus that leaves every second and takes all who wait: half a second of waiting, one of riding.
THEORY(bulk_service_with_a_time_limit, "by hand: the first waits for the limit, the others less") {
    theory_station(self, 1e6, "'rate': 2",
                   "'service_time': '1ms', 'concurrency': 1000,"
                   "'batch': {'max': 1000, 'min': 1000, 'wait': '1s'}");
    // The first of a batch waits 1 s, each of the 2 who come meanwhile on average half of it.
    theory_expect(self, "nodes.s.wait.mean", (1.0 + 2.0 * 0.5) / 3.0);
}


// --- Batches, load-dependent speed, copies, bounds ---------------------------------------------

#define GROSS "D. Gross & C. M. Harris, Fundamentals of Queueing Theory, §3.1: M[X]/M/1"

/// L = ρ (E[X] + E[X²]) / (2 E[X] (1 − ρ)).
static void batches(theory *self, const char *batch, double rate, double first, double second) {
    char load[160];
    (void)snprintf(load, sizeof load, "'rate': %.17g, 'batch': '%s'", rate, batch);
    theory_station(self, 6e6, load, "'service_time': 'exp(1s)'");
    const double rho = rate * first;
    const double number = rho * (first + second) / (2.0 * first * (1.0 - rho));
    theory_expect(self, "nodes.s.throughput", rho);
    theory_expect(self, "nodes.s.response.mean", number / rho);
    theory_expect(self, "nodes.s.in_system", number);
}
THEORY(batches_of_three, GROSS) { batches(self, "3", 0.2, 3.0, 9.0); }
THEORY(batches_at_random, GROSS) { batches(self, "empirical(1: 3, 5: 1)", 0.3, 2.0, 7.0); }

THEORY(batches_of_constant_service, "M[X]/D/1: Pollaczek–Khinchine for whole batches") {
    theory_station(self, 6e6, "'rate': 0.2, 'batch': '3'", "'service_time': '1s'");
    // The first of a batch waits as one whose service is the whole batch's; the others behind it
    // too.
    theory_expect(self, "nodes.s.wait.mean", mg1_wait(0.2, 3.0, 9.0) + 1.0);
}

/// M/M/1 whose total speed depends on how many are served; everyone is served at once.
static void load_dependent(theory *self, const char *service) {
    char station[192];
    (void)snprintf(station, sizeof station,
                   "'service_time': '%s', 'concurrency': 'inf', 'speedup': [1, 1.7, 2.2]", service);
    theory_station(self, 4e6, "'rate': 1.6", station);
    enum { STATES = 400 };
    static const double speed[3] = {1.0, 1.7, 2.2};
    double up[STATES];
    double down[STATES];
    double probability[STATES + 1];
    for (int i = 0; i < STATES; i++) {
        up[i] = 1.6;
        down[i] = speed[i < 3 ? i : 2];
    }
    birth_death(up, down, STATES, probability);
    double number = 0.0;
    for (int i = 0; i <= STATES; i++) number += i * probability[i];
    theory_expect(self, "nodes.s.in_system", number);
    theory_expect(self, "nodes.s.response.mean", number / 1.6);
}
THEORY(load_dependent_exponential, BCMP) { load_dependent(self, "exp(1s)"); }
THEORY(load_dependent_lognormal, BCMP) { load_dependent(self, "lognormal(mean=1s, cv=1.4)"); }

/// The same with users who come back: a closed chain.
THEORY(load_dependent_closed, "a birth-death chain; Reiser & Lavenberg 1980") {
    theory_station(self, 1e6, "'users': 9, 'think': 'exp(4s)'",
                   "'service_time': 'exp(1s)', 'concurrency': 'inf', 'speedup': [1, 1.5, 1.8]");
    static const double speed[3] = {1.0, 1.5, 1.8};
    double up[9];
    double down[9];
    double probability[10];
    for (int i = 0; i < 9; i++) {
        up[i] = (9 - i) / 4.0;
        down[i] = speed[i < 3 ? i : 2];
    }
    birth_death(up, down, 9, probability);
    double number = 0.0;
    double rate = 0.0;
    for (int i = 0; i <= 9; i++) number += i * probability[i];
    for (int i = 0; i < 9; i++) rate += up[i] * probability[i];
    theory_expect(self, "nodes.s.throughput", rate);
    theory_expect(self, "nodes.s.response.mean", number / rate);
}

/// A second copy after h at a delay centre: the smaller of S and h + S'.
THEORY(hedged_delay, "the minimum of two exponentials, one begun later") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 5}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)', 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 's', 'hedge': {'after': '700ms', 'max': 1}}],"
               "'run': {'duration': 1e5, 'warmup': 100, 'seed': %u}}", theory_seed(self));
    const double late = exp(-0.7);
    theory_expect(self, "nodes.c.response.mean", (1.0 - late) + late / 2.0);
    theory_expect(self, "nodes.s.throughput", 5.0 * (1.0 + late));
}

/// A time-out at a delay centre cuts the exponential off.
THEORY(time_out_of_a_delay, "the exponential distribution, cut off") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 5}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)', 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 's', 'timeout': '1500ms'}],"
               "'run': {'duration': 2e5, 'warmup': 100, 'seed': %u}}", theory_seed(self));
    const double late = exp(-1.5);
    theory_expect(self, "nodes.c.error_ratio", late);
    theory_expect(self, "nodes.c.response.mean", 1.0 - 1.5 * late / (1.0 - late));
    theory_expect(self, "nodes.s.in_system", 5.0);
}

/// A deadline that is passed on spares the server what nobody waits for: constant patience.
THEORY(deadline_is_patience, "D. Y. Barrer, Queuing with impatient customers (1957)") {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.9}},"
               "'s': {'type': 'station', 'service_time': 'exp(1s)'}},"
               "'edges': [{'from': 'c', 'to': 's', 'timeout': '2s', 'deadline': 'propagate'}],"
               "'run': {'duration': 2e6, 'warmup': 1e3, 'seed': %u}}", theory_seed(self));
    const double below = 0.9 * (1.0 - exp(-0.1 * 2.0)) / 0.1;
    const double above = 0.9 * exp(-0.1 * 2.0);
    theory_expect(self, "nodes.s.error_ratio", above / (1.0 + below + above));
}

/// Shedding load beyond the number of places is Erlang's loss system.
THEORY(load_shedding_is_erlang_b, "A. K. Erlang 1917; Kleinrock 1975, (3.48)") {
    theory_station(self, 5e5, "'rate': 4",
                   "'service_time': 'exp(1s)', 'concurrency': 6, 'limits': {'max_in_flight': 6}");
    theory_expect(self, "nodes.s.error_ratio", erlang_b(4.0, 6));
}
