// What a loaded design holds: values, defaults, operations, steps, edges.

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "scalesim/model.h"
#include "unit.h"

typedef struct loaded {
    ss_catalog *catalog;
    ss_diagnostics *diagnostics;
    ss_design *design;
} loaded;

static loaded load(const char *text) {
    const ss_allocator allocator = ss_allocator_default();
    loaded l = {.design = NULL};
    l.diagnostics = ss_diagnostics_create(&allocator);
    SS_CHECK(ss_catalog_create(&allocator, &l.catalog) == SS_OK);
    const ss_status status =
        ss_design_load(text, strlen(text), l.catalog, &allocator, l.diagnostics, &l.design);
    if (!SS_CHECK(status == SS_OK) && ss_diagnostics_count(l.diagnostics) > 0u) {
        SS_CHECK_TEXT(ss_diagnostics_get(l.diagnostics, 0)->message, "");
    }
    return l;
}

static void unload(loaded *l) {
    ss_design_destroy(l->design);
    ss_catalog_destroy(l->catalog);
    ss_diagnostics_destroy(l->diagnostics);
}

#define CLIENT "\"users\":{\"type\":\"client\",\"load\":{\"rate\":\"2/s\"}}"
#define DESIGN(nodes, edges)                                                                       \
    "{\"format\":\"scalesim/1\",\"nodes\":{" CLIENT "," nodes "},\"edges\":[" edges "]}"
#define TO_API "{\"from\":\"users\",\"to\":\"api\"}"

SS_TEST(design_minimal_has_every_default) {
    loaded l = load(DESIGN("\"api\":{\"type\":\"service\"}", TO_API));
    SS_REQUIRE(l.design);
    SS_CHECK_TEXT(l.design->name, "Untitled");
    SS_CHECK_TEXT(l.design->description, "");
    SS_CHECK_EQUAL(l.design->node_count, 2);
    SS_CHECK_EQUAL(l.design->fault_count, 0);
    SS_CHECK_EQUAL(l.design->slo_count, 0);
    const ss_object *run = &l.design->run;
    SS_CHECK_NEAR(ss_object_get(run, "duration")->number, 600.0, 0.0);
    SS_CHECK_TEXT(ss_object_get(run, "warmup")->text, "auto");
    SS_CHECK_NEAR(ss_object_get(run, "seed")->number, 1.0, 0.0);
    SS_CHECK(!ss_object_get(run, "precision")->is_set);
    const ss_node *api = &l.design->nodes[1];
    SS_CHECK_TEXT(api->id, "api");
    SS_CHECK_TEXT(api->name, "api");
    const ss_value *concurrency = ss_object_get(&api->object, "concurrency");
    SS_CHECK(concurrency->is_set && !concurrency->is_written && !concurrency->json);
    SS_CHECK_NEAR(concurrency->number, 32.0, 0.0);
    SS_CHECK(ss_object_get(&api->object, "queue")->number == SS_INFINITY);
    SS_CHECK_TEXT(ss_object_get(&api->object, "discipline")->text, "fifo");
    SS_CHECK(!ss_object_get(&api->object, "patience")->is_set);
    const ss_value *instance = ss_object_get(&api->object, "instance");
    SS_REQUIRE(instance->count == 1u);
    SS_CHECK_NEAR(ss_object_get(instance->objects, "speed")->number, 1.0, 0.0);
    SS_CHECK(ss_object_get(&api->object, "limits")->count == 0u);
    SS_CHECK(ss_object_find(&api->object, "hit_ratio") == NULL);
    unload(&l);
}

SS_TEST(design_values_are_in_base_units) {
    loaded l = load(DESIGN("\"api\":{\"type\":\"service\",\"queue\":5,\"error_rate\":\"2%\","
                           "\"service_time\":\"uniform(1ms, 3ms)\",\"patience\":\"2s\","
                           "\"instance\":"
                           "{\"price_per_hour\":\"$0.25\"},\"limits\":{\"rate\":\"120/m\"}}",
                           "{\"from\":\"users\",\"to\":\"api\",\"latency\":\"500us\",\"bandwidth\":"
                           "\"125MB/s\",\"request_size\":\"2KiB\",\"timeout\":\"0.5m\"}"));
    SS_REQUIRE(l.design);
    const ss_object *api = &l.design->nodes[1].object;
    SS_CHECK_NEAR(ss_object_get(api, "queue")->number, 5.0, 0.0);
    SS_CHECK(ss_object_get(api, "queue")->is_written && ss_object_get(api, "queue")->json);
    SS_CHECK_NEAR(ss_object_get(api, "error_rate")->number, 0.02, 1e-15);
    SS_CHECK_NEAR(ss_object_get(api, "service_time")->dist->mean, 0.002, 1e-15);
    SS_CHECK_NEAR(ss_object_get(api, "patience")->dist->mean, 2.0, 0.0);
    const ss_object *instance = ss_object_get(api, "instance")->objects;
    SS_CHECK_NEAR(ss_object_get(instance, "price_per_hour")->number, 0.25, 0.0);
    SS_CHECK_NEAR(ss_object_get(instance, "speed")->number, 1.0, 0.0);
    SS_CHECK_NEAR(ss_object_get(ss_object_get(api, "limits")->objects, "rate")->number, 2.0, 0.0);
    const ss_object *edge = &l.design->edges[0].object;
    SS_CHECK_NEAR(ss_object_get(edge, "latency")->dist->mean, 0.0005, 1e-18);
    SS_CHECK_NEAR(ss_object_get(edge, "bandwidth")->number, 125e6, 0.0);
    SS_CHECK_NEAR(ss_object_get(edge, "request_size")->number, 2048.0, 0.0);
    SS_CHECK_NEAR(ss_object_get(edge, "response_size")->number, 1000.0, 0.0);
    SS_CHECK_NEAR(ss_object_get(edge, "timeout")->number, 30.0, 0.0);
    SS_CHECK(!ss_object_get(edge, "retry")->is_set);
    unload(&l);
}

SS_TEST(design_service_times_per_operation) {
    loaded l = load(
        "{\"format\":\"scalesim/1\",\"nodes\":{\"users\":{\"type\":\"client\","
        "\"load\":{\"rate\":1},"
        "\"operations\":{\"buy\":1,\"browse\":\"300%\"}},\"a\":{\"type\":\"postgres\","
        "\"service_time\":{\"buy\":\"4ms\",\"default\":\"2ms\"}},\"b\":{\"type\":\"postgres\","
        "\"service_time\":{\"buy\":\"4ms\"}},\"c\":{\"type\":\"station\",\"service_time\":{\"buy\":"
        "\"4ms\"}}},\"edges\":[{\"from\":\"users\",\"to\":\"a\"},{\"from\":\"a\",\"to\":\"b\"},"
        "{\"from\":\"a\",\"to\":\"c\"}]}");
    SS_REQUIRE(l.design);
    const ss_value *mix = ss_object_get(&l.design->nodes[0].object, "operations");
    SS_REQUIRE(mix->count == 2u);
    SS_CHECK_TEXT(mix->weights[1].name, "browse");
    SS_CHECK_NEAR(mix->weights[1].weight, 3.0, 0.0);
    const ss_value *a = ss_object_get(&l.design->nodes[1].object, "service_time");
    SS_REQUIRE(a->count == 1u);
    SS_CHECK_TEXT(a->dists[0].name, "buy");
    SS_CHECK_NEAR(a->dists[0].dist->mean, 0.004, 0.0);
    SS_CHECK_NEAR(a->dist->mean, 0.002, 0.0);
    // Without "default", other operations have the type's own time, where it has one.
    const ss_value *b = ss_object_get(&l.design->nodes[2].object, "service_time");
    SS_CHECK_NEAR(b->dist->mean, 0.001, 1e-18);
    const ss_value *c = ss_object_get(&l.design->nodes[3].object, "service_time");
    SS_CHECK(c->dist == NULL && c->count == 1u);
    unload(&l);
}

SS_TEST(design_loads_of_every_kind) {
    static const char *const loads[] = {
        "{\"rate\":\"60/m\"}", "{\"interarrival\":\"erlang(k=4, mean=10ms)\"}",
        "{\"pattern\":[{\"at\":\"0s\",\"rate\":1},{\"at\":\"1m\",\"rate\":\"5/s\"}]}",
        "{\"trace\":[[0,\"buy\"],[\"1500ms\"],[1.5]]}",
        "{\"mmpp\":[{\"rate\":1,\"for\":\"exp(20s)\"},{\"rate\":0,\"for\":5}]}",
        "{\"users\":3,\"think\":\"exp(1s)\"}"};
    loaded l[6];
    for (size_t i = 0; i < 6u; i++) {
        const ss_allocator allocator = ss_allocator_default();
        ss_text text = ss_text_create(&allocator);
        ss_text_add_format(&text,
                           "{\"format\":\"scalesim/1\",\"nodes\":{\"u\":{\"type\":\"client\","
                           "\"load\":%s},\"s\":{\"type\":\"service\"}},\"edges\":[{\"from\":\"u\","
                           "\"to\":\"s\"}]}", loads[i]);
        l[i] = load(text.bytes);
        ss_text_destroy(&text);
        SS_REQUIRE(l[i].design);
    }
#define LOAD(i) ss_object_get(&l[i].design->nodes[0].object, "load")->objects
    SS_CHECK_NEAR(ss_object_get(LOAD(0), "rate")->number, 1.0, 0.0);
    SS_CHECK_NEAR(ss_object_get(LOAD(1), "interarrival")->dist->mean, 0.01, 1e-15);
    const ss_value *pattern = ss_object_get(LOAD(2), "pattern");
    SS_REQUIRE(pattern->count == 2u);
    SS_CHECK_NEAR(ss_object_get(&pattern->objects[1], "at")->number, 60.0, 0.0);
    const ss_value *trace = ss_object_get(LOAD(3), "trace");
    SS_REQUIRE(trace->count == 3u);
    SS_CHECK_TEXT(trace->arrivals[0].op, "buy");
    SS_CHECK(trace->arrivals[1].op == NULL);
    SS_CHECK_NEAR(trace->arrivals[1].time_s, 1.5, 0.0);
    const ss_value *mmpp = ss_object_get(LOAD(4), "mmpp");
    SS_CHECK_NEAR(ss_object_get(&mmpp->objects[1], "for")->dist->mean, 5.0, 0.0);
    SS_CHECK_NEAR(ss_object_get(LOAD(5), "users")->number, 3.0, 0.0);
    for (size_t i = 0; i < 6u; i++) unload(&l[i]);
}

SS_TEST(design_flow_becomes_steps) {
    loaded l = load(
        "{\"format\":\"scalesim/1\",\"nodes\":{\"users\":{\"type\":\"client\","
        "\"load\":{\"rate\":1},"
        "\"operations\":{\"buy\":1}},\"api\":{\"type\":\"service\",\"operations\":{\"buy\":{"
        "\"priority\":2,\"flow\":[{\"compute\":\"6ms\"},{\"call\":\"db\",\"op\":\"insert\"},"
        "{\"call\":\"cache\",\"miss\":[{\"call\":\"db\"}]},{\"parallel\":[[{\"compute\":1}],[]]},"
        "{\"choose\":[{\"probability\":\"20%\",\"flow\":[{\"publish\":\"q\"}]}]},"
        "{\"repeat\":3,\"flow\":[{\"compute\":2},{\"compute\":3}]}]}}},"
        "\"db\":{\"type\":\"postgres\"},"
        "\"cache\":{\"type\":\"redis\"},\"q\":{\"type\":\"kafka\"}},\"edges\":["
        "{\"from\":\"users\",\"to\":\"api\"},{\"from\":\"api\",\"to\":\"db\"},"
        "{\"from\":\"api\",\"to\":\"db\",\"op\":\"insert\"},{\"from\":\"api\",\"to\":\"cache\"},"
        "{\"from\":\"api\",\"to\":\"q\",\"kind\":\"publish\"}]}");
    SS_REQUIRE(l.design);
    const ss_value *operations = ss_object_get(&l.design->nodes[1].object, "operations");
    SS_REQUIRE(operations->count == 1u);
    SS_CHECK_TEXT(operations->operations[0].name, "buy");
    const ss_object *buy = &operations->operations[0].object;
    SS_CHECK_NEAR(ss_object_get(buy, "priority")->number, 2.0, 0.0);
    SS_CHECK(!ss_object_get(buy, "error_rate")->is_set);
    const ss_value *flow = ss_object_get(buy, "flow");
    SS_REQUIRE(flow->count == 6u);
    const ss_step *s = flow->flow;
    SS_CHECK(s[0].kind == SS_STEP_COMPUTE && s[0].dist->mean == 0.006);
    SS_CHECK(s[1].kind == SS_STEP_CALL && s[1].edge1 == 3u); // the edge with the step's operation
    SS_CHECK_TEXT(s[1].op, "insert");
    SS_CHECK_TEXT(s[1].pointer, "/nodes/api/operations/buy/flow/1");
    SS_CHECK(s[2].edge1 == 4u && s[2].count == 1u && s[2].branches[0].count == 1u);
    SS_CHECK(s[2].branches[0].steps[0].edge1 == 2u && s[2].branches[0].steps[0].op == NULL);
    SS_CHECK(s[3].kind == SS_STEP_PARALLEL && s[3].count == 2u && s[3].branches[1].count == 0u);
    SS_CHECK(s[4].kind == SS_STEP_CHOOSE && s[4].branches[0].probability == 0.2);
    SS_CHECK(s[4].branches[0].steps[0].kind == SS_STEP_PUBLISH);
    SS_CHECK(s[5].kind == SS_STEP_REPEAT && s[5].repeat == 3u && s[5].branches[0].count == 2u);
    unload(&l);
}

SS_TEST(design_names_nodes_and_edges) {
    loaded l = load(DESIGN("\"api\":{\"type\":\"service\",\"name\":\"The API\"}",
                           TO_API ",{\"from\":\"users\",\"to\":\"api\",\"op\":\"x\","
                                  "\"retry\":{}}"));
    SS_REQUIRE(l.design);
    SS_CHECK_TEXT(l.design->nodes[1].name, "The API");
    SS_CHECK_TEXT(l.design->edges[0].name, "users->api");
    SS_CHECK_TEXT(l.design->edges[1].name, "users->api#2");
    SS_CHECK_TEXT(l.design->edges[1].op, "x");
    SS_CHECK_EQUAL(ss_design_node_index(l.design, "api"), 1);
    SS_CHECK_EQUAL(ss_design_node_index(l.design, "apx"), UINT32_MAX);
    SS_CHECK_EQUAL(ss_design_edge_index(l.design, "users->api#2"), 1);
    SS_CHECK_EQUAL(ss_design_edge_index(l.design, "api->users"), UINT32_MAX);
    SS_CHECK_EQUAL(l.design->edges[1].from, 0);
    SS_CHECK_EQUAL(l.design->edges[1].to, 1);
    SS_CHECK_EQUAL(l.design->edges[1].kind, SS_EDGE_CALL);
    const ss_value *retry = ss_object_get(&l.design->edges[1].object, "retry");
    SS_REQUIRE(retry->count == 1u); // written, so its defaults hold
    SS_CHECK_NEAR(ss_object_get(retry->objects, "max")->number, 1.0, 0.0);
    SS_CHECK_TEXT(l.design->edges[1].object.pointer, "/edges/1");
    unload(&l);
}

SS_TEST(design_metric_paths) {
    loaded l = load(DESIGN("\"api\":{\"type\":\"service\",\"service_time\":{\"buy\":1}}", TO_API));
    SS_REQUIRE(l.design);
    ss_metric metric;
    SS_CHECK(ss_metric_parse(l.design, "nodes.api.operations.buy.response.p99", "", l.diagnostics,
                             &metric) == SS_OK);
    SS_CHECK(!metric.is_edge && metric.index == 1u && metric.unit == SS_UNIT_SECONDS);
    SS_CHECK_TEXT(metric.op, "buy");
    SS_CHECK_TEXT(metric.stat, "response");
    SS_CHECK_TEXT(metric.field, "p99");
    SS_CHECK(ss_metric_parse(l.design, "edges.users->api.calls", "", l.diagnostics, &metric) ==
             SS_OK);
    SS_CHECK(metric.is_edge && metric.index == 0u && !metric.field && metric.unit == SS_UNIT_NONE);
    SS_CHECK(ss_metric_parse(l.design, "nodes.api.throughput", "", l.diagnostics, &metric) ==
             SS_OK);
    SS_CHECK(metric.unit == SS_UNIT_RATE);
    SS_CHECK(ss_metric_parse(l.design, "nodes.api.wait.count", "", l.diagnostics, &metric) ==
             SS_OK);
    SS_CHECK(metric.unit == SS_UNIT_NONE);
    static const char *const bad[] = {"", ".", "nodes", "nodes.", "nodes.api", "nodes.api.",
                                      "nodes.api.operations", "nodes.api.wait.", "edges.users->api",
                                      "nodes.api.wait.p99.x", "nodes..wait.p99"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        SS_CHECK(ss_metric_parse(l.design, bad[i], "/x", l.diagnostics, &metric) ==
                 SS_ERROR_INPUT);
    }
    unload(&l);
}

// --- Limits --------------------------------------------------------------------------------------

typedef struct counted {
    size_t calls;     ///< allocations so far
    size_t fail_from; ///< this one and all later ones are refused
    size_t live;      ///< bytes not given back
} counted;

static void *count_reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    counted *c = context;
    if (new_bytes == 0u) {
        c->live -= pointer ? old_bytes : 0u;
        free(pointer);
        return NULL;
    }
    if (++c->calls >= c->fail_from) return NULL;
    void *moved = realloc(pointer, new_bytes);
    if (moved) c->live += new_bytes - (pointer ? old_bytes : 0u);
    return moved;
}

/// Creates a catalog and loads a document with an allocator that fails from the n-th call on.
static ss_status load_failing(const char *text, size_t length, counted *c) {
    const ss_allocator allocator = {.reallocate = count_reallocate, .context = c};
    ss_catalog *catalog = NULL;
    ss_design *design = NULL;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_status status = diagnostics ? ss_catalog_create(&allocator, &catalog) : SS_ERROR_MEMORY;
    if (status == SS_OK) {
        status = ss_design_load(text, length, catalog, &allocator, diagnostics, &design);
    }
    SS_CHECK((design != NULL) == (status == SS_OK));
    ss_design_destroy(design);
    ss_catalog_destroy(catalog);
    ss_diagnostics_destroy(diagnostics);
    return status;
}

static void fail_everywhere(const char *path) {
    size_t length = 0;
    char *text = ss_test_read_file(path, &length);
    SS_REQUIRE(text);
    counted all = {.fail_from = SIZE_MAX};
    const ss_status whole = load_failing(text, length, &all);
    SS_CHECK_EQUAL(all.live, 0);
    SS_CHECK(all.calls > 50u);
    for (size_t n = 1; n <= all.calls; n++) {
        counted c = {.fail_from = n};
        // A warning that cannot be kept is lost without failing the load; errors are counted
        // anyway.
        const ss_status status = load_failing(text, length, &c);
        if (!SS_CHECK(status == SS_ERROR_MEMORY || status == whole)) break;
        if (!SS_CHECK(c.live == 0u)) break;
    }
    free(text);
}

SS_TEST(design_load_survives_every_refused_allocation) {
    fail_everywhere("tests/unit/wrong_designs/warning-operation-nobody-asks-for.json");
    fail_everywhere("tests/unit/wrong_designs/warning-calls-that-may-come-back.json");
    fail_everywhere("tests/unit/wrong_designs/everything-at-once.json");
    fail_everywhere("tests/unit/wrong_designs/zone-that-no-node-is-in.json");
    fail_everywhere("core/components/client/example.scalesim.json");
    fail_everywhere("core/components/service/example.scalesim.json");
    fail_everywhere("tests/unit/wrong_designs/call-deep-in-a-flow.json");
}

SS_TEST(design_override_survives_every_refused_allocation) {
    static const char text[] = DESIGN("\"api\":{\"type\":\"service\"}", TO_API);
    static const char *const assignments[] = {"nodes.api.replicas=3", "edges.user->api.timeout=1"};
    counted all = {.fail_from = SIZE_MAX};
    for (size_t n = 1; n <= all.calls + 1u; n++) {
        counted c = {.fail_from = n};
        counted *used = n == 1u ? &all : &c;
        const ss_allocator allocator = {.reallocate = count_reallocate, .context = used};
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_text out = ss_text_create(&allocator);
        ss_status status = SS_ERROR_MEMORY;
        if (diagnostics) {
            status = ss_design_override(text, sizeof text - 1u, assignments, 2u, &allocator,
                                        diagnostics, &out);
        }
        SS_CHECK(status == SS_ERROR_MEMORY || status == SS_ERROR_INPUT);
        ss_text_destroy(&out);
        ss_diagnostics_destroy(diagnostics);
        SS_CHECK_EQUAL(used->live, 0);
    }
}

SS_TEST(design_of_too_many_nodes_is_refused) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_text_add(&text, "{\"format\":\"scalesim/1\",\"nodes\":{" CLIENT);
    for (uint32_t i = 0; i < 100000u; i++) ss_text_add_format(&text, ",\"n%u\":{}", i);
    ss_text_add(&text, "},\"edges\":[{\"from\":\"users\",\"to\":\"n1\"}]}");
    ss_catalog *catalog = NULL;
    ss_design *design = NULL;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    SS_CHECK(ss_design_load(text.bytes, text.length, catalog, &allocator, diagnostics, &design) ==
             SS_ERROR_INPUT);
    SS_REQUIRE(ss_diagnostics_count(diagnostics) == 1u);
    SS_CHECK_TEXT(ss_diagnostics_get(diagnostics, 0)->code, "E103");
    SS_CHECK_TEXT(ss_diagnostics_get(diagnostics, 0)->pointer, "/nodes");
    ss_diagnostics_destroy(diagnostics);
    ss_catalog_destroy(catalog);
    ss_text_destroy(&text);
}

SS_TEST(design_of_thousands_of_nodes_loads) {
    const ss_allocator allocator = ss_allocator_default();
    const uint32_t count = 5000;
    ss_text text = ss_text_create(&allocator);
    ss_text_add(&text, "{\"format\":\"scalesim/1\",\"nodes\":{" CLIENT);
    for (uint32_t i = 0; i < count; i++) {
        ss_text_add_format(&text, ",\"node-%u\":{\"type\":\"service\",\"replicas\":2}", i);
    }
    ss_text_add(&text, "},\"edges\":[{\"from\":\"users\",\"to\":\"node-0\"}");
    for (uint32_t i = 1; i < count; i++) {
        ss_text_add_format(&text, ",{\"from\":\"node-%u\",\"to\":\"node-%u\"}", (i - 1u) / 2u, i);
    }
    ss_text_add(&text, "]}");
    loaded l = load(text.bytes);
    SS_REQUIRE(l.design);
    SS_CHECK_EQUAL(l.design->node_count, count + 1u);
    SS_CHECK_EQUAL(l.design->edge_count, count);
    SS_CHECK_EQUAL(ss_diagnostics_count(l.diagnostics), 0);
    SS_CHECK_EQUAL(ss_design_node_index(l.design, "node-4999"), count);
    SS_CHECK_EQUAL(ss_design_edge_index(l.design, "node-2499->node-4999"), count - 1u);
    unload(&l);
    ss_text_destroy(&text);
}

SS_TEST(design_examples_load_without_a_finding) {
    static const char *const components[] = {"cache", "client", "database", "queue", "service",
                                             "station"};
    const ss_allocator allocator = ss_allocator_default();
    for (size_t i = 0; i < sizeof components / sizeof *components; i++) {
        ss_text path = ss_text_create(&allocator);
        ss_text_add_format(&path, "core/components/%s/example.scalesim.json", components[i]);
        size_t length = 0;
        char *text = ss_test_read_file(path.bytes, &length);
        SS_REQUIRE(text);
        loaded l = load(text);
        SS_CHECK_EQUAL(ss_diagnostics_count(l.diagnostics), 0);
        bool uses_it = false;
        for (uint32_t n = 0; l.design && n < l.design->node_count; n++) {
            uses_it |= strcmp(l.design->nodes[n].type->behaviour, components[i]) == 0;
        }
        SS_CHECK(uses_it);
        unload(&l);
        free(text);
        ss_text_destroy(&path);
    }
}
