/// Requests one by one: their visits nest, add up to what the run measured, and looking leaves no
/// trace.
#include <string.h>

#include "base/json.h"
#include "failing_allocator.h"
#include "remembered.h"

/// Time-outs, retries, rejections and a queue, in one line of calls.
static const char line_text[] =
    "{'format': 'scalesim/1', 'nodes': {"
    "'people': {'type': 'client', 'load': {'rate': 30}, 'operations': {'look': 2, 'buy': 1}},"
    "'shop': {'type': 'service', 'concurrency': 3, 'queue': 4, 'operations': {"
    "'look': {'flow': [{'compute': 'exp(8ms)'}, {'call': 'store'}]},"
    "'buy': {'flow': [{'compute': 'exp(12ms)'}, {'call': 'store'}, {'call': 'bank'}]}}},"
    "'store': {'type': 'station', 'service_time': 'exp(14ms)'},"
    "'bank': {'type': 'service', 'concurrency': 1, 'queue': 1, 'service_time': 'exp(60ms)'}},"
    "'edges': [{'from': 'people', 'to': 'shop', 'latency': 'exp(2ms)'},"
    "{'from': 'shop', 'to': 'store', 'timeout': '70ms', 'retry': {'max': 2, 'backoff': '5ms'}},"
    "{'from': 'shop', 'to': 'bank', 'retry': {'max': 1, 'backoff': '9ms'}}],"
    "'run': {'duration': 12, 'warmup': 0, 'seed': 5}}";

/// What has no line: branches, a cache, a broker, forwards, clients that wait, faults.
static const char wide_text[] =
    "{'format': 'scalesim/1', 'nodes': {"
    "'people': {'type': 'client', 'load': {'rate': 60}, 'operations': {'read': 3, 'write': 1}},"
    "'staff': {'type': 'client', 'load': {'users': 4, 'think': 'exp(50ms)'},"
    "'operations': {'read': 1}},"
    "'shop': {'type': 'service', 'replicas': 2, 'concurrency': 5, 'operations': {"
    "'read': {'flow': [{'call': 'cache', 'miss': [{'call': 'db'}]}]},"
    "'write': {'flow': [{'parallel': [[{'call': 'db'}], [{'compute': 'exp(3ms)'},"
    "{'call': 'cpu'}]]}, {'publish': 'log'}]}}},"
    "'cache': {'type': 'redis', 'hit_ratio': 0.7},"
    "'db': {'type': 'postgres', 'connections': 4, 'cores': 2, 'service_time': 'exp(6ms)'},"
    "'cpu': {'type': 'station', 'discipline': 'srpt', 'service_time': 'exp(9ms)'},"
    "'log': {'type': 'kafka', 'partitions': 2},"
    "'sink': {'type': 'station', 'service_time': 'exp(2ms)'}},"
    "'edges': [{'from': 'people', 'to': 'shop', 'timeout': '90ms',"
    "'retry': {'max': 1, 'backoff': '4ms'}}, {'from': 'staff', 'to': 'shop'},"
    "{'from': 'shop', 'to': 'cache'},"
    "{'from': 'shop', 'to': 'db', 'latency': 'exp(1ms)', 'hedge': {'after': '12ms'}},"
    "{'from': 'shop', 'to': 'cpu'}, {'from': 'shop', 'to': 'log', 'kind': 'publish'},"
    "{'from': 'log', 'to': 'sink'}],"
    "'faults': [{'kind': 'slow', 'target': 'db', 'at': 3, 'for': 2, 'factor': 5},"
    "{'kind': 'crash', 'target': 'cpu', 'at': 6, 'for': 1},"
    "{'kind': 'latency', 'target': 'people->shop', 'at': 7, 'for': 1, 'latency': '5ms'},"
    "{'kind': 'loss', 'target': 'shop->cpu', 'at': 8, 'for': 1, 'rate': 0.3}],"
    "'run': {'duration': 10, 'warmup': 1, 'seed': 3}}";

static opened open_text(const char *text, const ss_allocator *allocator, double until_s) {
    return open_remembered(text, allocator, 4u << 20, until_s);
}

static double number_of(const ss_json *object, const char *key) {
    const ss_json *value = ss_json_get(object, key);
    return value ? ss_json_number(value) : 0.0;
}

static bool is(const ss_json *object, const char *key, const char *text) {
    const ss_json *value = ss_json_get(object, key);
    return value && strcmp(ss_json_string(value), text) == 0;
}

/// The part kinds follow one another from the beginning of the span to its end.
static void check_parts(const ss_json *span) {
    const double start = number_of(span, "start_ns"), end = number_of(span, "end_ns");
    double last = start - 1.0;
    for (const ss_json *part = ss_json_first(ss_json_get(span, "parts")); part;
         part = ss_json_next(part)) {
        const double from = ss_json_number(ss_json_next(ss_json_first(part)));
        if (last < start) SS_CHECK(from == start);
        SS_CHECK(from > last && from < end);
        last = from;
    }
    SS_CHECK(last >= start || start == end); // whatever took time has a part
}

/// Nanoseconds of a span in parts of a kind.
static double time_in(const ss_json *span, const char *kind) {
    double sum = 0.0;
    for (const ss_json *part = ss_json_first(ss_json_get(span, "parts")); part;
         part = ss_json_next(part)) {
        const ss_json *next = ss_json_next(part);
        const double from = ss_json_number(ss_json_next(ss_json_first(part)));
        const double to = next ? ss_json_number(ss_json_next(ss_json_first(next)))
                               : number_of(span, "end_ns");
        if (strcmp(ss_json_string(ss_json_first(part)), kind) == 0) sum += to - from;
    }
    return sum;
}

static const ss_json *span_number(const ss_json *request, uint32_t number) {
    const ss_json *span = ss_json_first(ss_json_get(request, "spans"));
    while (span && number-- > 0u) span = ss_json_next(span);
    return span;
}

static void check_nesting(const ss_json *request) {
    const ss_json *root = span_number(request, 0);
    SS_CHECK(root && number_of(root, "start_ns") == 0.0 && !ss_json_get(root, "parent"));
    uint32_t number = 0;
    for (const ss_json *span = root; span; span = ss_json_next(span), number++) {
        check_parts(span);
        if (number == 0u) continue;
        const uint32_t parent = (uint32_t)number_of(span, "parent");
        SS_CHECK(parent < number);
        const ss_json *outer = span_number(request, parent);
        SS_CHECK(number_of(span, "start_ns") >= number_of(outer, "start_ns"));
        SS_CHECK(number_of(span, "end_ns") <= number_of(outer, "end_ns"));
    }
}

typedef struct looked {
    ss_text text;
    ss_json_document *document;
    const ss_json *root;
} looked;

static looked look(ss_run *run, ss_span_options options) {
    const ss_allocator allocator = ss_allocator_default();
    looked it = {.text = ss_text_create(&allocator)};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_CHECK(!ss_run_write_spans(run, options, &it.text));
    SS_CHECK(!ss_json_parse(it.text.bytes, it.text.length, &allocator, diagnostics, &it.document));
    it.root = it.document ? ss_json_root(it.document) : NULL;
    ss_diagnostics_destroy(diagnostics);
    return it;
}

static void look_away(looked *it) {
    ss_json_document_destroy(it->document);
    ss_text_destroy(&it->text);
}

static const ss_json *first_request(const looked *it) {
    return ss_json_first(ss_json_get(it->root, "requests"));
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

SS_TEST(spans_of_a_whole_run_are_what_the_run_measured) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_text(line_text, &allocator, 1e9);
    looked it = look(one.run, (ss_span_options){.from_s = 0.0, .to_s = 12.0});
    SS_REQUIRE(it.root != NULL);
    SS_CHECK(number_of(it.root, "one_in") == 1.0);
    double responses = 0.0, answered = 0.0, timeouts = 0.0, retries = 0.0, rejected = 0.0;
    for (const ss_json *request = first_request(&it); request; request = ss_json_next(request)) {
        check_nesting(request);
        const double start = number_of(request, "start_s") * 1e9;
        const ss_json *root = span_number(request, 0);
        if (is(root, "end", "ok") && start + number_of(root, "end_ns") <= 12e9) {
            responses += number_of(root, "end_ns") / 1e9;
            answered += 1.0;
        }
        for (const ss_json *span = root; span; span = ss_json_next(span)) {
            if (start + number_of(span, "end_ns") > 12e9) continue;
            if (is(span, "end", "timeout") && is(span, "node", "store")) timeouts += 1.0;
            if (is(span, "end", "rejected") && is(span, "node", "bank")) rejected += 1.0;
            if (number_of(span, "attempt") > 0.0 && is(span, "node", "store")) retries += 1.0;
        }
    }
    SS_CHECK(answered > 100.0 && timeouts > 5.0 && rejected > 5.0 && retries > 5.0);
    SS_CHECK_NEAR(answered, metric(one.run, "nodes.people.response.count"), 0.0);
    SS_CHECK_NEAR(responses / answered, metric(one.run, "nodes.people.response.mean"), 1e-9);
    SS_CHECK_NEAR(timeouts, metric(one.run, "edges.shop->store.timeouts"), 0.0);
    // Some may be backing off at the end.
    SS_CHECK_NEAR(retries, metric(one.run, "edges.shop->store.retries"), 2.0);
    SS_CHECK_NEAR(rejected, metric(one.run, "nodes.bank.errors.rejected"), 0.0);
    look_away(&it);
    close_run(&one);
}

SS_TEST(spans_of_calls_fill_the_time_that_their_caller_calls) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_text(line_text, &allocator, 1e9);
    looked it = look(one.run, (ss_span_options){.from_s = 4.0, .to_s = 6.0});
    SS_REQUIRE(it.root != NULL);
    uint32_t compared = 0;
    for (const ss_json *request = first_request(&it); request; request = ss_json_next(request)) {
        uint32_t number = 0;
        for (const ss_json *span = span_number(request, 0); span;
             span = ss_json_next(span), number++) {
            double called = 0.0;
            for (const ss_json *child = ss_json_next(span); child; child = ss_json_next(child)) {
                if (number_of(child, "parent") != (double)number) continue;
                called += number_of(child, "end_ns") - number_of(child, "start_ns");
                compared++;
            }
            SS_CHECK_NEAR(time_in(span, "call"), called, 0.5);
        }
    }
    SS_CHECK(compared > 50u);
    look_away(&it);
    close_run(&one);
}

SS_TEST(spans_of_everything_nest) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_text(wide_text, &allocator, 1e9);
    static const char *const ends[] = {"ok", "timeout", "abandoned", "failed"};
    uint32_t seen[4] = {0}, branches = 0, staff = 0;
    for (double from_s = 0.0; from_s < 10.0; from_s += 1.0) {
        looked it = look(one.run, (ss_span_options){.from_s = from_s, .to_s = from_s + 1.0});
        SS_REQUIRE(it.root != NULL);
        for (const ss_json *request = first_request(&it); request;
             request = ss_json_next(request)) {
            check_nesting(request);
            for (const ss_json *span = span_number(request, 0); span; span = ss_json_next(span)) {
                for (size_t i = 0; i < 4u; i++) seen[i] += is(span, "end", ends[i]) ? 1u : 0u;
                branches += ss_json_get(span, "branch") ? 1u : 0u;
                SS_CHECK(!ss_json_get(span, "branch") || !is(span, "end", "lost"));
                staff += is(span, "node", "staff") ? 1u : 0u;
            }
        }
        look_away(&it);
    }
    for (size_t i = 0; i < 4u; i++) SS_CHECK(seen[i] > 0u);
    SS_CHECK(branches > 20u && staff > 20u);
    close_run(&one);
}

SS_TEST(spans_are_sampled_evenly_and_of_one_client) {
    const ss_allocator allocator = ss_allocator_default();
    opened one = open_text(wide_text, &allocator, 1e9);
    looked it = look(one.run, (ss_span_options){.from_s = 2.0, .to_s = 4.0, .client = "people",
                                                .requests_max = 20});
    SS_REQUIRE(it.root != NULL);
    const double one_in = number_of(it.root, "one_in"), begun = number_of(it.root, "begun");
    const double count = (double)ss_json_size(ss_json_get(it.root, "requests"));
    SS_CHECK(count <= 20.0 && count >= 12.0);
    SS_CHECK(one_in == (double)(uint32_t)((begun + 19.0) / 20.0));
    double last_s = 0.0;
    for (const ss_json *request = first_request(&it); request; request = ss_json_next(request)) {
        SS_CHECK(is(span_number(request, 0), "node", "people"));
        last_s = number_of(request, "start_s");
        SS_CHECK(last_s >= 2.0 && last_s < 4.0);
    }
    SS_CHECK(last_s > 3.7);
    look_away(&it);
    ss_text none = ss_text_create(&allocator);
    const ss_span_options wrong = {.from_s = 2.0, .to_s = 4.0, .client = "nobody"};
    SS_CHECK(ss_run_write_spans(one.run, wrong, &none) == SS_ERROR_INPUT);
    const ss_span_options empty = {.from_s = 4.0, .to_s = 4.0};
    SS_CHECK(ss_run_write_spans(one.run, empty, &none) == SS_ERROR_INPUT);
    ss_text_destroy(&none);
    close_run(&one);
}

SS_TEST(looking_at_spans_changes_nothing) {
    const ss_allocator allocator = ss_allocator_default();
    opened plain = open_text(wide_text, &allocator, 1e9);
    opened one = open_text(wide_text, &allocator, 6.3);
    ss_text expected = results_of(plain.run);
    ss_text before = results_of(one.run);
    const size_t rows = ss_run_timeline_rows(one.run);
    const double froms[] = {0.0, 5.9, 2.5, 6.2};
    for (size_t i = 0; i < 4u; i++) {
        looked it = look(one.run, (ss_span_options){.from_s = froms[i], .to_s = froms[i] + 1.5});
        look_away(&it);
        SS_CHECK_NEAR(ss_run_time_s(one.run), 6.3, 0.0);
        SS_CHECK_EQUAL(ss_run_timeline_rows(one.run), rows);
        ss_text after = results_of(one.run);
        SS_CHECK_TEXT(after.bytes, before.bytes);
        ss_text_destroy(&after);
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

SS_TEST(spans_without_memory_leave_the_run_as_it_was) {
    failing_allocator state = {0};
    const ss_allocator allocator = failing_allocator_of(&state);
    opened one = open_text(line_text, &allocator, 8.0);
    ss_text before = results_of(one.run);
    const ss_allocator plain = ss_allocator_default();
    bool was_refused = true;
    for (size_t at = 1; was_refused && at < 100u; at++) {
        ss_text out = ss_text_create(&plain);
        state.requests = 0;
        state.refuse_at = at;
        const ss_status status =
            ss_run_write_spans(one.run, (ss_span_options){.from_s = 3.0, .to_s = 4.0}, &out);
        was_refused = state.requests >= at;
        state.refuse_at = 0;
        SS_CHECK(status == (was_refused ? SS_ERROR_MEMORY : SS_OK));
        ss_text_destroy(&out);
        ss_text after = results_of(one.run);
        SS_CHECK_TEXT(after.bytes, before.bytes);
        ss_text_destroy(&after);
    }
    SS_CHECK(!was_refused);
    ss_text_destroy(&before);
    close_run(&one);
    SS_CHECK_EQUAL(state.blocks, 0);
}
