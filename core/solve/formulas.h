/// The formulas of queueing theory: pure functions of a few numbers, each with its source.
///
/// Times in seconds, rates per second. `servers` and `places` are those of one queue.
#ifndef SS_SOLVE_FORMULAS_H
#define SS_SOLVE_FORMULAS_H

#include "base/dist.h"
#include "base/math.h"

/// Erlang's loss formula B(c, a): the share of Poisson arrivals that find all `servers` busy and no
/// line. By B(n) = a B(n-1) / (n + a B(n-1)) (Erlang 1917; Kleinrock 1975, eq. 3.43).
double ss__erlang_b(uint32_t servers, double offered);
/// Erlang's delay formula C(c, a), a < c: the share that must wait in M/M/c
/// (Kleinrock 1975, eq. 3.40). 1 when a ≥ c.
double ss__erlang_c(uint32_t servers, double offered);

/// A station with Poisson arrivals and exponential service whose speed depends on how many are
/// there: n requests are served at `service_rate` · min(n, servers) in all, `places` of them hold a
/// place, the rest waits, and each that waits gives up at `patience_rate`.
typedef struct ss__markov {
    double arrival_rate;
    double service_rate;  ///< of one server
    double servers;       ///< whole, or infinite
    const double *speeds; ///< instead: total speed with 1, 2, … in service; NULL = none
    uint32_t speed_count; ///< the last one holds beyond
    double places;        ///< ≥ servers where cores are fewer than connections; whole, or infinite
    double capacity;      ///< most requests inside; arrivals beyond are lost; or infinite
    double patience_rate; ///< 0 = nobody gives up
} ss__markov;

typedef struct ss__markov_result {
    double in_system, in_queue, busy; ///< means
    double waiting; ///< probability that an accepted arrival finds no free place
    double loss;    ///< probability that an arrival is refused
    double abandon; ///< probability that an arrival leaves unserved (refused or out of patience)
    double served_wait; ///< mean wait of those who are served
    double wait_variance;
    bool is_stable;
} ss__markov_result;

/// The stationary distribution of that birth-death process (Kleinrock 1975, eqs. 3.11-3.13): M/M/c,
/// M/M/c/K, M/M/∞, Erlang A (M/M/c+M: Palm 1957; Garnett, Mandelbaum & Reiman 2002).
ss__markov_result ss__markov_solve(const ss__markov *station);

/// M/M(a,b)/c: a place begins when `least` wait and serves `most` at once, at most (Bailey 1954;
/// Medhi 1975). Exact for least = 1, and for one place; else as of one place so much faster.
typedef struct ss__bulk {
    double wait;
    double waiting; ///< probability of a wait
    double busy;    ///< places, on average
} ss__bulk;
ss__bulk ss__bulk_solve(double rate, double service_s, uint32_t places, uint32_t least,
                        uint32_t most);

/// Mean wait in M/M/c//N: `population` requests that come back to the station, whose throughput is
/// known and whose time elsewhere follows from it (the machine repairman: Kleinrock 1975, sec.
/// 3.8).
double ss__finite_source_wait(double throughput, double service_s, double servers,
                              double population);

/// Mean wait at a station of `servers` that is called by requests holding one of `population`
/// places elsewhere, `away_s` of that time not here: a birth-death process whose arrivals, n being
/// here, come at the smaller of a rate of their own (found from the throughput) and (population -
/// n)/away (the idea of the method of layers: Rolia & Sevcik 1995).
double ss__limited_callers_wait(double throughput, double service_s, double servers,
                                double population, double away_s);

/// Mean wait in M/G/1 in order of arrival: λ E[S²] / 2(1-ρ) (Pollaczek 1930, Khinchine 1932;
/// Kleinrock 1975, eq. 5.69).
double ss__mg1_wait(double rate, double mean, double second_moment);
/// Variance of that wait: E[W]² + λ E[S³] / 3(1-ρ) (Takács; Kleinrock 1975, eq. 5.113).
double ss__mg1_wait_variance(double rate, double mean, double second, double third);

/// Mean wait in M/G/c, from that of M/M/c: between it and M/D/c (Cosmetatos 1976) harmonically, by
/// the service's squared coefficient of variation (Kimura 1986, eq. 4).
double ss__mgc_wait(double markov_wait, double servers, double utilization, double service_scv);

/// How much other arrivals and services than Poisson and exponential stretch the wait of M/M/c:
/// (ca² + cs²)/2 (Allen 1990, Allen-Cunneen), for arrivals more regular than Poisson times
/// exp(-2(1-ρ)(1-ca²)² / 3ρ(ca²+cs²)) (Krämer & Langenbach-Belz 1976).
double ss__gg_factor(double utilization, double arrival_scv, double service_scv);

/// Laplace-Stieltjes transform E[exp(-sT)] of a distribution; NaN for families without a closed
/// one.
double ss__dist_transform(const ss_dist *dist, double s);

typedef struct ss__gim {
    double wait;    ///< mean
    double waiting; ///< probability of waiting
    double decay;   ///< rate of the exponential wait of those who wait
} ss__gim;
/// GI/M/c: σ = A*(cμ(1-σ)); those who wait, wait exponentially at rate cμ(1-σ) (Takács 1962; Gross
/// & Harris 1985, eqs. 5.57-5.60). `interarrival` is thinned: each queue gets every `turns`-th
/// arrival. False where there is no closed transform, or too many servers for the sum to be
/// accurate.
bool ss__gim_solve(const ss_dist *interarrival, uint32_t turns, double service_rate,
                   uint32_t servers, ss__gim *out);

/// Arrivals per second of a Markovian arrival process, whose rates from state to state stand row by
/// row: without an arrival (hidden, the diagonal filled in) and with one (visible). NaN where the
/// states do not all lead to each other.
double ss__map_rate(const double *hidden, const double *visible, uint32_t size);
/// MAP/M/1 in order of arrival, the arrivals `scale` times as many: mean wait and probability of
/// waiting (Neuts 1981). False when it is saturated.
bool ss__map_wait(const double *hidden, const double *visible, uint32_t size, double scale,
                  double service_s, double *wait, double *waiting);

/// Mean time in system of a large fleet where each request joins the less busy of two servers drawn
/// at random (Mitzenmacher 2001, Vvedenskaya et al. 1996): the fixed point s(i) of the mean-field
/// equations, here with `places` at each and drawing the same server twice with probability
/// 1/replicas.
double ss__two_choices_response(double rate_each, double service_s, uint32_t places,
                                uint32_t replicas);

/// Mean response of a fork-join of `branches` equal M/M/1 queues fed by the same Poisson arrivals:
/// exact for two, (12-ρ)/8 · R (Flatto & Hahn 1984); for more the interpolation of Nelson & Tantawi
/// (1988), eq. 15. `response` is that of one queue alone.
double ss__fork_join_response(uint32_t branches, double utilization, double response);

/// Mean of the largest of independent exponential times with these means (inclusion and exclusion),
/// at most 10 of them.
double ss__exponential_max(const double *means, uint32_t count);

typedef enum ss__cache_policy { SS__CACHE_LRU, SS__CACHE_FIFO, SS__CACHE_RANDOM } ss__cache_policy;
/// Hit ratio of a cache of `capacity` under Zipf's law with exponent `skew` over `keys` (Che et al.
/// 2002; for FIFO and random eviction Fricker, Robert & Roberts 2012). `lifetime` is the time to
/// live in requests (rate × ttl); infinite = none.
double ss__cache_hit_ratio(double keys, double capacity, double skew, ss__cache_policy policy,
                           double lifetime);

// --- Size-based disciplines ----------------------------------------------------------------------

typedef struct ss__size_class {
    const ss_dist *dist;
    double scale; ///< service = scale × draw of dist
    double rate;
    double wait, response; ///< filled: means
} ss__size_class;
/// M/G/1 with the shortest job first (Phipps 1956; Conway, Maxwell & Miller 1967, sec. 8-3).
bool ss__shortest_job_first(ss__size_class *classes, uint32_t count, const ss_allocator *allocator);
/// M/G/1 with the shortest remaining time first (Schrage & Miller 1966, eqs. 4-6).
bool ss__shortest_remaining(ss__size_class *classes, uint32_t count, const ss_allocator *allocator);

#endif
