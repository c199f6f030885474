/// Two designs compared: matched by name, pair by pair, with the same chance for both.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/math.h"
#include "simulate.h"
#include "unit.h"

#define QUEUE(service, more)                                                                       \
    "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 80}},"            \
    "'s': {'type': 'station', 'service_time': '" service "'}" more "},"                            \
    "'edges': [{'from': 'c', 'to': 's'}], 'run': {'duration': 200, 'warmup': 10, 'seed': 5}}"

typedef struct compared {
    simulation a, b;
    ss_json_document *document;
} compared;

static compared compare(const char *a, const char *b, uint32_t count) {
    compared made = {.a = simulation_open("%s", a), .b = simulation_open("%s", b)};
    const ss_design *const designs[2] = {made.a.design, made.b.design};
    ss_diagnostics *const findings[2] = {made.a.diagnostics, made.b.diagnostics};
    ss_comparison *comparison = NULL;
    SS_CHECK(ss_comparison_create(designs, ss_run_options_default(), count, &made.a.allocator,
                                  findings, &comparison) == SS_OK);
    SS_CHECK(ss_comparison_advance(comparison, UINT64_MAX) == SS_OK);
    ss_text text = ss_text_create(&made.a.allocator);
    SS_CHECK(ss_comparison_write_json(comparison, &text) == SS_OK);
    SS_CHECK(ss_json_parse(text.bytes, text.length, &made.a.allocator, made.a.diagnostics,
                           &made.document) == SS_OK);
    ss_text_destroy(&text);
    ss_comparison_destroy(comparison);
    return made;
}

static void close_compared(compared *self) {
    ss_json_document_destroy(self->document);
    simulation_close(&self->a);
    simulation_close(&self->b);
}

static const ss_json *metric_of(const compared *self, const char *path) {
    const ss_json *each = ss_json_first(ss_json_get(ss_json_root(self->document), "metrics"));
    while (each && strcmp(ss_json_string(ss_json_get(each, "metric")), path) != 0) {
        each = ss_json_next(each);
    }
    SS_CHECK(each != NULL);
    return each;
}

static double number_of(const compared *self, const char *path, const char *name) {
    const ss_json *metric = metric_of(self, path);
    return metric ? ss_json_number(ss_json_get(metric, name)) : NAN;
}

static void expect_verdict(const compared *self, const char *path, const char *verdict) {
    const ss_json *metric = metric_of(self, path);
    if (metric) SS_CHECK_TEXT(ss_json_string(ss_json_get(metric, "verdict")), verdict);
}

SS_TEST(compare_a_design_with_itself) {
    compared c = compare(QUEUE("exp(10ms)", ""), QUEUE("exp(10ms)", ""), 3);
    uint32_t count = 0;
    const ss_json *each = ss_json_first(ss_json_get(ss_json_root(c.document), "metrics"));
    for (; each; each = ss_json_next(each), count++) {
        SS_CHECK_TEXT(ss_json_string(ss_json_get(each, "verdict")), "same");
        SS_CHECK(ss_json_kind_of(ss_json_get(each, "better")) == SS_JSON_NULL);
    }
    SS_CHECK(count > 15u);
    close_compared(&c);
}

/// A tenth of a per cent in service is far below the noise of each design, and plain in the pairs.
SS_TEST(compare_finds_what_the_noise_of_each_would_hide) {
    compared c = compare(QUEUE("exp(10ms)", ""), QUEUE("exp(9.99ms)", ""), 8);
    const char *path = "nodes.c.response.mean";
    expect_verdict(&c, path, "lower");
    SS_CHECK(ss_json_kind_of(ss_json_get(metric_of(&c, path), "better")) == SS_JSON_TRUE);
    expect_verdict(&c, "nodes.s.utilization", "lower");
    expect_verdict(&c, "nodes.c.error_ratio", "same");
    // Its means are those of the replications alone.
    for (int k = 0; k < 2; k++) {
        simulation *side = k == 0 ? &c.a : &c.b;
        ss_results *alone = NULL;
        double mean = 0.0;
        double width = 0.0;
        SS_CHECK(ss_run_replicate(side->design, ss_run_options_default(), 8, &side->allocator,
                                  side->diagnostics, &alone) == SS_OK);
        SS_CHECK(!ss_results_metric(alone, path, side->diagnostics, &mean));
        SS_CHECK(!ss_results_metric(alone, "nodes.c.response.ci95", side->diagnostics, &width));
        SS_CHECK_NEAR(number_of(&c, path, k == 0 ? "a" : "b"), mean, 1e-12);
        SS_CHECK(number_of(&c, path, "ci95") < 0.1 * width);
        ss_results_destroy(alone);
    }
    SS_CHECK_NEAR(number_of(&c, path, "difference"),
                  number_of(&c, path, "b") - number_of(&c, path, "a"), 1e-12);
    close_compared(&c);
}

/// The 95 % interval of the difference holds the true difference about as often as it says.
SS_TEST(compare_interval_covers_the_difference) {
    static const char pattern[] =
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 50}},"
        "'s': {'type': 'station', 'service_time': 'exp(%s)'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        " 'run': {'duration': 100, 'warmup': 10}}";
    const double expected = 0.009 / (1.0 - 0.45) - 0.010 / (1.0 - 0.5);
    simulation a = simulation_open(pattern, "10ms");
    simulation b = simulation_open(pattern, "9ms");
    const ss_design *const designs[2] = {a.design, b.design};
    ss_diagnostics *const findings[2] = {a.diagnostics, b.diagnostics};
    uint32_t covered = 0;
    for (uint64_t seed = 0; seed < 200u; seed++) {
        ss_comparison *comparison = NULL;
        const ss_run_options options = {.seed = 1000u * seed, .has_seed = true};
        SS_CHECK(ss_comparison_create(designs, options, 5, &a.allocator, findings, &comparison) ==
                 SS_OK);
        SS_CHECK(ss_comparison_advance(comparison, UINT64_MAX) == SS_OK);
        ss_text text = ss_text_create(&a.allocator);
        SS_CHECK(ss_comparison_write_json(comparison, &text) == SS_OK);
        const char *at = strstr(text.bytes, "nodes.c.response.mean");
        const double difference = strtod(strstr(at, "difference") + 12, NULL);
        const double width = strtod(strstr(at, "ci95") + 6, NULL);
        covered += fabs(difference - expected) <= width ? 1u : 0u;
        ss_text_destroy(&text);
        ss_comparison_destroy(comparison);
    }
    SS_CHECK(covered >= 181u && covered <= 198u); // 190 ± 3 standard errors
    simulation_close(&a);
    simulation_close(&b);
}

/// The bytes of a comparison that was advanced in slices; progress goes from 0 to 1 meanwhile.
static char *compare_in_slices(simulation *a, simulation *b, uint64_t slice, unsigned *slices) {
    const ss_design *const designs[2] = {a->design, b->design};
    ss_diagnostics *const findings[2] = {a->diagnostics, b->diagnostics};
    ss_comparison *comparison = NULL;
    SS_CHECK(ss_comparison_create(designs, ss_run_options_default(), 3, &a->allocator, findings,
                                  &comparison) == SS_OK);
    double progress = 0.0;
    SS_CHECK(!(ss_comparison_progress(comparison) > 0.0));
    for (*slices = 0; !ss_comparison_is_done(comparison); ++*slices) {
        SS_CHECK(ss_comparison_advance(comparison, slice) == SS_OK);
        SS_CHECK(ss_comparison_progress(comparison) >= progress);
        progress = ss_comparison_progress(comparison);
    }
    SS_CHECK(!(progress < 1.0));
    ss_text text = ss_text_create(&a->allocator);
    SS_CHECK(ss_comparison_write_json(comparison, &text) == SS_OK);
    char *json = malloc(text.length + 1u);
    memcpy(json, text.bytes, text.length + 1u);
    ss_text_destroy(&text);
    ss_comparison_destroy(comparison);
    return json;
}

SS_TEST(compare_in_slices_is_the_same) {
    simulation a = simulation_open("%s", QUEUE("exp(5ms)", ""));
    simulation b = simulation_open("%s", QUEUE("exp(6ms)", ""));
    unsigned slices;
    char *whole = compare_in_slices(&a, &b, UINT64_MAX, &slices);
    SS_CHECK(slices == 1u);
    char *parts = compare_in_slices(&a, &b, 997, &slices);
    SS_CHECK(slices > 100u);
    SS_CHECK_TEXT(parts, whole);
    free(parts);
    free(whole);
    simulation_close(&a);
    simulation_close(&b);
}

SS_TEST(compare_matches_by_name) {
    compared c = compare(QUEUE("exp(5ms)", ""),
                         QUEUE("exp(5ms)", ", 't': {'type': 'station', 'service_time': 1}"), 2);
    const ss_json *root = ss_json_root(c.document);
    SS_CHECK(ss_json_size(ss_json_get(root, "only_in_a")) == 0u);
    const ss_json *only = ss_json_first(ss_json_get(root, "only_in_b"));
    SS_CHECK(only != NULL);
    if (only) SS_CHECK_TEXT(ss_json_string(only), "t");
    expect_verdict(&c, "nodes.s.response.mean", "same");
    expect_verdict(&c, "edges.c->s.latency.mean", "same");
    close_compared(&c);
}
