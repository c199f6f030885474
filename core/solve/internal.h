/// What the files of core/solve share: the design unfolded to classes, and what is known of each.
///
/// A *class* is a node and an operation, as in the engine. Each has a program (terms), from which
/// follow how often it calls others (its *visits*) and how long it holds its place. The order of
/// work: unfold (unfold.c), how often each class runs (traffic.c), stations bottom up: hold → wait
/// → response (stations.c, responses.c); closed clients by product form (product.c) or by a fixed
/// point over their throughput (closed.c).
#ifndef SS_SOLVE_INTERNAL_H
#define SS_SOLVE_INTERNAL_H

#include "scalesim/solve.h"
#include "solve/formulas.h"

// --- Laws: what is known of a duration (law.c) ---------------------------------------------------

typedef enum ss__law_kind {
    SS__LAW_FITTED,  ///< only mean and variance are known; a gamma law stands for the rest
    SS__LAW_SERVICE, ///< scale × draw of dist
    SS__LAW_SOJOURN, ///< in M/M/c: waits with probability c at rate b, then is served at rate a
    SS__LAW_DELAYED, ///< with probability c waits for a mean of a and a variance of b; then held
} ss__law_kind;

typedef struct ss__law {
    double mean, variance; ///< variance NaN where it is not known
    ss__law_kind kind;
    const ss_dist *dist;
    double a, b, c;        ///< SERVICE: a = scale
} ss__law;

typedef struct ss__mixed_law {
    double weight;
    ss__law law;
} ss__mixed_law;

ss__law ss__law_constant(double value);
ss__law ss__law_of_dist(const ss_dist *dist, double scale);
ss__law ss__law_fitted(double mean, double variance);
/// Of independent durations, one after the other.
ss__law ss__law_sum(ss__law first, ss__law second);
/// A wait that is not 0 with a probability, and then the hold.
ss__law ss__law_delayed(ss__law wait, ss__law hold, double waiting);
/// The larger of independent durations.
ss__law ss__law_max(const ss__law *laws, uint32_t count);
/// One of several, with weights that need not add up to 1.
ss__law ss__law_mixture(const ss__mixed_law *laws, uint32_t count);
double ss__law_cdf(const ss__law *law, double x);
/// Quantile of a mixture; NaN where the variance of a part is not known.
double ss__law_quantile(const ss__mixed_law *laws, uint32_t count, double p);
/// Whether its quantiles are exact, not fitted.
bool ss__law_is_exact(const ss__law *law);

// --- Programs ------------------------------------------------------------------------------------

typedef enum ss__term_kind {
    SS__TERM_COMPUTE, ///< dist
    SS__TERM_CALL,    ///< along edge; branch 0, if any, runs on a miss
    SS__TERM_PUBLISH,
    SS__TERM_CHOOSE,  ///< at most one branch, by probability
    SS__TERM_PARALLEL,
    SS__TERM_REPEAT,  ///< branch 0, `repeat` times
} ss__term_kind;

typedef struct ss__branch {
    double probability;
    const struct ss__term *first;
} ss__branch;

typedef struct ss__term {
    ss__term_kind kind;
    uint32_t edge, target; ///< CALL, PUBLISH: edge and class
    uint32_t count, repeat;
    const ss_dist *dist;
    const ss__branch *branches;
    const struct ss__term *next;
} ss__term;

/// How a class makes another one run, on average.
typedef enum ss__visit_kind { SS__VISIT_CALL, SS__VISIT_FORWARD, SS__VISIT_PUBLISH } ss__visit_kind;
typedef struct ss__visit {
    uint32_t edge, target;
    ss__visit_kind kind;
    double share;  ///< FORWARD, deliveries: probability of the edge
    double sent;   ///< expected times per request of the class, retries included
    double weight; ///< …that arrive
} ss__visit;

// --- What is ignored, and what was done ----------------------------------------------------------

/// Features that the formulas leave out; each has its sentence in write.c.
enum {
    SS__IGNORES_TIMEOUT = 1u << 0,
    SS__IGNORES_BUDGET = 1u << 1,
    SS__IGNORES_BREAKER = 1u << 2,
    SS__IGNORES_HEDGE = 1u << 3,
    SS__IGNORES_BANDWIDTH = 1u << 4,
    SS__IGNORES_FAULTS = 1u << 5,
    SS__IGNORES_RATE_LIMIT = 1u << 6,
    SS__IGNORES_REDELIVERY = 1u << 7,
    SS__IGNORES_DEADLINES = 1u << 8,
    SS__IGNORES_CHANGING_LOAD = 1u << 9,
    SS__IGNORES_BURSTS = 1u << 10,
    SS__ASSUMES_POISSON = 1u << 11,
    SS__ASSUMES_INDEPENDENT_BRANCHES = 1u << 12,
    SS__ASSUMES_STEADY_HOLDING = 1u << 13,
    SS__ASSUMES_LARGE_FLEET = 1u << 14,
    SS__ASSUMES_EXPONENTIAL = 1u << 15,
    SS__ASSUMES_FINITE_CALLERS = 1u << 16,
    SS__IGNORES_PARTITION_SKEW = 1u << 17,
    SS__IGNORES_SETUP = 1u << 18,
    SS__IGNORES_BLOCKING = 1u << 19,
    SS__ASSUMES_RENEWAL = 1u << 20,
    SS__IGNORES_DEADLOCK = 1u << 21,
    SS__COUNTS_FAILURES = 1u << 22,
    SS__IGNORES_CODE = 1u << 23,
    SS__IGNORES_FULL = 1u << 24,
    SS__ASSUMPTIONS = 25
};

// --- Classes and nodes ---------------------------------------------------------------------------

typedef struct ss__class {
    uint32_t node;
    uint32_t next_of_node1;
    const char *operation;
    const ss_operation *entry;
    const ss__term *program;
    ss__visit *visits;
    uint32_t visit_count;
    double priority, error_rate;
    bool is_alone;      ///< its program only computes: what it holds depends on nobody else
    ss__branch *on_miss; ///< of a cache with out-edges: what a miss does; else NULL
    double miss;        ///< probability that a cache does not have it; 1 elsewhere
    double share;       ///< of a client's class: of its requests
    double open_rate;   ///< arrivals per second of open clients' requests, at scale 1
    double rate;        ///< arrivals per second
    double success;     ///< probability that the visit ends well, calls included
    double survival;    ///< …and what it was forwarded to as well
    ss__law hold;       ///< of its place
    ss__law wait;
    ss__law visit;      ///< from arrival to the end of the visit
    ss__law total;      ///< …and of what it was forwarded to
    ss__law delivery;   ///< broker: from the consumer's turn to its answer
    double in_system;
} ss__class;

typedef enum ss__role {
    SS__ROLE_STATION, SS__ROLE_CLIENT, SS__ROLE_BROKER, SS__ROLE_CACHE,
} ss__role;

typedef struct ss__station {
    ss__role role;
    uint32_t first_class1;
    // parameters
    uint32_t queues;       ///< independent waiting lines
    double places;         ///< of one line
    double servers;        ///< ≤ places: cores
    double capacity;       ///< places and waiting places of one line
    double places_total;
    double time_factor;
    double patience_rate;  ///< 0 = for ever
    bool patience_is_exponential;
    uint32_t discipline, balance, replicas;
    const double *speeds;  ///< load-dependent total speed of one line; NULL = none
    uint32_t speed_count;
    const ss_dist *setup, *vacation;
    double batch_most;     ///< requests that a place serves at once; 1 usually
    uint32_t batch_least;
    double batch_wait_s;   ///< after which fewer than the least are served; 0 = never
    // broker
    uint32_t consumers, partitions;
    double prefetch, backlog_capacity;
    bool is_broadcast;
    double line;              ///< mean number waiting, where it is not rate × wait; else -1
    double backlog;           ///< mean number waiting for consumers
    // what flows in
    bool poisson;          ///< arrivals are Poisson, or the network has product form
    bool is_synchronised;  ///< requests come at the same instants as others' (fork, publish)
    double arrival_scv;    ///< of the time between arrivals, where they are not Poisson
    double batch_mean;     ///< E[X] of batches of X that come straight from one client; else 0
    double batch_factor;   ///< E[X(X-1)]/2E[X]
    const double *bursts;  ///< of a MAP that comes straight from one client: see ss_map_read
    uint32_t burst_states;
    bool bursts_are_markov; ///< …or an MMPP whose states do not last for exponential times
    const ss_dist *renewal; ///< time between arrivals where they come straight from one client
    double population;     ///< most requests that can be there at once; infinite for open ones
    bool population_is_users; ///< …and they are all closed users, not places of callers
    double away_s;         ///< how long a caller holds his place elsewhere, per call
    double held_delay;     ///< while several closed clients settle: mean time beyond the hold
    double extra_wait;     ///< of closed users whom the throughput does not account for
    // results
    double rate, utilization, load; ///< load: places needed, over places; may exceed 1
    double throughput, in_system, in_queue;
    double loss;           ///< share of arrivals refused, or gone out of patience
    double passes;         ///< share of its requests that a saturated node gets done
    double saturation_per_s; ///< rate of all open clients at which it saturates; NaN where unknown
    double response_scv;   ///< PS: of the response of a request; NaN elsewhere
    double service_factor; ///< how much longer it holds its place because others share the cores
    bool is_saturated, is_blocked; ///< blocked: it waits for one that is saturated
    bool knows_bursts;     ///< the method takes the client's bursts or batches into account
    bool is_exact, uses_product_form;
    bool totals_are_exact; ///< so is the mean of a request with all it is forwarded to
    const char *method, *source;
    uint32_t noted;       ///< assumptions that follow from the document
    uint32_t assumptions; ///< …and from the method
} ss__station;

typedef struct ss__client {
    uint32_t node;
    bool is_closed;
    double rate;         ///< open: arrivals per second; closed: throughput, found
    double users, think; ///< closed
    double unloaded;     ///< closed: mean response with nobody in the way
    double *visits;      ///< closed: arrivals at each class per request
    ss__law response;
} ss__client;

/// Strongly connected parts of a graph, numbered so that a part comes after all it leads to.
typedef struct ss__parts {
    uint32_t *part;   ///< per vertex
    uint32_t *first;  ///< per part + 1: start of its members in `members`
    uint32_t *members;
    uint32_t count;
} ss__parts;

/// What an edge does to a message, read once.
typedef struct ss__link {
    ss__law there, back; ///< latency and transmission of a request and of its reply
    double arrives;      ///< probability that a message is not lost
    double retries, backoff_s, multiplier;
} ss__link;

#define SS__WORK 5u

struct ss_solution {
    const ss_design *design;
    ss_allocator allocator;
    ss_arena *arena;
    ss_diagnostics *diagnostics;
    ss__class *classes;
    uint32_t class_count, class_capacity;
    ss__station *stations;
    uint32_t *out_first, *out_edges;
    uint32_t *first_shown, *next_shown; ///< each node's classes as they were found, 1-based
    ss__client *clients;
    uint32_t client_count, closed_count;
    ss__link *links; ///< per edge
    double *edge_rates;
    double scale; ///< of all open clients' rates
    ss__parts class_parts, node_parts;
    uint32_t *part_first, *part_order; ///< per node part: its class parts, targets first
    double *work;          ///< SS__WORK times class_count doubles
    double *node_work;     ///< two doubles a node
    bool has_limited_callers, has_irregular_flows;
    double *losses;        ///< per node, of the last round
    bool scale_is_trial;   ///< looking for the limit: nobody passes less than it gets
    bool has_product_form; ///< closed clients, solved exactly
    bool has_feedback;     ///< losses change the traffic: several rounds
    // bottleneck
    uint32_t bottleneck;
    double offered_per_s, saturation_per_s;
    uint32_t saturation_node;
    ss_text why;
    uint64_t looks; ///< at classes, for closed clients
    double gain;    ///< above 0: delays at stations move to what they should be by this much
    const char *bounds_method;
    double bound_throughput_low, bound_throughput_high; ///< closed, one client
    double bound_response_low, bound_response_high;
};

typedef struct ss_solution ss__net;

// unfold.c
ss_status ss__unfold(ss__net *net);
/// A cache's miss ratio when requests come to it at a rate (which the time to live depends on).
double ss__cache_miss(const ss__net *net, uint32_t node, double rate);
static inline bool ss__is_delay(const ss__station *station) {
    return !ss_is_finite(station->places) && !station->speeds;
}
const ss_value *ss__operation_value(const ss__net *net, const ss__class *each, const char *name);

// parts.c
/// Finds the parts of a graph of `count` vertices given as lists: the k-th target of v is
/// targets[first[v] + k]. Everything lies in the arena.
ss_status ss__parts_find(ss_arena *arena, uint32_t count, const uint32_t *first,
                         const uint32_t *targets, ss__parts *out);

// traffic.c
ss_status ss__order_classes(ss__net *net);
/// Brings up to date how often classes run each other (retries, failures) and which end well.
void ss__weigh(ss__net *net);
/// Arrivals at each class when `rates` arrive from outside, in place: x = source + xP, part by
/// part.
void ss__traffic_solve(const ss__net *net, double *rates);
/// All rates, from open clients' rates at the scale and closed clients' throughputs.
void ss__traffic_combine(ss__net *net);
/// Open rates and closed clients' visits.
void ss__traffic_unit(ss__net *net);
/// Solves, over the members of one part and in place, x(i) = b(i) + Σ share(i→j) x(j) over its
/// forwards, or, for flows, x(j) = b(j) + Σ x(i) weight(i→j) over all its visits. `x` holds b and
/// is indexed by class.
void ss__part_solve(const ss__net *net, uint32_t part, double *x, bool is_flow);

// stations.c
/// Mean waits and numbers at one node, from its classes' rates and holds.
void ss__station_solve(ss__net *net, uint32_t node);
/// Variance of a wait that is exponential when there is one, which is so with a probability.
double ss__wait_variance(double mean, double waiting);
void ss__station_finish(ss__net *net, uint32_t node);

// broker.c
/// Adds to a broker's append station the backlog and the deliveries.
void ss__broker_solve(ss__net *net, ss__station *station);

// variability.c
bool ss__needs_variability(const ss__net *net);
/// Brings up to date how irregular the arrivals at each node are, from rates, loads and holds.
void ss__variability(ss__net *net);

// responses.c
/// All nodes from the bottom up: holds, waits, responses.
void ss__responses(ss__net *net);
/// Whether requests of a part of the nodes may come back to it.
bool ss__is_cyclic(const ss__net *net, uint32_t part);
/// Round trip of a call: latency, the callee's total, latency.
ss__law ss__round_trip(const ss__net *net, uint32_t edge, uint32_t target);

// flows.c
/// Which nodes have Poisson arrivals or product form; how many requests each can hold at most.
void ss__classify(ss__net *net);
bool ss__has_product_form(const ss__net *net);
/// Whether a node keeps Poisson flows Poisson (quasi-reversible).
bool ss__is_reversible(const ss__net *net, uint32_t node);

// product.c
/// Closed and mixed networks of product form, exactly; SS_ERROR_LIMIT when there are too many
/// states.
ss_status ss__product_solve(ss__net *net);

// closed.c
/// The throughput of closed clients by a fixed point over responses.
void ss__closed_solve(ss__net *net);
void ss__closed_bounds(ss__net *net);

// solve.c
/// One whole pass at the present scale and throughputs.
void ss__pass(ss__net *net);

// bottleneck.c
void ss__bottleneck_find(ss__net *net);
void ss__bottleneck_explain(ss__net *net);

/// What a node's numbers were come by.
static inline const char *ss__method_of(const ss__station *station) {
    return station->first_class1 ? station->method : "None: no request comes here";
}

// numbers.c
/// What the solution says of a duration, field by field.
typedef struct ss__summary {
    double mean, sd, p50, p90, p95, p99, p999;
    bool is_exact; ///< quantiles
} ss__summary;
ss__summary ss__node_response(const ss__net *net, uint32_t node);
ss__summary ss__class_response(const ss__net *net, uint32_t class_index);
ss__summary ss__summary_of(const ss__mixed_law *laws, uint32_t count);
/// What calls along an edge take there and back.
ss__law ss__edge_law(const ss__net *net, uint32_t edge);
double ss__service_mean(const ss__net *net, const ss__class *each);
double ss__cost_per_hour(const ss__net *net, uint32_t node);
double ss__error_ratio(double rate, double done, double passes);
double ss__metric_of(const ss__net *net, const ss_metric *metric);
double ss__objective(const ss__net *net, uint32_t slo, bool *passes);

#endif
