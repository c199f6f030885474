/// Code on nodes: what it does, when it happens, what it costs, what it survives.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/internal.h"
#include "run/internal.h"
#include "simulate.h"
#include "unit.h"

/// Three requests, at 1, 2 and 3 s, to a service with the given code, which costs no time by
/// itself; then the given further nodes, edges and members of the document.
static simulation coded(const char *source, const char *nodes, const char *edges,
                        const char *more) {
    return simulate("{'format': 'scalesim/1', 'name': 'coded', 'nodes': {"
                    "'c': {'type': 'client', 'load': {'trace': [[1], [2], [3]]}},"
                    "'api': {'type': 'service', 'code': {'source': '%s', 'cpu_per_fuel': 0}}%s},"
                    "'edges': [{'from': 'c', 'to': 'api'}%s]%s,"
                    "'run': {'duration': '10s', 'warmup': 0}}",
                    source, nodes, edges, more);
}

/// A number that the code has measured: the sum of the metric's values; -1 when it never did.
static double measured(simulation *s, const char *node, const char *metric) {
    char *json = simulation_json(s);
    char key[128];
    snprintf(key, sizeof key, "\"%s\":{\"arrivals\"", node);
    const char *at = strstr(json, key);
    snprintf(key, sizeof key, "{\"name\":\"%s\",\"count\":", metric);
    at = at ? strstr(at, key) : NULL;
    at = at ? strstr(at, "\"sum\":") : NULL;
    const double value = at ? strtod(at + 6, NULL) : -1.0;
    free(json);
    return value;
}

/// Nothing that was sent or answered is kept for longer than somebody needs it.
static void check_no_leak(const simulation *s) {
    SS_CHECK_EQUAL(s->run->built.sim.tasks_live, 0);
    const ss_handlers *handlers = s->run->handlers;
    uint32_t kept = 0; // names of metrics, what went wrong first, lines of the log
    for (uint32_t i = 0; i < s->run->built.sim.node_count; i++) {
        const ss_code_stats *stats = &handlers->stats[i];
        kept += stats->metric_count + (stats->first_error != 0u) + (stats->first_breach != 0u);
    }
    for (uint32_t i = 0; i < handlers->log_count; i++) kept += handlers->logs[i].text != 0u;
    SS_CHECK_EQUAL(s->run->built.sim.code->payloads_live, kept);
}

SS_TEST(handler_answers_requests) {
    simulation s = coded("function onRequest(request, node) { node.cpu(`5ms`); return 1; }", "", "",
                         "");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.completions"), 3);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.mean"), 0.005, 1e-9);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.api.completions"), 3);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_fuel_is_time) {
    const char *design =
        "{'format': 'scalesim/1', 'name': 'fuel', 'nodes': {"
        "'c': {'type': 'client', 'load': {'trace': [[1]]}},"
        "'api': {'type': 'service', 'instance': {'speed': %s}, 'code': {'cpu_per_fuel': '%s',"
        " 'source': 'function onRequest() { let n = 0; for (let i = 0; i < 1000; i++) n += i;"
        " return n; }'}}}, 'edges': [{'from': 'c', 'to': 'api'}],"
        "'run': {'duration': '10s', 'warmup': 0}}";
    simulation one = simulate(design, "1", "1ns");
    simulation three = simulate(design, "1", "3ns");
    simulation fast = simulate(design, "2", "3ns");
    const double base = simulation_metric(&one, "nodes.c.response.mean");
    SS_CHECK(base > 1e-6 && base < 1e-2);
    SS_CHECK_NEAR(simulation_metric(&three, "nodes.c.response.mean"), 3.0 * base, 2e-9);
    SS_CHECK_NEAR(simulation_metric(&fast, "nodes.c.response.mean"), 1.5 * base, 2e-9);
    simulation_close(&one);
    simulation_close(&three);
    simulation_close(&fast);
}

#define TWO_BACKENDS                                                                               \
    ", 'a': {'type': 'external', 'service_time': '10ms'},"                                         \
    " 'b': {'type': 'external', 'service_time': '20ms'}"
#define TWO_EDGES ", {'from': 'api', 'to': 'a'}, {'from': 'api', 'to': 'b'}"

SS_TEST(handler_calls_one_after_the_other) {
    simulation s = coded("async function onRequest(request, node) { await node.call(`a`);"
                         " await node.call(`b`); }",
                         TWO_BACKENDS, TWO_EDGES, "");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.mean"), 0.030, 1e-9);
    SS_CHECK_EQUAL(simulation_metric(&s, "edges.api->b.calls"), 3);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_calls_in_parallel) {
    simulation s = coded("async function onRequest(request, node) {"
                         " await Promise.all([node.call(`a`), node.call(`b`)]); }",
                         TWO_BACKENDS, TWO_EDGES, "");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.mean"), 0.020, 1e-9);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_call_has_a_timeout_of_its_own) {
    simulation s = coded("async function onRequest(request, node) {"
                         " try { await node.call(`b`, undefined, { timeout: `7ms` }); }"
                         " catch (error) { node.metric(error.outcome); return 0; } }",
                         TWO_BACKENDS, TWO_EDGES, "");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.mean"), 0.007, 1e-9);
    SS_CHECK_EQUAL(simulation_metric(&s, "edges.api->b.timeouts"), 3);
    SS_CHECK_EQUAL(measured(&s, "api", "timeout"), 3);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_calls_are_retried_by_their_edge) {
    simulation s = coded(
        "async function onRequest(request, node) { await node.call(`a`); }",
        ", 'a': {'type': 'service', 'service_time': '1ms', 'error_rate': 1}",
        ", {'from': 'api', 'to': 'a', 'retry': {'max': 2, 'backoff': '10ms', 'multiplier': 1,"
        " 'jitter': 0}}",
        "");
    SS_CHECK_EQUAL(simulation_metric(&s, "edges.api->a.retries"), 6);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 3);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.a.arrivals"), 9);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_that_throws_fails_its_request) {
    simulation s = coded("function onRequest(request) {"
                         " if (request.id === 2) throw new Error(`no`); return 1; }",
                         "", "", "");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.completions"), 2);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 1);
    simulation_close(&s);
}

SS_TEST(handler_without_a_function_for_requests_says_so) {
    simulation s = coded("function onMessage() {}", "", "", "");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 3);
    char *json = simulation_json(&s);
    const char *said = strstr(json, "W403");
    SS_CHECK(said && strstr(said, "there is no onRequest"));
    free(json);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_answers_early_and_goes_on) {
    simulation s = coded("async function onRequest(request, node) { node.reply(1);"
                         " await node.sleep(`500ms`); node.metric(`after`, node.now()); }",
                         "", "", "");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.max"), 0.0, 1e-9);
    SS_CHECK_EQUAL(measured(&s, "api", "after"), 1500 + 2500 + 3500);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_need_not_await) {
    simulation s = coded("function onRequest(request, node) {"
                         " node.call(`b`).then(() => node.metric(`late`)); return 1; }",
                         TWO_BACKENDS, TWO_EDGES, "");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.max"), 0.0, 1e-9);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.b.completions"), 3);
    SS_CHECK_EQUAL(measured(&s, "api", "late"), 3);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_has_timers) {
    simulation s = coded("let ticks = 0; function onStart(node) { node.setTimer(`100ms`, tick);"
                         " const id = node.setTimer(`1s`, (at) => at.metric(`never`));"
                         " node.clearTimer(id); node.setTimer(`250ms`, { a: 7 }); }"
                         " function tick(node) { if (++ticks < 5) node.setTimer(100, tick);"
                         " node.metric(`tick`, node.now()); }"
                         " function onTimer(timer, node) { node.metric(`data`, timer.data.a); }"
                         " function onRequest() {}",
                         "", "", "");
    SS_CHECK_EQUAL(measured(&s, "api", "tick"), 100 + 200 + 300 + 400 + 500);
    SS_CHECK_EQUAL(measured(&s, "api", "never"), -1);
    SS_CHECK_EQUAL(measured(&s, "api", "data"), 7);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.api.arrivals"), 3);
    simulation_close(&s);
}

/// Its clock is ahead for a while; what is measured and how long it sleeps is not.
SS_TEST(handler_reads_a_clock_that_is_off) {
    simulation s = coded("async function onRequest(request, node) { const began = node.now();"
                         " await node.sleep(`100ms`); node.metric(`clock`, began);"
                         " node.metric(`slept`, node.now() - began);"
                         " node.metric(`date`, Date.now());"
                         " return 1; }",
                         "", "",
                         ", 'faults': [{'kind': 'clock-skew', 'target': 'api', 'at': '1.5s',"
                         " 'for': '1s', 'skew': '-400ms'}]");
    const double new_year_ms = 1767225600000.0; // of 2026
    SS_CHECK_NEAR(measured(&s, "api", "clock"), 1000.0 + (2000.0 - 400.0) + 3000.0, 1e-9);
    SS_CHECK_NEAR(measured(&s, "api", "slept"), 300.0, 1e-9);
    SS_CHECK_NEAR(measured(&s, "api", "date") - 3.0 * new_year_ms, 1100.0 + 1700.0 + 3100.0, 0.1);
    SS_CHECK_EQUAL(ss_diagnostics_count(s.diagnostics), 0);
    simulation_close(&s);
}

SS_TEST(handler_loses_its_state_in_a_crash_and_keeps_its_disk) {
    simulation s = coded("function onStart(node) { node.metric(`starts`);"
                         " node.setTimer(`3s`, (at) => at.metric(`timer`)); }"
                         " function onRequest(request, node) {"
                         " node.state.n = (node.state.n ?? 0) + 1;"
                         " node.disk.set(`n`, (node.disk.get(`n`) ?? 0) + 1);"
                         " node.metric(`state`, node.state.n); node.metric(`disk`,"
                         " node.disk.get(`n`)); }",
                         "", "",
                         ", 'faults': [{'kind': 'crash', 'target': 'api', 'at': '2.2s',"
                         " 'for': '0.3s'}]");
    SS_CHECK_EQUAL(measured(&s, "api", "starts"), 2);
    SS_CHECK_EQUAL(measured(&s, "api", "state"), 1 + 2 + 1);
    SS_CHECK_EQUAL(measured(&s, "api", "disk"), 1 + 2 + 3);
    SS_CHECK_EQUAL(measured(&s, "api", "timer"), 1); // the first was forgotten
    simulation_close(&s);
}

SS_TEST(handler_that_crashes_in_a_call_fails_its_request) {
    simulation s = coded("async function onRequest(request, node) { await node.call(`a`);"
                         " node.metric(`after`); }",
                         ", 'a': {'type': 'external', 'service_time': '500ms'}",
                         ", {'from': 'api', 'to': 'a'}",
                         ", 'faults': [{'kind': 'crash', 'target': 'api', 'at': '2.2s',"
                         " 'for': '0.3s'}]");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.completions"), 2);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 1);
    SS_CHECK_EQUAL(measured(&s, "api", "after"), 2);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_over_its_budget_fails_alone) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'loop', 'nodes': {"
        "'c': {'type': 'client', 'load': {'trace': [[1], [2], [3]]}},"
        "'api': {'type': 'service', 'code': {'fuel_per_event': 1000000, 'cpu_per_fuel': '1ns',"
        "'source': 'let n = 0; function onRequest(request, node) { n++;"
        " if (request.id === 2) for (;;) {} node.metric(`n`, n); }'}}},"
        "'edges': [{'from': 'c', 'to': 'api'}], 'run': {'duration': '10s', 'warmup': 0}}");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.completions"), 2);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 1);
    SS_CHECK_EQUAL(measured(&s, "api", "n"), 1 + 2); // what the second counted is undone
    char *json = simulation_json(&s);
    const char *said = strstr(json, "W402");
    SS_CHECK(said && strstr(said, "handler_budget"));
    free(json);
    simulation_close(&s);
}

SS_TEST(handler_bodies_pass_through_nodes_without_code) {
    simulation s = coded("async function onRequest(request, node) {"
                         " node.metric(`sum`, await node.call(`lb`, { a: 20, b: 22 })); }",
                         ", 'lb': {'type': 'gateway', 'service_time': '1ms'},"
                         " 'adder': {'type': 'service', 'code': {'source':"
                         " 'function onRequest({ body }) { return body.a + body.b; }'}}",
                         ", {'from': 'api', 'to': 'lb'}, {'from': 'lb', 'to': 'adder'}", "");
    SS_CHECK_EQUAL(measured(&s, "api", "sum"), 3 * 42);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_finds_in_a_cache_what_it_put_there) {
    simulation s = coded("async function onRequest(request, node) {"
                         " const cache = node.cache(`cache`);"
                         " if ((await cache.get(`k`)) === undefined) {"
                         " node.metric(`miss`); await cache.set(`k`, 7, { ttl: `1500ms` }); }"
                         " else node.metric(`hit`); }",
                         ", 'cache': {'type': 'redis', 'service_time': '1ms'}",
                         ", {'from': 'api', 'to': 'cache'}", "");
    SS_CHECK_EQUAL(measured(&s, "api", "miss"), 2); // at 1 s, and at 3 s when it has expired
    SS_CHECK_EQUAL(measured(&s, "api", "hit"), 1);
    simulation_close(&s);
}

SS_TEST(handler_transactions_are_whole_or_nothing) {
    simulation s = coded("async function onRequest(request, node) {"
                         " const db = node.table(`db`, `t`);"
                         " const { committed } = await node.transaction(`db`, ["
                         " { op: `put`, table: `t`, key: `count`, value: request.id },"
                         " { op: `put`, table: `t`, key: `first`, value: request.id,"
                         " if: `absent` }]);"
                         " node.metric(`committed`, committed ? 1 : 0);"
                         " node.metric(`count`, await db.get(`count`)); }",
                         ", 'db': {'type': 'postgres', 'service_time': '1ms'}",
                         ", {'from': 'api', 'to': 'db'}", "");
    SS_CHECK_EQUAL(measured(&s, "api", "committed"), 1);
    SS_CHECK_EQUAL(measured(&s, "api", "count"), 3); // 1 each time: the others were undone
    simulation_close(&s);
}

SS_TEST(handler_messages_are_delivered_until_they_are_acknowledged) {
    simulation s = coded("async function onRequest(request, node) {"
                         " await node.publish(`topic`, request.id, { key: `k` }); }",
                         ", 'topic': {'type': 'kafka', 'partitions': 4},"
                         " 'worker': {'type': 'service', 'code': {'source':"
                         " 'function onMessage(message, node) {"
                         " if (message.body === 2 && message.deliveries < 3)"
                         " throw new Error(`again`);"
                         " node.metric(`deliveries`, message.deliveries);"
                         " node.metric(`offset`, message.offset);"
                         " node.metric(`from`, message.from === `api` ? 1 : 0); }'}}",
                         ", {'from': 'api', 'to': 'topic', 'kind': 'publish'},"
                         " {'from': 'topic', 'to': 'worker'}",
                         "");
    SS_CHECK_EQUAL(measured(&s, "worker", "deliveries"), 1 + 3 + 1);
    SS_CHECK_EQUAL(measured(&s, "worker", "offset"), 0 + 1 + 2); // one partition: one key
    SS_CHECK_EQUAL(measured(&s, "worker", "from"), 3);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_sends_to_its_peers) {
    simulation s = coded("function onRequest(request, node) {"
                         " for (const peer of node.peers) node.send(peer, request.id); }",
                         ", 'p': {'type': 'service', 'code': {'source':"
                         " 'function onMessage(message, node) { node.metric(`got`,"
                         " message.body); }'}},"
                         " 'q': {'type': 'service', 'code': {'source':"
                         " 'function onMessage(message, node) { node.metric(`got`,"
                         " message.body); }'}}",
                         ", {'from': 'api', 'to': 'p', 'latency': '1ms'},"
                         " {'from': 'api', 'to': 'q', 'loss': 1}",
                         "");
    SS_CHECK_EQUAL(measured(&s, "p", "got"), 6);
    SS_CHECK_EQUAL(measured(&s, "q", "got"), -1);
    check_no_leak(&s);
    simulation_close(&s);
}

SS_TEST(handler_that_does_not_load_is_an_error_with_its_place) {
    const ss_allocator allocator = ss_allocator_default();
    const char *text =
        "{\"format\":\"scalesim/1\",\"name\":\"x\",\"nodes\":{\"c\":{\"type\":\"client\","
        "\"load\":{\"rate\":1}},\"api\":{\"type\":\"service\",\"code\":{\"source\":"
        "\"function onRequest( {\"}}},\"edges\":[{\"from\":\"c\",\"to\":\"api\"}]}";
    ss_catalog *catalog;
    ss_design *design;
    ss_run *run;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_REQUIRE(!ss_catalog_create(&allocator, &catalog));
    SS_REQUIRE(
        !ss_design_load(text, strlen(text), catalog, &allocator, diagnostics, &design));
    SS_CHECK(ss_run_create(design, ss_run_options_default(), &allocator, diagnostics, &run) ==
             SS_ERROR_INPUT);
    const ss_diagnostic *said = ss_diagnostics_get(diagnostics, 0);
    SS_CHECK_TEXT(said->code, "E401");
    SS_CHECK_TEXT(said->pointer, "/nodes/api/code/source");
    ss_design_destroy(design);
    ss_catalog_destroy(catalog);
    ss_diagnostics_destroy(diagnostics);
}

// --- Time ----------------------------------------------------------------------------------------

/// A design whose code keeps state in every place that has some.
static const char busy[] =
    "{'format': 'scalesim/1', 'name': 'busy', 'nodes': {"
    "'c': {'type': 'client', 'load': {'rate': '100/s'}},"
    "'api': {'type': 'service', 'replicas': 2, 'code': {'source': '%s'}},"
    "'db': {'type': 'postgres', 'connections': 3, 'service_time': 'exp(5ms)'},"
    "'cache': {'type': 'redis', 'service_time': 'exp(1ms)'},"
    "'topic': {'type': 'kafka', 'partitions': 3},"
    "'worker': {'type': 'service', 'code': {'source': 'async function onMessage(m, node) {"
    " if (node.random() < 0.1) throw new Error(`x`); await node.sleep(5 + 5 * node.random());"
    " node.log(m.body); }'}}},"
    "'edges': [{'from': 'c', 'to': 'api'}, {'from': 'api', 'to': 'db', 'timeout': '20ms'},"
    "{'from': 'api', 'to': 'cache', 'loss': 0.1, 'timeout': '10ms', 'latency': 'exp(1ms)'},"
    "{'from': 'api', 'to': 'topic', 'kind': 'publish'}, {'from': 'topic', 'to': 'worker'}],"
    "'faults': [{'kind': 'crash', 'target': 'api', 'mtbf': '3s', 'mttr': '0.2s'},"
    "{'kind': 'pause', 'target': 'worker', 'at': '3s', 'for': '1s'}],"
    "'run': {'duration': '8s', 'warmup': '1s', 'seed': 3}}";

#define BUSY_CODE                                                                                  \
    "let calls = 0; function onStart(node) { node.setTimer(50, beat); }"                           \
    " function beat(node) { node.metric(`beat`, calls); node.setTimer(50, beat); }"                \
    " async function onRequest(request, node) { calls++; node.log(`request ${request.id}`);"       \
    " const key = `k${Math.floor(node.random() * 20)}`;"                                           \
    " const [a, b] = await Promise.allSettled([node.cache(`cache`).get(key),"                      \
    " node.table(`db`, `t`).get(key)]);"                                                           \
    " if (a.value === undefined) node.cache(`cache`).set(key, calls).catch(() => {});"             \
    " await node.table(`db`, `t`).put(key, { calls, b: b.value });"                                \
    " await node.publish(`topic`, key, { key }); return { key }; }"

SS_TEST(handler_runs_are_the_same_in_any_slices) {
    simulation whole = simulate(busy, BUSY_CODE);
    simulation sliced = simulation_open(busy, BUSY_CODE);
    sliced.slice_events = 7;
    simulation_finish(&sliced);
    char *a = simulation_json(&whole);
    char *b = simulation_json(&sliced);
    SS_CHECK(strcmp(a, b) == 0);
    SS_CHECK(measured(&whole, "api", "beat") > 1000.0);
    free(a);
    free(b);
    simulation_close(&whole);
    simulation_close(&sliced);
}

/// The results of a run as they stand; destroy them.
static ss_text results_of(const ss_run *run) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_results *results = NULL;
    SS_CHECK(!ss_run_results(run, &results));
    SS_CHECK(results && !ss_results_write_json(results, &text));
    ss_results_destroy(results);
    return text;
}

SS_TEST(handler_memory_is_told) {
    simulation little = simulation_open(busy, "function onRequest() {}");
    simulation much = simulation_open(busy, "const kept = []; function onRequest() {"
                                            " if (kept.length < 80) kept.push(`x`.repeat(1e5)); }");
    double bytes[2];
    for (int i = 0; i < 2; i++) {
        ss_run *run = i == 0 ? little.run : much.run;
        SS_CHECK(!ss_run_advance(run, UINT64_MAX, 1e9));
        ss_text text = results_of(run);
        const char *memory = strstr(text.bytes, "\"memory_bytes\":");
        SS_REQUIRE(memory);
        bytes[i] = strtod(memory + 15, NULL);
        ss_text_destroy(&text);
    }
    SS_CHECK(bytes[0] > 1e5 && bytes[0] < 4e6);
    SS_CHECK(bytes[1] > 8e6 && bytes[1] < 24e6);
    simulation_close(&little);
    simulation_close(&much);
}

SS_TEST(handler_runs_go_back_in_time) {
    simulation straight = simulate(busy, BUSY_CODE);
    simulation s = simulation_open(busy, BUSY_CODE);
    SS_CHECK(!ss_run_keep_history(s.run, 64u << 20u));
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 6.0));
    SS_CHECK(!ss_run_rewind(s.run, 2.5));
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 4.0));
    SS_CHECK(!ss_run_rewind(s.run, 3.7));
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 1e9));
    ss_text a = results_of(straight.run);
    ss_text b = results_of(s.run);
    SS_CHECK(strcmp(a.bytes, b.bytes) == 0);
    ss_text_destroy(&a);
    ss_text_destroy(&b);
    simulation_close(&straight);
    simulation_close(&s);
}

SS_TEST(handler_code_is_replaced_in_the_middle_of_a_run) {
    simulation s = simulation_open(busy, "let n = 0; function onRequest(request, node) {"
                                         " node.state.n = (node.state.n ?? 0) + 1; }");
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 2.0));
    simulation changed =
        simulation_open(busy, "function onRequest(request, node) {"
                              " node.metric(`went on from`, node.state.n ?? -1); }");
    ss_run *fork = NULL;
    SS_REQUIRE(!ss_run_fork(s.run, changed.design, s.diagnostics, &fork));
    SS_CHECK(!ss_run_advance(fork, UINT64_MAX, 2.2));
    ss_text text = results_of(fork);
    const char *metric = strstr(text.bytes, "\"went on from\"");
    SS_REQUIRE(metric);
    const char *min = strstr(metric, "\"min\":");
    SS_CHECK(min && strtod(min + 6, NULL) > 0.0);
    ss_text_destroy(&text);
    ss_run_destroy(fork);
    simulation_close(&changed);
    simulation_close(&s);
}
