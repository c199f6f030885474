#include "solve/formulas.h"

#include <assert.h>

/// Terms of a series below this share of its sum do not change it.
#define NEGLIGIBLE 1e-18
/// Sums are scaled down before they overflow.
#define LARGE 1e250
/// A station with more states than this that is not yet past its peak is taken for saturated.
#define STATES_MAX 4000000.0

// --- Erlang --------------------------------------------------------------------------------------

double ss__erlang_b(uint32_t servers, double offered) {
    double loss = 1.0;
    // So many servers that e^-70 is less than what is left out: no need to count to a million.
    if ((double)servers > offered + 12.0 * ss_sqrt(offered) + 200.0) return 0.0;
    for (uint32_t n = 1; n <= servers; n++) loss = offered * loss / ((double)n + offered * loss);
    return loss;
}

double ss__erlang_c(uint32_t servers, double offered) {
    if (offered >= (double)servers) return 1.0;
    const double loss = ss__erlang_b(servers, offered);
    return (double)servers * loss / ((double)servers - offered * (1.0 - loss));
}

// --- Birth and death -----------------------------------------------------------------------------

typedef struct birth_death_sums {
    double all, in_system, in_queue, busy, blocked, waiting;
    double served, served_wait; ///< arrivals that are served in the end, and their waits
    double served_square;       ///< …squared
    double full_rate;           ///< of service when all places are taken
    double stages;  ///< wait of one who arrives now, if he is served: mean
    double squares; ///< and variance
} birth_death_sums;

static void scale_sums(birth_death_sums *sums, double factor) {
    sums->all *= factor;
    sums->in_system *= factor;
    sums->in_queue *= factor;
    sums->busy *= factor;
    sums->blocked *= factor;
    sums->waiting *= factor;
    sums->served *= factor;
    sums->served_wait *= factor;
    sums->served_square *= factor;
}

static void add_state(birth_death_sums *sums, const ss__markov *station, double n, double weight) {
    const double busy = ss_min(n, station->places);
    sums->all += weight;
    sums->in_system += weight * n;
    sums->in_queue += weight * (n - busy);
    sums->busy += weight * busy;
    if (n >= station->capacity) {
        sums->blocked += weight;
    } else if (n >= station->places) {
        // With i ahead he moves up at rate cμ + iθ and leaves at rate θ: he is served with
        // probability cμ / (cμ + (j+1)θ), and then has waited Σ 1/(cμ + (i+1)θ) (Riordan 1962, sec.
        // 6.3).
        const double all = sums->full_rate;
        const double step = all + station->patience_rate * (n - station->places + 1.0);
        sums->stages += 1.0 / step;
        sums->squares += 1.0 / (step * step);
        sums->waiting += weight;
        sums->served += weight * all / step;
        sums->served_wait += weight * all / step * sums->stages;
        sums->served_square +=
            weight * all / step * (sums->stages * sums->stages + sums->squares);
    } else {
        sums->served += weight;
    }
}

/// Total rate of service with n requests there.
static double serving_rate(const ss__markov *station, double n) {
    if (!station->speeds) return station->service_rate * ss_min(n, station->servers);
    const double served = ss_min(ss_min(n, station->places), (double)station->speed_count);
    return station->service_rate * station->speeds[(uint32_t)served - 1u];
}

static double death_rate(const ss__markov *station, double n) {
    const double rate = serving_rate(station, n);
    return n > station->places ? rate + station->patience_rate * (n - station->places) : rate;
}

/// All states above n, whose weights fall by a constant ratio: geometric sums.
static void add_tail(birth_death_sums *sums, const ss__markov *station, double n, double weight,
                     double ratio) {
    const double tail = weight * ratio / (1.0 - ratio);
    const double above = tail / (1.0 - ratio); // Σ j w r^j
    sums->all += tail;
    sums->in_system += tail * n + above;
    sums->in_queue += tail * (n - station->places) + above;
    sums->busy += tail * station->places;
    sums->waiting += tail;
    const double step = 1.0 / sums->full_rate;
    sums->served += tail;
    const double square = above * (1.0 + ratio) / (1.0 - ratio); // Σ j² w r^j
    const double stages = sums->stages;
    sums->served_wait += tail * stages + above * step;
    sums->served_square += tail * (stages * stages + sums->squares) +
                           above * step * (2.0 * stages + step) + square * step * step;
}

ss__markov_result ss__markov_solve(const ss__markov *station) {
    const double most = station->speeds ? (double)station->speed_count : station->servers;
    const double limit = serving_rate(station, ss_min(station->places, most));
    const bool has_line_end = ss_is_finite(station->capacity);
    const bool is_open = !has_line_end && !(station->patience_rate > 0.0);
    ss__markov_result result = {.is_stable = true};
    if (is_open && station->arrival_rate >= limit) return (ss__markov_result){.is_stable = false};
    birth_death_sums sums = {.full_rate = limit};
    double weight = 1.0;
    double n = 0.0;
    add_state(&sums, station, 0.0, 1.0);
    while (n < station->capacity && n < STATES_MAX) {
        const double ratio = station->arrival_rate / death_rate(station, n + 1.0);
        if (is_open && n >= station->places && n >= most) {
            add_tail(&sums, station, n, weight, ratio);
            break;
        }
        n += 1.0;
        weight *= ratio;
        add_state(&sums, station, n, weight);
        if (weight > LARGE) {
            scale_sums(&sums, 1.0 / weight);
            weight = 1.0;
        }
        if (ratio < 1.0 && weight < NEGLIGIBLE * sums.all) break;
    }
    scale_sums(&sums, 1.0 / sums.all);
    result.in_system = sums.in_system;
    result.in_queue = sums.in_queue;
    result.busy = sums.busy;
    result.loss = sums.blocked;
    result.waiting = sums.blocked < 1.0 ? sums.waiting / (1.0 - sums.blocked) : 0.0;
    const double left_line = station->arrival_rate > 0.0
                                 ? station->patience_rate * sums.in_queue / station->arrival_rate
                                 : 0.0;
    result.abandon = sums.blocked + left_line;
    result.served_wait = sums.served > 0.0 ? sums.served_wait / sums.served : 0.0;
    const double square = sums.served > 0.0 ? sums.served_square / sums.served : 0.0;
    result.wait_variance = ss_max(0.0, square - result.served_wait * result.served_wait);
    return result;
}

/// A station whose arrivals depend on how many are there already, up to a population.
typedef struct callers {
    double service_s, servers, population;
    double away_s;    ///< of a caller's place; 0 = its own arrivals alone count
    bool is_source;   ///< each of those who are away comes back at the rate
} callers;

static double arrivals_of(const callers *all, double rate, double n) {
    const double away = all->population - n;
    if (all->is_source) return away * rate;
    return all->away_s > 0.0 && away < rate * all->away_s ? away / all->away_s : rate;
}

/// Mean number there at a rate, and the throughput.
static double callers_state(const callers *all, double rate, double *throughput) {
    double weight = 1.0;
    double sum = 1.0;
    double in_system = 0.0;
    double flow = 0.0;
    for (double n = 0.0; n < all->population; n += 1.0) {
        const double arrivals = arrivals_of(all, rate, n);
        const double busy = n + 1.0 < all->servers ? n + 1.0 : all->servers;
        const double ratio = arrivals * all->service_s / busy;
        flow += weight * arrivals;
        weight *= ratio;
        sum += weight;
        in_system += weight * (n + 1.0);
        if (weight > LARGE) {
            in_system /= weight;
            flow /= weight;
            sum /= weight;
            weight = 1.0;
        }
        if (ratio < 1.0 && weight < NEGLIGIBLE * sum) break;
    }
    *throughput = flow / sum;
    return in_system / sum;
}

/// Mean wait at the rate that gives a throughput, by false position (Illinois). Where no rate gives
/// as much, at the largest.
static double callers_wait(const callers *all, double first, double throughput) {
    double low = 0.0;
    double at_low = -throughput;
    double high = first;
    double reached;
    double in_system = callers_state(all, high, &reached);
    for (uint32_t i = 0; i < 60u && reached < throughput * (1.0 - 1e-12); i++) {
        low = high;
        at_low = reached - throughput;
        high *= 2.0;
        in_system = callers_state(all, high, &reached);
    }
    double at_high = reached - throughput;
    int last = 0;
    for (uint32_t i = 0; i < 60u && ss_abs(reached - throughput) > 1e-11 * throughput; i++) {
        if (!(at_high > 0.0) || high - low <= 1e-14 * high) break;
        const double middle = (low * at_high - high * at_low) / (at_high - at_low);
        in_system = callers_state(all, middle, &reached);
        if (reached < throughput) {
            low = middle;
            at_low = reached - throughput;
            if (last < 0) at_high *= 0.5;
            last = -1;
        } else {
            high = middle;
            at_high = reached - throughput;
            if (last > 0) at_low *= 0.5;
            last = 1;
        }
    }
    return reached > 0.0 ? ss_max(0.0, in_system / reached - all->service_s) : 0.0;
}

double ss__finite_source_wait(double throughput, double service_s, double servers,
                              double population) {
    if (population <= servers || !(throughput > 0.0)) return 0.0;
    const double most = servers / service_s;
    if (throughput >= most) return population / most - service_s;
    const callers all = {.service_s = service_s, .servers = servers, .population = population,
                         .is_source = true};
    return callers_wait(&all, throughput / population, throughput);
}

double ss__limited_callers_wait(double throughput, double service_s, double servers,
                                double population, double away_s) {
    if (population <= servers || !(throughput > 0.0)) return 0.0;
    const callers all = {.service_s = service_s, .servers = servers, .population = population,
                         .away_s = away_s};
    return callers_wait(&all, throughput, throughput);
}

// --- General service -----------------------------------------------------------------------------

double ss__mg1_wait(double rate, double mean, double second_moment) {
    const double utilization = rate * mean;
    return utilization < 1.0 ? rate * second_moment / (2.0 * (1.0 - utilization)) : SS_INFINITY;
}

double ss__mg1_wait_variance(double rate, double mean, double second, double third) {
    const double wait = ss__mg1_wait(rate, mean, second);
    return wait * wait + rate * third / (3.0 * (1.0 - rate * mean));
}

double ss__mgc_wait(double markov_wait, double servers, double utilization, double service_scv) {
    if (!(markov_wait > 0.0) || !(utilization > 0.0)) return 0.0;
    const double constant_wait =
        0.5 * markov_wait *
        (1.0 + (1.0 - utilization) * (servers - 1.0) * (ss_sqrt(4.0 + 5.0 * servers) - 2.0) /
                   (16.0 * utilization * servers));
    if (constant_wait >= markov_wait) return markov_wait; // so little load that nothing matters
    return (1.0 + service_scv) /
           (2.0 * service_scv / markov_wait + (1.0 - service_scv) / constant_wait);
}

double ss__gg_factor(double utilization, double arrival_scv, double service_scv) {
    const double sum = arrival_scv + service_scv;
    if (!(sum > 0.0)) return 0.0;
    if (arrival_scv >= 1.0 || !(utilization > 0.0)) return 0.5 * sum;
    const double short_of_poisson = 1.0 - arrival_scv;
    return 0.5 * sum * ss_exp(-2.0 * (1.0 - utilization) * short_of_poisson * short_of_poisson /
                              (3.0 * utilization * sum));
}

// --- General arrivals ----------------------------------------------------------------------------

static double coxian_transform(const ss_dist *dist, double s) {
    double value = 0.0;
    double reach = 1.0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double rate = dist->table[2u * i];
        const double goes_on = i + 1u < dist->count ? dist->table[2u * i + 1u] : 0.0;
        reach *= rate / (rate + s);
        value += reach * (1.0 - goes_on);
        reach *= goes_on;
    }
    return value;
}

static double hyperexp_transform(const ss_dist *dist, double s) {
    double value = 0.0;
    double below = 0.0;
    for (uint32_t i = 0; i < dist->count; i++) {
        value += (dist->table[2u * i] - below) / (1.0 + s * dist->table[2u * i + 1u]);
        below = dist->table[2u * i];
    }
    return value;
}

double ss__dist_transform(const ss_dist *dist, double s) {
    if (!(s > 0.0)) return 1.0;
    switch (dist->kind) {
    case SS_DIST_CONSTANT: return ss_exp(-s * dist->a);
    case SS_DIST_EXPONENTIAL: return 1.0 / (1.0 + s * dist->a);
    case SS_DIST_UNIFORM:
        return ss_exp(-s * dist->a) * -ss_expm1(-s * (dist->b - dist->a)) /
               (s * (dist->b - dist->a));
    case SS_DIST_GAMMA:
    case SS_DIST_ERLANG: return ss_exp(-dist->a * ss_log1p(s * dist->b));
    case SS_DIST_HYPEREXP: return hyperexp_transform(dist, s);
    case SS_DIST_COXIAN: return coxian_transform(dist, s);
    case SS_DIST_NORMAL:
    case SS_DIST_LOGNORMAL:
    case SS_DIST_WEIBULL:
    case SS_DIST_PARETO:
    case SS_DIST_EMPIRICAL:
    case SS_DIST_MIX: break;
    }
    return SS_NAN;
}

static double thinned_transform(const ss_dist *dist, uint32_t turns, double s) {
    const double once = ss__dist_transform(dist, s);
    return turns == 1u ? once : ss_pow(once, (double)turns);
}

/// Above this the alternating sum of the formula loses digits.
#define GIM_SERVERS_MAX 12u

bool ss__gim_solve(const ss_dist *interarrival, uint32_t turns, double service_rate,
                   uint32_t servers, ss__gim *out) {
    const double all = (double)servers * service_rate;
    const double rate = 1.0 / (interarrival->mean * (double)turns);
    if (servers > GIM_SERVERS_MAX || !(rate < all)) return false;
    double low = 0.0; // A*(cμ(1-σ)) - σ is convex with one zero in (0, 1)
    double high = 1.0 - 1e-12;
    for (uint32_t i = 0; i < 100u && high - low > 1e-16; i++) {
        const double middle = 0.5 * (low + high);
        const double value = thinned_transform(interarrival, turns, all * (1.0 - middle)) - middle;
        if (!ss_is_finite(value)) return false;
        if (value > 0.0) low = middle; else high = middle;
    }
    const double root = 0.5 * (low + high);
    double sum = 1.0 / (1.0 - root);
    double product = 1.0;
    double choose = 1.0;
    for (uint32_t j = 1; j <= servers; j++) {
        const double transform = thinned_transform(interarrival, turns, (double)j * service_rate);
        product *= transform / (1.0 - transform);
        choose *= (double)(servers - j + 1u) / (double)j;
        // Where c(1-σ) = j numerator and denominator vanish together: the limit, from beside it.
        const bool near = ss_abs((double)servers * (1.0 - root) - (double)j) < 1e-6 * (double)j;
        const double beside = (double)j * (near ? 1.0 + 1e-5 : 1.0);
        const double there = near ? thinned_transform(interarrival, turns, beside * service_rate)
                                  : transform;
        sum += choose / (product * (1.0 - transform)) *
               ((double)servers * (1.0 - there) - beside) /
               ((double)servers * (1.0 - root) - beside);
    }
    const double level = 1.0 / sum;
    out->waiting = level / (1.0 - root);
    out->decay = all * (1.0 - root);
    out->wait = out->waiting / out->decay;
    return out->waiting >= 0.0 && out->waiting <= 1.0;
}

// --- Two choices ---------------------------------------------------------------------------------

/// Share of requests that join a server with at least i, when a share s of the servers has that
/// many.
static double joins(double share, double same) {
    return (1.0 - same) * share * share + same * share;
}

/// The share of servers that is sought when q(s) is known.
static double unjoin(double value, double same) {
    if (!(value > 0.0)) return 0.0;
    const double a = 1.0 - same;
    if (!(a > 0.0)) return value;
    return 2.0 * value / (same + ss_sqrt(same * same + 4.0 * a * value));
}

/// The shares of servers with at least c-1, c-2, … 0 requests that follow from the one with c - 1:
/// at each level arrivals up and departures down balance, λ(q(i-1) - q(i)) = μ i (s(i) - s(i+1)).
/// Returns the share with at least 0, which must be 1; adds up the mean number.
static double chain_down(double top, double load, uint32_t places, double same, double *number) {
    double above = load / (double)places * joins(top, same); // s(c)
    double sum = above;
    double tail = above; // s(c+1), …: s(i+1) = λ/(cμ) q(s(i))
    for (uint32_t i = 0; i < 100000u; i++) {
        tail = load / (double)places * joins(tail, same);
        sum += tail;
        if (tail < 1e-17 * sum) break;
    }
    double here = top;
    for (uint32_t i = places - 1u; i >= 1u; i--) {
        sum += here;
        const double level = joins(here, same) + (double)i / load * (here - above);
        above = here;
        here = unjoin(level, same);
    }
    *number = sum;
    return here;
}

double ss__two_choices_response(double rate_each, double service_s, uint32_t places,
                                uint32_t replicas) {
    const double load = rate_each * service_s;
    if (!(load > 0.0)) return service_s;
    if (load >= (double)places) return SS_INFINITY;
    const double same = 1.0 / (double)replicas;
    double low = 0.0;
    double high = 1.0;
    double number = 0.0;
    for (uint32_t i = 0; i < 200u && high - low > 1e-16; i++) {
        const double middle = 0.5 * (low + high);
        if (chain_down(middle, load, places, same, &number) < 1.0) low = middle; else high = middle;
    }
    (void)chain_down(places == 1u ? 1.0 : high, load, places, same, &number);
    return ss_max(service_s, number / rate_each);
}

// --- Batches served together ---------------------------------------------------------------------

/// The ratio r of the geometric line behind busy places: offered = r + r² + … + r^most, of batches
/// a place serves in the time of one service.
static double bulk_ratio(double offered, uint32_t most) {
    double low = 0.0;
    double high = 1.0;
    for (uint32_t i = 0; i < 200u && high - low > 1e-16; i++) {
        const double r = 0.5 * (low + high);
        const double sum = r * (1.0 - ss_pow(r, (double)most)) / (1.0 - r);
        if (sum < offered) low = r; else high = r;
    }
    return 0.5 * (low + high);
}

/// P(c busy, n wait) = A r^n; with fewer busy nobody waits and i c(i) P(i) = rate P(i - 1).
static ss__bulk bulk_at_once(double rate, double service_s, uint32_t places, double r) {
    double below = 1.0; // P(i)/A from i = c, n = 0 downwards
    double sum = 1.0 / (1.0 - r);
    double busy = (double)places / (1.0 - r);
    for (uint32_t i = places; i >= 1u; i--) {
        below *= (double)i / (rate * service_s);
        sum += below;
        busy += (double)(i - 1u) * below;
    }
    const double a = 1.0 / sum;
    return (ss__bulk){.wait = a * r / ((1.0 - r) * (1.0 - r)) / rate, .waiting = a / (1.0 - r),
                      .busy = a * busy};
}

/// One place that waits for its least: P(idle, q wait) = A (1 + r + … + r^q) / (rate service).
static ss__bulk bulk_gathered(double rate, double service_s, uint32_t least, double r) {
    double sum = 1.0 / (1.0 - r);
    double number = r / ((1.0 - r) * (1.0 - r));
    double idle = 0.0;
    for (uint32_t q = 0; q < least; q++) {
        idle = (1.0 - ss_pow(r, (double)q + 1.0)) / (1.0 - r) / (rate * service_s);
        sum += idle;
        number += (double)q * idle;
    }
    const double a = 1.0 / sum; // the last of a batch that gathers does not wait
    return (ss__bulk){.wait = a * number / rate, .waiting = 1.0 - a * idle,
                      .busy = a / (1.0 - r)};
}

ss__bulk ss__bulk_solve(double rate, double service_s, uint32_t places, uint32_t least,
                        uint32_t most) {
    const double each_s = service_s / (double)places;
    const double r = bulk_ratio(rate * each_s, most);
    if (least <= 1u) return bulk_at_once(rate, service_s, places, r);
    ss__bulk result = bulk_gathered(rate, each_s, least, r);
    result.busy *= (double)places;
    return result;
}

// --- Fork and join -------------------------------------------------------------------------------

static double harmonic(uint32_t n) {
    double sum = 0.0;
    for (uint32_t i = 1; i <= n; i++) sum += 1.0 / (double)i;
    return sum;
}

double ss__fork_join_response(uint32_t branches, double utilization, double response) {
    if (branches < 2u) return response;
    const double two = (12.0 - utilization) / 8.0 * response;
    const double ratio = harmonic(branches) / 1.5;
    return (ratio + 4.0 / 11.0 * (1.0 - ratio) * utilization) * two;
}

double ss__exponential_max(const double *means, uint32_t count) {
    assert(count <= 10u);
    double mean = 0.0;
    for (uint32_t set = 1; set < 1u << count; set++) {
        double rate = 0.0;
        uint32_t size = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (!(set & 1u << i)) continue;
            rate += 1.0 / means[i];
            size++;
        }
        mean += (size & 1u ? 1.0 : -1.0) / rate;
    }
    return mean;
}
