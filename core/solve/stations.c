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
double ss__wait_variance(double mean, double waiting) {
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

/// A wait that happens with a probability, then the hold.
static void add_services(ss__net *net, ss__station *station, double waiting) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->visit = ss__law_delayed(each->wait, each->hold, waiting);
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
    set_waits(net, station, result.wait, ss__wait_variance(result.wait, result.waiting));
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
    double variance = ss__wait_variance(mean, load);
    if (ss_is_finite(all->third)) {
        variance = ss__mg1_wait_variance(all->rate, all->mean, all->second, all->third);
    }
    spread_waits(net, station, mean, variance, load);
    add_services(net, station, load);
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

/// M/G/1 of which the server has to be set up after it stood idle, goes away when nobody is there,
/// or gets batches: each adds its own time to the wait (Fuhrmann & Cooper 1985).
static void single_with_extras(ss__net *net, ss__station *station, const blend *all, double load) {
    double mean = ss__mg1_wait(all->rate, all->mean, all->second);
    double in_service = 0.0;
    if (station->batch_factor > 0.0) mean += station->batch_factor * all->mean / (1.0 - load);
    if (station->vacation) { // the rest of a vacation, on average (Levy & Yechiali 1975)
        mean += 0.5 * ss_dist_moment(station->vacation, 2) / station->vacation->mean;
    }
    if (station->setup) { // an exceptional first service (Welch 1964)
        const double factor = station->time_factor;
        const double once = station->setup->mean * factor;
        const double second = ss_dist_moment(station->setup, 2) * factor * factor;
        const double idle = (1.0 - load) / (1.0 + all->rate * once);
        in_service = idle * once;
        mean += 0.5 * (2.0 * once + all->rate * second) / (1.0 + all->rate * once) - in_service;
    }
    double waiting = load + all->rate * in_service;
    if (station->batch_factor > 0.0) waiting = 1.0 - (1.0 - load) / station->batch_mean;
    double variance = ss__wait_variance(mean, waiting);
    if (station->vacation) { // everybody waits for the end of one, or for those who did
        waiting = 1.0;
        const double vacation = station->vacation->mean;
        const double residual = 0.5 * ss_dist_moment(station->vacation, 2) / vacation;
        const double queued = mean - residual;
        variance = ss__wait_variance(queued, load) +
                   ss_dist_moment(station->vacation, 3) / (3.0 * vacation) -
                   residual * residual;
    }
    spread_waits(net, station, mean, variance, load);
    add_services(net, station, waiting);
    for (ss__class *each = first_of(net, station); each && in_service > 0.0;
         each = next_of(net, each)) {
        each->visit = ss__law_fitted(each->visit.mean + in_service, each->visit.variance);
    }
    station->service_factor = 1.0 + in_service / all->mean;
    station->knows_bursts = station->batch_factor > 0.0;
    const bool is_one = (station->setup != NULL) + (station->vacation != NULL) +
                            (station->batch_factor > 0.0) == 1;
    name(station, is_one && all->is_alone && (station->poisson || station->batch_factor > 0.0),
         station->vacation ? "M/G/1 with vacations"
         : station->setup  ? "M/G/1 with set-up times"
                           : "M/G/1 with batch arrivals",
         "Fuhrmann & Cooper (1985); Welch (1964); Gross & Harris (1985), sec. 5.1");
}

/// Whether arrivals leave the state of a MAP as it is: it is an MMPP then.
static bool is_modulated(const double *visible, uint32_t size) {
    for (uint32_t i = 0; i < size * size; i++) {
        if (i % (size + 1u) != 0u && visible[i] > 0.0) return false;
    }
    return true;
}

/// MAP/M/1: a client's bursts straight to one place with exponential service.
static bool try_bursts(ss__net *net, ss__station *station, const blend *all) {
    const bool is_single = station->places <= 1.0 && station->queues == 1u;
    const double *hidden = station->bursts;
    const uint32_t size = station->burst_states;
    if (!hidden || !is_single || !all->is_exponential) return false;
    const double *visible = hidden + (size_t)size * size;
    const double scale = all->rate / ss__map_rate(hidden, visible, size); // of a trial load
    double wait;
    double waiting;
    if (!ss__map_wait(hidden, visible, size, scale, all->mean, &wait, &waiting)) return false;
    spread_waits(net, station, wait, ss__wait_variance(wait, waiting), 0.0);
    add_services(net, station, waiting);
    station->knows_bursts = true;
    name(station, station->bursts_are_markov,
         is_modulated(visible, size) ? "MMPP/M/1" : "MAP/M/1",
         "Neuts (1981), secs. 1.2, 3.1; Latouche & Ramaswami (1993)");
    if (!station->bursts_are_markov) station->assumptions |= SS__ASSUMES_EXPONENTIAL;
    return true;
}

/// M/M/c; M/G/c between M/M/c and M/D/c; G/G/c by the factor of Allen and Cunneen.
static void many_servers(ss__net *net, ss__station *station, const blend *all, double load) {
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    const double markov = waiting * all->mean / (station->places * (1.0 - load));
    if (all->is_exponential && all->arrival_scv >= 1.0 && all->arrival_scv <= 1.0) {
        spread_waits(net, station, markov, ss__wait_variance(markov, waiting), load);
        add_services(net, station, waiting);
        if (station->discipline == FIFO || station->discipline == EDF) {
            set_exponential_sojourns(net, station, station->places * (1.0 - load) / all->mean,
                                     waiting);
        }
        name(station, station->poisson && all->is_alone, "M/M/c (Erlang C)",
             "Erlang (1917); Kleinrock (1975), eq. 3.40");
        if (!station->poisson) station->assumptions |= SS__ASSUMES_POISSON;
        return;
    }
    const bool is_regular = all->arrival_scv >= 1.0 && all->arrival_scv <= 1.0;
    const double mean = is_regular ? ss__mgc_wait(markov, station->places, load, all->scv)
                                   : markov * ss__gg_factor(load, all->arrival_scv, all->scv);
    spread_waits(net, station, mean, ss__wait_variance(mean, waiting), load);
    add_services(net, station, waiting);
    name(station, false,
         is_regular ? "M/G/c (Kimura approximation)" : "G/G/c (Allen-Cunneen approximation)",
         is_regular ? "Kimura (1986); Cosmetatos (1976)"
                    : "Whitt (1983); Allen (1990), sec. 5.3; Kramer & Langenbach-Belz (1976)");
    if (station->poisson || station->renewal) return;
    station->assumptions |= is_regular ? SS__ASSUMES_POISSON : SS__ASSUMES_RENEWAL;
}

/// Fewer can come than would wait in an open line: the closed users, or those who hold a place at
/// the callers.
static bool try_finite_callers(ss__net *net, ss__station *station, const blend *all, double load) {
    const double population = ss_ceil(station->population / (double)station->queues);
    if (!(population <= POPULATION_MAX)) return false;
    const double open = ss__erlang_c(whole(station->places), all->rate * all->mean);
    // In an open line more than the population would be there with this probability.
    const double beyond =
        open * ss_exp(ss_max(0.0, population - station->places) * ss_log(load));
    if (!station->population_is_users && beyond < 1e-5) return false;
    double mean = 0.0;
    if (station->population_is_users) {
        mean = ss__finite_source_wait(all->rate, all->mean, station->places, population);
    } else {
        mean = ss__limited_callers_wait(all->rate, all->mean, station->places, population,
                                        station->away_s);
    }
    mean *= ss__gg_factor(load, ss_min(1.0, all->arrival_scv), all->scv);
    set_waits(net, station, mean, ss__wait_variance(mean, open));
    add_services(net, station, open);
    if (station->population_is_users) {
        name(station, false, "M/M/c//N (finite source), stretched for general service",
             "Kleinrock (1975), sec. 3.8; Allen (1990)");
    } else {
        station->assumptions |= SS__ASSUMES_FINITE_CALLERS;
        name(station, false, "M/M/c for as many requests as the callers have places",
             "Method of layers: Rolia & Sevcik (1995)");
    }
    return true;
}

/// In a large fleet the mean field tells how long the line is that one meets; in a small one near
/// saturation all lines are about as long, and together like a shared one (complete resource
/// pooling), and what the choice costs comes on top where the two drawn are not the same. The
/// larger of both is within 7 % in fleets from 2 to 10 at loads from 0.5 to 0.9.
static double two_choices_wait(const ss__station *station, const blend *all, double load) {
    const uint32_t places = whole(station->places);
    const double queues = (double)station->queues;
    const double few =
        ss__two_choices_response(all->rate, all->mean, places, station->queues) - all->mean;
    const double many = ss__two_choices_response(all->rate, all->mean, places, UINT32_MAX) -
                        all->mean;
    const double shared = ss__erlang_c(whole(station->places * queues),
                                       all->rate * all->mean * queues) *
                          all->mean / (station->places * queues * (1.0 - load));
    return ss_max(few, shared + many * (1.0 - 1.0 / queues));
}

static void two_choices(ss__net *net, ss__station *station, const blend *all, double load) {
    const double mean = two_choices_wait(station, all, load) * 0.5 * (1.0 + all->scv);
    const double waiting = ss__erlang_c(whole(station->places), all->rate * all->mean);
    set_waits(net, station, mean, ss__wait_variance(mean, waiting));
    add_services(net, station, waiting);
    station->assumptions |= SS__ASSUMES_LARGE_FLEET;
    name(station, false, "Power of two choices (mean field, or pooling near saturation)",
         "Mitzenmacher (2001); Vvedenskaya, Dobrushin & Karpelevich (1996); "
         "Foschini & Salz (1978)");
}

static void least_in_flight(ss__net *net, ss__station *station, const blend *all, double load) {
    const double queues = (double)station->queues;
    const uint32_t servers = whole(station->places * queues);
    const double waiting = ss__erlang_c(servers, all->rate * all->mean * queues);
    const double mean = waiting * all->mean / (station->places * queues * (1.0 - load)) * 0.5 *
                        (1.0 + all->scv);
    set_waits(net, station, mean, ss__wait_variance(mean, waiting));
    add_services(net, station, waiting);
    name(station, false, "M/G/c with one shared line, which the shortest of several comes close to",
         "Nelson & Philips (1989): a lower bound; Allen (1990)");
}

static void in_order(ss__net *net, ss__station *station, blend *all, double load) {
    if (station->queues > 1u && station->balance == ROUND_ROBIN) {
        all->arrival_scv /= (double)station->queues;
    }
    const bool has_extras = station->setup || station->vacation || station->batch_factor > 0.0;
    if (has_extras && station->places <= 1.0 && station->queues == 1u) {
        single_with_extras(net, station, all, load);
        return;
    }
    if (station->setup || station->vacation) station->assumptions |= SS__IGNORES_SETUP;
    if (try_bursts(net, station, all)) return;
    if (station->batch_factor > 0.0) station->assumptions |= SS__ASSUMES_POISSON;
    if (station->queues > 1u && station->balance == TWO_CHOICES) {
        two_choices(net, station, all, load);
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

/// What classes up to a priority leave of W0, and those before it: Σ λ E[S²] / 2.
static double residual_up_to(ss__net *net, const ss__station *station, double priority,
                             bool is_strict) {
    double sum = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (each->priority > priority || (is_strict && each->priority >= priority)) continue;
        sum += each->rate / (double)station->queues *
               (each->hold.variance + each->hold.mean * each->hold.mean);
    }
    return 0.5 * sum;
}

/// E[W²] of a class in M/G/1 with non-preemptive priorities (Kesten & Runnenburg 1957).
static double priority_second_moment(ss__net *net, const ss__station *station, const blend *all,
                                     double priority, double before, double with) {
    const double a = 1.0 - before;
    const double b = 1.0 - with;
    const double residual = 0.5 * all->rate * all->second;
    return all->rate * all->third / (3.0 * a * a * b) +
           2.0 * residual * residual_up_to(net, station, priority, false) / (a * a * b * b) +
           2.0 * residual * residual_up_to(net, station, priority, true) / (a * a * a * b);
}

/// Cobham (1954): W = W0 / (1-σ before)(1-σ with). With several places W0 is such that equal
/// classes wait as in M/G/c (exact for exponential service of one mean).
static void priorities(ss__net *net, ss__station *station, const blend *all) {
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
            each->wait = ss__law_fitted(mean, ss__wait_variance(mean, waiting));
            if (station->places <= 1.0 && ss_is_finite(all->third)) {
                const double second =
                    priority_second_moment(net, station, all, each->priority, before, with);
                each->wait = ss__law_fitted(mean, second - mean * mean);
            }
        }
        each->visit = ss__law_delayed(each->wait, each->hold, waiting);
    }
    const bool is_exact = station->poisson && all->is_alone && station->queues == 1u &&
                          (station->places <= 1.0 || all->is_exponential);
    name(station, is_exact, "M/G/c with non-preemptive priorities",
         "Cobham (1954); Kleinrock, Queueing Systems II (1976), eq. 3.31");
}

/// Preemptive-resume M/G/1: the wait before the service first begins, and the residence from then
/// on.
static void preemptive_single(ss__net *net, ss__station *station, const blend *all) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        double before;
        double with;
        loads_of(net, station, each->priority, &before, &with);
        if (with >= 1.0) {
            each->wait = each->visit = ss__law_fitted(SS_INFINITY, SS_NAN);
            continue;
        }
        const double mean = residual_up_to(net, station, each->priority, false) /
                            ((1.0 - before) * (1.0 - with));
        const double free = 1.0 - before;
        each->wait = ss__law_fitted(mean, ss__wait_variance(mean, ss_max(with, 1e-9)));
        each->visit = ss__law_fitted(mean + each->hold.mean / free,
                                     each->wait.variance + each->hold.variance / (free * free));
    }
    name(station, station->poisson && all->is_alone, "M/G/1 with preemptive-resume priorities",
         "Kleinrock, Queueing Systems II (1976), eq. 3.39");
}

/// Mean number of the classes up to a priority, which never see the others: M/G/c on their own.
static double number_up_to(ss__net *net, const ss__station *station, double priority,
                           double *rate) {
    double busy = 0.0;
    double second = 0.0;
    *rate = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (each->priority > priority) continue;
        const double part = each->rate / (double)station->queues;
        *rate += part;
        busy += part * each->hold.mean;
        second += part * (each->hold.variance + each->hold.mean * each->hold.mean);
    }
    if (busy >= station->places) return SS_INFINITY;
    if (!(busy > 0.0)) return 0.0;
    const double mean = busy / *rate;
    const double waiting = ss__erlang_c(whole(station->places), busy);
    const double wait = waiting * mean / (station->places - busy);
    return busy + *rate * wait * 0.5 * second / *rate / (mean * mean);
}

/// With several places R = (L up to the class - L before it) / λ, exact for exponential service of
/// one mean (Buzen & Bondi 1983). How long it is until service first begins is not known.
static void preemptive_many(ss__net *net, ss__station *station, const blend *all) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        double before_priority = -SS_INFINITY;
        for (ss__class *other = first_of(net, station); other; other = next_of(net, other)) {
            if (other->priority < each->priority) {
                before_priority = ss_max(before_priority, other->priority);
            }
        }
        double rate_before = 0.0;
        double rate_with;
        double before = 0.0;
        if (before_priority > -SS_INFINITY) {
            before = number_up_to(net, station, before_priority, &rate_before);
        }
        const double with = number_up_to(net, station, each->priority, &rate_with);
        double response = each->hold.mean;
        if (rate_with > rate_before) response = (with - before) / (rate_with - rate_before);
        const double waited = response - each->hold.mean;
        each->wait = ss__law_fitted(SS_NAN, SS_NAN);
        each->visit = ss__law_fitted(response, each->hold.variance + waited * waited);
        if (!ss_is_finite(response)) each->visit = ss__law_fitted(SS_INFINITY, SS_NAN);
    }
    name(station, station->poisson && all->is_alone && all->is_exponential,
         "M/G/c with preemptive priorities, by the numbers up to each class",
         "Buzen & Bondi (1983)");
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
        .places = station->places, .capacity = station->capacity, .speeds = station->speeds,
        .speed_count = station->speed_count,
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
        // Coffman, Muntz & Trotter (1970): in M/M/1 R² (2+ρ)/(2-ρ), of which R² is the spread of
        // the sizes; what sharing adds is less by as much as there is less of it.
        const double shared = load > 0.0 ? (1.0 - 1.0 / stretch) / load : 0.0;
        const double variance = each->hold.variance * stretch * stretch +
                                mean * mean * shared * 2.0 * load / (2.0 - ss_min(1.0, load));
        each->visit = ss__law_fitted(mean, variance);
    }
    name(station, station->poisson && all->is_alone,
         station->places <= 1.0 ? "M/G/1, processor sharing" : "M/G/c, processor sharing",
         "Baskett, Chandy, Muntz & Palacios (1975); Kleinrock II (1976), sec. 4.4");
}

static const char *markov_name(const ss__station *station, bool is_loss_system) {
    if (station->patience_rate > 0.0) return "M/M/c+M (Erlang A)";
    if (is_loss_system) return "M/G/c/c (Erlang B)";
    if (station->speeds) return "Birth and death: speed by load";
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
    const double served = all->rate * (1.0 - result.abandon);
    const double wait = result.served_wait;
    station->line = result.in_queue * (double)station->queues;
    const double stretch =
        served > 0.0 ? (result.in_system - result.in_queue) / (served * all->mean) : 1.0;
    const bool is_loss_system = station->capacity <= station->places &&
                                !(station->servers < station->places);
    const bool is_markov = all->is_exponential && (station->patience_is_exponential ||
                                                   !(station->patience_rate > 0.0));
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double factor = all->is_exponential ? 1.0 : 0.5 * (1.0 + all->scv);
        each->wait = ss__law_fitted(wait * factor, result.wait_variance * factor * factor);
        each->visit = ss__law_delayed(each->wait, each->hold, result.waiting);
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

// --- Batches -------------------------------------------------------------------------------------

/// Those who wait for a batch to gather wait less where it begins without the rest: about as if it
/// were of so many as come in that time.
static uint32_t least_of_batch(const ss__station *station, double rate) {
    if (!(station->batch_wait_s > 0.0)) return station->batch_least;
    const double in_time = 1.0 + ss_floor(rate * station->batch_wait_s);
    return whole(ss_min((double)station->batch_least, in_time));
}

static void batches(ss__net *net, ss__station *station, const blend *all, double load) {
    const uint32_t least = least_of_batch(station, all->rate);
    const uint32_t places = whole(station->places);
    const uint32_t most = whole(station->batch_most);
    const ss__bulk gathered = ss__bulk_solve(all->rate, all->mean, places, least, most);
    const ss__bulk at_once = ss__bulk_solve(all->rate, all->mean, places, 1, most);
    const double general = at_once.wait * ss__gg_factor(load, all->arrival_scv, all->scv);
    const double mean = gathered.wait - at_once.wait + general;
    spread_waits(net, station, mean, ss__wait_variance(mean, gathered.waiting), load);
    add_services(net, station, gathered.waiting);
    station->service_factor = gathered.busy / (all->rate * all->mean);
    const bool is_markov = all->is_exponential && least == station->batch_least;
    const bool is_limited = ss_is_finite(station->capacity) || station->patience_rate > 0.0;
    const bool splits = station->queues > 1u && station->balance != RANDOM_SPLIT;
    name(station, station->poisson && all->is_alone && is_markov && !splits && !is_limited &&
                      (places == 1u || least == 1u),
         is_markov ? "M/M(a,b)/c, served in batches" : "M/G(a,b)/c, served in batches",
         is_markov ? "Bailey (1954); Medhi (1975)" : "Bailey (1954); Allen (1990), sec. 5.3");
    if (!is_markov) station->assumptions |= SS__ASSUMES_EXPONENTIAL;
    if (is_limited) station->assumptions |= SS__IGNORES_FULL;
    if (!station->poisson || splits) station->assumptions |= SS__ASSUMES_POISSON;
}

// --- One node ------------------------------------------------------------------------------------

static void choose_method(ss__net *net, ss__station *station, blend *all, double load) {
    const bool is_limited = ss_is_finite(station->capacity) || station->patience_rate > 0.0 ||
                            station->servers < station->places || station->speeds;
    if (station->batch_most > 1.0 || station->batch_least > 1u) {
        batches(net, station, all, load);
    } else if (station->discipline == PS && !(station->patience_rate > 0.0)) {
        sharing(net, station, all, load);
    } else if (is_limited) {
        birth_death(net, station, all);
    } else if (station->discipline == PRIORITY) {
        priorities(net, station, all);
    } else if (station->discipline == PRIORITY_PREEMPTIVE) {
        if (station->places <= 1.0) preemptive_single(net, station, all);
        else preemptive_many(net, station, all);
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
    station->assumptions = station->noted;
    station->knows_bursts = false;
    station->loss = 0.0;
    station->load = 0.0;
    station->line = -1.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        each->wait = ss__law_constant(0.0);
        each->visit = each->hold;
    }
}

static void find_load(ss__station *station, const blend *all) {
    station->rate = all->rate * (double)station->queues;
    station->load = all->rate * all->mean / (station->servers * station->batch_most);
    station->is_blocked = !ss_is_finite(all->mean);
}

/// Closed users beyond those that the throughput explains stand in line at the busiest node.
static void add_extra_wait(ss__net *net, ss__station *station) {
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (!(each->rate > 0.0)) continue;
        each->wait.mean += station->extra_wait;
        each->visit = ss__law_fitted(each->visit.mean + station->extra_wait, each->visit.variance);
    }
}

/// Moves the station's mean delay a step towards what the formulas say at the present rates, by a
/// factor of two at most: several closed clients that press on one station would otherwise take
/// turns to crowd each other out.
static void relax(ss__net *net, ss__station *station, const blend *all) {
    double delay = 0.0;
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        if (each->rate > 0.0) delay += each->rate * (each->visit.mean - each->hold.mean);
    }
    delay = all->rate > 0.0 ? delay / (all->rate * (double)station->queues) : 0.0;
    const double least = 1e-9 * all->mean;
    const bool is_known = ss_is_finite(delay);
    const double held = ss_max(station->held_delay, least);
    const double target = is_known ? ss_max(delay, least) : 4.0 * held;
    const double step = ss_min(2.0, ss_max(0.5, target / held));
    station->held_delay = ss_max(least, held * ss_pow(step, net->gain));
    if (station->held_delay < 1e-3 * all->mean && target > held) { // from nothing, not by doubling
        station->held_delay = ss_min(target, 1e-3 * all->mean);
    }
    for (ss__class *each = first_of(net, station); each; each = next_of(net, each)) {
        const double own = each->visit.mean - each->hold.mean;
        const double part = is_known && delay > 0.0 ? own / delay : 1.0;
        each->visit = ss__law_fitted(each->hold.mean + station->held_delay * part,
                                     is_known ? each->visit.variance : each->hold.variance);
        if (station->discipline != PS) {
            each->wait = ss__law_fitted(station->held_delay * part,
                                        is_known ? each->wait.variance : 0.0);
        }
    }
    if (is_known) return;
    station->is_saturated = false; // closed users cannot ask for more than they get
    name(station, false, "Saturated: as many wait as the users' cycles leave over",
         "Little (1961); method of layers (Rolia & Sevcik 1995)");
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
    if (!station->poisson) all.arrival_scv = station->arrival_scv;
    if (station->renewal) all.arrival_scv = station->renewal->scv;
    if (ss_abs(all.arrival_scv - 1.0) < 1e-6) all.arrival_scv = 1.0;
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
        const bool is_limited = ss_is_finite(station->capacity) || station->patience_rate > 0.0;
        const bool has_way_out = is_limited && !(station->batch_most > 1.0);
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
    if (station->role == SS__ROLE_BROKER && station->consumers > 0u) {
        ss__broker_solve(net, station);
        if (station->is_saturated) set_unknown(net, station);
    }
    if (station->extra_wait > 0.0) add_extra_wait(net, station);
    const bool is_line = !ss__is_delay(station) && station->role != SS__ROLE_BROKER;
    if (net->gain > 0.0 && is_line && all.rate > 0.0 && !station->is_blocked) {
        relax(net, station, &all);
    }
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
        if (station->line >= 0.0 && station->rate > 0.0) { // those who give up wait as well
            each->in_system = station->line * each->rate / station->rate +
                              served * (each->visit.mean - each->wait.mean);
        }
        in_system += each->in_system;
        in_queue += each->rate > 0.0 ? served * each->wait.mean : 0.0;
        busy += served * each->hold.mean * station->service_factor;
        done += each->rate * each->success * station->passes;
    }
    const bool is_known = !station->is_saturated && !station->is_blocked && ss_is_finite(in_system);
    station->throughput = done;
    if (station->is_saturated && station->passes >= 1.0 && station->load > 1.0) {
        station->throughput = done / station->load;
    }
    station->in_system = is_known ? in_system : SS_NAN;
    station->in_queue = is_known ? in_queue + station->backlog : SS_NAN;
    if (is_known && station->line >= 0.0) station->in_queue = station->line;
    const bool interrupts =
        station->discipline == PRIORITY_PREEMPTIVE || station->discipline == SRPT;
    if (is_known && interrupts) station->in_queue = ss_max(0.0, in_system - busy);
    if (!ss_is_finite(station->places_total)) {
        station->utilization = SS_NAN;
    } else {
        station->utilization = is_known ? ss_min(1.0, busy / station->places_total)
                                        : ss_min(1.0, station->load);
    }
}
