/// One node: how long requests wait for a place there, given how often they come and how long they
/// hold it. Each branch names its method and says whether its mean is exact.
#include "solve/internal.h"

/// Values of `discipline` and `balance`, in the order of the catalog's choices.
enum { FIFO, LIFO, RANDOM, PS, PRIORITY, PRIORITY_PREEMPTIVE, SJF, SRPT, EDF };
enum { ROUND_ROBIN, RANDOM_SPLIT, LEAST_IN_FLIGHT, TWO_CHOICES, HASH, SHARED };

/// Callers of more places than this are as good as infinitely many.
#define POPULATION_MAX 3000.0

/// What the requests of one line are like, all classes together.
typedef struct blend {
    double rate;          ///< per line
    double mean, second;  ///< of the hold; second NaN where a variance is unknown
    double third;         ///< NaN where unknown
    double scv;
    double arrival_scv;
    bool is_exponential;  ///< all with the same exponential hold
    bool is_alone;        ///< no hold depends on other nodes
    uint32_t classes;
} blend;

static const char *const book = "Kleinrock, Queueing Systems I (1975)";

static ss__class *first_of(ss__net *net, const ss__station *station) {
    return station->first_class1 ? &net->classes[station->first_class1 - 1u] : NULL;
}

static ss__class *next_of(ss__net *net, const ss__class *each) {
    return each->next_of_node1 ? &net->classes[each->next_of_node1 - 1u] : NULL;
}

static void name(ss__station *station, bool is_exact, const char *method, const char *source) {
    station->method = method;
    station->source = source;
    station->is_exact = is_exact;
}

static double third_moment(const ss__law *law) {
    if (law->kind != SS__LAW_SERVICE) {
        return law->variance > 0.0 ? SS_NAN : law->mean * law->mean * law->mean;
    }
    return law->a * law->a * law->a * ss_dist_moment(law->dist, 3);
}

static blend blend_of(ss__net *net, ss__station *station) {
    blend all = {.is_exponential = true, .is_alone = true, .arrival_scv = 1.0};
    double mean = -1.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (!(each->rate > 0.0)) continue;
        const double rate = each->rate / (double)station->queues;
        const ss__law *hold = &each->hold;
        all.rate += rate;
        all.mean += rate * hold->mean;
        all.second += rate * (hold->variance + hold->mean * hold->mean);
        all.third += rate * third_moment(hold);
        all.is_alone = all.is_alone && each->is_alone;
        const bool is_exponential =
            hold->kind == SS__LAW_SERVICE && hold->dist->kind == SS_DIST_EXPONENTIAL;
        if (mean < 0.0) mean = hold->mean;
        all.is_exponential = all.is_exponential && is_exponential &&
                             ss_abs(hold->mean - mean) <= 1e-12 * mean;
        all.classes++;
    }
    if (!(all.rate > 0.0)) return all;
    all.mean /= all.rate;
    all.second /= all.rate;
    all.third /= all.rate;
    all.scv = all.mean > 0.0 ? all.second / (all.mean * all.mean) - 1.0 : 0.0;
    if (!ss_is_finite(all.scv)) all.scv = 1.0;
    return all;
}

// --- The same wait for all -----------------------------------------------------------------------

/// Sets every class's wait to one mean, `waiting` being the probability that there is any.
static void set_waits(ss__net *net, ss__station *station, double mean, double variance) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->wait = ss__law_fitted(mean, variance);
    }
}

/// Of a wait that is exponential when there is one.
static double variance_of_wait(double mean, double waiting) {
    if (!(mean > 0.0)) return 0.0;
    return mean * mean * (2.0 / ss_min(1.0, ss_max(waiting, 1e-12)) - 1.0);
}

static void set_exponential_sojourns(ss__net *net, ss__station *station, double decay,
                                     double waiting) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const ss__law sum = ss__law_sum(each->wait, each->hold);
        each->visit = (ss__law){.kind = SS__LAW_SOJOURN, .mean = sum.mean,
                                .variance = sum.variance, .a = 1.0 / each->hold.mean,
                                .b = decay, .c = waiting};
    }
}

static void add_services(ss__net *net, ss__station *station) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->visit = ss__law_sum(each->wait, each->hold);
    }
}

/// Everything that follows from what cannot be known: no stationary mean.
static void set_unknown(ss__net *net, ss__station *station) {
    set_waits(net, station, SS_INFINITY, SS_NAN);
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->visit = ss__law_fitted(SS_INFINITY, SS_NAN);
    }
}

// --- Lines in order of arrival -------------------------------------------------------------------

static uint32_t whole(double value) {
    return value >= 4294967295.0 ? UINT32_MAX : (uint32_t)value;
}

/// How the discipline spreads the same mean wait: E[W²] of M/G/1 is larger by 1/(1-ρ) last come
/// first served, by 2/(2-ρ) in random order (Takács 1963; Kingman 1962).
static double order_factor(const ss__station *station, double load) {
    if (station->discipline == LIFO) return 1.0 / (1.0 - load);
    if (station->discipline == RANDOM) return 2.0 / (2.0 - load);
    return 1.0;
}

static void spread_waits(ss__net *net, ss__station *station, double mean, double variance,
                         double load) {
    const double second = (variance + mean * mean) * order_factor(station, load);
    set_waits(net, station, mean, ss_max(0.0, second - mean * mean));
}

/// GI/M/c with arrivals of every `turns`-th of a renewal process.
static bool try_general_arrivals(ss__net *net, ss__station *station, const blend *all) {
    const bool takes_turns = station->queues > 1u && station->balance == ROUND_ROBIN;
    const bool splits = station->queues > 1u && !takes_turns;
    if (!all->is_exponential || splits || station->discipline != FIFO) return false;
    if (!station->renewal && !(takes_turns && station->poisson)) return false;
    const ss_dist poisson = {.kind = SS_DIST_EXPONENTIAL,
                             .a = 1.0 / (all->rate * (double)station->queues),
                             .mean = 1.0 / (all->rate * (double)station->queues), .scv = 1.0};
    ss__gim result;
    if (!ss__gim_solve(station->renewal ? station->renewal : &poisson,
                       takes_turns ? station->queues : 1u, 1.0 / all->mean,
                       whole(station->places), &result)) {
        return false;
    }
    set_waits(net, station, result.wait, variance_of_wait(result.wait, result.waiting));
    set_exponential_sojourns(net, station, result.decay, result.waiting);
    if (takes_turns && !station->renewal) {
        name(station, true, "E_m/M/c: every m-th of Poisson arrivals to each replica",
             "Takacs (1962); Gross & Harris (1985), sec. 5.3");
    } else {
        name(station, true, "GI/M/c", "Takacs (1962); Gross & Harris (1985), sec. 5.3");
    }
    return true;
}

static void single_server(ss__net *net, ss__station *station, const blend *all, double load) {
    const double mean = ss__mg1_wait(all->rate, all->mean, all->second);
    double variance = variance_of_wait(mean, load);
    if (ss_is_finite(all->third)) {
        variance = ss__mg1_wait_variance(all->rate, all->mean, all->second, all->third);
    }
    spread_waits(net, station, mean, variance, load);
    add_services(net, station);
    const bool is_exact = station->poisson && all->is_alone;
    if (all->is_exponential) {
        name(station, is_exact, "M/M/1", book);
        if (station->discipline == FIFO || station->discipline == EDF) {
            set_exponential_sojourns(net, station, (1.0 - load) / all->mean, load);
        }
    } else {
        name(station, is_exact, "M/G/1 (Pollaczek-Khinchine)",
             "Pollaczek (1930), Khinchine (1932); Kleinrock (1975), eq. 5.69");
    }
    if (!station->poisson) station->assumptions |= SS__ASSUMES_POISSON;
}

/// M/M/c, or M/G/c by the factor of Allen and Cunneen.
static void many_servers(ss__net *net, ss__station *station, const blend *all, double load) {
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    const double markov = waiting * all->mean / (station->places * (1.0 - load));
    if (all->is_exponential && all->arrival_scv >= 1.0 && all->arrival_scv <= 1.0) {
        spread_waits(net, station, markov, variance_of_wait(markov, waiting), load);
        add_services(net, station);
        if (station->discipline == FIFO || station->discipline == EDF) {
            set_exponential_sojourns(net, station, station->places * (1.0 - load) / all->mean,
                                     waiting);
        }
        name(station, station->poisson && all->is_alone, "M/M/c (Erlang C)",
             "Erlang (1917); Kleinrock (1975), eq. 3.40");
        if (!station->poisson) station->assumptions |= SS__ASSUMES_POISSON;
        return;
    }
    const double mean = markov * ss__gg_factor(load, all->arrival_scv, all->scv);
    spread_waits(net, station, mean, variance_of_wait(mean, waiting), load);
    add_services(net, station);
    name(station, false,
         all->arrival_scv >= 1.0 && all->arrival_scv <= 1.0 ? "M/G/c (Allen-Cunneen approximation)"
                                                            : "G/G/c (Allen-Cunneen approximation)",
         "Allen (1990), sec. 5.3; Kramer & Langenbach-Belz (1976)");
    if (!station->poisson && !station->renewal) station->assumptions |= SS__ASSUMES_POISSON;
}

/// Fewer can come than would wait in an open line: those who hold the callers' places.
static bool try_finite_callers(ss__net *net, ss__station *station, const blend *all, double load) {
    const double population = ss_ceil(station->population / (double)station->queues);
    if (!(population <= POPULATION_MAX)) return false;
    const double open = ss__erlang_c(whole(station->places), all->rate * all->mean);
    // In an open line more than the population would be there with this probability.
    const double beyond =
        open * ss_exp(ss_max(0.0, population - station->places) * ss_log(load));
    if (beyond < 1e-3) return false;
    double mean = ss__finite_source_wait(all->rate, all->mean, station->places, population);
    const double factor = ss__gg_factor(load, ss_min(1.0, all->arrival_scv), all->scv);
    mean *= factor;
    set_waits(net, station, mean, variance_of_wait(mean, open));
    add_services(net, station);
    station->assumptions |= SS__ASSUMES_FINITE_CALLERS;
    name(station, false, "M/M/c//N: as many requests as the callers have places",
         "Kleinrock (1975), sec. 3.8; method of layers (Rolia & Sevcik 1995)");
    return true;
}

static void two_choices(ss__net *net, ss__station *station, const blend *all) {
    const double response = ss__two_choices_response(all->rate, all->mean, whole(station->places),
                                                     station->queues);
    const double mean = (response - all->mean) * 0.5 * (1.0 + all->scv);
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    set_waits(net, station, mean, variance_of_wait(mean, waiting));
    add_services(net, station);
    station->assumptions |= SS__ASSUMES_LARGE_FLEET;
    name(station, false, "Power of two choices (mean field)",
         "Mitzenmacher (2001); Vvedenskaya, Dobrushin & Karpelevich (1996)");
}

static void least_in_flight(ss__net *net, ss__station *station, const blend *all, double load) {
    const double queues = (double)station->queues;
    const uint32_t servers = whole(station->places * queues);
    const double waiting = ss__erlang_c(servers, all->rate * all->mean * queues);
    const double mean = waiting * all->mean / (station->places * queues * (1.0 - load)) * 0.5 *
                        (1.0 + all->scv);
    set_waits(net, station, mean, variance_of_wait(mean, waiting));
    add_services(net, station);
    name(station, false, "M/G/c with one shared line, which the shortest of several comes close to",
         "Nelson & Philips (1989): a lower bound; Allen (1990)");
}

static void in_order(ss__net *net, ss__station *station, blend *all, double load) {
    if (station->queues > 1u && station->balance == ROUND_ROBIN) {
        all->arrival_scv /= (double)station->queues;
    }
    if (station->queues > 1u && station->balance == TWO_CHOICES) {
        two_choices(net, station, all);
    } else if (station->queues > 1u && station->balance == LEAST_IN_FLIGHT) {
        least_in_flight(net, station, all, load);
    } else if (try_finite_callers(net, station, all, load)) {
        return;
    } else if (try_general_arrivals(net, station, all)) {
        return;
    } else if (station->places <= 1.0 && all->arrival_scv >= 1.0 && all->arrival_scv <= 1.0) {
        single_server(net, station, all, load);
    } else {
        many_servers(net, station, all, load);
    }
    if (station->discipline == EDF) station->assumptions |= SS__IGNORES_DEADLINES;
}

// --- Priorities ----------------------------------------------------------------------------------

/// Load of the classes that go before a priority, and with it.
static void loads_of(ss__net *net, const ss__station *station, double priority, double *before,
                     double *with) {
    const double places = station->places * (double)station->queues;
    *before = *with = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double load = each->rate * each->hold.mean / places;
        if (each->priority < priority) *before += load;
        if (each->priority <= priority) *with += load;
    }
}

/// Cobham (1954): W = W0 / (1-σ before)(1-σ with). With several places W0 is such that equal
/// classes wait as in M/G/c (exact for exponential service of one mean).
static void priorities(ss__net *net, ss__station *station, const blend *all, double load) {
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    const double residual = waiting * all->mean / station->places * 0.5 * (1.0 + all->scv);
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        double before;
        double with;
        loads_of(net, station, each->priority, &before, &with);
        if (with >= 1.0) {
            each->wait = ss__law_fitted(SS_INFINITY, SS_NAN);
        } else {
            const double mean = residual / ((1.0 - before) * (1.0 - with));
            each->wait = ss__law_fitted(mean, variance_of_wait(mean, ss_max(load, waiting)));
        }
        each->visit = ss__law_sum(each->wait, each->hold);
    }
    const bool is_exact = station->poisson && all->is_alone && station->queues == 1u &&
                          (station->places <= 1.0 || all->is_exponential);
    name(station, is_exact, "M/G/c with non-preemptive priorities",
         "Cobham (1954); Kleinrock, Queueing Systems II (1976), eq. 3.31");
}

/// What classes up to a priority leave of W0: Σ λ E[S²] / 2.
static double residual_up_to(ss__net *net, const ss__station *station, double priority) {
    double sum = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (each->priority > priority) continue;
        sum += each->rate / (double)station->queues *
               (each->hold.variance + each->hold.mean * each->hold.mean);
    }
    return 0.5 * sum;
}

/// Preemptive-resume M/G/1; with several places the wait of one fast server is stretched by what
/// the places do to the wait without priorities (Bondi & Buzen 1984).
static void preemptive(ss__net *net, ss__station *station, const blend *all, double load) {
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    const double stretch = waiting / (load * station->places * station->places);
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        double before;
        double with;
        loads_of(net, station, each->priority, &before, &with);
        if (with >= 1.0) {
            each->wait = each->visit = ss__law_fitted(SS_INFINITY, SS_NAN);
            continue;
        }
        const double mean = residual_up_to(net, station, each->priority) * stretch /
                            ((1.0 - before) * (1.0 - with));
        each->wait = ss__law_fitted(mean, variance_of_wait(mean, ss_max(with, 1e-9)));
        const double residence = station->places <= 1.0 ? each->hold.mean / (1.0 - before)
                                                        : each->hold.mean;
        each->visit = ss__law_fitted(mean + residence, each->wait.variance + each->hold.variance /
                                                           ((1.0 - before) * (1.0 - before)));
    }
    const bool is_single = station->places <= 1.0 && station->queues == 1u;
    name(station, station->poisson && all->is_alone && is_single,
         is_single ? "M/G/1 with preemptive-resume priorities"
                   : "M/G/c with preemptive priorities (Bondi-Buzen approximation)",
         "Kleinrock II (1976), eq. 3.39; Bondi & Buzen (1984)");
}

// --- Sizes ---------------------------------------------------------------------------------------

#define SIZE_CLASSES_MAX 64u

/// Shortest job or shortest remaining time first; false when the sizes are not single
/// distributions.
static bool by_size(ss__net *net, ss__station *station, const blend *all) {
    ss__size_class sizes[SIZE_CLASSES_MAX];
    uint32_t count = 0;
    if (station->places > 1.0) return false;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (each->hold.kind != SS__LAW_SERVICE || count == SIZE_CLASSES_MAX) return false;
        sizes[count++] = (ss__size_class){.dist = each->hold.dist, .scale = each->hold.a,
                                          .rate = each->rate / (double)station->queues};
    }
    const bool is_srpt = station->discipline == SRPT;
    const bool is_done = is_srpt ? ss__shortest_remaining(sizes, count, &net->allocator)
                                 : ss__shortest_job_first(sizes, count, &net->allocator);
    if (!is_done) return false;
    uint32_t at = 0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->wait = ss__law_fitted(sizes[at].wait, SS_NAN);
        each->visit = ss__law_fitted(sizes[at].response, SS_NAN);
        at++;
    }
    name(station, station->poisson && all->is_alone && station->queues == 1u,
         is_srpt ? "M/G/1, shortest remaining time first" : "M/G/1, shortest job first",
         is_srpt ? "Schrage & Miller (1966)" : "Phipps (1956)");
    return true;
}

// --- Processor sharing, cores, loss, patience: birth and death -----------------------------------

static ss__markov markov_of(const ss__station *station, const blend *all) {
    return (ss__markov){
        .arrival_rate = all->rate, .service_rate = 1.0 / all->mean, .servers = station->servers,
        .places = station->places, .capacity = station->capacity,
        .patience_rate = station->patience_rate};
}

static void sharing(ss__net *net, ss__station *station, const blend *all, double load) {
    ss__markov markov = markov_of(station, all);
    markov.patience_rate = 0.0;
    const ss__markov_result result = ss__markov_solve(&markov);
    station->loss = result.loss;
    const double accepted = all->rate * (1.0 - result.loss);
    const double stretch = result.in_system / (accepted * all->mean);
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->wait = ss__law_constant(0.0);
        const double mean = each->hold.mean * stretch;
        // Coffman, Muntz & Trotter (1970) for M/M/1; with several places the spread of service
        // remains.
        const double variance = all->is_exponential && station->places <= 1.0
                                    ? mean * mean * (2.0 + load) / (2.0 - load)
                                    : each->hold.variance * stretch * stretch;
        each->visit = ss__law_fitted(mean, variance);
    }
    name(station, station->poisson && all->is_alone,
         station->places <= 1.0 ? "M/G/1, processor sharing" : "M/G/c, processor sharing",
         "Baskett, Chandy, Muntz & Palacios (1975); Kleinrock II (1976), sec. 4.4");
}

static const char *markov_name(const ss__station *station, bool is_loss_system) {
    if (station->patience_rate > 0.0) return "M/M/c+M (Erlang A)";
    if (is_loss_system) return "M/G/c/c (Erlang B)";
    if (station->servers < station->places) {
        return ss_is_finite(station->capacity)
                   ? "Birth and death: connections over cores, finite line"
                   : "Birth and death: connections over cores";
    }
    return "M/M/c/K";
}

static void birth_death(ss__net *net, ss__station *station, const blend *all) {
    const ss__markov markov = markov_of(station, all);
    const ss__markov_result result = ss__markov_solve(&markov);
    station->loss = result.abandon;
    const double admitted = all->rate * (1.0 - result.loss);
    const double served = all->rate * (1.0 - result.abandon);
    const double wait = admitted > 0.0 ? result.in_queue / admitted : 0.0;
    const double stretch =
        served > 0.0 ? (result.in_system - result.in_queue) / (served * all->mean) : 1.0;
    const bool is_loss_system = station->capacity <= station->places &&
                                !(station->servers < station->places);
    const bool is_markov = all->is_exponential && (station->patience_is_exponential ||
                                                   !(station->patience_rate > 0.0));
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double mean = wait * (all->is_exponential ? 1.0 : 0.5 * (1.0 + all->scv));
        each->wait = ss__law_fitted(mean, variance_of_wait(mean, result.waiting));
        each->visit = ss__law_sum(each->wait, each->hold);
        if (ss_abs(stretch - 1.0) > 1e-12) {
            each->visit = ss__law_fitted(each->wait.mean + each->hold.mean * stretch,
                                         each->wait.variance +
                                             each->hold.variance * stretch * stretch);
        }
    }
    station->service_factor = stretch;
    const bool splits = station->queues > 1u && station->balance != RANDOM_SPLIT;
    name(station, station->poisson && all->is_alone && !splits && (is_markov || is_loss_system),
         markov_name(station, is_loss_system),
         station->patience_rate > 0.0
             ? "Palm (1957); Garnett, Mandelbaum & Reiman (2002)"
             : "Erlang (1917); Kleinrock (1975), secs. 3.2-3.6");
    if (!is_markov && !is_loss_system) station->assumptions |= SS__ASSUMES_EXPONENTIAL;
    if (!station->poisson || splits) station->assumptions |= SS__ASSUMES_POISSON;
}

// --- Brokers -------------------------------------------------------------------------------------

/// Messages wait for a consumer: M/G/c with as many servers as may be under way, or one a
/// partition.
static void backlog(ss__net *net, ss__station *station) {
    double rate = 0.0;
    double busy = 0.0;
    double second = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double passed = each->rate * (1.0 - station->loss);
        rate += passed;
        busy += passed * each->delivery.mean;
        second += passed * (each->delivery.variance + each->delivery.mean * each->delivery.mean);
    }
    station->backlog = station->delivering = 0.0;
    if (!(busy > 0.0)) return;
    const double lanes = station->is_broadcast ? (double)station->partitions : 1.0;
    const bool is_narrow = station->prefetch < lanes; // the prefetch binds before the partitions do
    double servers = station->prefetch * (double)station->consumers;
    if (station->is_broadcast) servers = is_narrow ? station->prefetch : 1.0;
    const double lines = station->is_broadcast && !is_narrow ? lanes : 1.0;
    const double load = busy / lines / servers;
    station->load = ss_max(station->load, load);
    if (load >= 1.0) {
        station->is_saturated = !station->is_blocked;
        set_unknown(net, station);
        return;
    }
    const double mean = busy / rate;
    const double scv = ss_max(0.0, second / rate / (mean * mean) - 1.0);
    const double waiting = ss__erlang_c(whole(servers), busy / lines);
    const double wait = waiting * mean / (servers * (1.0 - load)) * 0.5 * (1.0 + scv);
    const ss__law waits = ss__law_fitted(wait, variance_of_wait(wait, waiting));
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->visit = ss__law_sum(each->visit, ss__law_sum(waits, each->delivery));
    }
    station->backlog = rate * wait;
    station->delivering = busy;
    name(station, false, "Append station, then M/G/c over what may be under way",
         "Erlang (1917); Allen (1990), sec. 5.3");
    if (station->is_broadcast) station->assumptions |= SS__IGNORES_PARTITION_SKEW;
    station->assumptions |= SS__IGNORES_REDELIVERY;
}

// --- One node ------------------------------------------------------------------------------------

static void choose_method(ss__net *net, ss__station *station, blend *all, double load) {
    const bool is_limited = ss_is_finite(station->capacity) || station->patience_rate > 0.0 ||
                            station->servers < station->places;
    if (station->discipline == PS && !(station->patience_rate > 0.0)) {
        sharing(net, station, all, load);
    } else if (is_limited) {
        birth_death(net, station, all);
    } else if (station->discipline == PRIORITY) {
        priorities(net, station, all, load);
    } else if (station->discipline == PRIORITY_PREEMPTIVE) {
        preemptive(net, station, all, load);
    } else if (station->discipline == SJF || station->discipline == SRPT) {
        if (by_size(net, station, all)) return;
        in_order(net, station, all, load);
        station->assumptions |= SS__IGNORES_DEADLINES;
    } else {
        in_order(net, station, all, load);
    }
}

static void reset(ss__net *net, ss__station *station) {
    station->is_saturated = station->is_blocked = false;
    station->service_factor = 1.0;
    station->loss = 0.0;
    station->load = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->wait = ss__law_constant(0.0);
        each->visit = each->hold;
    }
}

static void find_load(ss__station *station, const blend *all) {
    station->rate = all->rate * (double)station->queues;
    station->load = all->rate * all->mean / station->servers;
    station->is_blocked = !ss_is_finite(all->mean);
}

void ss__station_solve(ss__net *net, uint32_t node) {
    ss__station *station = &net->stations[node];
    if (station->uses_product_form) return; // product.c has set its waits
    reset(net, station);
    blend all = blend_of(net, station);
    station->rate = all.rate * (double)station->queues;
    if (station->role == SS__ROLE_CLIENT) {
        name(station, false, "Sum of the visits on the way", "Little (1961)");
        return;
    }
    if (station->renewal && station->role == SS__ROLE_STATION) {
        all.arrival_scv = station->renewal->scv;
    }
    if (ss__is_delay(station)) {
        station->is_blocked = !ss_is_finite(all.mean) && all.rate > 0.0;
        if (station->is_blocked) set_unknown(net, station);
        name(station, station->poisson && all.is_alone,
             all.is_exponential ? "M/M/inf (delay)" : "M/G/inf (delay)",
             "Kleinrock (1975), sec. 3.4");
    } else if (!(all.rate > 0.0) || !(all.mean > 0.0)) {
        name(station, true, "No load", "");
    } else {
        find_load(station, &all);
        const bool has_way_out = ss_is_finite(station->capacity) || station->patience_rate > 0.0;
        if (station->is_blocked) {
            set_unknown(net, station);
            name(station, false, "None: it waits for a saturated node", "");
        } else if (station->load >= 1.0 - 1e-12 && !has_way_out) {
            station->is_saturated = true;
            set_unknown(net, station);
            name(station, false, "None: saturated", "Kleinrock (1975), sec. 3.1");
        } else {
            choose_method(net, station, &all, station->load);
        }
    }
    if (station->role == SS__ROLE_BROKER && station->consumers > 0u) backlog(net, station);
}

/// What results say of a node, once its classes are known.
void ss__station_finish(ss__net *net, uint32_t node) {
    ss__station *station = &net->stations[node];
    double in_system = 0.0;
    double in_queue = 0.0;
    double busy = 0.0;
    double done = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double served = each->rate * (1.0 - station->loss);
        each->in_system = each->rate > 0.0 ? served * each->visit.mean : 0.0;
        if (station->patience_rate > 0.0 && each->rate > 0.0) { // those who give up wait as well
            each->in_system = each->rate * each->wait.mean +
                              served * (each->visit.mean - each->wait.mean);
        }
        in_system += each->in_system;
        in_queue += each->rate > 0.0 ? each->rate * each->wait.mean : 0.0;
        busy += served * each->hold.mean * station->service_factor;
        done += each->rate * each->success * station->passes;
    }
    const bool is_known = !station->is_saturated && !station->is_blocked && ss_is_finite(in_system);
    station->throughput = done;
    station->in_system = is_known ? in_system : SS_NAN;
    station->in_queue = is_known ? in_queue + station->backlog : SS_NAN;
    if (ss__is_delay(station)) {
        station->utilization = SS_NAN;
    } else {
        station->utilization = is_known ? ss_min(1.0, busy / station->places_total)
                                        : ss_min(1.0, station->load);
    }
}
