/// Closed and mixed networks of product form (Baskett, Chandy, Muntz & Palacios 1975), exactly for
/// small populations and by the approximation of Schweitzer and Bard for large ones.
///
/// A chain is a closed client. The exact numbers are those of multi-class mean value analysis with
/// load dependence (Reiser & Lavenberg 1980), computed from normalising constants by convolution
/// (Buzen 1973; Reiser & Kobayashi 1975): sums of positive terms only, so that many servers near
/// saturation do not cancel as they do in the recursion over means.
#include "solve/internal.h"

#define CHAINS_MAX 6u
/// Additions and multiplications that an exact solution may take: some 30 ms.
#define WORK_MAX 2e7
/// Normalising constants of more users leave the range of a double.
#define USERS_MAX 1000.0
#define APPROXIMATION_ROUNDS 5000u

typedef struct product_station {
    uint32_t node;
    double servers;
    const ss__station *from;
    double open;                ///< servers that open requests keep busy
    double demand[CHAINS_MAX];  ///< seconds of one server per request of the chain
    double number[CHAINS_MAX];  ///< found: mean number of each chain's requests
    double open_number;         ///< found: mean number of open requests
    double busy;                ///< found: servers in use
    double line;                ///< found: mean number without a place; -1 where unknown
    double *factors;            ///< of the product form, per state
    bool is_single;
} product_station;

typedef struct product {
    ss__net *net;
    ss__client *chains[CHAINS_MAX];
    uint32_t chain_count;
    double users[CHAINS_MAX], delay[CHAINS_MAX];
    double rate[CHAINS_MAX];  ///< found: throughput
    double scale[CHAINS_MAX]; ///< of the demands, so that constants stay in range
    product_station *stations;
    uint32_t station_count;
    // the lattice of populations
    size_t states;
    size_t stride[CHAINS_MAX];
    uint16_t *counts; ///< per state and chain
    double *constants, *other;
} product;

// --- Reading the network -------------------------------------------------------------------------

static double unloaded_response(const ss__net *net, const ss__client *client) {
    double sum = 0.0;
    for (uint32_t at = net->stations[client->node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        sum += net->classes[at - 1u].share * net->classes[at - 1u].visit.mean;
    }
    return sum;
}

/// Responses with nobody in the way: what is no station's service is delay.
static void solve_empty(ss__net *net) {
    for (uint32_t i = 0; i < net->class_count; i++) net->classes[i].rate = 0.0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        net->stations[i].uses_product_form = false;
    }
    ss__responses(net);
}

static bool read_station(product *all, uint32_t node, product_station *station) {
    ss__net *net = all->net;
    const ss__station *from = &net->stations[node];
    bool is_visited = false;
    *station = (product_station){
        .node = node, .from = from, .servers = from->servers,
        .is_single = from->servers <= 1.0 && !from->speeds, .line = -1.0};
    for (uint32_t at = from->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        station->open += net->scale * each->open_rate * each->hold.mean;
        for (uint32_t r = 0; r < all->chain_count; r++) {
            station->demand[r] += all->chains[r]->visits[at - 1u] * each->hold.mean;
            is_visited = is_visited || all->chains[r]->visits[at - 1u] > 0.0;
        }
    }
    return is_visited;
}

static ss_status read_network(product *all) {
    ss__net *net = all->net;
    for (uint32_t i = 0; i < net->client_count; i++) {
        if (!net->clients[i].is_closed) continue;
        if (all->chain_count == CHAINS_MAX) return SS_ERROR_LIMIT;
        all->chains[all->chain_count++] = &net->clients[i];
    }
    solve_empty(net);
    for (uint32_t r = 0; r < all->chain_count; r++) {
        all->users[r] = all->chains[r]->users;
        all->delay[r] = all->chains[r]->think + unloaded_response(net, all->chains[r]);
    }
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (ss__is_delay(&net->stations[i]) || !net->stations[i].first_class1) continue;
        product_station *station = &all->stations[all->station_count];
        if (!read_station(all, i, station)) continue;
        if (station->open >= station->servers) return SS_ERROR_LIMIT; // saturated by them alone
        for (uint32_t r = 0; r < all->chain_count; r++) {
            all->delay[r] = ss_max(0.0, all->delay[r] - station->demand[r]);
        }
        all->station_count++;
    }
    return SS_OK;
}

// --- Approximately -------------------------------------------------------------------------------

/// One round of Schweitzer's (1979) and Bard's fixed point: an arriving request sees the others'
/// mean numbers, and of its own kind a share (N-1)/N. A station of c servers is a queue c times as
/// fast and a delay of the rest (Seidmann et al. 1987); open load takes its share of the speed.
static double approximate_round(product *all) {
    double change = 0.0;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        double response = all->delay[r];
        double moved = 0.0;
        for (uint32_t i = 0; i < all->station_count; i++) {
            product_station *station = &all->stations[i];
            const double fast = station->demand[r] / station->servers;
            double seen = 0.0;
            for (uint32_t s = 0; s < all->chain_count; s++) seen += station->number[s];
            seen -= station->number[r] / all->users[r];
            const double slowed = fast / (1.0 - station->open / station->servers);
            response += slowed * (1.0 + seen) + station->demand[r] - fast;
        }
        all->rate[r] = response > 0.0 ? all->users[r] / response : 0.0;
        for (uint32_t i = 0; i < all->station_count; i++) {
            product_station *station = &all->stations[i];
            const double fast = station->demand[r] / station->servers;
            double seen = 0.0;
            for (uint32_t s = 0; s < all->chain_count; s++) seen += station->number[s];
            seen -= station->number[r] / all->users[r];
            const double slowed = fast / (1.0 - station->open / station->servers);
            const double number = all->rate[r] * slowed * (1.0 + seen);
            moved = ss_max(moved, ss_abs(number - station->number[r]));
            station->number[r] = number;
        }
        change = ss_max(change, moved / all->users[r]);
    }
    return change;
}

static void approximate(product *all) {
    for (uint32_t i = 0; i < all->station_count; i++) {
        for (uint32_t r = 0; r < all->chain_count; r++) {
            all->stations[i].number[r] = all->users[r] / (double)(all->station_count + 1u);
        }
    }
    for (uint32_t i = 0; i < APPROXIMATION_ROUNDS; i++) {
        if (approximate_round(all) < 1e-12) break;
    }
}

/// Adds the delay part of the many-server stations, and the open requests that meet the closed
/// ones.
static void finish_approximation(product *all) {
    for (uint32_t i = 0; i < all->station_count; i++) {
        product_station *station = &all->stations[i];
        double closed = 0.0;
        for (uint32_t r = 0; r < all->chain_count; r++) {
            closed += station->number[r];
            station->number[r] +=
                all->rate[r] * station->demand[r] * (1.0 - 1.0 / station->servers);
        }
        const double load = station->open / station->servers;
        station->open_number = load * (1.0 + closed) / (1.0 - load) + station->open - load;
    }
}

// --- The lattice ---------------------------------------------------------------------------------

static bool is_small(const product *all) {
    double states = 1.0;
    double users = 0.0;
    double many = 0.0;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        states *= all->users[r] + 1.0;
        users += all->users[r];
    }
    for (uint32_t i = 0; i < all->station_count; i++) {
        if (!all->stations[i].is_single) many += 1.0;
    }
    double pairs = states * states;
    for (uint32_t r = 0; r < all->chain_count; r++) pairs *= 0.5;
    const double work = (many + 1.0) * many * pairs +
                        3.0 * (double)all->station_count * states * (double)all->chain_count;
    return users <= USERS_MAX && work * (many + 1.0) <= WORK_MAX;
}

static ss_status make_lattice(product *all) {
    all->states = 1;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        all->stride[r] = all->states;
        all->states *= (size_t)all->users[r] + 1u;
    }
    ss_arena *arena = all->net->arena;
    all->counts = ss_arena_allocate(arena, all->states * all->chain_count * sizeof(uint16_t));
    all->constants = ss_arena_allocate(arena, all->states * sizeof(double));
    all->other = ss_arena_allocate(arena, all->states * sizeof(double));
    if (!all->counts || !all->constants || !all->other) return SS_ERROR_MEMORY;
    for (size_t n = 0; n < all->states; n++) {
        for (uint32_t r = 0; r < all->chain_count; r++) {
            const size_t size = (size_t)all->users[r] + 1u;
            all->counts[n * all->chain_count + r] = (uint16_t)(n / all->stride[r] % size);
        }
    }
    for (uint32_t i = 0; i < all->station_count; i++) {
        if (all->stations[i].is_single) continue;
        all->stations[i].factors = ss_arena_allocate(arena, all->states * sizeof(double));
        if (!all->stations[i].factors) return SS_ERROR_MEMORY;
    }
    return SS_OK;
}

static const uint16_t *counts_of(const product *all, size_t state) {
    return all->counts + state * all->chain_count;
}

static double total_of(const product *all, size_t state) {
    double sum = 0.0;
    for (uint32_t r = 0; r < all->chain_count; r++) sum += (double)counts_of(all, state)[r];
    return sum;
}

static bool fits(const product *all, size_t inner, size_t outer) {
    for (uint32_t r = 0; r < all->chain_count; r++) {
        if (counts_of(all, inner)[r] > counts_of(all, outer)[r]) return false;
    }
    return true;
}

/// Total speed with n requests there, in servers.
static double speed_of(const product_station *station, double n) {
    const ss__station *from = station->from;
    if (!from->speeds) return ss_min(n, station->servers);
    const double served = ss_min(ss_min(n, from->places), (double)from->speed_count);
    return from->speeds[(uint32_t)served - 1u];
}

/// log of Σ_m C(n+m, m) open^m / Π_{j≤n+m} speed(j), and the mean of m: open requests beside n
/// closed ones (Sauer 1981).
static double log_capacity(const product_station *station, double n, double *open_mean) {
    double log_first = 0.0;
    for (double j = 1.0; j <= n; j += 1.0) log_first -= ss_log(speed_of(station, j));
    double term = 1.0;
    double sum = 1.0;
    double weighted = 0.0;
    for (double m = 1.0; m < 1e6 && station->open > 0.0; m += 1.0) {
        term *= (n + m) / m * station->open / speed_of(station, n + m);
        sum += term;
        weighted += term * m;
        if (term * m < 1e-16 * (sum + weighted) && m > n) break;
    }
    *open_mean = weighted / sum;
    return log_first + ss_log(sum);
}

/// log of x^n/n!, x > 0.
static double log_power(double x, double n) {
    return x > 0.0 ? n * ss_log(x) - ss_lgamma(n + 1.0) : 0.0;
}

/// f(n) = |n|! Π D^n/n! · capacity(|n|), by logarithms: single factors leave the range of a double.
static void fill_factors(product *all, product_station *station) {
    double last = -1.0;
    double log_capacity_last = 0.0;
    for (size_t n = 0; n < all->states; n++) {
        const double total = total_of(all, n);
        if (ss_abs(total - last) > 0.5) {
            double unused;
            log_capacity_last = log_capacity(station, total, &unused);
            last = total;
        }
        double log_factor = log_capacity_last + ss_lgamma(total + 1.0);
        bool is_possible = true;
        for (uint32_t r = 0; r < all->chain_count; r++) {
            const double count = (double)counts_of(all, n)[r];
            if (!(count > 0.0)) continue;
            log_factor += log_power(station->demand[r] * all->scale[r], count);
            if (!(station->demand[r] > 0.0)) is_possible = false;
        }
        station->factors[n] = is_possible ? ss_exp(log_factor) : 0.0;
    }
}

/// All delays together: Π Z^n/n!.
static void fill_delays(const product *all, double *out) {
    for (size_t n = 0; n < all->states; n++) {
        double log_factor = 0.0;
        bool is_possible = true;
        for (uint32_t r = 0; r < all->chain_count; r++) {
            const double count = (double)counts_of(all, n)[r];
            if (!(count > 0.0)) continue;
            log_factor += log_power(all->delay[r] * all->scale[r], count);
            if (!(all->delay[r] > 0.0)) is_possible = false;
        }
        out[n] = is_possible ? ss_exp(log_factor) : 0.0;
    }
}

/// A single server: G(n) += Σ D G(n - 1 of the chain) (Buzen 1973).
static void add_single(const product *all, const product_station *station, double *constants) {
    const double speed = 1.0 - station->open;
    for (size_t n = 0; n < all->states; n++) {
        for (uint32_t r = 0; r < all->chain_count; r++) {
            if (counts_of(all, n)[r] == 0u) continue;
            constants[n] +=
                station->demand[r] * all->scale[r] / speed * constants[n - all->stride[r]];
        }
    }
}

/// Any station: G(n) = Σ f(k) G(n - k), from the largest state down, in place.
static void add_many(const product *all, const product_station *station, double *constants) {
    for (size_t n = all->states; n-- > 0u;) {
        double sum = 0.0;
        for (size_t k = 0; k <= n; k++) {
            if (station->factors[k] > 0.0 && fits(all, k, n)) {
                sum += station->factors[k] * constants[n - k];
            }
        }
        constants[n] = sum;
    }
}

static void build_constants(const product *all, uint32_t without, double *constants) {
    fill_delays(all, constants);
    for (uint32_t i = 0; i < all->station_count; i++) {
        if (i == without) continue;
        const product_station *station = &all->stations[i];
        if (station->is_single) add_single(all, station, constants);
        else add_many(all, station, constants);
    }
}

// --- Exactly -------------------------------------------------------------------------------------

/// Mean numbers at a single server: D G⁺(N - 1)/G(N), where G⁺ has the station twice.
static void single_numbers(product *all, product_station *station) {
    const size_t full = all->states - 1u;
    for (size_t n = 0; n < all->states; n++) all->other[n] = all->constants[n];
    add_single(all, station, all->other);
    double closed = 0.0;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        station->number[r] = station->demand[r] * all->scale[r] / (1.0 - station->open) *
                             all->other[full - all->stride[r]] / all->constants[full];
        closed += station->number[r];
    }
    station->open_number = station->open * (1.0 + closed) / (1.0 - station->open);
}

/// Mean numbers at a station of several servers, from its marginal distribution f(n) G⁻(N -
/// n)/G(N).
static void many_numbers(product *all, uint32_t index) {
    product_station *station = &all->stations[index];
    const size_t full = all->states - 1u;
    build_constants(all, index, all->other);
    for (uint32_t r = 0; r < all->chain_count; r++) station->number[r] = 0.0;
    station->open_number = 0.0;
    station->line = station->open > 0.0 ? -1.0 : 0.0;
    for (size_t n = 0; n < all->states; n++) {
        const double share = station->factors[n] * all->other[full - n] / all->constants[full];
        if (!(share > 0.0)) continue;
        for (uint32_t r = 0; r < all->chain_count; r++) {
            station->number[r] += share * (double)counts_of(all, n)[r];
        }
        if (!(station->open > 0.0)) {
            station->line += share * ss_max(0.0, total_of(all, n) - station->from->places);
            continue;
        }
        double open;
        (void)log_capacity(station, total_of(all, n), &open);
        station->open_number += share * open;
    }
}

static ss_status solve_exactly(product *all) {
    const ss_status status = make_lattice(all);
    if (status) return status;
    for (uint32_t r = 0; r < all->chain_count; r++) all->scale[r] = ss_max(all->rate[r], 1e-30);
    for (uint32_t i = 0; i < all->station_count; i++) {
        if (!all->stations[i].is_single) fill_factors(all, &all->stations[i]);
    }
    build_constants(all, UINT32_MAX, all->constants);
    const size_t full = all->states - 1u;
    if (!(all->constants[full] > 0.0) || !ss_is_finite(all->constants[full])) return SS_ERROR_LIMIT;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        all->rate[r] =
            all->scale[r] * all->constants[full - all->stride[r]] / all->constants[full];
    }
    for (uint32_t i = 0; i < all->station_count; i++) {
        if (all->stations[i].is_single) single_numbers(all, &all->stations[i]);
        else many_numbers(all, i);
    }
    return SS_OK;
}

// --- Back to classes -----------------------------------------------------------------------------

/// A chain's number at a station, per unit of its demand (processor sharing) or of its visits
/// (lines).
static double number_per(const product *all, const product_station *station, uint32_t r,
                         bool is_sharing) {
    const ss__net *net = all->net;
    double amount = is_sharing ? station->demand[r] : 0.0;
    if (!is_sharing) {
        for (uint32_t at = net->stations[station->node].first_class1; at;
             at = net->classes[at - 1u].next_of_node1) {
            amount += all->chains[r]->visits[at - 1u];
        }
    }
    amount *= all->rate[r];
    return amount > 0.0 ? station->number[r] / amount : 0.0;
}

static void set_class(const product *all, const product_station *station, ss__class *each,
                      uint32_t index, bool is_sharing) {
    const double unit = is_sharing ? each->hold.mean : 1.0;
    double open_amount = 0.0;
    for (uint32_t at = all->net->stations[station->node].first_class1; at;
         at = all->net->classes[at - 1u].next_of_node1) {
        const ss__class *other = &all->net->classes[at - 1u];
        open_amount += all->net->scale * other->open_rate * (is_sharing ? other->hold.mean : 1.0);
    }
    double number = 0.0;
    double rate = all->net->scale * each->open_rate;
    if (open_amount > 0.0) number += station->open_number * rate * unit / open_amount;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        const double visits = all->chains[r]->visits[index] * all->rate[r];
        number += visits * unit * number_per(all, station, r, is_sharing);
        rate += visits;
    }
    const double visit = rate > 0.0 ? number / rate : each->hold.mean;
    const double wait = is_sharing ? 0.0 : ss_max(0.0, visit - each->hold.mean);
    // An approximate spread: the wait is exponential when there is one, and that is mostly when
    // busy.
    const double waiting = ss_max(1e-6, ss__erlang_c((uint32_t)station->servers, station->busy));
    each->wait = ss__law_fitted(wait, wait * wait * (2.0 / waiting - 1.0));
    each->visit = ss__law_delayed(each->wait, each->hold, waiting);
    if (is_sharing) {
        const double stretch = each->hold.mean > 0.0 ? visit / each->hold.mean : 1.0;
        each->visit = ss__law_fitted(visit, each->hold.variance * stretch * stretch);
    }
}

/// Those who share cores or a speed hold their places for longer than their service takes.
static void split_visits(ss__net *net, const product_station *from, ss__station *station) {
    const bool shares = station->speeds || station->servers < station->places;
    if (!shares || from->line < 0.0 || !(station->rate > 0.0)) return;
    double number = 0.0;
    for (uint32_t r = 0; r < CHAINS_MAX; r++) number += from->number[r];
    station->line = from->line;
    station->service_factor = (number - from->line) / from->busy;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        ss__class *each = &net->classes[at - 1u];
        each->wait.mean = from->line / station->rate;
    }
}

static void hand_over(product *all, bool is_exact) {
    ss__net *net = all->net;
    for (uint32_t r = 0; r < all->chain_count; r++) all->chains[r]->rate = all->rate[r];
    ss__traffic_combine(net);
    for (uint32_t i = 0; i < all->station_count; i++) {
        product_station *from = &all->stations[i];
        ss__station *station = &net->stations[from->node];
        const bool is_sharing = station->discipline == 3u; // "ps" of the catalog's choices
        station->uses_product_form = true;
        station->service_factor = 1.0;
        station->rate = 0.0;
        from->busy = 0.0;
        for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            station->rate += net->classes[at - 1u].rate;
            from->busy += net->classes[at - 1u].rate * net->classes[at - 1u].hold.mean;
        }
        for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            set_class(all, from, &net->classes[at - 1u], at - 1u, is_sharing);
        }
        station->load = from->busy / station->servers;
        station->line = -1.0;
        if (is_exact) split_visits(net, from, station);
        station->is_exact = is_exact;
        station->method = is_exact ? "Product form, exact (multi-class MVA, by convolution)"
                                   : "Product form, approximate MVA (Schweitzer-Bard, Seidmann)";
        station->source =
            is_exact ? "Baskett et al. (1975); Reiser & Lavenberg (1980); Buzen (1973)"
                     : "Schweitzer (1979); Bard (1979); Seidmann et al. (1987)";
    }
    ss__responses(net);
}

/// By Little's law a client's mean response is N/X - Z whatever it shares with other clients;
/// classes that several clients use have only one mean for all.
static void set_client_responses(const product *all) {
    ss__net *net = all->net;
    for (uint32_t r = 0; r < all->chain_count; r++) {
        const ss__client *client = all->chains[r];
        const double now = unloaded_response(net, client);
        const double right = client->users / client->rate - client->think;
        if (!(now > 0.0) || !(client->rate > 0.0) || !(right > 0.0)) continue;
        for (uint32_t at = net->stations[client->node].first_class1; at;
             at = net->classes[at - 1u].next_of_node1) {
            ss__law *visit = &net->classes[at - 1u].visit;
            const double factor = right / now;
            if (ss_abs(factor - 1.0) < 1e-12) continue;
            *visit = ss__law_fitted(visit->mean * factor, visit->variance * factor * factor);
        }
    }
}

ss_status ss__product_solve(ss__net *net) {
    product all = {.net = net};
    all.stations = ss_arena_allocate(
        net->arena, ((size_t)net->design->node_count + 1u) * sizeof(product_station));
    if (!all.stations) return SS_ERROR_MEMORY;
    ss_status status = read_network(&all);
    if (status) return status;
    approximate(&all);
    const bool is_exact = is_small(&all) && solve_exactly(&all) == SS_OK;
    if (!is_exact) {
        approximate(&all);
        finish_approximation(&all);
    }
    hand_over(&all, is_exact);
    set_client_responses(&all);
    net->has_product_form = true;
    return SS_OK;
}
