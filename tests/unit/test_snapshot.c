/// Snapshots, history and forks: the same bytes go on from them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scalesim/run.h"
#include "unit.h"

typedef struct opened {
    ss_catalog *catalog;
    ss_design *design;
    ss_diagnostics *diagnostics;
    ss_run *run;
} opened;

static opened open_design(const char *text) {
    const ss_allocator allocator = ss_allocator_default();
    opened it = {.diagnostics = ss_diagnostics_create(&allocator)};
    SS_CHECK(!ss_catalog_create(&allocator, &it.catalog));
    SS_CHECK(
        !ss_design_load(text, strlen(text), it.catalog, &allocator, it.diagnostics, &it.design));
    SS_CHECK(
        !ss_run_create(it.design, ss_run_options_default(), &allocator, it.diagnostics, &it.run));
    return it;
}

static void close_design(opened *it) {
    ss_run_destroy(it->run);
    ss_design_destroy(it->design);
    ss_catalog_destroy(it->catalog);
    ss_diagnostics_destroy(it->diagnostics);
}

static ss_text results_of(const ss_run *run) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_results *results = NULL;
    SS_CHECK(!ss_run_results(run, &results));
    SS_CHECK(!ss_results_write_json(results, &text));
    ss_results_destroy(results);
    return text;
}

static void run_to(ss_run *run, double time_s) {
    SS_CHECK(!ss_run_advance(run, UINT64_MAX, time_s));
}

/// A design with something of everything that has state: lists, heaps, sharing, a cache, a broker,
/// faults.
static const char rich[] =
    "{\"format\":\"scalesim/1\",\"name\":\"rich\",\"nodes\":{"
    "\"people\":{\"type\":\"client\",\"load\":{\"rate\":\"200/"
    "s\"},\"operations\":{\"read\":3,\"write\":1}},"
    "\"shop\":{\"type\":\"service\",\"replicas\":3,\"concurrency\":6,\"operations\":{"
    "\"read\":{\"flow\":[{\"compute\":\"exp(2ms)\"},{\"call\":\"cache\",\"miss\":[{\"call\":\"db\"}"
    "]}]},"
    "\"write\":{\"flow\":[{\"parallel\":[[{\"call\":\"db\"}],[{\"compute\":\"exp(3ms)\"},{\"call\":"
    "\"cpu\"}]]},"
    "{\"publish\":\"events\"}]}}},"
    "\"cache\":{\"type\":\"redis\",\"keys\":500,\"capacity\":100},"
    "\"db\":{\"type\":\"postgres\",\"connections\":8,\"cores\":2,\"service_time\":\"exp(6ms)\"},"
    "\"cpu\":{\"type\":\"station\",\"discipline\":\"srpt\",\"service_time\":\"exp(9ms)\","
    "\"patience\":\"exp(1s)\"},"
    "\"events\":{\"type\":\"kafka\",\"partitions\":3},"
    "\"worker\":{\"type\":\"service\",\"concurrency\":2,\"service_time\":\"exp(20ms)\",\"error_"
    "rate\":0.05}},"
    "\"edges\":[{\"from\":\"people\",\"to\":\"shop\",\"latency\":\"exp(2ms)\",\"timeout\":"
    "\"400ms\","
    "\"retry\":{\"max\":2,\"backoff\":\"20ms\",\"jitter\":0.5,\"budget\":0.2},"
    "\"breaker\":{\"errors\":0.5,\"window\":\"5s\",\"open_for\":\"1s\"}},"
    "{\"from\":\"shop\",\"to\":\"cache\"},{\"from\":\"shop\",\"to\":\"db\",\"latency\":\"exp(1ms)"
    "\"},"
    "{\"from\":\"shop\",\"to\":\"cpu\"},{\"from\":\"shop\",\"to\":\"events\",\"kind\":\"publish\"},"
    "{\"from\":\"events\",\"to\":\"worker\"}],"
    "\"faults\":[{\"kind\":\"slow\",\"target\":\"db\",\"at\":\"6s\",\"for\":\"4s\",\"factor\":5},"
    "{\"kind\":\"crash\",\"target\":\"cpu\",\"mtbf\":\"7s\",\"mttr\":\"1s\"},"
    "{\"kind\":\"pause\",\"target\":\"worker\",\"at\":\"12s\",\"for\":\"2s\"},"
    "{\"kind\":\"latency\",\"target\":\"shop->db\",\"at\":\"9s\",\"for\":\"8s\",\"latency\":\"exp("
    "5ms)\"}],"
    "\"run\":{\"duration\":\"20s\",\"warmup\":\"2s\",\"seed\":7}}";

SS_TEST(snapshot_goes_on_with_the_same_bytes) {
    opened it = open_design(rich);
    run_to(it.run, 9.5);
    ss_snapshot *snapshot = NULL;
    SS_REQUIRE(!ss_run_snapshot(it.run, &snapshot));
    run_to(it.run, 1e9);
    ss_text first = results_of(it.run);
    SS_REQUIRE(!ss_run_restore(it.run, snapshot));
    SS_CHECK_NEAR(ss_run_time_s(it.run), 9.5, 0.0);
    run_to(it.run, 1e9);
    ss_text second = results_of(it.run);
    SS_CHECK_TEXT(second.bytes, first.bytes);
    ss_text_destroy(&first);
    ss_text_destroy(&second);
    ss_snapshot_destroy(snapshot);
    close_design(&it);
}

SS_TEST(history_returns_to_any_moment_and_never_changes_the_run) {
    opened plain = open_design(rich);
    run_to(plain.run, 1e9);
    ss_text expected = results_of(plain.run);
    opened it = open_design(rich);
    SS_CHECK(!ss_run_keep_history(it.run, 4u << 20)); // small, so that it is thinned
    run_to(it.run, 1e9);
    ss_text whole = results_of(it.run);
    SS_CHECK_TEXT(whole.bytes, expected.bytes);
    const double moments[] = {17.25, 0.0, 3.0, 12.9, 12.8, 19.99};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        SS_CHECK(!ss_run_rewind(it.run, moments[i]));
        SS_CHECK_NEAR(ss_run_time_s(it.run), moments[i], 1e-9);
    }
    run_to(it.run, 1e9);
    ss_text again = results_of(it.run);
    SS_CHECK_TEXT(again.bytes, expected.bytes);
    ss_text_destroy(&expected);
    ss_text_destroy(&whole);
    ss_text_destroy(&again);
    close_design(&plain);
    close_design(&it);
}

SS_TEST(fork_with_the_same_design_is_the_same_run) {
    opened it = open_design(rich);
    run_to(it.run, 9.5);
    ss_run *fork = NULL;
    SS_REQUIRE(!ss_run_fork(it.run, it.design, it.diagnostics, &fork));
    run_to(it.run, 1e9);
    run_to(fork, 1e9);
    ss_text expected = results_of(it.run);
    ss_text actual = results_of(fork);
    SS_CHECK_TEXT(actual.bytes, expected.bytes);
    ss_text_destroy(&expected);
    ss_text_destroy(&actual);
    ss_run_destroy(fork);
    close_design(&it);
}

/// Replaces the first occurrence of a part of the design; free() it.
static char *changed(const char *from, const char *to) {
    const char *at = strstr(rich, from);
    SS_CHECK(at != NULL);
    char *text = calloc(1, sizeof rich + strlen(to) + 1u);
    memcpy(text, rich, (size_t)(at - rich));
    strcat(text, to);
    strcat(text, at + strlen(from));
    return text;
}

static double metric(const ss_run *run, const char *path) {
    const ss_allocator allocator = ss_allocator_default();
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_results *results = NULL;
    double value = -1.0;
    SS_CHECK(!ss_run_results(run, &results));
    SS_CHECK(!ss_results_metric(results, path, diagnostics, &value));
    ss_results_destroy(results);
    ss_diagnostics_destroy(diagnostics);
    return value;
}

static void fork_differs(const char *from, const char *to, const char *path, double least_ratio) {
    opened it = open_design(rich);
    run_to(it.run, 5.0);
    char *text = changed(from, to);
    opened other = open_design(text);
    ss_run *fork = NULL;
    if (SS_CHECK(!ss_run_fork(it.run, other.design, it.diagnostics, &fork))) {
        run_to(it.run, 1e9);
        run_to(fork, 1e9);
        SS_CHECK(metric(fork, path) > least_ratio * metric(it.run, path));
    }
    ss_run_destroy(fork);
    close_design(&other);
    close_design(&it);
    free(text);
}

SS_TEST(fork_takes_changed_numbers) {
    fork_differs("\"rate\":\"200/s\"", "\"rate\":\"400/s\"", "nodes.people.arrivals", 1.5);
    fork_differs("\"connections\":8,\"cores\":2", "\"connections\":8,\"cores\":1",
                 "nodes.db.response.mean", 1.2);
    fork_differs("\"replicas\":3,\"concurrency\":6", "\"replicas\":1,\"concurrency\":2",
                 "nodes.shop.wait.mean", 2.0);
    fork_differs("\"latency\":\"exp(5ms)\"}]", "\"latency\":\"exp(5ms)\"},"
                 "{\"kind\":\"slow\",\"target\":\"db\",\"at\":\"5s\",\"factor\":3}]",
                 "nodes.db.response.mean", 1.2);
    fork_differs("\"load\":{\"rate\":\"200/s\"}",
                 "\"load\":{\"users\":500,\"think\":\"exp(500ms)\"}", "nodes.people.arrivals", 1.2);
}

/// A call without policies takes as long as its client's request, so both share their times. They
/// part where a fork gives the edge policies, and stay apart where it takes them: nothing that was
/// counted before is lost.
static void calls_take_as_long(const char *edge_before, const char *edge_after) {
    static const char design[] =
        "{\"format\":\"scalesim/1\",\"name\":\"direct\",\"nodes\":{"
        "\"c\":{\"type\":\"client\",\"load\":{\"rate\":\"80/s\"}},"
        "\"s\":{\"type\":\"station\",\"service_time\":\"exp(10ms)\"}},"
        "\"edges\":[{\"from\":\"c\",\"to\":\"s\"%s}],"
        "\"run\":{\"duration\":\"60s\",\"warmup\":\"1s\",\"seed\":4}}";
    char text[sizeof design + 64];
    snprintf(text, sizeof text, design, edge_before);
    opened it = open_design(text);
    snprintf(text, sizeof text, design, edge_after);
    opened other = open_design(text);
    run_to(it.run, 20.0);
    ss_run *fork = NULL;
    if (SS_CHECK(!ss_run_fork(it.run, other.design, it.diagnostics, &fork))) {
        run_to(fork, 1e9);
        const double count = metric(fork, "nodes.c.response.count");
        SS_CHECK(count > 4000.0);
        SS_CHECK(metric(fork, "edges.c->s.latency.count") == count);
        SS_CHECK(metric(fork, "edges.c->s.latency.mean") == metric(fork, "nodes.c.response.mean"));
        SS_CHECK(metric(fork, "edges.c->s.latency.p99") == metric(fork, "nodes.c.response.p99"));
        SS_CHECK(metric(fork, "edges.c->s.latency.ci95") == metric(fork, "nodes.c.response.ci95"));
    }
    ss_run_destroy(fork);
    close_design(&other);
    close_design(&it);
}

SS_TEST(fork_keeps_the_times_of_calls) {
    calls_take_as_long("", ",\"timeout\":\"1h\"");
    calls_take_as_long(",\"timeout\":\"1h\"", "");
}

SS_TEST(fork_refuses_another_structure) {
    opened it = open_design(rich);
    run_to(it.run, 5.0);
    char *text = changed("{\"compute\":\"exp(2ms)\"},", "");
    opened other = open_design(text);
    ss_run *fork = NULL;
    SS_CHECK_EQUAL(ss_run_fork(it.run, other.design, it.diagnostics, &fork), SS_ERROR_INPUT);
    SS_CHECK(fork == NULL);
    SS_CHECK_TEXT(
        ss_diagnostics_get(it.diagnostics, ss_diagnostics_count(it.diagnostics) - 1u)->code,
        "E310");
    close_design(&other);
    close_design(&it);
    free(text);
}
