/// Observing code: what a trace tells, and that nothing is other than without it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failing_allocator.h"
#include "handlers/internal.h"
#include "handlers/trace.h"
#include "inputs.h"
#include "run/internal.h"
#include "simulate.h"

static input settle_of(uint32_t token, const char *body) {
    input made = begin(SS_INPUT_SETTLE);
    put(&made, token, 4);
    put(&made, 0, 1);
    put_text(&made, body);
    return made;
}

static ss_sandbox_answer trace(ss_sandbox *sandbox, const input *what,
                               const ss_trace_request *request) {
    ss_sandbox_answer answer;
    SS_CHECK(ss_sandbox_trace(sandbox, what->bytes, what->length, request, &answer) == SS_OK);
    return answer;
}

/// The steps as text, one a line: line, depth, function, marks, values.
static char *steps_of(ss_sandbox *sandbox, const input *what, const ss_trace_request *request) {
    const ss_sandbox_answer answer = trace(sandbox, what, request);
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_json_writer json = ss_json_writer_create(&text);
    ss_json_open_object(&json);
    ss_trace_write_steps(answer.output, answer.output_bytes, &json);
    ss_json_close(&json);
    return text.bytes;
}

/// Whether a text is in the steps of an input; prints them when it is not.
static bool tells(ss_sandbox *sandbox, const input *what, const char *const *texts, size_t count) {
    const ss_trace_request request = {.mode = SS_TRACE_STEPS};
    char *steps = steps_of(sandbox, what, &request);
    const char *at = steps;
    for (size_t i = 0; at && i < count; i++) {
        at = strstr(at, texts[i]);
        if (!at) fprintf(stderr, "not told, or not in this order: %s\nin %s\n", texts[i], steps);
    }
    free(steps);
    return at != NULL;
}

#define TELLS(sandbox, what, ...)                                                                  \
    tells((sandbox), (what), (const char *const[]){__VA_ARGS__},                                   \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static const char scanning[] = "let calls = 0;\n"                                  // 1
                               "function scan(n) {\n"                              // 2
                               "  let sum = 0;\n"                                  // 3
                               "  for (let i = 0; i < n; i++) {\n"                 // 4
                               "    sum += i % 7;\n"                               // 5
                               "  }\n"                                             // 6
                               "  return sum;\n"                                   // 7
                               "}\n"                                               // 8
                               "export function onRequest(request, node) {\n"      // 9
                               "  calls += 1;\n"                                   // 10
                               "  const total = scan(request.body.n);\n"           // 11
                               "  node.state.total = total;\n"                     // 12
                               "  return total;\n"                                 // 13
                               "}\n";

SS_TEST(trace_steps_through_lines_and_values) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(&allocator, scanning);
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "sum", "{\"n\":2}");
    SS_CHECK(TELLS(sandbox, &request, "{\"line\":9,\"function\":\"onRequest\",\"depth\":0,",
                   "\"enter\":true", "\"calls\":\"0\"", "op: \\\"sum\\\"", "{\"line\":10,",
                   "{\"line\":11,", "\"set\":{\"calls\":\"1\"}",
                   "{\"line\":2,\"function\":\"scan\",", "\"depth\":1,", "\"n\":\"2\"",
                   "{\"line\":3,", "{\"line\":4,", "\"sum\":\"0\"",
                   "{\"line\":5,", "\"i\":\"0\"", "{\"line\":4,", "{\"line\":5,", "\"i\":\"1\"",
                   "{\"line\":4,", "\"sum\":\"1\"", "{\"line\":7,", "\"leave\":\"1\"",
                   "{\"line\":12,\"function\":\"onRequest\"", "\"total\":\"1\"", "{\"line\":13,",
                   "\"node.state\":\"{total: 1}\"", "\"leave\":\"1\"", "\"cut\":false"));
    ss_sandbox_destroy(sandbox);
}

SS_TEST(trace_tells_what_is_thrown_and_where_it_is_caught) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "const fail = (x) => {\n"
                    "  throw new TypeError('no ' + x);\n"
                    "};\n"
                    "const through = (x) => fail(x);\n"
                    "function onRequest(request) {\n"
                    "  try { through(1); }\n"
                    "  catch (error) {\n"
                    "    return error.message;\n"
                    "  } finally {\n"
                    "    through.done = true;\n"
                    "  }\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "x", "");
    SS_CHECK(TELLS(sandbox, &request, "\"line\":6,\"function\":\"onRequest\"",
                   "\"line\":4,\"function\":\"through\",\"depth\":1",
                   "\"line\":2,\"function\":\"fail\",\"depth\":2",
                   "\"function\":\"fail\"", "\"throws\":\"TypeError: no 1\"",
                   "\"function\":\"through\"", "\"throws\":\"TypeError: no 1\"",
                   "{\"line\":8,\"function\":\"onRequest\",\"depth\":0",
                   "\"error\":\"TypeError: no 1\"", "{\"line\":10,", "\"leave\":\"\\\"no 1\\\"\""));
    ss_sandbox_destroy(sandbox);
}

SS_TEST(trace_goes_on_where_a_function_waited) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "async function read(node, key) {\n"
                    "  const row = await node.call('db', { key });\n"
                    "  return row.v;\n"
                    "}\n"
                    "async function onRequest(request, node) {\n"
                    "  const first = 20;\n"
                    "  const v = await read(node, 'k');\n"
                    "  return first + v;\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "x", "");
    SS_CHECK(TELLS(sandbox, &request, "{\"line\":7,", "\"first\":\"20\"",
                   "{\"line\":2,\"function\":\"read\",\"depth\":1",
                   "{\"line\":2,\"function\":\"read\",\"depth\":1", "\"await\":true",
                   "{\"line\":7,\"function\":\"onRequest\",\"depth\":0", "\"await\":true"));
    ss_sandbox_answer answer = give(sandbox, &request);
    uint32_t token;
    SS_REQUIRE(answer.output_bytes > 9u && answer.output[0] == SS_OUTPUT_CALL);
    memcpy(&token, answer.output + 5, sizeof token);
    const input settle = settle_of(token, "{\"v\":1}");
    SS_CHECK(TELLS(sandbox, &settle, "{\"line\":2,\"function\":\"read\",\"depth\":0",
                   "\"resume\":true", "\"key\":\"\\\"k\\\"\"", "{\"line\":3,",
                   "\"row\":\"{v: 1}\"", "\"leave\":\"1\"",
                   "{\"line\":7,\"function\":\"onRequest\",\"depth\":0", "\"resume\":true",
                   "\"first\":\"20\"", "{\"line\":8,", "\"v\":\"1\"", "\"leave\":\"21\""));
    answer = give(sandbox, &settle);
    SS_CHECK(answer.outcome == SS_SANDBOX_OK && answer.output[0] == SS_OUTPUT_REPLY);
    ss_sandbox_destroy(sandbox);
}

SS_TEST(trace_shows_closures_and_every_kind_of_value) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "class Order { constructor(id) { this.id = id; } }\n"
                    "function onRequest() {\n"
                    "  let n = 1;\n"
                    "  const up = () => {\n"
                    "    n += 1;\n"
                    "  };\n"
                    "  up();\n"
                    "  const m = new Map([['a', { b: [1, 2.5] }]]), o = new Order(7);\n"
                    "  const z = [null, undefined, true, -0, 10n, Symbol('s'), new Date(5)];\n"
                    "  const e = { get x() { throw 1; }, p: Promise.resolve(3), f: up };\n"
                    "  const long = 'x'.repeat(1000);\n"
                    "  return n;\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "x", "");
    SS_CHECK(TELLS(sandbox, &request, "{\"line\":5,", "\"n\":\"1\"", "{\"line\":8,", "\"n\":\"2\"",
                   "\"m\":\"Map(1) {\\\"a\\\" => {b: [1, 2.5]}}\"", "\"o\":\"Order {id: 7}\"",
                   "\"z\":\"[null, undefined, true, -0, 10n, Symbol, Date 5]\"",
                   "\"e\":\"{x: (getter), p: Promise {3}, f: ƒ up}\"",
                   "\"long\":\"\\\"xxx", "…\""));
    ss_sandbox_destroy(sandbox);
}

/// A call in the last place leaves nothing of its caller to be seen: what it returns is known if it
/// is code that is traced.
SS_TEST(trace_tells_what_a_last_call_returns) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "class Box {\n"
                    "  size = 1;\n"
                    "}\n"
                    "function deep(n) {\n"
                    "  if (n === 0) return 'end';\n"
                    "  return deep(n - 1);\n"
                    "}\n"
                    "function all(xs) {\n"
                    "  return xs.map((x) => x + 1);\n"
                    "}\n"
                    "function onRequest() {\n"
                    "  const end = deep(1);\n"
                    "  const many = all([5]);\n"
                    "  return new Box().size;\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "x", "");
    SS_CHECK(TELLS(sandbox, &request, "\"depth\":2,", "\"leave\":\"\\\"end\\\"\"",
                   "\"function\":\"deep\",\"depth\":1,", "\"leave\":\"\\\"end\\\"\"",
                   "{\"line\":13,", "\"function\":\"(anonymous)\",\"depth\":2,", "\"leave\":\"6\"",
                   "\"function\":\"all\",\"depth\":1,", "\"leave\":\"\"", "{\"line\":14,",
                   "\"many\":\"[6]\"", "\"leave\":\"1\""));
    const ss_trace_request steps = {.mode = SS_TRACE_STEPS};
    char *text = steps_of(sandbox, &request, &steps);
    SS_CHECK(strstr(text, "\"line\":1,") == NULL); // what sets the fields is nobody's line
    free(text);
    ss_sandbox_destroy(sandbox);
}

SS_TEST(trace_stops_where_a_condition_holds) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(&allocator, scanning);
    SS_REQUIRE(sandbox);
    const input request = request_of(1, "sum", "{\"n\":9}");
    ss_trace_stop stops[] = {{.line = 5, .condition = "i === 4 && sum > 2 // not before"},
                             {.line = 13, .condition = NULL}};
    ss_trace_request find = {.mode = SS_TRACE_FIND, .stops = stops, .stop_count = 2};
    ss_trace_summary summary;
    ss_sandbox_answer answer = trace(sandbox, &request, &find);
    SS_CHECK(ss_trace_summarise(answer.output, answer.output_bytes, &summary));
    SS_CHECK_EQUAL(summary.bad_stop1, 0);
    const uint32_t found = summary.stop_step1;
    SS_CHECK(found > 0);
    ss_trace_request steps = find;
    steps.mode = SS_TRACE_STEPS;
    answer = trace(sandbox, &request, &steps);
    SS_CHECK(ss_trace_summarise(answer.output, answer.output_bytes, &summary));
    SS_CHECK_EQUAL(summary.stop_step1, found); // the same step, however it is looked for
    char *text = steps_of(sandbox, &request, &steps);
    const char *stop = strstr(text, "\"stop\":true");
    SS_CHECK(stop && strstr(stop, "\"set\":{\"i\":\"4\"}") != NULL);
    SS_CHECK(stop && strstr(stop + 1, "\"stop\":true") != NULL); // and line 13
    free(text);
    const char *const wrong[] = {"i ==", "nothing.at.all", "(() => { for (;;); })()",
                                 "(function f() { return f() + 1; })()"};
    const char *const words[] = {"SyntaxError", "'nothing' is not defined", "does not end",
                                 "does not end"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        stops[0].condition = wrong[i];
        answer = trace(sandbox, &request, &find);
        SS_CHECK(ss_trace_summarise(answer.output, answer.output_bytes, &summary));
        SS_CHECK_EQUAL(summary.bad_stop1, 1);
        char said[256] = {0};
        memcpy(said, summary.complaint,
               summary.complaint_bytes < 255u ? summary.complaint_bytes : 255u);
        SS_CHECK(strstr(said, words[i]) != NULL);
    }
    find.stop_count = SS_TRACE_STOPS_MAX + 1u;
    SS_CHECK(ss_sandbox_trace(sandbox, request.bytes, request.length, &find, &answer) ==
             SS_ERROR_INPUT);
    ss_sandbox_destroy(sandbox);
}

SS_TEST(trace_is_cut_off_and_survives_breaches) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(&allocator, scanning);
    SS_REQUIRE(sandbox);
    const ss_trace_request ten = {.mode = SS_TRACE_STEPS, .steps_max = 10};
    const input small = request_of(1, "sum", "{\"n\":100}");
    ss_trace_summary summary;
    ss_sandbox_answer answer = trace(sandbox, &small, &ten);
    SS_CHECK(ss_trace_summarise(answer.output, answer.output_bytes, &summary));
    SS_CHECK(summary.is_cut && summary.step_count == 10u);
    SS_CHECK_EQUAL(answer.outcome, SS_SANDBOX_OK);
    const input endless = request_of(1, "sum", "{\"n\":1e9}");
    const ss_trace_request profile = {.mode = SS_TRACE_PROFILE};
    answer = trace(sandbox, &endless, &profile);
    SS_CHECK_EQUAL(answer.outcome, SS_SANDBOX_FUEL);
    ss_trace_head head;
    memcpy(&head, answer.output, sizeof head);
    SS_CHECK(head.accounted > FUEL - FUEL / 100u); // told up to the end
    const ss_trace_request steps = {.mode = SS_TRACE_STEPS};
    answer = trace(sandbox, &endless, &steps);
    SS_CHECK_EQUAL(answer.outcome, SS_SANDBOX_FUEL);
    SS_CHECK(ss_trace_summarise(answer.output, answer.output_bytes, &summary));
    SS_CHECK(summary.is_cut && summary.step_count == SS_TRACE_STEPS_MAX);
    ss_sandbox_destroy(sandbox);
}

/// Two sandboxes get the same inputs, one of them traced: they stay the same, byte by byte.
SS_TEST(trace_leaves_the_sandbox_as_it_was) {
    static const ss_trace_mode modes[] = {SS_TRACE_PROFILE, SS_TRACE_STEPS, SS_TRACE_FIND};
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const plain = create_loaded(&allocator, scanning);
    ss_sandbox *const traced = create_loaded(&allocator, scanning);
    SS_REQUIRE(plain && traced);
    double sum = 0, traced_sum = 0;
    for (int i = 0; i < 12; i++) {
        char body[32];
        snprintf(body, sizeof body, "{\"n\":%d}", i * i * (i == 7 ? 1000000 : 10)); // one breaches
        const input request = request_of(1, "sum", body);
        const ss_trace_stop stop = {.line = 5, .condition = "calls.push(1) && i > 5"};
        const ss_trace_request how = {
            .mode = modes[i % 3], .stops = &stop, .stop_count = i % 2 ? 1u : 0u};
        const uint64_t fuel = trace(traced, &request, &how).fuel;
        const ss_sandbox_answer one = give(plain, &request);
        const ss_sandbox_answer other = give(traced, &request);
        SS_CHECK_EQUAL(other.outcome, one.outcome);
        SS_CHECK_EQUAL(other.fuel, one.fuel);
        SS_CHECK_EQUAL(other.output_bytes, one.output_bytes);
        SS_CHECK_NEAR((double)fuel, (double)one.fuel, 0.02 * (double)one.fuel);
        sum += (double)one.fuel;
        traced_sum += (double)fuel;
    }
    SS_CHECK_NEAR(traced_sum, sum, 0.01 * sum);
    const size_t bytes = ss_sandbox_state_bytes(plain);
    SS_REQUIRE(bytes == ss_sandbox_state_bytes(traced));
    uint8_t *const states = malloc(2u * bytes);
    ss_sandbox_write_state(plain, states);
    ss_sandbox_write_state(traced, states + bytes);
    SS_CHECK(memcmp(states, states + bytes, bytes) == 0);
    free(states);
    ss_sandbox_destroy(plain);
    ss_sandbox_destroy(traced);
}

SS_TEST(trace_survives_refused_memory) {
    for (size_t refuse_at = 1; refuse_at < 40; refuse_at++) {
        failing_allocator state = {.refuse_at = refuse_at};
        const ss_allocator allocator = {failing_reallocate, &state};
        ss_sandbox *const sandbox = create_loaded(&allocator, scanning);
        if (sandbox) {
            const input request = request_of(1, "sum", "{\"n\":3}");
            const ss_trace_request steps = {.mode = SS_TRACE_STEPS};
            ss_sandbox_answer answer;
            (void)ss_sandbox_trace(sandbox, request.bytes, request.length, &steps, &answer);
            ss_sandbox_destroy(sandbox);
        }
        SS_CHECK_EQUAL(state.blocks, 0);
    }
}

// --- Profile -------------------------------------------------------------------------------------

static simulation profiled(const char *source, const char *more) {
    return simulation_open("{'format': 'scalesim/1', 'name': 'profiled', 'nodes': {"
                    "'c': {'type': 'client', 'load': {'rate': '100/s'}},"
                    "'api': {'type': 'service', 'replicas': 2, 'code': {'source': '%s'%s}}},"
                    "'edges': [{'from': 'c', 'to': 'api'}],"
                    "'run': {'duration': '20s', 'warmup': 0}}",
                    source, more);
}

SS_TEST(profile_finds_the_line_that_burns) {
    simulation s = profiled("function scan(n) {\\n  let sum = 0;\\n  for (let i = 0; i < n; i++)\\n"
                            "    sum += i % 7;\\n  return sum;\\n}\\n"
                            "function onRequest(request, node) {\\n  return scan(2000);\\n}\\n",
                            "");
    simulation_finish(&s);
    const ss_code_profile *profile = &s.run->handlers->profiles[0];
    const ss_profile_line *lines = s.run->handlers->profile_lines;
    SS_CHECK(profile->inputs >= 8u);
    SS_CHECK(profile->inputs < 1000u); // a sample: there are some 2000
    const double all = (double)profile->fuel;
    SS_CHECK((double)(lines[3].fuel + lines[4].fuel) > 0.9 * all);
    SS_CHECK(lines[4].hits == 2000u * profile->inputs);
    SS_CHECK_EQUAL(profile->function_count, 2);
    SS_CHECK_EQUAL(profile->node_count, 2);
    SS_CHECK_TEXT(profile->functions[profile->nodes[0].function].name, "onRequest");
    SS_CHECK_TEXT(profile->functions[profile->nodes[1].function].name, "scan");
    SS_CHECK_EQUAL(profile->nodes[1].parent1, 1);
    SS_CHECK_EQUAL(profile->nodes[1].calls, profile->inputs);
    // It estimates what all inputs burnt.
    const ss_code_stats *stats = &s.run->handlers->stats[1];
    const double invocations = (double)stats->invocations - 2.0; // less the loads
    SS_CHECK_NEAR(all / (double)profile->inputs, (double)stats->fuel / invocations,
                  0.02 * all / (double)profile->inputs);
    simulation_close(&s);
}

static const char uneven[] = "function onRequest(request, node) {\\n"
                             "  node.state.n = (node.state.n ?? 0) + 1;\\n"
                             "  if (node.state.n % 2)\\n"
                             "    for (let i = 0; i < 20000; i++);\\n"
                             "  return 1;\\n}\\n";

SS_TEST(profile_takes_small_and_large_inputs_in_turn) {
    simulation s = profiled(uneven, "");
    simulation_finish(&s);
    const ss_code_profile *profile = &s.run->handlers->profiles[0];
    const ss_profile_line *lines = s.run->handlers->profile_lines;
    const double large = (double)lines[4].hits / (double)lines[2].hits / 20000.0;
    SS_CHECK(profile->inputs > 30u);
    SS_CHECK_NEAR(large, 0.5, 0.2);
    simulation_close(&s);
}

/// A run whose inputs are never traced is the same run.
SS_TEST(profile_changes_nothing) {
    simulation with = profiled(uneven, "");
    simulation without = profiled(uneven, "");
    ss_code_profile *off = &without.run->handlers->profiles[0];
    off->inputs = 1u << 20u;
    off->wanted = UINT64_MAX;
    simulation_finish(&with);
    simulation_finish(&without);
    SS_CHECK(with.run->handlers->profiles[0].inputs > 30u);
    SS_CHECK_EQUAL(off->inputs, 1u << 20u);
    SS_CHECK(with.run->built.sim.trace_hash == without.run->built.sim.trace_hash);
    SS_CHECK_EQUAL(with.run->handlers->stats[1].fuel, without.run->handlers->stats[1].fuel);
    for (uint32_t i = 0; i < with.run->handlers->group_count; i++) {
        ss_sandbox *const one = with.run->handlers->sandboxes[i];
        ss_sandbox *const other = without.run->handlers->sandboxes[i];
        if (!one) continue;
        const size_t bytes = ss_sandbox_state_bytes(one);
        SS_REQUIRE(bytes == ss_sandbox_state_bytes(other));
        uint8_t *const states = malloc(2u * bytes);
        ss_sandbox_write_state(one, states);
        ss_sandbox_write_state(other, states + bytes);
        SS_CHECK(memcmp(states, states + bytes, bytes) == 0);
        free(states);
    }
    simulation_close(&with);
    simulation_close(&without);
}

SS_TEST(profile_is_in_the_results_and_begins_anew_after_the_warm_up) {
    simulation s = profiled("function twice(x) {\\n  return x * 2;\\n}\\n"
                            "function onRequest() {\\n  return twice(twice(4));\\n}\\n",
                            "");
    simulation_finish(&s);
    char *json = simulation_json(&s);
    SS_CHECK(strstr(json, "\"profile\":{\"inputs\":") != NULL);
    SS_CHECK(strstr(json, "\"functions\":[{\"name\":\"onRequest\",\"line\":4,") != NULL);
    SS_CHECK(strstr(json, "\"tree\":[{\"name\":\"onRequest\",\"line\":4,\"parent\":-1,") != NULL);
    SS_CHECK(strstr(json, "{\"name\":\"twice\",\"line\":1,\"parent\":0,") != NULL);
    free(json);
    const uint64_t inputs = s.run->handlers->profiles[0].inputs;
    ss__handlers_reset(s.run->handlers);
    SS_CHECK(inputs > 0u && s.run->handlers->profiles[0].inputs == 0u);
    SS_CHECK(s.run->handlers->profile_lines[2].hits == 0u);
    simulation_close(&s);
}

/// What a budget stops is told too: the line that never ends has burnt it.
SS_TEST(profile_counts_what_a_budget_stopped) {
    simulation s = profiled("function onRequest(request, node) {\\n  let n = 0;\\n"
                            "  while (n < 2)\\n"
                            "    n = `a`.repeat(20000).replace(/(a*)*b/, ``);\\n}",
                            ", 'fuel_per_event': 1000000");
    simulation_advance(&s, 2.0);
    const ss_code_profile *profile = &s.run->handlers->profiles[0];
    const ss_profile_line *lines = s.run->handlers->profile_lines;
    SS_REQUIRE(profile->inputs >= 8u);
    SS_CHECK_NEAR((double)profile->fuel, 1e6 * (double)profile->inputs,
                  1e3 * (double)profile->inputs);
    SS_CHECK((double)lines[4].fuel > 0.9 * (double)profile->fuel);
    SS_CHECK((double)profile->nodes[0].fuel > 0.9 * (double)profile->fuel);
    simulation_close(&s);
}

SS_TEST(profile_counts_turns_of_a_loop_on_one_line_and_recursion_once) {
    simulation s = profiled("function down(n) {\\n  return n > 0 ? down(n - 1) : 0;\\n}\\n"
                            "function onRequest() {\\n  let n = 50; while (n > 0) n--;\\n"
                            "  return down(9);\\n}",
                            "");
    simulation_finish(&s);
    const ss_code_profile *profile = &s.run->handlers->profiles[0];
    const ss_profile_line *lines = s.run->handlers->profile_lines;
    const double inputs = (double)profile->inputs;
    SS_CHECK_NEAR((double)lines[5].hits, 50.0 * inputs, 2.0 * inputs);
    SS_CHECK_NEAR((double)lines[2].hits, 10.0 * inputs, 0.0);
    SS_CHECK_EQUAL(profile->node_count, 2); // down, which calls itself, is one
    SS_CHECK_EQUAL(profile->nodes[1].calls, 10u * profile->inputs);
    simulation_close(&s);
}

SS_TEST(profile_goes_on_in_a_fork_and_begins_anew_with_other_code) {
    simulation s = profiled("function onRequest() { return 1; }", "");
    simulation_advance(&s, 5.0);
    const uint64_t inputs = s.run->handlers->profiles[0].inputs;
    SS_REQUIRE(inputs > 0u);
    ss_run *fork = NULL;
    SS_REQUIRE(!ss_run_fork(s.run, s.design, s.diagnostics, &fork));
    SS_CHECK_EQUAL(fork->handlers->profiles[0].inputs, inputs);
    ss_run_destroy(fork);
    simulation changed = profiled("function onRequest() { return 2; }", "");
    SS_REQUIRE(!ss_run_fork(s.run, changed.design, s.diagnostics, &fork));
    SS_CHECK_EQUAL(fork->handlers->profiles[0].inputs, 0);
    ss_run_destroy(fork);
    simulation_close(&changed);
    simulation_close(&s);
}
