/// The journal of a stretch: causes and times are consistent, what is counted elsewhere is all in
/// it, and looking leaves no trace. And what code did with one of its inputs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "failing_allocator.h"
#include "handlers/internal.h"
#include "remembered.h"
#include "run/internal.h"

/// Calls that are lost, late and tried again, a broker whose consumer fails, timers, crashes; nodes
/// with code and without.
static const char text[] =
    "{'format': 'scalesim/1', 'nodes': {"
    "'people': {'type': 'client', 'load': {'rate': 40}},"
    "'gate': {'type': 'service', 'replicas': 2, 'operations': {'default': {'flow': ["
    "{'compute': 'exp(1ms)'}, {'call': 'api'}, {'compute': 'exp(1ms)'}]}}},"
    "'api': {'type': 'service', 'replicas': 2, 'concurrency': 8, 'code': {'source': '"
    "function onStart(node) { node.setTimer(`250ms`, 1); }"
    "function onTimer(timer, node) { node.setTimer(`250ms`, timer.data + 1);"
    " node.log(`tick`, timer.data); }"
    "async function onRequest(request, node) { node.cpu(`2ms`);"
    " const found = await node.call(`back`, { id: request.id });"
    " await node.publish(`line`, `done`, found, { key: `k` + request.id % 3 });"
    " if (request.id % 4 === 0) await node.sleep(`5ms`); return found; }'}},"
    "'back': {'type': 'service', 'concurrency': 4, 'code': {'source': '"
    "function onRequest(request, node) {\\n node.cpu(`3ms`);\\n const id = request.id;\\n"
    " if (id % 11 === 0)\\n throw new Error(`no ` + id);\\n"
    " return { id: request.body.id, text: `x`.repeat(id % 5 * 80) };\\n}'}},"
    "'line': {'type': 'queue', 'service_time': '1ms', 'max_deliveries': 3},"
    "'work': {'type': 'service', 'concurrency': 2, 'code': {'source': '"
    "function onMessage(message, node) { node.cpu(`12ms`);"
    " if (message.id % 5 === 0) throw new Error(`again`); }'}}},"
    "'edges': [{'from': 'people', 'to': 'gate', 'latency': 'exp(2ms)'},"
    "{'from': 'gate', 'to': 'api', 'latency': 'exp(1ms)', 'timeout': '200ms'},"
    "{'from': 'api', 'to': 'back', 'latency': 'exp(3ms)', 'loss': 0.08, 'timeout': '25ms',"
    "'retry': {'max': 2, 'backoff': '5ms'}},"
    "{'from': 'api', 'to': 'line', 'kind': 'publish', 'latency': '1ms', 'loss': 0.05},"
    "{'from': 'line', 'to': 'work', 'latency': '2ms', 'timeout': '60ms'}],"
    "'faults': [{'kind': 'crash', 'target': 'work', 'at': 3.01, 'for': 0.5},"
    "{'kind': 'crash', 'target': 'back', 'at': 4.2, 'for': 0.1}],"
    "'run': {'duration': 6, 'warmup': 0, 'seed': 5}}";

static opened open_run(const ss_allocator *allocator, double until_s) {
    return open_remembered(text, allocator, 64u << 20, until_s);
}

/// Everything that the handlers' share of a snapshot holds, as one number.
static uint64_t state_of(const ss_run *run) {
    const size_t bytes = ss_handlers_state_bytes(run->handlers);
    uint8_t *state = malloc(bytes);
    SS_CHECK(state != NULL);
    ss_handlers_write_state(run->handlers, state);
    const uint64_t hash = ss_hash_bytes((const char *)state, bytes);
    free(state);
    return hash;
}

typedef struct looked {
    ss_text text;
    ss_json_document *document;
    const ss_json *root;
} looked;

static looked look(ss_run *run, ss_journal_options options) {
    const ss_allocator allocator = ss_allocator_default();
    looked it = {.text = ss_text_create(&allocator)};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_CHECK(!ss_run_write_journal(run, options, &it.text));
    SS_CHECK(!ss_json_parse(it.text.bytes, it.text.length, &allocator, diagnostics, &it.document));
    it.root = it.document ? ss_json_root(it.document) : NULL;
    ss_diagnostics_destroy(diagnostics);
    SS_CHECK(it.root != NULL);
    return it;
}

static void look_away(looked *it) {
    ss_json_document_destroy(it->document);
    ss_text_destroy(&it->text);
}

static const ss_json *first_of(const looked *it, const char *list) {
    return ss_json_first(ss_json_get(it->root, list));
}

/// A number; `otherwise` where it is null or absent.
static double number_or(const ss_json *object, const char *key, double otherwise) {
    const ss_json *value = ss_json_get(object, key);
    const bool is_number = value && ss_json_kind_of(value) == SS_JSON_NUMBER;
    return is_number ? ss_json_number(value) : otherwise;
}

static bool is(const ss_json *object, const char *key, const char *expected) {
    const ss_json *value = ss_json_get(object, key);
    return value && ss_json_kind_of(value) == SS_JSON_STRING &&
           strcmp(ss_json_string(value), expected) == 0;
}

static bool same(const ss_json *a, const char *key_a, const ss_json *b, const char *key_b) {
    return is(b, key_b, ss_json_string(ss_json_get(a, key_a)));
}

static const ss_json *input_number(const looked *it, double n) {
    const ss_json *input = first_of(it, "inputs");
    while (input && number_or(input, "n", 0.0) != n) input = ss_json_next(input);
    return input;
}

static double count_of(const ss_json *first, const char *key, const char *value) {
    double count = 0.0;
    for (; first; first = ss_json_next(first)) count += is(first, key, value) ? 1.0 : 0.0;
    return count;
}

/// An input comes after what caused it took effect.
static void check_input(const looked *it, const ss_json *input, double before_ns) {
    const double n = number_or(input, "n", 0.0), at_ns = number_or(input, "at_ns", -1.0);
    const double cause = number_or(input, "cause", 0.0);
    SS_CHECK(at_ns >= before_ns);
    SS_CHECK(number_or(input, "done_ns", at_ns) >= at_ns);
    SS_CHECK(number_or(input, "activity", n) <= n);
    SS_CHECK(cause < n);
    if (cause == 0.0) {
        SS_CHECK(is(input, "kind", "start") || is(input, "kind", "load") ||
                 (is(input, "kind", "request") && is(input, "node", "api")));
        return;
    }
    const ss_json *led = input_number(it, cause);
    if (!led) return; // from before
    SS_CHECK(number_or(led, "done_ns", 1e18) <= at_ns);
    if (!is(input, "kind", "settle")) return;
    const ss_json *asked = input_number(it, number_or(input, "asked", 0.0));
    SS_CHECK(!asked || same(asked, "node", input, "node"));
    SS_CHECK(!asked ||
             number_or(asked, "activity", 0.0) == number_or(input, "activity", -1.0));
}

/// A message was sent when its cause was done, and what it brought is at the other end.
static void check_message(const looked *it, const ss_json *message) {
    const double sent_ns = number_or(message, "sent_ns", -1.0);
    const double arrived_ns = number_or(message, "arrived_ns", -1.0);
    const bool is_lost = is(message, "end", "lost");
    SS_CHECK(is_lost == (arrived_ns < 0.0));
    SS_CHECK(is_lost || arrived_ns >= sent_ns);
    const ss_json *sender = input_number(it, number_or(message, "cause", 0.0));
    SS_CHECK(!sender || number_or(sender, "done_ns", 1e18) <= sent_ns);
    const ss_json *input = input_number(it, number_or(message, "to_input", 0.0));
    if (!input) return;
    SS_CHECK(!is_lost && number_or(input, "at_ns", -1.0) >= arrived_ns);
    SS_CHECK(same(message, "to", input, "node"));
    SS_CHECK(number_or(message, "to_replica", -1.0) == number_or(input, "replica", -2.0));
    SS_CHECK(number_or(input, "cause", 0.0) == number_or(message, "cause", 0.0));
    SS_CHECK(is(message, "kind", "reply") ||
             (ss_json_get(message, "duplicate") != NULL) ==
                 (ss_json_get(input, "duplicate") != NULL));
}

SS_TEST(journal_of_a_whole_run_holds_all_that_was_counted) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 1e9);
    looked it = look(one.run, (ss_journal_options){.to_s = 6.0, .inputs_max = 20000});
    const ss_sim *sim = &one.run->built.sim;
    double before_ns = 0.0, inputs = 0.0, last = 4.0; // four replicas have loaded
    for (const ss_json *each = first_of(&it, "inputs"); each; each = ss_json_next(each)) {
        check_input(&it, each, before_ns);
        before_ns = number_or(each, "at_ns", -1.0);
        SS_CHECK(number_or(each, "n", 0.0) == last + 1.0);
        last = number_or(each, "n", 0.0);
        inputs += 1.0;
    }
    uint64_t given = 0;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        given += one.run->handlers->stats[i].invocations;
    }
    SS_CHECK_EQUAL((uint64_t)inputs + 4u, given);
    uint64_t calls = 0, lost = 0, timeouts = 0;
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        calls += ss_sim_calls(sim, i);
        lost += sim->edges[i].lost;
        timeouts += sim->edges[i].timeouts;
    }
    const ss_json *messages = first_of(&it, "messages");
    for (const ss_json *each = messages; each; each = ss_json_next(each)) check_message(&it, each);
    SS_CHECK_EQUAL(count_of(messages, "kind", "request") + count_of(messages, "kind", "message"),
                   (double)calls);
    SS_CHECK(lost > 20u && timeouts > 20u);
    SS_CHECK_EQUAL(count_of(messages, "end", "lost"), (double)lost);
    SS_CHECK(count_of(messages, "end", "timeout") > 5.0);
    look_away(&it);
    close_run(&one);
}

SS_TEST(journal_tells_what_comes_again) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 1e9);
    looked it = look(one.run, (ss_journal_options){.to_s = 6.0, .inputs_max = 20000});
    uint32_t deliveries = 0, marked = 0, retried = 0, repeated = 0;
    for (const ss_json *each = first_of(&it, "inputs"); each; each = ss_json_next(each)) {
        if (!is(each, "kind", "message")) continue;
        const bool is_again = number_or(each, "deliveries", 0.0) > 1.0;
        deliveries += is_again ? 1u : 0u;
        marked += ss_json_get(each, "duplicate") ? 1u : 0u;
        SS_CHECK(is_again || !ss_json_get(each, "duplicate"));
    }
    SS_CHECK(deliveries > 10u && marked == deliveries); // nothing is lost on that edge
    for (const ss_json *each = first_of(&it, "messages"); each; each = ss_json_next(each)) {
        if (!is(each, "to", "back")) continue;
        const bool is_retry = number_or(each, "attempt", 0.0) > 0.0;
        retried += is_retry ? 1u : 0u;
        repeated += ss_json_get(each, "duplicate") ? 1u : 0u;
        SS_CHECK(is_retry || !ss_json_get(each, "duplicate"));
    }
    SS_CHECK(repeated > 5u && retried > repeated); // an attempt that was lost was not repeated
    look_away(&it);
    close_run(&one);
}

SS_TEST(journal_tells_crashes_and_what_they_undo) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 1e9);
    looked it = look(one.run, (ss_journal_options){.from_s = 2.9, .to_s = 4.25});
    const ss_json *first = first_of(&it, "crashes");
    const ss_json *second = ss_json_next(first);
    SS_REQUIRE(second != NULL && !ss_json_next(second));
    SS_CHECK(is(first, "node", "work") && number_or(first, "from_ns", 0.0) == 3.01e9 &&
             number_or(first, "to_ns", 0.0) == 3.51e9);
    SS_CHECK(is(second, "node", "back") && number_or(second, "to_ns", -1.0) == -1.0);
    SS_CHECK(count_of(first_of(&it, "inputs"), "outcome", "crashed") >= 1.0);
    SS_CHECK(count_of(first_of(&it, "inputs"), "kind", "load") == 1.0); // that of "work"
    for (const ss_json *each = first_of(&it, "inputs"); each; each = ss_json_next(each)) {
        SS_CHECK(is(each, "outcome", "crashed") == (number_or(each, "done_ns", -1.0) < 0.0));
    }
    looked later = look(one.run, (ss_journal_options){.from_s = 3.2, .to_s = 3.3});
    SS_CHECK(number_or(first_of(&later, "crashes"), "from_ns", 0.0) == 3.2e9);
    SS_CHECK(count_of(first_of(&later, "messages"), "end", "failed") > 0.0);
    look_away(&later);
    look_away(&it);
    close_run(&one);
}

/// Cut off again and again, the parts are the whole.
SS_TEST(journal_goes_on_where_it_was_cut) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 4.0);
    looked whole = look(one.run, (ss_journal_options){.from_s = 1.0, .to_s = 2.0});
    const ss_json *expected = first_of(&whole, "inputs");
    double from_s = 1.0, last = 0.0;
    uint32_t parts = 0;
    for (bool is_cut = true; is_cut && parts < 100u; parts++) {
        looked part = look(one.run, (ss_journal_options){.from_s = from_s, .to_s = 2.0,
                                                         .inputs_max = 30});
        is_cut = ss_json_kind_of(ss_json_get(part.root, "cut")) == SS_JSON_TRUE;
        from_s = number_or(part.root, "to_s", 0.0);
        for (const ss_json *each = first_of(&part, "inputs"); each; each = ss_json_next(each)) {
            if (number_or(each, "n", 0.0) <= last) continue;
            last = number_or(each, "n", 0.0);
            SS_REQUIRE(expected != NULL);
            SS_CHECK(number_or(expected, "n", 0.0) == last);
            SS_CHECK(number_or(expected, "fuel", 0.0) == number_or(each, "fuel", -1.0));
            expected = ss_json_next(expected);
        }
        look_away(&part);
    }
    SS_CHECK(!expected && parts > 3u && from_s == 2.0);
    look_away(&whole);
    close_run(&one);
}

SS_TEST(journal_of_one_node) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 4.0);
    looked all = look(one.run, (ss_journal_options){.from_s = 1.0, .to_s = 2.0});
    looked its = look(one.run, (ss_journal_options){.from_s = 1.0, .to_s = 2.0, .node = "back"});
    SS_CHECK(count_of(first_of(&its, "inputs"), "node", "back") ==
             (double)ss_json_size(ss_json_get(its.root, "inputs")));
    SS_CHECK(count_of(first_of(&its, "inputs"), "node", "back") ==
             count_of(first_of(&all, "inputs"), "node", "back"));
    SS_CHECK(count_of(first_of(&its, "messages"), "to", "back") ==
             count_of(first_of(&all, "messages"), "to", "back"));
    ss_text out = ss_text_create(&allocator);
    const ss_journal_options nobody = {.from_s = 1.0, .to_s = 2.0, .node = "nobody"};
    SS_CHECK(ss_run_write_journal(one.run, nobody, &out) == SS_ERROR_INPUT);
    SS_CHECK_TEXT(out.bytes, "there is no node \"nobody\"");
    const ss_journal_options empty = {.from_s = 2.0, .to_s = 2.0};
    SS_CHECK(ss_run_write_journal(one.run, empty, &out) == SS_ERROR_INPUT);
    ss_text_destroy(&out);
    look_away(&all);
    look_away(&its);
    close_run(&one);
}

// --- Steps ---------------------------------------------------------------------------------------

#define THROWS_LINE 5u

static looked trace_input(ss_run *run, ss_code_trace_options options) {
    const ss_allocator allocator = ss_allocator_default();
    looked it = {.text = ss_text_create(&allocator)};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_CHECK(!ss_run_write_code_trace(run, options, &it.text));
    SS_CHECK(!ss_json_parse(it.text.bytes, it.text.length, &allocator, diagnostics, &it.document));
    it.root = it.document ? ss_json_root(it.document) : NULL;
    ss_diagnostics_destroy(diagnostics);
    SS_CHECK(it.root != NULL);
    return it;
}

static const ss_json *last_step(const looked *it) {
    const ss_json *step = first_of(it, "steps");
    while (step && ss_json_next(step)) step = ss_json_next(step);
    return step;
}

/// The steps end with what the input said.
static void check_steps(const looked *it, const ss_json *input) {
    const ss_json *last = last_step(it);
    SS_REQUIRE(last != NULL);
    const double fuel = number_or(input, "fuel", 0.0);
    SS_CHECK(number_or(last, "fuel", 1e18) <= fuel * 1.01);
    const ss_json *error = ss_json_get(input, "error");
    SS_CHECK((ss_json_get(last, "throws") != NULL) == (error != NULL));
    if (error) {
        SS_CHECK(strstr(ss_json_string(ss_json_get(last, "throws")), "no ") != NULL);
        return;
    }
    char id[32];
    const ss_json *body = ss_json_get(input, "body");
    const char *at = body ? strstr(ss_json_string(body), "\"id\":") : NULL;
    SS_REQUIRE(at != NULL);
    snprintf(id, sizeof id, "{id: %ld,", strtol(at + 5, NULL, 10));
    const ss_json *value = ss_json_get(last, "leave");
    SS_CHECK(value && strncmp(ss_json_string(value), id, strlen(id)) == 0);
}

SS_TEST(code_trace_ends_with_what_the_input_said) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 3.0);
    looked all = look(one.run, (ss_journal_options){.from_s = 1.0, .to_s = 2.0, .node = "back"});
    uint32_t count = 0;
    for (const ss_json *each = first_of(&all, "inputs"); each; each = ss_json_next(each)) {
        const uint64_t n = (uint64_t)number_or(each, "n", 0.0);
        looked it = trace_input(one.run, (ss_code_trace_options){.n = n});
        check_steps(&it, each);
        ss_text expected = ss_text_create(&allocator); // the same members, then the steps
        ss_json_write(each, &expected);
        expected.length--;
        const bool is_retried = ss_json_get(each, "duplicate") != NULL;
        SS_CHECK(is_retried || memcmp(it.text.bytes, expected.bytes, expected.length) == 0);
        ss_text_destroy(&expected);
        looked again = trace_input(one.run, (ss_code_trace_options){.n = n});
        SS_CHECK_TEXT(again.text.bytes, it.text.bytes);
        look_away(&again);
        look_away(&it);
        count++;
    }
    SS_CHECK(count > 20u);
    looked cut = trace_input(one.run, (ss_code_trace_options){
                                          .n = (uint64_t)number_or(first_of(&all, "inputs"), "n",
                                                                   0.0),
                                          .steps_max = 2});
    SS_CHECK(ss_json_kind_of(ss_json_get(cut.root, "cut")) == SS_JSON_TRUE);
    SS_CHECK(ss_json_size(ss_json_get(cut.root, "steps")) == 2u);
    look_away(&cut);
    look_away(&all);
    close_run(&one);
}

static ss_code_found find(ss_run *run, ss_code_find_options options) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text why = ss_text_create(&allocator);
    ss_code_found found;
    SS_CHECK(!ss_run_find_code(run, options, &found, &why));
    SS_CHECK(why.length == 0u);
    ss_text_destroy(&why);
    return found;
}

/// Both ways the search comes to just those inputs whose code threw.
SS_TEST(code_find_comes_to_every_input_that_throws) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 3.0);
    looked all = look(one.run, (ss_journal_options){.to_s = 3.0, .node = "back",
                                                    .inputs_max = 20000});
    const ss_code_stop stop = {.line = THROWS_LINE};
    uint64_t threw[64], n = 0;
    uint32_t count = 0;
    for (const ss_json *each = first_of(&all, "inputs"); each; each = ss_json_next(each)) {
        if (!ss_json_get(each, "error")) continue;
        SS_REQUIRE(count < 64u);
        threw[count++] = (uint64_t)number_or(each, "n", 0.0);
    }
    SS_CHECK(count > 5u);
    for (uint32_t i = 0; i < count; i++) {
        const ss_code_found next = find(one.run, (ss_code_find_options){
            .node = "back", .from_n = n, .stops = &stop, .stop_count = 1});
        SS_CHECK_EQUAL(next.n, threw[i]);
        n = next.n;
        looked it = trace_input(one.run, (ss_code_trace_options){.n = n, .stops = &stop,
                                                                 .stop_count = 1});
        const ss_json *step = first_of(&it, "steps");
        for (uint32_t k = 0; step && k < next.step; k++) step = ss_json_next(step);
        SS_REQUIRE(step != NULL);
        SS_CHECK(number_or(step, "line", 0.0) == THROWS_LINE && ss_json_get(step, "stop"));
        look_away(&it);
    }
    for (uint32_t i = count; i-- > 1u;) {
        const ss_code_found last = find(one.run, (ss_code_find_options){
            .node = "back", .from_n = threw[i], .is_backwards = true, .stops = &stop,
            .stop_count = 1, .inputs_max = 5000});
        SS_CHECK_EQUAL(last.n, threw[i - 1u]);
    }
    const ss_code_found none = find(one.run, (ss_code_find_options){
        .node = "back", .from_n = threw[0], .is_backwards = true, .stops = &stop,
        .stop_count = 1});
    SS_CHECK(none.n == 0u && none.is_over);
    look_away(&all);
    close_run(&one);
}

SS_TEST(code_find_goes_on_where_it_stopped) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 3.0);
    const ss_code_stop stop = {.line = 4, .condition = "id === 50 && node.id === 'back'"};
    ss_code_find_options options = {.node = "back", .stops = &stop, .stop_count = 1};
    const ss_code_found whole = find(one.run, options);
    SS_CHECK(whole.n > 0u);
    options.inputs_max = 7;
    ss_code_found part = find(one.run, options);
    uint32_t parts = 1;
    for (; part.n == 0u && parts < 50u; parts++) {
        SS_CHECK(part.inputs == 7u && !part.is_over && part.searched_to_n > options.from_n);
        options.from_n = part.searched_to_n;
        part = find(one.run, options);
    }
    SS_CHECK(parts > 3u && part.n == whole.n && part.step == whole.step);
    options.is_backwards = true;
    options.from_n = whole.n + 120u;
    for (parts = 1, part = find(one.run, options); part.n == 0u && parts < 80u; parts++) {
        SS_CHECK(!part.is_over && part.searched_to_n < options.from_n);
        options.from_n = part.searched_to_n;
        part = find(one.run, options);
    }
    SS_CHECK(parts > 3u && part.n == whole.n);
    options = (ss_code_find_options){.node = "back", .stops = &(ss_code_stop){.line = 99},
                                     .stop_count = 1, .inputs_max = 100000};
    SS_CHECK(find(one.run, options).n == 0u && find(one.run, options).is_over);
    close_run(&one);
}

static void check_refused(ss_status status, ss_text *out, const char *why) {
    SS_CHECK(status == SS_ERROR_INPUT);
    SS_CHECK_TEXT(out->bytes, why);
    ss_text_destroy(out);
}

SS_TEST(code_trace_says_what_is_wrong) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_run(&allocator, 3.0);
    ss_text out = ss_text_create(&allocator);
    ss_code_found found;
    const ss_code_stop broken = {.line = 3, .condition = "nothing > 3"};
    ss_code_find_options wanted = {.node = "back", .stops = &broken, .stop_count = 1};
    check_refused(ss_run_write_code_trace(one.run, (ss_code_trace_options){.n = 2}, &out), &out,
                  "input 2 loads the code of a node before the run begins, which is not traced");
    check_refused(ss_run_write_code_trace(one.run, (ss_code_trace_options){.n = 0}, &out), &out,
                  "args.n must be the number of an input, from 1 on");
    check_refused(ss_run_find_code(one.run, wanted, &found, &out), &out,
                  "the condition of the stop at line 3 is wrong: ReferenceError: 'nothing' is not "
                  "defined");
    wanted.node = "gate";
    check_refused(ss_run_find_code(one.run, wanted, &found, &out), &out,
                  "the node \"gate\" has no code");
    wanted.node = "nobody";
    check_refused(ss_run_find_code(one.run, wanted, &found, &out), &out,
                  "args.node must be the id of a node; there is no \"nobody\"");
    SS_CHECK(ss_run_write_code_trace(one.run, (ss_code_trace_options){.n = 1u << 30u}, &out) ==
             SS_ERROR_INPUT);
    SS_CHECK(strstr(out.bytes, "there is no input 1073741824: code was given ") == out.bytes);
    ss_text_destroy(&out);
    close_run(&one);
}

/// Looks at what an input did, and for what others do.
static void look_into(ss_run *run, uint64_t n) {
    const ss_code_stop stop = {.line = THROWS_LINE};
    looked it = trace_input(run, (ss_code_trace_options){.n = n});
    look_away(&it);
    ss_code_find_options options = {.node = "back", .from_n = n, .stops = &stop, .stop_count = 1};
    (void)find(run, options);
    options.is_backwards = true;
    (void)find(run, options);
}

SS_TEST(journal_changes_nothing) {
    const ss_allocator allocator = ss_allocator_default();
    opened plain = open_run(&allocator, 1e9);
    opened one = open_run(&allocator, 3.3);
    ss_text expected = results_of(plain.run);
    ss_text before = results_of(one.run);
    const uint64_t state = state_of(one.run), hash = one.run->built.sim.trace_hash;
    const double froms[] = {0.0, 3.0, 1.7, 3.2};
    for (size_t i = 0; i < 4u; i++) {
        looked it = look(one.run, (ss_journal_options){.from_s = froms[i],
                                                       .to_s = froms[i] + 0.5});
        looked again = look(one.run, (ss_journal_options){.from_s = froms[i],
                                                          .to_s = froms[i] + 0.5});
        SS_CHECK_TEXT(again.text.bytes, it.text.bytes);
        const ss_json *input = first_of(&it, "inputs");
        look_into(one.run, (uint64_t)number_or(input, "n", 0.0));
        look_away(&again);
        look_away(&it);
        ss_text after = results_of(one.run);
        SS_CHECK_TEXT(after.bytes, before.bytes);
        ss_text_destroy(&after);
        SS_CHECK_EQUAL(state_of(one.run), state);
        SS_CHECK_EQUAL(one.run->built.sim.trace_hash, hash);
    }
    SS_CHECK(!ss_run_advance(one.run, UINT64_MAX, 1e9));
    ss_text whole = results_of(one.run);
    SS_CHECK_TEXT(whole.bytes, expected.bytes);
    ss_text_destroy(&expected);
    ss_text_destroy(&before);
    ss_text_destroy(&whole);
    close_run(&plain);
    close_run(&one);
}

SS_TEST(journal_without_memory_leaves_the_run_as_it_was) {
    failing_allocator state = {0};
    const ss_allocator allocator = failing_allocator_of(&state);
    opened one = open_run(&allocator, 1.5);
    ss_text before = results_of(one.run);
    const ss_allocator plain = ss_allocator_default();
    bool was_refused = true;
    uint32_t refusals = 0;
    for (size_t at = 1; was_refused && at < 5000u; at += 1u + at / 4u) {
        ss_text out = ss_text_create(&plain);
        state.requests = 0;
        state.refuse_at = at;
        const ss_status status = ss_run_write_journal(
            one.run, (ss_journal_options){.from_s = 0.7, .to_s = 0.9}, &out);
        ss_code_found found;
        const ss_code_stop stop = {.line = THROWS_LINE};
        const ss_status traced =
            ss_run_write_code_trace(one.run, (ss_code_trace_options){.n = 60}, &out);
        const ss_status searched = ss_run_find_code(
            one.run, (ss_code_find_options){.node = "back", .stops = &stop, .stop_count = 1},
            &found, &out);
        SS_CHECK(traced == SS_OK || traced == SS_ERROR_MEMORY);
        SS_CHECK(searched == SS_OK || searched == SS_ERROR_MEMORY);
        was_refused = state.requests >= at;
        refusals += was_refused ? 1u : 0u;
        state.refuse_at = 0;
        SS_CHECK((status || traced || searched) == was_refused);
        SS_CHECK(status == SS_OK || status == SS_ERROR_MEMORY);
        ss_text_destroy(&out);
        ss_text after = results_of(one.run);
        SS_CHECK_TEXT(after.bytes, before.bytes);
        ss_text_destroy(&after);
    }
    SS_CHECK(!was_refused && refusals > 8u);
    ss_text_destroy(&before);
    close_run(&one);
    SS_CHECK_EQUAL(state.blocks, 0);
}
