/// The formulas against numbers from the literature, special cases, and sums worked out another
/// way.
#include "solve/formulas.h"

#include <math.h>

#include "unit.h"

SS_TEST(solve_erlang_b_and_c_as_in_the_tables) {
    SS_CHECK_NEAR(ss__erlang_b(2, 1.0), 0.2, 1e-15);
    SS_CHECK_NEAR(ss__erlang_b(5, 3.0), 0.11005, 5e-6);   // Cooper 1981, appendix
    SS_CHECK_NEAR(ss__erlang_b(10, 5.0), 0.018385, 5e-7); // the same
    SS_CHECK_NEAR(ss__erlang_c(2, 1.0), 1.0 / 3.0, 1e-15);
    SS_CHECK_NEAR(ss__erlang_c(3, 2.0), 4.0 / 9.0, 1e-15);
    SS_CHECK_NEAR(ss__erlang_c(1, 0.7), 0.7, 1e-15); // M/M/1 waits when the server is busy
    SS_CHECK_NEAR(ss__erlang_c(2, 3.0), 1.0, 0.0);
}

SS_TEST(solve_birth_and_death_is_mm1_and_its_relatives) {
    const ss__markov mm1 = {.arrival_rate = 0.8, .service_rate = 1.0, .servers = 1.0,
                            .places = 1.0, .capacity = SS_INFINITY};
    const ss__markov_result open = ss__markov_solve(&mm1);
    SS_CHECK(open.is_stable);
    SS_CHECK_NEAR(open.in_system, 4.0, 1e-12); // ρ/(1-ρ)
    SS_CHECK_NEAR(open.in_queue, 3.2, 1e-12);
    SS_CHECK_NEAR(open.served_wait, 4.0, 1e-12);
    SS_CHECK_NEAR(open.wait_variance, 24.0, 1e-10); // ρ(2-ρ)/(μ-λ)²
    ss__markov finite = mm1;
    finite.capacity = 3.0;
    // Kleinrock 1975, eq. 3.24: p(3) = (1-ρ)ρ³/(1-ρ⁴)
    SS_CHECK_NEAR(ss__markov_solve(&finite).loss, 0.2 * 0.512 / (1.0 - 0.4096), 1e-14);
    ss__markov loss = {.arrival_rate = 3.0, .service_rate = 1.0, .servers = 5.0, .places = 5.0,
                       .capacity = 5.0};
    SS_CHECK_NEAR(ss__markov_solve(&loss).loss, ss__erlang_b(5, 3.0), 1e-14);
    loss.capacity = SS_INFINITY;
    SS_CHECK_NEAR(ss__markov_solve(&loss).waiting, ss__erlang_c(5, 3.0), 1e-13);
    loss.arrival_rate = 5.0;
    SS_CHECK(!ss__markov_solve(&loss).is_stable);
}

SS_TEST(solve_erlang_a_keeps_its_balances) {
    // With patience as long as service M/M/c+M is M/M/∞: a Poisson number of mean λ/μ.
    const ss__markov equal = {.arrival_rate = 6.0, .service_rate = 1.0, .servers = 4.0,
                              .places = 4.0, .capacity = SS_INFINITY, .patience_rate = 1.0};
    const ss__markov_result one = ss__markov_solve(&equal);
    SS_CHECK_NEAR(one.in_system, 6.0, 1e-11);
    // What is served leaves by the servers.
    SS_CHECK_NEAR(equal.arrival_rate * (1.0 - one.abandon), one.busy, 1e-11);
    ss__markov patient = equal;
    patient.arrival_rate = 3.0;
    patient.patience_rate = 1e-9;
    const ss__markov_result two = ss__markov_solve(&patient);
    SS_CHECK_NEAR(two.in_queue, ss__erlang_c(4, 3.0) * 3.0, 1e-5); // C ρ/(1-ρ)
    SS_CHECK_NEAR(two.served_wait, ss__erlang_c(4, 3.0), 1e-5);    // C/(cμ-λ)
}

SS_TEST(solve_machine_repairman_by_hand) {
    // Two machines, one repairman, both rates 1: p = 1/5, 2/5, 2/5; L = 1.2, X = 0.8.
    SS_CHECK_NEAR(ss__finite_source_wait(0.8, 1.0, 1.0, 2.0), 0.5, 1e-9);
    SS_CHECK_NEAR(ss__finite_source_wait(3.0, 1.0, 4.0, 4.0), 0.0, 0.0); // a place for everybody
    // Very many machines are Poisson arrivals.
    SS_CHECK_NEAR(ss__finite_source_wait(0.5, 1.0, 1.0, 100000.0), 1.0, 1e-3);
    SS_CHECK_NEAR(ss__limited_callers_wait(0.5, 1.0, 1.0, 1000.0, 0.0), 1.0, 1e-9);
    // No more than three can be there: M/M/1/3 at the rate that lets 0.5 a second pass.
    const double wait = ss__limited_callers_wait(0.5, 1.0, 1.0, 3.0, 0.0);
    SS_CHECK(wait > 0.0 && wait < 1.0);
}

SS_TEST(solve_mg1_of_pollaczek_and_khinchine) {
    SS_CHECK_NEAR(ss__mg1_wait(0.8, 1.0, 2.0), 4.0, 1e-12); // exponential
    SS_CHECK_NEAR(ss__mg1_wait(0.8, 1.0, 1.0), 2.0, 1e-12); // constant: half of it
    SS_CHECK(!ss_is_finite(ss__mg1_wait(1.0, 1.0, 2.0)));
    SS_CHECK_NEAR(ss__mg1_wait_variance(0.8, 1.0, 2.0, 6.0), 24.0, 1e-10);
    SS_CHECK_NEAR(ss__mgc_wait(3.0, 4.0, 0.8, 1.0), 3.0, 1e-12); // M/M/c
    SS_CHECK_NEAR(ss__mgc_wait(4.0, 1.0, 0.8, 0.0), 2.0, 1e-12); // M/D/1
    SS_CHECK_NEAR(ss__mgc_wait(4.0, 1.0, 0.8, 3.0), 8.0, 1e-12); // M/G/1: (1 + cs²)/2
    SS_CHECK_NEAR(ss__gg_factor(0.7, 1.0, 1.0), 1.0, 1e-15);
    SS_CHECK_NEAR(ss__gg_factor(0.7, 1.0, 0.0), 0.5, 1e-15);
    SS_CHECK_NEAR(ss__gg_factor(0.7, 0.0, 0.0), 0.0, 0.0); // D/D/1 never waits
}

SS_TEST(solve_renewal_arrivals) {
    const ss_dist poisson = {.kind = SS_DIST_EXPONENTIAL, .a = 0.5, .mean = 0.5, .scv = 1.0};
    ss__gim result;
    for (uint32_t servers = 1; servers <= 8u; servers++) {
        const double rate = 2.0 / (0.8 * (double)servers); // each server 80 % busy
        SS_REQUIRE(ss__gim_solve(&poisson, 1, rate, servers, &result));
        SS_CHECK_NEAR(result.waiting, ss__erlang_c(servers, 0.8 * (double)servers), 1e-5);
        SS_CHECK_NEAR(result.wait, result.waiting / ((double)servers * rate - 2.0), 1e-9);
    }
    // D/M/1 at ρ = 0.5: σ = exp(-2(1-σ)) = 0.20319 (Kleinrock 1975, sec. 6.4)
    const ss_dist clock = {.kind = SS_DIST_CONSTANT, .a = 1.0, .mean = 1.0};
    SS_REQUIRE(ss__gim_solve(&clock, 1, 2.0, 1, &result));
    SS_CHECK_NEAR(result.waiting, 0.203188, 1e-6);
    // Every second arrival of a Poisson stream is Erlang-2 (Kleinrock 1975, ex. 6.1: E2/M/1).
    const ss_dist erlang = {.kind = SS_DIST_ERLANG, .a = 2.0, .b = 0.5, .mean = 1.0, .scv = 0.5};
    ss__gim thinned;
    SS_REQUIRE(ss__gim_solve(&erlang, 1, 1.5, 2, &result));
    SS_REQUIRE(ss__gim_solve(&poisson, 2, 1.5, 2, &thinned));
    SS_CHECK_NEAR(thinned.wait, result.wait, 1e-12);
    SS_CHECK(!ss__gim_solve(&clock, 1, 0.5, 1, &result)); // saturated
}

SS_TEST(solve_two_choices_as_mitzenmacher_has_it) {
    // Mitzenmacher 2001, table 1 (d = 2, fixed point): 1.2657 at 0.5, 2.6141 at 0.9.
    SS_CHECK_NEAR(ss__two_choices_response(0.5, 1.0, 1, UINT32_MAX), 1.2657, 1e-4);
    SS_CHECK_NEAR(ss__two_choices_response(0.9, 1.0, 1, UINT32_MAX), 2.6141, 1e-4);
    // One replica has no choice: M/M/1, and M/M/3 with three places.
    SS_CHECK_NEAR(ss__two_choices_response(0.9, 1.0, 1, 1), 10.0, 1e-6);
    SS_CHECK_NEAR(ss__two_choices_response(2.4, 1.0, 3, 1),
                  1.0 + ss__erlang_c(3, 2.4) / (3.0 - 2.4), 1e-6);
    SS_CHECK(!ss_is_finite(ss__two_choices_response(3.0, 1.0, 3, 9)));
}

SS_TEST(solve_fork_and_join) {
    // Flatto & Hahn 1984: (12 - ρ)/8 of one queue's response.
    SS_CHECK_NEAR(ss__fork_join_response(2, 0.5, 2.0), 2.875, 1e-12);
    SS_CHECK_NEAR(ss__fork_join_response(1, 0.5, 2.0), 2.0, 0.0);
    // Without load the branches are independent: the harmonic number.
    SS_CHECK_NEAR(ss__fork_join_response(4, 0.0, 1.0), 1.0 + 1.0 / 2.0 + 1.0 / 3.0 + 0.25, 1e-12);
    const double means[3] = {1.0, 1.0, 1.0};
    SS_CHECK_NEAR(ss__exponential_max(means, 3), 11.0 / 6.0, 1e-12);
    const double two[2] = {1.0, 3.0};
    SS_CHECK_NEAR(ss__exponential_max(two, 2), 4.0 - 1.0 / (1.0 + 1.0 / 3.0), 1e-12);
}

SS_TEST(solve_transforms_are_the_moments) {
    ss_allocator allocator = ss_allocator_default();
    ss_arena *arena = ss_arena_create(&allocator);
    ss_text problem = ss_text_create(&allocator);
    static const char *const texts[] = {"2s",           "exp(2s)",        "uniform(1s, 3s)",
                                        "gamma(mean=2s, cv=0.7)", "erlang(k=3, mean=2s)",
                                        "hyperexp(0.3: 1s, 0.7: 4s)", "coxian(2, 1; 0.4)"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const ss_dist *dist;
        SS_REQUIRE(!ss_dist_parse(texts[i], SS_UNIT_SECONDS, arena, &dist, &problem));
        const double s = 1e-5; // (1 - A*(s))/s = mean - s·E[X²]/2 + …
        const double slope = (1.0 - ss__dist_transform(dist, s)) / s;
        SS_CHECK_NEAR(slope, dist->mean - 0.5 * s * ss_dist_moment(dist, 2), 1e-6);
        SS_CHECK_NEAR(ss__dist_transform(dist, 0.0), 1.0, 0.0);
    }
    const ss_dist *heavy;
    SS_REQUIRE(!ss_dist_parse("pareto(min=1s, alpha=3)", SS_UNIT_SECONDS, arena, &heavy, &problem));
    SS_CHECK(!ss_is_finite(ss__dist_transform(heavy, 1.0)));
    ss_text_destroy(&problem);
    ss_arena_destroy(arena);
}

/// Mean response by the formulas for exponential sizes of mean 1, integrated step by step.
static double exponential_srpt(double rate, bool is_sjf) {
    const double step = 1e-4;
    double mean = 0.0;
    double below = 0.0;   // ρ(x)
    double squares = 0.0; // λ ∫ t² dF
    double inside = 0.0;  // ∫ dt/(1-ρ(t))
    for (double x = 0.5 * step; x < 40.0; x += step) {
        const double density = exp(-x) * step;
        below += rate * x * density;
        squares += rate * x * x * density;
        inside += step / (1.0 - below);
        const double free = 1.0 - below;
        const double srpt = 0.5 * (squares + rate * x * x * exp(-x)) / (free * free) + inside;
        mean += density * (is_sjf ? rate / (free * free) + x : srpt);
    }
    return mean;
}

SS_TEST(solve_short_requests_first) {
    const ss_allocator allocator = ss_allocator_default();
    const ss_dist dist = {.kind = SS_DIST_EXPONENTIAL, .a = 2.0, .mean = 2.0, .scv = 1.0};
    const double loads[] = {0.3, 0.8, 0.95};
    for (size_t i = 0; i < 3u; i++) {
        ss__size_class one = {.dist = &dist, .scale = 0.5, .rate = loads[i]};
        SS_REQUIRE(ss__shortest_remaining(&one, 1, &allocator));
        const double srpt = one.response;
        SS_CHECK_NEAR(srpt, exponential_srpt(loads[i], false), 0.002 * srpt);
        SS_REQUIRE(ss__shortest_job_first(&one, 1, &allocator));
        SS_CHECK_NEAR(one.response, exponential_srpt(loads[i], true), 0.002 * one.response);
        SS_CHECK(srpt < one.response);                   // preemption helps
        SS_CHECK(one.response < 1.0 / (1.0 - loads[i])); // and both beat first come first served
    }
}

SS_TEST(solve_equal_sizes_need_no_order) {
    const ss_allocator allocator = ss_allocator_default();
    const ss_dist dist = {.kind = SS_DIST_CONSTANT, .a = 1.0, .mean = 1.0};
    ss__size_class one = {.dist = &dist, .scale = 1.0, .rate = 0.8};
    SS_REQUIRE(ss__shortest_job_first(&one, 1, &allocator));
    SS_CHECK_NEAR(one.wait, 2.0, 0.01); // M/D/1
}

/// MMPP/M/1 by way of its matrices: Poisson rates, taken in turn for exponential times.
static bool mmpp_wait(const double *rates, const double *times, uint32_t size, double *wait,
                      double *waiting) {
    double hidden[9] = {0.0};
    double visible[9] = {0.0};
    for (uint32_t i = 0; i < size; i++) {
        visible[i * size + i] = rates[i];
        hidden[i * size + i] = -rates[i] - (size > 1u ? 1.0 / times[i] : 0.0);
        if (size > 1u) hidden[i * size + (i + 1u) % size] += 1.0 / times[i];
    }
    return ss__map_wait(hidden, visible, size, 1.0, 1.0, wait, waiting);
}

SS_TEST(solve_bursts_between_poisson_and_mixture) {
    double wait;
    double waiting;
    const double rates[] = {0.8};
    const double lengths[] = {5.0};
    SS_REQUIRE(mmpp_wait(rates, lengths, 1, &wait, &waiting)); // one state: M/M/1
    SS_CHECK_NEAR(wait, 4.0, 1e-9);
    SS_CHECK_NEAR(waiting, 0.8, 1e-10);
    const double alike[] = {0.8, 0.8, 0.8};
    const double times[] = {1.0, 7.0, 3.0};
    SS_REQUIRE(mmpp_wait(alike, times, 3, &wait, &waiting));
    SS_CHECK_NEAR(wait, 4.0, 1e-8);
    // States that change much faster than requests come are Poisson at the mean rate, …
    const double two[] = {0.2, 0.8};
    const double fast[] = {1e-4, 1e-4};
    SS_REQUIRE(mmpp_wait(two, fast, 2, &wait, &waiting));
    SS_CHECK_NEAR(wait, 1.0, 1e-3);
    // …and ones that hardly ever change are two queues, met in proportion to their rates.
    const double slow[] = {1e6, 1e6};
    SS_REQUIRE(mmpp_wait(two, slow, 2, &wait, &waiting));
    SS_CHECK_NEAR(wait, 0.2 * 0.25 + 0.8 * 4.0, 1e-3);
    const double much[] = {0.5, 2.0};
    SS_CHECK(!mmpp_wait(much, fast, 2, &wait, &waiting)); // saturated
}

SS_TEST(solve_caches) {
    // All keys alike: what fits is found.
    SS_CHECK_NEAR(ss__cache_hit_ratio(1000, 250, 0.0, SS__CACHE_LRU, SS_INFINITY), 0.25, 1e-6);
    SS_CHECK_NEAR(ss__cache_hit_ratio(1000, 250, 0.0, SS__CACHE_RANDOM, SS_INFINITY), 0.25, 1e-6);
    SS_CHECK_NEAR(ss__cache_hit_ratio(1000, 1000, 0.9, SS__CACHE_LRU, SS_INFINITY), 1.0, 0.0);
    const double lru = ss__cache_hit_ratio(10000, 1000, 0.9, SS__CACHE_LRU, SS_INFINITY);
    const double fifo = ss__cache_hit_ratio(10000, 1000, 0.9, SS__CACHE_FIFO, SS_INFINITY);
    const double random = ss__cache_hit_ratio(10000, 1000, 0.9, SS__CACHE_RANDOM, SS_INFINITY);
    SS_CHECK(lru > fifo);
    SS_CHECK_NEAR(fifo, random, 0.0); // Gelenbe 1973: the same under independent references
    SS_CHECK(ss__cache_hit_ratio(10000, 1000, 0.9, SS__CACHE_LRU, 5000.0) < lru);
}
