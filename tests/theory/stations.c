/// Single stations against their closed forms.
#include "theory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KLEINROCK "L. Kleinrock, Queueing Systems, vol. 1 (1975)"

// --- M/M/c -------------------------------------------------------------------------------------

static void expect_station(theory *self, const station_theory *truth) {
    theory_expect(self, "nodes.s.response.mean", truth->response);
    theory_expect(self, "nodes.s.wait.mean", truth->wait);
    theory_expect(self, "nodes.c.response.mean", truth->response);
    theory_expect(self, "nodes.s.throughput", truth->throughput);
    theory_expect(self, "nodes.s.utilization", truth->utilization);
}

static void mmc(theory *self, double rho, int servers, double duration_s) {
    char load[64];
    char station[96];
    const double lambda = rho * servers;
    (void)snprintf(load, sizeof load, "'rate': %.17g", lambda);
    (void)snprintf(station, sizeof station, "'service_time': 'exp(1s)', 'concurrency': %d",
                   servers);
    theory_station(self, duration_s, load, station);
    const double wait = erlang_c(lambda, servers) / (servers - lambda);
    const station_theory truth = {.response = 1.0 + wait, .wait = wait, .throughput = lambda,
                                  .utilization = rho};
    expect_station(self, &truth);
}

THEORY(mm1_rho_30, KLEINROCK ", (3.26)") { mmc(self, 0.3, 1, 2e6); }
THEORY(mm1_rho_50, KLEINROCK ", (3.26)") { mmc(self, 0.5, 1, 2e6); }
THEORY(mm1_rho_80, KLEINROCK ", (3.26)") { mmc(self, 0.8, 1, 4e6); }
THEORY(mm1_rho_90, KLEINROCK ", (3.26)") { mmc(self, 0.9, 1, 8e6); }
THEORY(mm1_rho_95, KLEINROCK ", (3.26)") { mmc(self, 0.95, 1, 8e6); }
THEORY(mm2_rho_85, KLEINROCK ", (3.40)") { mmc(self, 0.85, 2, 2e6); }
THEORY(mm3_rho_80, KLEINROCK ", (3.40)") { mmc(self, 0.8, 3, 1e6); }
THEORY(mm16_rho_90, KLEINROCK ", (3.40)") { mmc(self, 0.9, 16, 2e5); }
THEORY(mm100_rho_95, KLEINROCK ", (3.40)") { mmc(self, 0.95, 100, 4e4); }

/// Response of M/M/1 is exponential: its quantiles, its deviation.
THEORY(mm1_response_is_exponential, KLEINROCK ", §5.6") {
    theory_station(self, 8e6, "'rate': 0.5", "'service_time': 'exp(1s)'");
    const double mean = 2.0;
    theory_expect(self, "nodes.s.response.p50", -mean * log(0.5));
    theory_expect(self, "nodes.s.response.p90", -mean * log(0.1));
    theory_expect(self, "nodes.s.response.p95", -mean * log(0.05));
    theory_expect(self, "nodes.s.response.p99", -mean * log(0.01));
    theory_expect_within(self, "nodes.s.response.p999", -mean * log(0.001), 0.02);
    theory_expect(self, "nodes.s.response.sd", mean);
    theory_expect(self, "nodes.s.in_system", 1.0);
    theory_expect(self, "nodes.s.in_queue", 0.5);
}

THEORY(mm1_p99_rho_80, KLEINROCK ", §5.6") {
    theory_station(self, 16e6, "'rate': 0.8", "'service_time': 'exp(1s)'");
    theory_expect(self, "nodes.s.response.p99", -5.0 * log(0.01));
}

/// The wait of M/M/1 is 0 with probability 1 − ρ, else exponential.
THEORY(mm1_wait_quantiles, KLEINROCK ", §5.7") {
    theory_station(self, 8e6, "'rate': 0.6", "'service_time': 'exp(1s)'");
    const double scale = 1.0 / 0.4;
    theory_expect(self, "nodes.s.wait.p50", -scale * log(0.5 / 0.6));
    theory_expect(self, "nodes.s.wait.p90", -scale * log(0.1 / 0.6));
    theory_expect(self, "nodes.s.wait.p99", -scale * log(0.01 / 0.6));
}

/// The same with a queue shared by replicas, which is what "shared" means.
THEORY(mm4_as_replicas, KLEINROCK ", (3.40)") {
    theory_station(self, 1e6, "'rate': 3.4", "'service_time': 'exp(1s)', 'replicas': 4");
    theory_expect(self, "nodes.s.response.mean", 1.0 + erlang_c(3.4, 4) / 0.6);
}

/// Random splitting of a Poisson stream gives independent M/M/1 queues.
THEORY(random_balance_splits_poisson, KLEINROCK ", §2.4 and (3.26)") {
    theory_station(self, 2e6, "'rate': 2.1",
                   "'service_time': 'exp(1s)', 'replicas': 3, 'balance': 'random'");
    theory_expect(self, "nodes.s.response.mean", 1.0 / 0.3);
}

static double erlang_lst(double s, const double *p) { // p: phases, rate of a phase
    return pow(p[1] / (p[1] + s), p[0]);
}

/// Dealing a Poisson stream out in turn gives Erlang arrivals to each: E3/M/1.
THEORY(round_robin_deals_erlang, KLEINROCK ", §6.4") {
    theory_station(self, 2e6, "'rate': 2.4",
                   "'service_time': 'exp(1s)', 'replicas': 3, 'balance': 'round-robin'");
    const double sigma = gim1_sigma(1.0, erlang_lst, (const double[]){3.0, 2.4});
    theory_expect(self, "nodes.s.response.mean", 1.0 / (1.0 - sigma));
}

// --- Losses ------------------------------------------------------------------------------------

static void loss(theory *self, double lambda, int servers, int waiting, double duration_s) {
    char load[64];
    char station[128];
    (void)snprintf(load, sizeof load, "'rate': %.17g", lambda);
    (void)snprintf(station, sizeof station,
                   "'service_time': 'exp(1s)', 'concurrency': %d, 'queue': %d", servers, waiting);
    theory_station(self, duration_s, load, station);
    const station_theory truth = mmck(lambda, 1.0, servers, servers + waiting);
    theory_expect(self, "nodes.s.response.mean", truth.response);
    theory_expect(self, "nodes.s.error_ratio", truth.lost);
    theory_expect(self, "nodes.c.error_ratio", truth.lost);
    theory_expect(self, "nodes.s.in_system", truth.in_system);
    theory_expect(self, "nodes.s.throughput", truth.throughput);
    theory_expect(self, "nodes.s.utilization", truth.utilization);
}

THEORY(mm1k_5, KLEINROCK ", (3.42)") { loss(self, 0.8, 1, 4, 2e6); }
THEORY(mm1k_overloaded, KLEINROCK ", (3.42)") { loss(self, 1.5, 1, 9, 1e6); }
THEORY(mm1k_without_queue, KLEINROCK ", (3.42)") { loss(self, 1.0, 1, 0, 1e6); }
THEORY(mmck_3_of_10, KLEINROCK ", §3.7") { loss(self, 2.7, 3, 7, 1e6); }
THEORY(mmcc_10, KLEINROCK ", (3.48)") { loss(self, 8.0, 10, 0, 3e5); }

/// Erlang's loss formula holds for every service time of the same mean.
static void insensitive_loss(theory *self, const char *service) {
    char station[160];
    (void)snprintf(station, sizeof station,
                   "'service_time': '%s', 'concurrency': 5, 'queue': 0", service);
    theory_station(self, 5e5, "'rate': 4", station);
    const double lost = erlang_b(4.0, 5);
    theory_expect(self, "nodes.s.error_ratio", lost);
    theory_expect(self, "nodes.s.in_system", 4.0 * (1.0 - lost));
}
#define SEVASTYANOV "B. A. Sevastyanov, An ergodic theorem for Markov processes (1957)"
THEORY(mgcc_constant, SEVASTYANOV) { insensitive_loss(self, "1s"); }
THEORY(mgcc_lognormal, SEVASTYANOV) { insensitive_loss(self, "lognormal(mean=1s, cv=2)"); }

// --- M/G/1 and M/G/∞ ---------------------------------------------------------------------------

#define KHINCHINE "F. Pollaczek 1930, A. Khinchine 1932; Kleinrock 1975, (5.69)"

static void mg1(theory *self, const char *service, double second, double duration_s) {
    char station[160];
    (void)snprintf(station, sizeof station, "'service_time': '%s'", service);
    theory_station(self, duration_s, "'rate': 0.7", station);
    const double wait = mg1_wait(0.7, 1.0, second);
    theory_expect(self, "nodes.s.service.mean", 1.0);
    theory_expect(self, "nodes.s.wait.mean", wait);
    theory_expect(self, "nodes.s.response.mean", wait + 1.0);
    theory_expect(self, "nodes.s.in_queue", 0.7 * wait);
}

THEORY(mg1_constant, KHINCHINE) { mg1(self, "1s", 1.0, 2e6); }
THEORY(mg1_uniform, KHINCHINE) { mg1(self, "uniform(0s, 2s)", 4.0 / 3.0, 2e6); }
THEORY(mg1_erlang, KHINCHINE) { mg1(self, "erlang(k=3, mean=1s)", 4.0 / 3.0, 2e6); }
THEORY(mg1_gamma, KHINCHINE) { mg1(self, "gamma(mean=1s, cv=1.5)", 3.25, 8e6); }
THEORY(mg1_hyperexponential, KHINCHINE) {
    mg1(self, "hyperexp(0.9: 0.5s, 0.1: 5.5s)", 2.0 * (0.9 * 0.25 + 0.1 * 30.25), 1.2e7);
}
THEORY(mg1_lognormal, KHINCHINE) { mg1(self, "lognormal(mean=1s, cv=1.2)", 2.44, 6e6); }
THEORY(mg1_weibull, KHINCHINE) {
    char service[64]; // E[X^k] = scale^k Γ(1 + k/shape): shape 1/2 has moments 2 and 24 of scale 1
    (void)snprintf(service, sizeof service, "weibull(shape=0.5, scale=%.17g)", 0.5);
    mg1(self, service, 6.0, 2e7);
}
THEORY(mg1_pareto, KHINCHINE) { // alpha 4: min · 4/3 = 1, E[X²] = 2 min²
    mg1(self, "pareto(min=0.75s, alpha=4)", 2.0 * 0.5625, 2e6);
}
THEORY(mg1_coxian, KHINCHINE) { // phase 1 at rate 2, then with 1/2 a phase of rate 1
    // E[X] = 1/2 + 1/2 = 1; E[X²] = 2/4 + 2·(1/2)(1/2)(1) + (1/2)·2 = 2
    mg1(self, "coxian(2, 1; 0.5)", 2.0, 4e6);
}
THEORY(mg1_empirical, KHINCHINE) { mg1(self, "empirical(0.5s: 3, 2.5s: 1)", 1.75, 3e6); }
THEORY(mg1_mix, KHINCHINE) { mg1(self, "mix(0.5: 1s, 0.5: exp(1s))", 1.5, 3e6); }
THEORY(mg1_normal_truncated, KHINCHINE) {
    // N(m, s²) given X > 0: mean m + s·φ/Φ, second moment m² + s² + m·s·φ/Φ at m/s.
    const double m = 0.8;
    const double s = 0.6;
    const double ratio = exp(-0.5 * (m / s) * (m / s)) / sqrt(2.0 * 3.14159265358979323846) /
                         (0.5 * erfc(-m / s / sqrt(2.0)));
    const double mean = m + s * ratio;
    const double second = m * m + s * s + m * s * ratio;
    theory_station(self, 2e6, "'rate': 0.7", "'service_time': 'normal(mean=0.8s, sd=0.6s)'");
    theory_expect(self, "nodes.s.service.mean", mean);
    theory_expect(self, "nodes.s.wait.mean", mg1_wait(0.7, mean, second));
}

THEORY(md1_wait_deviation, "L. Takács, A single-server queue with Poisson input (1962)") {
    theory_station(self, 1e7, "'rate': 0.6", "'service_time': '1s'");
    theory_expect(self, "nodes.s.wait.sd", sqrt(mg1_wait_variance(0.6, 1.0, 1.0, 1.0)));
}

THEORY(mm1_wait_deviation, "L. Takács, A single-server queue with Poisson input (1962)") {
    theory_station(self, 1e7, "'rate': 0.6", "'service_time': 'exp(1s)'");
    theory_expect(self, "nodes.s.wait.sd", sqrt(mg1_wait_variance(0.6, 1.0, 2.0, 6.0)));
}

/// P(W ≤ t) of M/D/1 is (1 − ρ) Σ (ρ(i − t))^i / i! · e^(−ρ(i − t)), i ≤ t.
static double md1_wait_cdf(double rho, double t) {
    double sum = 0.0;
    double factorial = 1.0;
    for (int i = 0; i <= (int)t; i++) {
        if (i > 0) factorial *= i;
        const double x = rho * (i - t);
        sum += pow(x, i) / factorial * exp(-x);
    }
    return (1.0 - rho) * sum;
}

THEORY(md1_wait_quantiles, "C. D. Crommelin, Delay probability formulae (1932)") {
    theory_station(self, 8e6, "'rate': 0.6", "'service_time': '1s'");
    const struct {
        const char *path;
        double q;
    } quantiles[] = {{"nodes.s.wait.p90", 0.9}, {"nodes.s.wait.p99", 0.99}};
    for (size_t i = 0; i < 2u; i++) {
        double low = 0.0;
        double high = 20.0;
        for (int step = 0; step < 100; step++) {
            const double middle = 0.5 * (low + high);
            if (md1_wait_cdf(0.6, middle) < quantiles[i].q) low = middle; else high = middle;
        }
        theory_expect(self, quantiles[i].path, low);
    }
}

static void delay_centre(theory *self, const char *service) {
    char station[128];
    (void)snprintf(station, sizeof station, "'service_time': '%s', 'concurrency': 'inf'", service);
    theory_station(self, 2e5, "'rate': 20", station);
    theory_expect(self, "nodes.s.in_system", 20.0);
    theory_expect(self, "nodes.s.response.mean", 1.0);
    theory_expect_within(self, "nodes.s.wait.max", 0.0, 0.0);
}
THEORY(mm_inf, KLEINROCK ", §3.4") { delay_centre(self, "exp(1s)"); }
THEORY(mg_inf, "Kleinrock 1975, §3.4; insensitive: Riordan 1951") {
    delay_centre(self, "lognormal(mean=1s, cv=1.5)");
}

// --- GI/M/1 ------------------------------------------------------------------------------------

static double constant_lst(double s, const double *p) { return exp(-s * p[0]); }
static double uniform_lst(double s, const double *p) { // over [0, p]
    return s * p[0] < 1e-9 ? 1.0 : (1.0 - exp(-s * p[0])) / (s * p[0]);
}
static double hyperexponential_lst(double s, const double *p) { // p: share, mean, mean
    return p[0] / (1.0 + s * p[1]) + (1.0 - p[0]) / (1.0 + s * p[2]);
}

#define GIM1_S 8e6 /* for the quantile */

static void gim1(theory *self, const char *between, transform lst, const double *parameters) {
    char load[128];
    (void)snprintf(load, sizeof load, "'interarrival': '%s'", between);
    theory_station(self, GIM1_S, load, "'service_time': 'exp(1s)'");
    const double sigma = gim1_sigma(1.0, lst, parameters);
    const double response = 1.0 / (1.0 - sigma);
    theory_expect(self, "nodes.s.response.mean", response);
    theory_expect(self, "nodes.s.wait.mean", sigma * response);
    theory_expect(self, "nodes.s.response.p90", -response * log(0.1));
}
THEORY(dm1, KLEINROCK ", §6.4") { gim1(self, "1.25s", constant_lst, (const double[]){1.25}); }
THEORY(um1, KLEINROCK ", §6.4") {
    gim1(self, "uniform(0s, 2.5s)", uniform_lst, (const double[]){2.5});
}
THEORY(erlang_m1, KLEINROCK ", §6.4") {
    gim1(self, "erlang(k=4, mean=1.6s)", erlang_lst, (const double[]){4.0, 2.5});
}
THEORY(hyperexponential_m1, KLEINROCK ", §6.4") {
    gim1(self, "hyperexp(0.8: 0.75s, 0.2: 4.5s)", hyperexponential_lst,
         (const double[]){0.8, 0.75, 4.5});
}

/// Everything constant: no randomness, no wait.
THEORY(dd1, "by hand") {
    theory_station(self, 1e4, "'interarrival': '2s'", "'service_time': '1.5s'");
    theory_expect_within(self, "nodes.s.response.mean", 1.5, 1e-12);
    theory_expect_within(self, "nodes.s.wait.max", 0.0, 0.0);
    theory_expect_within(self, "nodes.s.utilization", 0.75, 1e-3);
}

// --- A finite population -----------------------------------------------------------------------

static void repair(theory *self, int users, double think, int servers, const char *think_as) {
    char load[128];
    char station[64];
    (void)snprintf(load, sizeof load, "'users': %d, 'think': '%s'", users, think_as);
    (void)snprintf(station, sizeof station, "'service_time': 'exp(1s)', 'concurrency': %d",
                   servers);
    theory_station(self, 1e6, load, station);
    const station_theory truth = finite_population(users, 1.0 / think, 1.0, servers);
    expect_station(self, &truth);
    theory_expect(self, "nodes.s.in_system", truth.in_system);
}
#define REPAIR "machine repair: C. Palm 1947; Kleinrock 1975, §3.9"
THEORY(finite_population_one_server, REPAIR) { repair(self, 10, 8.0, 1, "exp(8s)"); }
THEORY(finite_population_saturated, REPAIR) { repair(self, 20, 5.0, 1, "exp(5s)"); }
THEORY(finite_population_three_servers, REPAIR) { repair(self, 12, 3.0, 3, "exp(3s)"); }
/// Thinking is a delay: only its mean counts (BCMP 1975).
THEORY(finite_population_constant_thinking, REPAIR) { repair(self, 6, 4.0, 1, "4s"); }
THEORY(finite_population_lognormal_thinking, REPAIR) {
    repair(self, 6, 4.0, 2, "lognormal(mean=4s, cv=1.5)");
}

// --- Loads that change -------------------------------------------------------------------------

/// The mean number at an infinite server whose arrivals have the rate λ(t) is ∫ λ(u) e^(−(t − u))
/// du; its time average over a run that starts empty follows.
#define EICK "S. G. Eick, W. A. Massey & W. Whitt, The physics of the Mt/G/∞ queue (1993)"
THEORY(pattern_at_infinite_server, EICK) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {"
               "'c': {'type': 'client', 'load': {'pattern': [{'at': 0, 'rate': 0},"
               " {'at': 1000, 'rate': 2000}, {'at': 2000, 'rate': 500}]}},"
               "'s': {'type': 'station', 'service_time': 'exp(100s)', 'concurrency': 'inf'}},"
               "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"
               "'run': {'duration': 3000, 'warmup': 0, 'seed': %u}}", theory_seed(self));
    const double h = 0.5;
    double number = 0.0;
    double area = 0.0;
    double arrivals = 0.0;
    for (double t = 0.5 * h; t < 3000.0; t += h) {
        const double rate = t < 1000.0 ? 2.0 * t : t < 2000.0 ? 2000.0 - 1.5 * (t - 1000.0) : 500.0;
        number += h * (rate - number / 100.0);
        area += h * number;
        arrivals += h * rate;
    }
    theory_expect(self, "nodes.s.arrivals", arrivals);
    theory_expect_within(self, "nodes.s.in_system", area / 3000.0, THEORY_TOLERANCE);
}

// --- Bursts ------------------------------------------------------------------------------------

/// M/M/1 whose arrival rate alternates with exponential sojourns, as a chain of (number, phase) cut
/// off where it is never seen.
static void mmpp(theory *self, const double *rate, const double *sojourn, int levels) {
    char load[192];
    (void)snprintf(load, sizeof load,
                   "'mmpp': [{'rate': %.17g, 'for': 'exp(%.17gs)'}, {'rate': %.17g,"
                   " 'for': 'exp(%.17gs)'}]", rate[0], sojourn[0], rate[1], sojourn[1]);
    theory_station(self, 6e6, load, "'service_time': 'exp(1s)'");
    const int n = 2 * levels;
    static double rates[600 * 600];
    static double probability[600];
    memset(rates, 0, sizeof rates);
    for (int i = 0; i < levels; i++) {
        for (int phase = 0; phase < 2; phase++) {
            const int at = 2 * i + phase;
            rates[at * n + 2 * i + 1 - phase] += 1.0 / sojourn[phase];
            if (i + 1 < levels) rates[at * n + at + 2] += rate[phase];
            if (i > 0) rates[at * n + at - 2] += 1.0;
        }
    }
    stationary(rates, n, probability);
    double number = 0.0;
    for (int at = 0; at < n; at++) number += (at / 2) * probability[at];
    const double mean_rate =
        (rate[0] * sojourn[0] + rate[1] * sojourn[1]) / (sojourn[0] + sojourn[1]);
    theory_expect(self, "nodes.s.throughput", mean_rate);
    theory_expect(self, "nodes.s.response.mean", number / mean_rate);
}
#define NEUTS "M. F. Neuts, Matrix-geometric solutions in stochastic models (1981), ch. 6"
THEORY(mmpp_m1_mild, NEUTS) {
    mmpp(self, (const double[]){0.4, 1.2}, (const double[]){10.0, 5.0}, 300);
}
THEORY(mmpp_m1_on_off, NEUTS) {
    mmpp(self, (const double[]){1.5, 0.0}, (const double[]){4.0, 6.0}, 300);
}

// --- Markovian arrivals --------------------------------------------------------------------------

#define LUCANTONI "D. M. Lucantoni, K. S. Meier-Hellstern, M. F. Neuts, A single-server queue " \
                  "with server vacations and a class of non-renewal arrival processes (1990)"

/// MAP/M/1 as a chain of (number, state) cut off where it is never seen; the service takes 1 s on
/// average. The diagonal of d0 is not looked at.
static void map(theory *self, int size, const double *d0, const double *d1, int levels) {
    char load[512];
    int used = snprintf(load, sizeof load, "'map': {'d0': [");
    for (int which = 0; which < 2; which++) {
        const double *rates = which == 0 ? d0 : d1;
        for (int i = 0; i < size * size; i++) {
            const char *before = i % size > 0 ? ", " : i > 0 ? "], [" : "[";
            used += snprintf(load + used, sizeof load - (size_t)used, "%s%.17g", before, rates[i]);
        }
        used += snprintf(load + used, sizeof load - (size_t)used,
                         which == 0 ? "]], 'd1': [" : "]]}");
    }
    theory_station(self, 6e6, load, "'service_time': 'exp(1s)'");
    const int n = size * levels;
    double *rates = calloc((size_t)n * (size_t)n, sizeof(double));
    double *probability = calloc((size_t)n, sizeof(double));
    for (int from = 0; from < n; from++) {
        const int level = from / size;
        for (int to = 0; to < size; to++) {
            const int cell = from % size * size + to;
            if (to != from % size) rates[from * n + level * size + to] += d0[cell];
            if (level + 1 < levels) rates[from * n + (level + 1) * size + to] += d1[cell];
        }
        if (level > 0) rates[from * n + from - size] += 1.0;
    }
    stationary(rates, n, probability);
    double number = 0.0;
    double arrivals = 0.0;
    double idle = 0.0;
    for (int at = 0; at < n; at++) {
        number += (at / size) * probability[at];
        if (at < size) idle += probability[at];
        for (int to = 0; to < size; to++) arrivals += probability[at] * d1[at % size * size + to];
    }
    free(rates);
    free(probability);
    theory_expect(self, "nodes.s.throughput", arrivals);
    theory_expect(self, "nodes.s.utilization", 1.0 - idle);
    theory_expect(self, "nodes.s.in_system", number);
    theory_expect(self, "nodes.s.response.mean", number / arrivals);
}

/// An Erlang renewal process written as a MAP is E2/M/1.
THEORY(map_of_erlang_m1, KLEINROCK ", §6.4") {
    map(self, 2, (const double[]){0, 1.2, 0, 0}, (const double[]){0, 0, 1.2, 0}, 200);
}
/// Short times follow short ones: positively correlated, and no MMPP.
THEORY(map_m1_correlated, LUCANTONI) {
    map(self, 2, (const double[]){0, 0.05, 0.02, 0}, (const double[]){1.4, 0.1, 0.03, 0.15}, 400);
}
/// Long and short in turn: negatively correlated.
THEORY(map_m1_alternating, LUCANTONI) {
    map(self, 2, (const double[]){0, 0, 0, 0}, (const double[]){0, 0.4, 4.0, 0}, 250);
}
THEORY(map_m1_three_states, LUCANTONI) {
    map(self, 3, (const double[]){0, 0.2, 0, 0, 0, 0.5, 0.1, 0, 0},
        (const double[]){0.3, 0, 0.1, 0.2, 1.0, 0, 0, 0.4, 0.5}, 250);
}
