// Quantities and distributions: grammar, moments, distribution functions, samples.
#include "base/dist.h"

#include <math.h>
#include <stdio.h>

#include "base/math.h"
#include "failing_allocator.h"

// --- Quantities ----------------------------------------------------------------------------------

SS_TEST(dist_quantities_have_units) {
    static const struct {
        const char *text;
        ss_unit unit;
        double value;
    } cases[] = {
        {"250ms", SS_UNIT_SECONDS, 0.25},       {"0.4ms", SS_UNIT_SECONDS, 0.0004},
        {"1.5", SS_UNIT_SECONDS, 1.5},          {" 3 us ", SS_UNIT_SECONDS, 3e-6},
        {"7ns", SS_UNIT_SECONDS, 7e-9},         {"2s", SS_UNIT_SECONDS, 2},
        {"10m", SS_UNIT_SECONDS, 600},          {"2h", SS_UNIT_SECONDS, 7200},
        {"1.5d", SS_UNIT_SECONDS, 129600},      {"1e3ms", SS_UNIT_SECONDS, 1},
        {"-5ms", SS_UNIT_SECONDS, -0.005},      {"800/s", SS_UNIT_RATE, 800},
        {"90/m", SS_UNIT_RATE, 1.5},            {"7200/h", SS_UNIT_RATE, 2},
        {"12", SS_UNIT_RATE, 12},               {"64KB", SS_UNIT_BYTES, 64000},
        {"64KiB", SS_UNIT_BYTES, 65536},        {"1.5MB", SS_UNIT_BYTES, 1.5e6},
        {"1GiB", SS_UNIT_BYTES, 1073741824},    {"2TB", SS_UNIT_BYTES, 2e12},
        {"1TiB", SS_UNIT_BYTES, 1099511627776}, {"5MiB", SS_UNIT_BYTES, 5242880},
        {"3GB", SS_UNIT_BYTES, 3e9},            {"9B", SS_UNIT_BYTES, 9},
        {"5%", SS_UNIT_NONE, 0.05},             {"0.25", SS_UNIT_NONE, 0.25},
        {"$0.25", SS_UNIT_USD, 0.25},           {"0.25$", SS_UNIT_USD, 0.25},
        {"3", SS_UNIT_USD, 3},                  {"125MB/s", SS_UNIT_BYTE_RATE, 1.25e8},
        {"60KB/m", SS_UNIT_BYTE_RATE, 1000},    {"1GiB/h", SS_UNIT_BYTE_RATE, 1073741824.0 / 3600},
        {"1000", SS_UNIT_BYTE_RATE, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = SS_NAN;
        SS_CHECK(ss_quantity_parse(cases[i].text, cases[i].unit, &value, NULL) == SS_OK);
        if (!SS_CHECK(value == cases[i].value)) printf("  %s: %.17g\n", cases[i].text, value);
    }
}

static void check_quantity_problem(const char *text, ss_unit unit, const char *problem) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text sentence = ss_text_create(&allocator);
    double value = 77;
    SS_CHECK(ss_quantity_parse(text, unit, &value, &sentence) == SS_ERROR_INPUT);
    SS_CHECK(value == 77);
    SS_CHECK_TEXT(sentence.bytes, problem);
    ss_text_destroy(&sentence);
}

SS_TEST(dist_quantity_problems_say_what_to_write) {
    check_quantity_problem("", SS_UNIT_SECONDS,
                           "\"\" is not a time: write a number and a unit, as in 250ms");
    check_quantity_problem("fast", SS_UNIT_RATE,
                           "\"fast\" is not a rate: write a number and a unit, as in 800/s");
    check_quantity_problem("5 minutes", SS_UNIT_SECONDS,
                           "\"minutes\" is no unit of time: did you mean m, as in 250ms");
    check_quantity_problem("5KB", SS_UNIT_SECONDS,
                           "\"KB\" is no unit of time: write ns, us, ms, s, "
                           "m, h or d, as in 250ms");
    check_quantity_problem("5rps", SS_UNIT_RATE,
                           "\"rps\" is no unit of rate: did you mean /s, as in 800/s");
    check_quantity_problem("5kB", SS_UNIT_BYTES,
                           "\"kB\" is no unit of size: did you mean KB, as in 64KB");
    check_quantity_problem("1Gbit/s", SS_UNIT_BYTE_RATE,
                           "\"Gbit/s\" is no unit of byte rate: count "
                           "bytes, so that 1Gbit/s is written 125MB/s");
    check_quantity_problem("1e999ms", SS_UNIT_SECONDS, "\"1e999ms\" is too large");
    check_quantity_problem("07s", SS_UNIT_SECONDS,
                           "\"07s\" is not a time: write a number and a unit, as in 250ms");
    check_quantity_problem("$3$", SS_UNIT_USD,
                           "\"$\" is no unit of amount in US dollars: did you mean $, as in $0.25");
    check_quantity_problem("nan", SS_UNIT_NONE,
                           "\"nan\" is not a plain number: write digits, as in 0.5");
}

// --- Distributions -------------------------------------------------------------------------------

/// One of each form, and the corners of each.
static const char *const forms[] = {
    "4ms",
    "exp(4ms)",
    "uniform(0.2ms, 0.6ms)",
    "uniform(low=0, high=2s)",
    "normal(mean=5ms, sd=1ms)",
    "normal(mean=5ms, sd=4ms)",
    "normal(mean=0, sd=4ms)",
    "lognormal(mean=6ms, cv=0.6)",
    "lognormal(90ms, 1.5)",
    "gamma(mean=6ms, cv=0.6)",
    "gamma(mean=6ms, cv=2)",
    "erlang(k=3, mean=6ms)",
    "erlang(k=40, mean=6ms)",
    "weibull(shape=0.7, scale=3ms)",
    "weibull(shape=3, scale=3ms)",
    "pareto(min=1ms, alpha=8)",
    "hyperexp(0.3: 1ms, 0.7: 10ms)",
    "hyperexp(90%: 1ms, 9%: 10ms, 1%: 50ms)",
    "coxian(200/s)",
    "coxian(200, 50; 0.3)",
    "coxian(200, 200, 1000, 30; 0.5, 1, 0.1)",
    "empirical(1ms: 3, 2ms: 1, 5ms: 4, 0: 1)",
    "mix(0.9: exp(1ms), 0.1: lognormal(mean=20ms, cv=1))",
    "mix(0.5: 1ms, 0.5: mix(30%: uniform(2ms, 3ms), 70%: erlang(2, 3ms)))",
};
#define FORM_COUNT (sizeof forms / sizeof forms[0])

static const ss_dist *parse(ss_arena *arena, const char *text) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text problem = ss_text_create(&allocator);
    const ss_dist *dist = NULL;
    const ss_status status = ss_dist_parse(text, SS_UNIT_SECONDS, arena, &dist, &problem);
    if (!SS_CHECK(status == SS_OK && dist)) printf("  %s: %s\n", text, problem.bytes);
    ss_text_destroy(&problem);
    return dist;
}

static ss_arena *new_arena(void) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_arena_create(&allocator);
}

SS_TEST(dist_samples_have_the_moments) {
    ss_arena *arena = new_arena();
    for (size_t f = 0; f < FORM_COUNT; f++) {
        const ss_dist *dist = parse(arena, forms[f]);
        if (!dist) continue;
        ss_random random = ss_random_create(20, f, SS_PURPOSE_TEST);
        enum { DRAWS = 1000000 };
        double sums[4] = {0};
        double squares[4] = {0};
        for (int i = 0; i < DRAWS; i++) {
            const double x = ss_dist_sample(dist, &random);
            if (!(x >= 0)) SS_CHECK(false && "a sample is not negative");
            double power = 1;
            for (int k = 1; k <= 3; k++) {
                power *= x;
                sums[k] += power;
                squares[k] += power * power;
            }
        }
        for (unsigned k = 1; k <= 3; k++) {
            const double mean = sums[k] / DRAWS;
            const double error = sqrt(fmax(0, squares[k] / DRAWS - mean * mean) / DRAWS);
            const double wanted = ss_dist_moment(dist, k);
            if (!SS_CHECK(fabs(mean - wanted) <= 5 * error + 1e-9 * wanted)) {
                printf("  %s: moment %u is %g, not %g\n", forms[f], k, mean, wanted);
            }
        }
        const double mean = ss_dist_moment(dist, 1);
        const double scv = ss_dist_moment(dist, 2) / (mean * mean) - 1;
        SS_CHECK_NEAR(dist->mean, mean, 1e-12 * mean);
        SS_CHECK_NEAR(dist->scv, scv, 1e-9 * (1 + scv));
    }
    ss_arena_destroy(arena);
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

SS_TEST(dist_samples_have_the_distribution_function) {
    enum { DRAWS = 100000 };
    ss_arena *arena = new_arena();
    double *samples = malloc(DRAWS * sizeof *samples);
    for (size_t f = 0; f < FORM_COUNT; f++) {
        const ss_dist *dist = parse(arena, forms[f]);
        if (!dist) continue;
        ss_random random = ss_random_create(21, f, SS_PURPOSE_TEST);
        for (int i = 0; i < DRAWS; i++) samples[i] = ss_dist_sample(dist, &random);
        qsort(samples, DRAWS, sizeof *samples, compare_doubles);
        // Kolmogorov and Smirnov's statistic over the quantiles (atoms: at the last of equals).
        double worst = 0;
        for (int i = 99; i < DRAWS; i += 100) {
            if (i + 1 < DRAWS && samples[i + 1] == samples[i]) continue;
            const double difference = fabs(ss_dist_cdf(dist, samples[i]) - (i + 1.0) / DRAWS);
            if (difference > worst) worst = difference;
        }
        // 2.4 / √n has a probability of 2e-5 under the right distribution.
        if (!SS_CHECK(worst < 2.4 / sqrt(DRAWS))) printf("  %s: %g\n", forms[f], worst);
    }
    free(samples);
    ss_arena_destroy(arena);
}

SS_TEST(dist_density_is_the_slope_of_the_distribution_function) {
    ss_arena *arena = new_arena();
    for (size_t f = 0; f < FORM_COUNT; f++) {
        const ss_dist *dist = parse(arena, forms[f]);
        if (!dist) continue;
        const bool has_atoms = dist->kind == SS_DIST_CONSTANT || dist->kind == SS_DIST_EMPIRICAL;
        SS_CHECK(ss_dist_cdf(dist, -1) == 0 && ss_dist_density(dist, -1) == 0);
        SS_CHECK(ss_dist_cdf(dist, SS_INFINITY) == 1);
        double last = 0;
        for (double factor = 0.05; factor < 8; factor *= 1.37) {
            const double x = factor * dist->mean;
            const double value = ss_dist_cdf(dist, x);
            SS_CHECK(value >= last && value <= 1);
            last = value;
            const double h = 1e-5 * x;
            const double rise = ss_dist_cdf(dist, x + h) - ss_dist_cdf(dist, x - h);
            if (has_atoms) {
                SS_CHECK(ss_dist_density(dist, x) == 0);
                continue;
            }
            if (rise > 0.01) continue; // across an atom of a mix
            const double density = ss_dist_density(dist, x);
            if (!SS_CHECK(fabs(rise / (2 * h) - density) <= 1e-4 * density + 1e-9 / x)) {
                printf("  %s at %g: %g, slope %g\n", forms[f], x, density, rise / (2 * h));
            }
        }
    }
    ss_arena_destroy(arena);
}

SS_TEST(dist_known_values) {
    ss_arena *arena = new_arena();
    const ss_dist *dist = parse(arena, "exp(2)");
    SS_CHECK_NEAR(ss_dist_cdf(dist, 2), 1 - exp(-1), 1e-15);
    SS_CHECK_NEAR(ss_dist_moment(dist, 3), 48, 1e-12);
    dist = parse(arena, "gamma(mean=1, cv=1)"); // is exponential
    SS_CHECK_NEAR(ss_dist_cdf(dist, 3), 1 - exp(-3), 1e-14);
    SS_CHECK_NEAR(ss_dist_cdf(dist, 0.1), 1 - exp(-0.1), 1e-14);
    dist = parse(arena, "erlang(2, 2)");
    SS_CHECK_NEAR(ss_dist_cdf(dist, 5), 1 - exp(-5) * 6, 1e-14);
    dist = parse(arena, "coxian(1, 1, 1; 1, 1)"); // is erlang
    SS_CHECK_NEAR(ss_dist_cdf(dist, 40), 1 - exp(-40) * (1 + 40 + 800), 1e-14);
    double far = 0; // e^-x Σ x^n / n! from n = 3 on
    double term = exp(-0.01);
    for (int n = 1; n < 12; n++) {
        term *= 0.01 / n;
        if (n >= 3) far += term;
    }
    SS_CHECK_NEAR(ss_dist_cdf(dist, 0.01), far, 1e-14 * far);
    dist = parse(arena, "coxian(1000000, 0.001; 1)"); // stiff
    SS_CHECK_NEAR(ss_dist_cdf(dist, 1000), 1 - exp(-1), 1e-9);
    dist = parse(arena, "coxian(20, 1000000000000000000; 0.6)"); // the second phase is no time
    SS_CHECK_NEAR(ss_dist_cdf(dist, 0.1), 1 - exp(-2), 1e-13);
    SS_CHECK_NEAR(ss_dist_cdf(dist, 1e-9), -expm1(-2e-8) - 0.6 * 20 * 1e-18, 1e-20);
    SS_CHECK(ss_dist_cdf(dist, 1e300) == 1);
    dist = parse(arena, "gamma(mean=1, cv=0.001)"); // nearly normal
    SS_CHECK_NEAR(ss_dist_cdf(dist, 1.001), 0.8413447, 2e-4);
    dist = parse(arena, "pareto(min=1, alpha=0.8)");
    SS_CHECK(dist->mean == SS_INFINITY && dist->scv == SS_INFINITY);
    SS_CHECK(ss_dist_moment(dist, 1) == SS_INFINITY);
    dist = parse(arena, "pareto(min=1, alpha=1.5)");
    SS_CHECK_NEAR(dist->mean, 3, 1e-15);
    SS_CHECK(dist->scv == SS_INFINITY && ss_dist_moment(dist, 2) == SS_INFINITY);
    dist = parse(arena, "mix(0.5: 1, 0.5: pareto(1, 0.5))");
    SS_CHECK(dist->mean == SS_INFINITY && dist->scv == SS_INFINITY);
    // No spread is a constant.
    static const char *const constants[] = {"uniform(3, 3)", "normal(mean=3, sd=0)",
                                            "lognormal(mean=3, cv=0)", "gamma(mean=3, cv=0)"};
    for (size_t i = 0; i < 4; i++) {
        dist = parse(arena, constants[i]);
        SS_CHECK(dist->kind == SS_DIST_CONSTANT && dist->a == 3 && dist->mean == 3);
        SS_CHECK(dist->scv == 0);
    }
    const ss_dist *constant = ss_dist_constant(arena, 0.25);
    ss_random random = ss_random_create(1, 1, SS_PURPOSE_TEST);
    SS_CHECK(ss_dist_sample(constant, &random) == 0.25 && ss_dist_cdf(constant, 0.25) == 1);
    SS_CHECK(ss_dist_sample_any(constant, &random) == 0.25 && ss_dist_cdf(constant, 0.2) == 0);
    ss_arena_destroy(arena);
}

static bool is_same(const ss_dist *x, const ss_dist *y) {
    if (x->kind != y->kind || x->count != y->count) return false;
    const double pairs[4][2] = {{x->a, y->a}, {x->b, y->b}, {x->mean, y->mean}, {x->scv, y->scv}};
    for (int i = 0; i < 4; i++) {
        if (pairs[i][0] == pairs[i][1]) continue; // also equal infinities
        if (!(fabs(pairs[i][0] - pairs[i][1]) <= 1e-14 * fabs(pairs[i][0]))) return false;
    }
    const uint32_t cells = x->table ? x->count * (x->parts ? 1 : 2) : 0;
    for (uint32_t i = 0; i < cells; i++) {
        if (fabs(x->table[i] - y->table[i]) > 1e-14 * fabs(x->table[i])) return false;
    }
    for (uint32_t i = 0; x->parts && i < x->count; i++) {
        if (!is_same(x->parts[i], y->parts[i])) return false;
    }
    return true;
}

SS_TEST(dist_written_reads_back) {
    const ss_allocator allocator = ss_allocator_default();
    ss_arena *arena = new_arena();
    for (size_t f = 0; f < FORM_COUNT; f++) {
        const ss_dist *dist = parse(arena, forms[f]);
        if (!dist) continue;
        ss_text first = ss_text_create(&allocator);
        ss_text second = ss_text_create(&allocator);
        ss_dist_write(dist, &first);
        const ss_dist *again = parse(arena, first.bytes);
        if (again) {
            if (!SS_CHECK(is_same(dist, again))) printf("  %s: %s\n", forms[f], first.bytes);
            ss_dist_write(again, &second);
            SS_CHECK_TEXT(second.bytes, first.bytes);
        }
        ss_text_destroy(&first);
        ss_text_destroy(&second);
    }
    ss_text text = ss_text_create(&allocator);
    ss_dist_write(parse(arena, "mix(30%: lognormal(6ms, 0.6), 70%: hyperexp(0.1: 1ms, 0.9: 2s))"),
                  &text);
    SS_CHECK_TEXT(text.bytes, "mix(0.3: lognormal(mean=0.006, cv=0.6), "
                              "0.7: hyperexp(0.1: 0.001, 0.9: 2))");
    ss_text_destroy(&text);
    // Shape and alpha are kept as reciprocals; what is written gives the same bits again.
    ss_random random = ss_random_create(30, 0, SS_PURPOSE_TEST);
    for (int i = 0; i < 20000; i++) {
        char form[80];
        snprintf(form, sizeof form, "weibull(shape=%.17g, scale=1)",
                 0.05 + 20 * ss_random_unit(&random));
        const ss_dist *dist = parse(arena, form);
        ss_dist_write(dist, &text);
        SS_CHECK(parse(arena, text.bytes)->a == dist->a);
        ss_text_destroy(&text);
    }
    ss_arena_destroy(arena);
}

static void check_problem(const char *text, const char *wanted) {
    const ss_allocator allocator = ss_allocator_default();
    ss_arena *arena = new_arena();
    ss_text problem = ss_text_create(&allocator);
    const ss_dist *dist = NULL;
    SS_CHECK(ss_dist_parse(text, SS_UNIT_SECONDS, arena, &dist, &problem) == SS_ERROR_INPUT);
    SS_CHECK(dist == NULL);
    SS_CHECK_TEXT(problem.bytes, wanted);
    SS_CHECK(ss_dist_parse(text, SS_UNIT_SECONDS, arena, &dist, NULL) == SS_ERROR_INPUT);
    ss_text_destroy(&problem);
    ss_arena_destroy(arena);
}

SS_TEST(dist_problems_say_what_to_write) {
    check_problem("", "the text is empty: write a time, as in 250ms or exp(250ms)");
    check_problem("exponential(4ms)",
                  "there is no distribution \"exponential\": did you mean exp?");
    check_problem("lognromal(1s, 1)", "there is no distribution \"lognromal\": did you mean "
                                      "lognormal?");
    check_problem("const(4ms)", "there is no distribution \"const\": write the value alone, as in "
                                "250ms");
    check_problem("zipf(3)",
                  "there is no distribution \"zipf\": write 250ms or one of exp, uniform, "
                  "normal, lognormal, gamma, erlang, weibull, pareto, hyperexp, coxian, "
                  "empirical, mix");
    check_problem("exp", "exp needs its arguments in brackets: write exp(250ms)");
    check_problem("exp 4ms", "exp needs its arguments in brackets: write exp(250ms)");
    check_problem("exp()", "exp needs mean: write exp(250ms)");
    check_problem("exp(4ms", "the bracket of exp is not closed: add \")\"");
    check_problem("exp(4ms))", "the distribution ends before \")\": remove that");
    check_problem("exp(4ms, 5ms)", "exp has too many arguments: write exp(250ms)");
    check_problem("exp(4ms; 5ms)",
                  "\";\" does not belong in the arguments of exp: write exp(250ms)");
    check_problem("exp(-4ms)", "\"-4ms\" is negative: write a value of at least 0");
    check_problem("-4ms", "\"-4ms\" is negative: write a value of at least 0");
    check_problem("-0", "\"-0\" is negative: write a value of at least 0");
    check_problem("exp(0)", "mean must be more than 0");
    check_problem("exp(2e18)", "\"2e18\" is too large: the most is 1e18 of the base unit");
    check_problem("normal(1e18, 1e-19)", "\"1e-19\" is too small: the least is 1e-18, or write 0");
    check_problem("exp(4KB)", "\"KB\" is no unit of time: write ns, us, ms, s, m, h or d, as in "
                              "250ms");
    check_problem("lognormal(mean=4ms)",
                  "lognormal needs cv: write lognormal(mean=250ms, cv=0.6)");
    check_problem("lognormal(mean=4ms, vc=1)", "lognormal has no \"vc\": did you mean cv?");
    check_problem("lognormal(average=4ms, cv=1)",
                  "lognormal has no \"average\": write lognormal(mean=250ms, cv=0.6)");
    check_problem("lognormal(mean=4ms, mean=5ms)", "mean is given twice: keep one");
    check_problem("lognormal(mean=4ms, 1)", "after name=value, lognormal needs a name here too: "
                                            "write lognormal(mean=250ms, cv=0.6)");
    check_problem("gamma(4ms, 2000)", "cv must be 0, or from 1e-9 to 1000");
    check_problem("erlang(2.5, 4ms)", "k must be a whole number from 1 to 1000000");
    check_problem("weibull(0.01, 4ms)", "shape must be from 0.05 to 1e6");
    check_problem("pareto(1ms, 0.05)", "alpha must be from 0.1 to 1e6");
    check_problem("uniform(3ms, 1ms)", "the first bound of uniform is the larger: swap them");
    check_problem("hyperexp(0.3: 1ms, 0.6: 2ms)",
                  "the probabilities of hyperexp add up to 0.9: make that 1");
    check_problem("hyperexp(0.5, 0.5)",
                  "hyperexp takes pairs with a colon: write hyperexp(0.9: 250ms, 0.1: 250ms)");
    check_problem("hyperexp(1: 0)", "a mean of hyperexp must be more than 0");
    check_problem("empirical(1ms: 0, 2ms: 0)",
                  "the weights of empirical add up to 0: make one larger");
    check_problem("mix(0.5: exp(1ms), 0.5: ex(2ms))",
                  "there is no distribution \"ex\": did you mean exp?");
    check_problem("coxian(1, 2, 3; 0.3)", "coxian takes one probability less than rates: write "
                                          "coxian(200, 50; 0.3)");
    check_problem("coxian(1, 2; 1.5)", "a probability of coxian is at most 1");
    check_problem("coxian(0)", "a rate of coxian must be more than 0");
    check_problem("mix(1:mix(1:mix(1:mix(1:mix(1:mix(1:mix(1:mix(1:1s))))))))",
                  "mix is nested deeper than 8: flatten it");
}

SS_TEST(dist_tables_have_limits) {
    const size_t capacity = 50000;
    char *text = malloc(capacity);
    ss_arena *arena = new_arena();
    for (unsigned entries = SS_DIST_TABLE_MAX - 1; entries <= SS_DIST_TABLE_MAX + 1; entries++) {
        size_t length = (size_t)snprintf(text, capacity, "empirical(");
        for (unsigned i = 0; i < entries; i++) {
            length += (size_t)snprintf(text + length, capacity - length, "%s%u:1", i ? "," : "", i);
        }
        snprintf(text + length, capacity - length, ")");
        const ss_dist *dist = NULL;
        const ss_status status = ss_dist_parse(text, SS_UNIT_SECONDS, arena, &dist, NULL);
        SS_CHECK(status == (entries <= SS_DIST_TABLE_MAX ? SS_OK : SS_ERROR_INPUT));
        if (dist) {
            SS_CHECK_NEAR(dist->mean, (entries - 1) / 2.0, 1e-9 * entries);
            SS_CHECK(dist->table[2 * (entries - 1)] == 1);
        }
    }
    free(text);
    ss_arena_destroy(arena);
}

SS_TEST(dist_entries_of_no_weight_are_never_drawn) {
    ss_arena *arena = new_arena();
    const ss_dist *dist = parse(arena, "empirical(1: 0, 2: 1, 3: 0, 4: 1, 5: 0)");
    ss_random random = ss_random_create(31, 0, SS_PURPOSE_TEST);
    for (int i = 0; i < 10000; i++) {
        const double x = ss_dist_sample(dist, &random);
        SS_CHECK(x == 2 || x == 4);
    }
    ss_arena_destroy(arena);
}

SS_TEST(dist_parse_survives_every_refused_allocation) {
    const char *text = "mix(0.5: empirical(1ms: 1, 2ms: 2), 0.5: mix(1: coxian(1, 2; 0.5)))";
    size_t refusals = 0;
    // The arena asks for a block now and then, so it is made tight: as many parses as it takes.
    for (size_t n = 1; n < 60; n++) {
        failing_allocator state = {.refuse_at = n};
        const ss_allocator allocator = failing_allocator_of(&state);
        ss_arena *arena = ss_arena_create(&allocator);
        for (int i = 0; arena && i < 200; i++) {
            ss_text problem = ss_text_create(&allocator);
            const ss_dist *dist = NULL;
            const ss_status good = ss_dist_parse(text, SS_UNIT_SECONDS, arena, &dist, &problem);
            SS_CHECK(good == SS_OK || good == SS_ERROR_MEMORY);
            SS_CHECK((dist != NULL) == (good == SS_OK));
            refusals += good == SS_ERROR_MEMORY;
            const ss_status bad = ss_dist_parse("mix(1: exp(3", SS_UNIT_SECONDS, arena, &dist,
                                                &problem);
            SS_CHECK(bad == SS_ERROR_INPUT || bad == SS_ERROR_MEMORY);
            SS_CHECK(dist == NULL);
            ss_text_destroy(&problem);
        }
        ss_arena_destroy(arena);
        SS_CHECK_EQUAL(state.blocks, 0);
    }
    SS_CHECK(refusals > 3);
}
