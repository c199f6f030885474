/// Runs: warm-up, precision, slices, seeds, replications, the timeline, and results as they are
/// told.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "scenario.h"

#define SHOP "examples/ecommerce/ecommerce.scalesim.json"

static ss_run_options options_of(uint64_t seed, double duration_s) {
    ss_run_options options = ss_run_options_default();
    options.seed = seed;
    options.has_seed = true;
    options.duration_s = duration_s;
    return options;
}

static simulation open_shop(uint64_t seed, double duration_s) {
    char *json = ss_test_read_file(SHOP, NULL);
    simulation s = simulation_open_json(json ? json : "{}", options_of(seed, duration_s));
    free(json);
    return s;
}

// --- Warm-up -----------------------------------------------------------------------------------

SS_TEST(run_statistics_begin_after_the_warmup) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {"
        TRACE("c", "[1, 'a'], [4.5, 'b'], [6, 'd'], [7, 'e']")
        ", 's': {'type': 'station', 'service_time': '1s'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        " 'run': {'duration': 10, 'warmup': 5}}");
    EXPECT(s, "nodes.s.arrivals", 2);
    EXPECT(s, "nodes.s.completions", 3); // b came before and ended after
    EXPECT(s, "nodes.s.response.count", 3);
    EXPECT(s, "nodes.s.in_system", 2.5 / 5.0);
    EXPECT(s, "nodes.s.utilization", 2.5 / 5.0);
    EXPECT(s, "nodes.s.throughput", 3.0 / 5.0);
    simulation_close(&s);
}

/// A system that starts empty under a load of 0.98 takes long to fill: the automatic warm-up drops
/// some of it; a system without a transient loses next to nothing.
SS_TEST(run_automatic_warmup_finds_the_transient) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 100}},"
        "'s': {'type': 'station', 'concurrency': 'inf', 'service_time': '5s'}},"
        "'edges': [{'from': 'c', 'to': 's'}], 'run': {'duration': 400, 'warmup': 'auto'}}");
    char *json = simulation_json(&s);
    const char *at = strstr(json, "\"warmup_s\":");
    SS_REQUIRE(at != NULL);
    const double warmup_s = strtod(at + strlen("\"warmup_s\":"), NULL);
    SS_CHECK(warmup_s > 0.0 && warmup_s <= 50.0);
    EXPECT(s, "nodes.s.response.mean", 5.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.s.in_system"), 500.0, 10.0);
    free(json);
    simulation_close(&s);
}

SS_TEST(run_that_never_settles_says_so) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 200}},"
        "'s': {'type': 'station', 'service_time': 'exp(10ms)'}},"
        "'edges': [{'from': 'c', 'to': 's'}], 'run': {'duration': 100, 'warmup': 'auto'}}");
    char *json = simulation_json(&s);
    SS_CHECK(strstr(json, "W306") != NULL);
    free(json);
    simulation_close(&s);
}

// --- Precision ---------------------------------------------------------------------------------

#define PRECISE(precision)                                                                         \
    "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"           \
    "'s': {'type': 'station', 'service_time': 'exp(1s)'}}, 'edges': [{'from': 'c', 'to': 's'}],"   \
    " 'run': {'duration': 1e6, 'warmup': 100, 'precision': " precision "}}"

SS_TEST(run_stops_when_it_is_precise_enough) {
    simulation s = simulate(PRECISE("0.02"));
    const double mean = simulation_metric(&s, "nodes.c.response.mean");
    const double width = simulation_metric(&s, "nodes.c.response.ci95");
    SS_CHECK(ss_run_time_s(s.run) < 900000.0 && ss_run_is_done(s.run));
    SS_CHECK(width / mean <= 0.02 && width / mean > 0.004);
    SS_CHECK_NEAR(mean, 2.0, 0.08);
    char *json = simulation_json(&s);
    SS_CHECK(strstr(json, "W307") == NULL);
    free(json);
    simulation_close(&s);
}

SS_TEST(run_that_does_not_reach_its_precision_says_so) {
    simulation s = simulate(PRECISE("0.0001"));
    SS_CHECK_NEAR(ss_run_time_s(s.run), 1e6, 1e-6);
    char *json = simulation_json(&s);
    SS_CHECK(strstr(json, "W307") != NULL);
    free(json);
    simulation_close(&s);
}

/// Twice as narrow takes four times as long: the warning says how long.
SS_TEST(run_says_how_long_a_precision_takes) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
        "'s': {'type': 'station', 'service_time': 'exp(1s)'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        " 'run': {'duration': 10000, 'warmup': 0, 'precision': 0.001}}");
    const double width = simulation_metric(&s, "nodes.c.response.ci95") /
                         simulation_metric(&s, "nodes.c.response.mean");
    const double days = 1e4 * (width / 0.001) * (width / 0.001) / 86400.0;
    char *json = simulation_json(&s);
    const char *said = strstr(json, "Give the run about ");
    SS_CHECK(said != NULL);
    if (said) SS_CHECK_NEAR(strtod(said + 19, NULL) / days, 1.05, 0.06); // in days, rounded up
    free(json);
    simulation_close(&s);
}

// --- Quantiles -----------------------------------------------------------------------------------

/// A request a second for `duration` seconds, each alone: the observations are independent.
#define ONE_A_SECOND(duration, field)                                                              \
    "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'interarrival': 1}},"     \
    "'s': {'type': 'station', 'service_time': 'exp(1ms)', 'concurrency': 'inf'}},"                 \
    "'edges': [{'from': 'c', 'to': 's'}], 'slos': [{'metric': 'nodes.c.response." field "',"       \
    " 'max': 1}], 'run': {'duration': " duration ", 'warmup': 0}}"

static bool warns(simulation *s, const char *what) {
    char *json = simulation_json(s);
    const char *found = strstr(json, "W309");
    const bool says = found && strstr(json, what);
    free(json);
    return says;
}

SS_TEST(run_warns_of_a_quantile_that_rests_on_too_little) {
    simulation s = simulate(ONE_A_SECOND("900", "p99"));
    SS_CHECK(warns(&s, "/slos/0/metric"));
    SS_CHECK(warns(&s, "nodes.c.response.p99 rests on too little: 899 observations"));
    SS_CHECK(warns(&s, "Simulate at least "));
    simulation_close(&s);
    s = simulate(ONE_A_SECOND("3000", "p99"));
    SS_CHECK(!warns(&s, ""));
    simulation_close(&s);
    s = simulate(ONE_A_SECOND("3000", "p999"));
    SS_CHECK(warns(&s, ""));
    simulation_close(&s);
    s = simulate(ONE_A_SECOND("15", "mean"));
    SS_CHECK(!warns(&s, ""));
    simulation_close(&s);
}

/// 19,000 responses of a queue that is nearly full say as little as a few hundred strangers would.
SS_TEST(run_warns_of_a_quantile_of_observations_that_are_alike) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.95}},"
        "'s': {'type': 'station', 'service_time': 'exp(1s)'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        " 'slos': [{'metric': 'nodes.c.response.p99', 'max': '1h'}],"
        " 'run': {'duration': 20000, 'warmup': 0, 'seed': 3}}");
    SS_CHECK(warns(&s, "worth no more than"));
    simulation_close(&s);
}

SS_TEST(run_replications_add_up_for_a_quantile) {
    simulation s = simulation_open(ONE_A_SECOND("300", "p99"));
    ss_results *few = NULL;
    ss_results *many = NULL;
    SS_CHECK(ss_run_replicate(s.design, ss_run_options_default(), 2, &s.allocator, s.diagnostics,
                              &few) == SS_OK);
    SS_CHECK(ss_run_replicate(s.design, ss_run_options_default(), 5, &s.allocator, s.diagnostics,
                              &many) == SS_OK);
    ss_text text = ss_text_create(&s.allocator);
    SS_CHECK(ss_results_write_json(few, &text) == SS_OK);
    SS_CHECK(strstr(text.bytes, "W309") && strstr(text.bytes, "Make at least 4 replications"));
    text.length = 0;
    SS_CHECK(ss_results_write_json(many, &text) == SS_OK);
    SS_CHECK(!strstr(text.bytes, "W309"));
    SS_CHECK(ss_results_check_quantile(many, "nodes.s.response.p999") == SS_OK);
    text.length = 0;
    SS_CHECK(ss_results_write_json(many, &text) == SS_OK);
    SS_CHECK(strstr(text.bytes, "W309"));
    ss_text_destroy(&text);
    ss_results_destroy(few);
    ss_results_destroy(many);
    simulation_close(&s);
}

// --- The same bytes ----------------------------------------------------------------------------

static char *shop_in_slices(uint64_t seed, uint64_t events, double step_s) {
    simulation s = open_shop(seed, 8.0);
    double until_s = step_s;
    while (s.run && !ss_run_is_done(s.run)) {
        const uint64_t before = ss_run_events(s.run);
        SS_CHECK(ss_run_advance(s.run, events, until_s) == SS_OK);
        if (ss_run_events(s.run) - before < events) until_s += step_s;
    }
    SS_CHECK(ss_run_results(s.run, &s.results) == SS_OK);
    char *json = simulation_json(&s);
    simulation_close(&s);
    return json;
}

SS_TEST(run_slices_of_any_size_give_the_same_bytes) {
    char *whole = shop_in_slices(3, UINT64_MAX, INFINITY);
    char *single = shop_in_slices(3, 1, INFINITY);
    char *seven = shop_in_slices(3, 7, 0.37);
    char *other = shop_in_slices(4, UINT64_MAX, INFINITY);
    SS_CHECK_TEXT(single, whole);
    SS_CHECK_TEXT(seven, whole);
    SS_CHECK(strcmp(other, whole) != 0);
    free(whole);
    free(single);
    free(seven);
    free(other);
}

/// Looking at a run does not change it.
SS_TEST(run_can_be_watched) {
    simulation s = open_shop(3, 8.0);
    double *frame = malloc(ss_run_frame_length(s.run) * sizeof(double));
    double *moves = malloc(4u * 1000u * sizeof(double));
    while (!ss_run_is_done(s.run)) {
        SS_CHECK(ss_run_advance(s.run, 1000, INFINITY) == SS_OK);
        ss_run_write_frame(s.run, frame);
        uint64_t one_in;
        SS_CHECK(ss_run_take_moves(s.run, moves, 1000, &one_in) <= 1000u);
        ss_results *results;
        SS_REQUIRE(ss_run_results(s.run, &results) == SS_OK);
        ss_results_destroy(results);
    }
    SS_CHECK(ss_run_results(s.run, &s.results) == SS_OK);
    char *watched = simulation_json(&s);
    char *whole = shop_in_slices(3, UINT64_MAX, INFINITY);
    SS_CHECK_TEXT(watched, whole);
    free(watched);
    free(whole);
    free(frame);
    free(moves);
    simulation_close(&s);
}

// --- Common random numbers ---------------------------------------------------------------------

#define TWO_NODES(second, more_nodes, more_edges)                                                  \
    "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 50}},"            \
    "'s': {'type': 'station', 'service_time': 'exp(10ms)'},"                                       \
    "'t': {'type': 'station', 'concurrency': 'inf', 'service_time': " second "}" more_nodes "},"   \
    "'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'},"                                       \
    "{'from': 's', 'to': 't', 'kind': 'forward'}" more_edges "],"                                  \
    "'run': {'duration': 100, 'warmup': 0, 'seed': 5}}"

/// Changing one node leaves the draws of the others alone.
SS_TEST(run_nodes_have_streams_of_their_own) {
    simulation a = simulate(TWO_NODES("'exp(1ms)'", "", ""));
    simulation b = simulate(TWO_NODES("'uniform(1s, 3s)'", "", ""));
    simulation d = simulate(TWO_NODES("'exp(1ms)'",
                                      ", 'x': {'type': 'client', 'load': {'rate': 9}},"
                                      "'y': {'type': 'station', 'service_time': 'exp(2ms)'}",
                                      ", {'from': 'x', 'to': 'y'}"));
    static const char *const paths[] = {"nodes.c.arrivals", "nodes.s.response.mean",
                                        "nodes.s.response.max", "nodes.s.wait.mean",
                                        "nodes.s.service.mean"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const double truth = simulation_metric(&a, paths[i]);
        SS_CHECK_NEAR(simulation_metric(&b, paths[i]), truth, 0.0);
        SS_CHECK_NEAR(simulation_metric(&d, paths[i]), truth, 0.0);
    }
    SS_CHECK_NEAR(simulation_metric(&d, "nodes.t.response.mean"),
                  simulation_metric(&a, "nodes.t.response.mean"), 0.0);
    simulation_close(&a);
    simulation_close(&b);
    simulation_close(&d);
}

// --- Replications ------------------------------------------------------------------------------

SS_TEST(run_replications_average_and_spread) {
    simulation s = simulation_open(
        "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {'rate': 0.5}},"
        "'s': {'type': 'station', 'service_time': 'exp(1s)'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        "'slos': [{'metric': 'nodes.c.response.mean', 'max': 3}],"
        "'run': {'duration': 20000, 'warmup': 200}}");
    SS_REQUIRE(s.design != NULL);
    ss_results *one;
    ss_results *many;
    SS_REQUIRE(ss_run_replicate(s.design, options_of(9, 0.0), 1, &s.allocator, s.diagnostics,
                                &one) == SS_OK);
    SS_REQUIRE(ss_run_replicate(s.design, options_of(9, 0.0), 20, &s.allocator, s.diagnostics,
                                &many) == SS_OK);
    double mean;
    double width;
    double single;
    SS_CHECK(!ss_results_metric(one, "nodes.c.response.mean", s.diagnostics, &single));
    simulation_restart(&s, 9); // the first replication has the base seed itself
    simulation_finish(&s);
    EXPECT(s, "nodes.c.response.mean", single);
    SS_CHECK(!ss_results_metric(many, "nodes.c.response.mean", s.diagnostics, &mean));
    SS_CHECK(!ss_results_metric(many, "nodes.c.response.ci95", s.diagnostics, &width));
    SS_CHECK(width > 0.01 && width < 0.1);
    SS_CHECK_NEAR(mean, 2.0, 2.0 * width);
    SS_CHECK(ss_results_slos_pass(many));
    SS_CHECK(ss_results_events(many) > 15u * ss_results_events(one));
    ss_results_destroy(one);
    ss_results_destroy(many);
    simulation_close(&s);
}

SS_TEST(run_lasts_a_year_at_most) {
    ss_run_options options = ss_run_options_default();
    options.duration_s = 1e12;
    simulation s = simulation_open_json(
        "{\"format\": \"scalesim/1\", \"nodes\": {\"c\": {\"type\": \"client\","
        " \"load\": {\"rate\": \"1/s\"}}, \"s\": {\"type\": \"station\", \"service_time\": 1}},"
        " \"edges\": [{\"from\": \"c\", \"to\": \"s\"}]}", options);
    SS_REQUIRE(s.run != NULL);
    SS_CHECK_NEAR(ss_run_duration_s(s.run), SS_RUN_SECONDS_MAX, 0.0);
    simulation_close(&s);
}

// --- The timeline ------------------------------------------------------------------------------

static size_t column_of(const simulation *s, const char *name) {
    ss_text layout = ss_text_create(&s->allocator);
    (void)ss_run_write_layout(s->run, &layout);
    size_t column = SIZE_MAX;
    const char *at = layout.bytes ? strstr(layout.bytes, "\"columns\":[") : NULL;
    char quoted[96];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const char *found = at ? strstr(at, quoted) : NULL;
    if (found) {
        column = 0;
        for (const char *c = at; c < found; c++) column += *c == ',' ? 1u : 0u;
    }
    ss_text_destroy(&layout);
    return column;
}

SS_TEST(run_timeline_adds_up) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'nodes': {"
        TRACE("c", "[0.5, 'a'], [1.2, 'a'], [1.4, 'a'], [8.1, 'a']")
        ", 's': {'type': 'station', 'service_time': '400ms'}},"
        " 'edges': [{'from': 'c', 'to': 's'}],"
        " 'run': {'duration': 10, 'warmup': 0, 'sample_interval': 1}}");
    SS_REQUIRE(s.run != NULL);
    SS_CHECK_EQUAL(ss_run_timeline_rows(s.run), 10);
    const size_t throughput = column_of(&s, "nodes.s.throughput");
    const size_t busy = column_of(&s, "nodes.s.utilization");
    SS_REQUIRE(throughput < ss_run_timeline_columns(s.run));
    SS_REQUIRE(busy < ss_run_timeline_columns(s.run));
    static const double ended[10] = {1, 2, 0, 0, 0, 0, 0, 0, 1, 0}; // at 0.9, 1.6, 2.0 and 8.5
    static const double share[10] = {0.4, 0.8, 0, 0, 0, 0, 0, 0, 0.4, 0};
    for (size_t i = 0; i < 10u; i++) {
        const double *row = ss_run_timeline_row(s.run, i);
        SS_CHECK_NEAR(row[0], (double)(i + 1u), 1e-9);
        SS_CHECK_NEAR(row[busy], share[i], 1e-9);
        SS_CHECK_NEAR(row[throughput], ended[i], 1e-9);
    }
    ss_text csv = ss_text_create(&s.allocator);
    SS_CHECK(ss_run_write_timeline_csv(s.run, &csv) == SS_OK);
    size_t lines = 0;
    for (const char *at = csv.bytes; at && *at; at++) lines += *at == '\n' ? 1u : 0u;
    SS_CHECK_EQUAL(lines, 11);
    SS_CHECK(csv.bytes && strncmp(csv.bytes, "time_s,", 7) == 0);
    ss_text_destroy(&csv);
    simulation_close(&s);
}

/// Each row has the latencies of its own interval, whether they have been counted since or are
/// still pending, and also where the warm-up ends in the middle of one.
SS_TEST(run_timeline_tells_the_latency_of_each_interval) {
    simulation s = simulation_open(
        "{'format': 'scalesim/1', 'nodes': {"
        "'c': {'type': 'client', 'load': {'interarrival': '10ms'}},"
        "'s': {'type': 'station', 'concurrency': 'inf', 'service_time': '1ms'}},"
        "'edges': [{'from': 'c', 'to': 's'}],"
        "'faults': [{'kind': 'slow', 'target': 's', 'at': '10s', 'for': '3s', 'factor': 4}],"
        "'run': {'duration': '20s', 'warmup': '4500ms', 'sample_interval': '1s'}}");
    SS_REQUIRE(s.run != NULL);
    SS_CHECK(ss_run_advance(s.run, UINT64_MAX, 1e9) == SS_OK); // nobody looks on the way
    const size_t p50 = column_of(&s, "nodes.c.p50");
    const size_t p99 = column_of(&s, "nodes.c.p99");
    SS_REQUIRE(p50 < ss_run_timeline_columns(s.run) && p99 < ss_run_timeline_columns(s.run));
    SS_CHECK_EQUAL(ss_run_timeline_rows(s.run), 20);
    for (size_t i = 0; i < ss_run_timeline_rows(s.run); i++) {
        const double expected = i >= 10u && i < 13u ? 0.004 : 0.001;
        SS_CHECK_NEAR(ss_run_timeline_row(s.run, i)[p50], expected, expected / 64);
        SS_CHECK_NEAR(ss_run_timeline_row(s.run, i)[p99], expected, expected / 64);
    }
    simulation_close(&s);
}

// --- Results -----------------------------------------------------------------------------------

SS_TEST(run_every_number_of_the_results_is_a_metric) {
    simulation s = open_shop(1, 30.0);
    simulation_finish(&s);
    char *json = simulation_json(&s);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(json, strlen(json), &s.allocator, s.diagnostics, &document) == SS_OK);
    const ss_json *root = ss_json_root(document);
    SS_CHECK(simulation_check_numbers(&s, ss_json_get(root, "nodes"), "nodes") > 500u);
    SS_CHECK(simulation_check_numbers(&s, ss_json_get(root, "edges"), "edges") > 100u);
    ss_json_document_destroy(document);
    free(json);
    simulation_close(&s);
}

SS_TEST(run_objectives_hold_or_do_not) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a']") ", 's': {'type': 'station', 'service_time': '1s'}",
        "{'from': 'c', 'to': 's'}", "10",
        ", 'slos': [{'metric': 'nodes.c.response.mean', 'max': '1s'}]"));
    SS_CHECK(ss_results_slos_pass(s.results));
    simulation_close(&s);
    s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a']") ", 's': {'type': 'station', 'service_time': '1s'}",
        "{'from': 'c', 'to': 's'}", "10",
        ", 'slos': [{'metric': 'nodes.c.response.mean', 'max': '999ms'}]"));
    SS_CHECK(!ss_results_slos_pass(s.results));
    simulation_close(&s);
    s = simulate(SCENARIO_WITH( // nothing measured is no promise kept
        TRACE("c", "[20, 'a']") ", 's': {'type': 'station', 'service_time': '1s'}",
        "{'from': 'c', 'to': 's'}", "10",
        ", 'slos': [{'metric': 'nodes.c.response.mean', 'max': '1s'}]"));
    SS_CHECK(!ss_results_slos_pass(s.results));
    simulation_close(&s);
}

// --- Limits ------------------------------------------------------------------------------------

/// An overload whose queue outgrows the memory allowed ends with its results and a reason.
SS_TEST(run_ends_at_its_memory_limit) {
    ss_run_options options = options_of(1, 0.0);
    options.memory_bytes_max = 1u << 20;
    simulation s = simulation_open_json(
        "{\"format\": \"scalesim/1\", \"nodes\": {"
        "\"c\": {\"type\": \"client\", \"load\": {\"rate\": 10000}},"
        "\"s\": {\"type\": \"station\", \"service_time\": \"1s\"}},"
        "\"edges\": [{\"from\": \"c\", \"to\": \"s\"}], \"run\": {\"duration\": 1000}}", options);
    ss_status status = SS_OK;
    while (!status && !ss_run_is_done(s.run)) status = ss_run_advance(s.run, 50000, INFINITY);
    SS_CHECK(status == SS_ERROR_LIMIT);
    SS_CHECK(ss_run_results(s.run, &s.results) == SS_OK);
    char *json = simulation_json(&s);
    SS_CHECK(strstr(json, "E309") != NULL);
    SS_CHECK(simulation_metric(&s, "nodes.s.arrivals") > 1000.0);
    free(json);
    simulation_close(&s);
}

/// A loop of forward edges in which no time passes is stopped: after some seconds of work, so the
/// ordinary suite only sees that it does not run away in one slice.
SS_TEST(run_ends_a_loop_without_time) {
    simulation s = simulation_open(
        "{'format': 'scalesim/1', 'nodes': {" TRACE("c", "[1, 'a']")
        ", 's': {'type': 'station', 'service_time': 0}}, 'edges': ["
        "{'from': 'c', 'to': 's', 'kind': 'forward'}, {'from': 's', 'to': 's', 'kind': 'forward'}],"
        " 'run': {'duration': 10}}");
    SS_REQUIRE(s.run != NULL);
    const char *all = getenv("SCALESIM_TEST_ALL");
    const bool is_long = all && all[0] == '1';
    ss_status status = SS_OK;
    for (unsigned i = 0; (is_long || i < 20u) && !status; i++) {
        status = ss_run_advance(s.run, 100000, INFINITY);
    }
    SS_CHECK(status == (is_long ? SS_ERROR_LIMIT : SS_OK));
    SS_CHECK_NEAR(ss_run_time_s(s.run), 1.0, 1e-9);
    simulation_close(&s);
}
