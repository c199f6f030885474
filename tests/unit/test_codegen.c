#include <stdlib.h>
#include <string.h>

#include "codegen/context.h"
#include "codegen/target.h"
#include "failing_allocator.h"
#include "unit.h"

// --- Helpers -------------------------------------------------------------------------------------

static const char shop[] =
    "{\"format\":\"scalesim/1\",\"name\":\"A shop\",\"nodes\":{"
    "\"people\":{\"type\":\"client\",\"load\":{\"rate\":10},\"operations\":{\"buy\":1,\"look\":2}},"
    "\"door\":{\"type\":\"gateway\"},"
    "\"orders\":{\"type\":\"service\",\"operations\":{\"buy\":{\"flow\":["
    "{\"compute\":\"1ms\"},{\"call\":\"db\",\"op\":\"insert\"}]},"
    "\"look\":{\"service_time\":\"2ms\"}}},"
    "\"db\":{\"type\":\"mongodb\",\"connections\":12}},"
    "\"edges\":[{\"from\":\"people\",\"to\":\"door\"},{\"from\":\"door\",\"to\":\"orders\"},"
    "{\"from\":\"orders\",\"to\":\"db\",\"latency\":\"1ms\"}]}";

typedef struct fixture {
    ss_allocator allocator;
    ss_diagnostics *diagnostics;
    ss_catalog *catalog;
    ss_design *design;
} fixture;

static fixture load(const char *text) {
    fixture f = {.allocator = ss_allocator_default()};
    f.diagnostics = ss_diagnostics_create(&f.allocator);
    SS_CHECK(ss_catalog_create(&f.allocator, &f.catalog) == SS_OK);
    SS_CHECK(ss_design_load(text, strlen(text), f.catalog, &f.allocator, f.diagnostics,
                            &f.design) == SS_OK);
    if (ss_diagnostics_error_count(f.diagnostics) > 0) {
        SS_CHECK_TEXT(ss_diagnostics_get(f.diagnostics, 0)->message, "");
    }
    ss_diagnostics_clear(f.diagnostics);
    return f;
}

static void unload(fixture *f) {
    ss_design_destroy(f->design);
    ss_catalog_destroy(f->catalog);
    ss_diagnostics_destroy(f->diagnostics);
}

static const ss_diagnostic *find(const ss_diagnostics *diagnostics, const char *code) {
    for (size_t i = 0; i < ss_diagnostics_count(diagnostics); i++) {
        const ss_diagnostic *at = ss_diagnostics_get(diagnostics, i);
        if (strcmp(at->code, code) == 0) return at;
    }
    return NULL;
}

/// Remembers the files whose path has an ending.
typedef struct search {
    const char *path;
    char text[8192];
    char last[256];
    bool found, is_sorted;
    size_t count;
} search;

static bool keep(void *context, const char *path, const char *bytes, size_t length,
                 bool is_executable) {
    search *s = context;
    (void)is_executable;
    s->is_sorted = s->count == 0 || (s->is_sorted && strcmp(s->last, path) < 0);
    strncpy(s->last, path, sizeof s->last - 1);
    s->count++;
    if (strcmp(path, s->path) == 0) {
        s->found = true;
        memcpy(s->text, bytes, length < sizeof s->text ? length : sizeof s->text - 1);
    }
    return true;
}

static search generate(fixture *f, const char *path) {
    search s = {.path = path};
    SS_CHECK(ss_generate_files(f->design, NULL, 0, &f->allocator, f->diagnostics, keep, &s) ==
             SS_OK);
    return s;
}

// --- Tests ---------------------------------------------------------------------------------------

SS_TEST(codegen_hash_is_sha256) {
    char hex[65];
    ss__sha256_hex("", 0, hex);
    SS_CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ss__sha256_hex("abc", 3, hex); // FIPS 180-4's own examples
    SS_CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    ss__sha256_hex(two, strlen(two), hex);
    SS_CHECK_TEXT(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

SS_TEST(codegen_names_fit_programming_languages) {
    ss__names names = ss__names_make("order-db_2", 1);
    SS_CHECK_TEXT(names.id, "order-db_2");
    SS_CHECK_TEXT(names.camel, "orderDb2");
    SS_CHECK_TEXT(names.pascal, "OrderDb2");
    SS_CHECK_TEXT(names.snake, "order_db_2");
    SS_CHECK_TEXT(names.upper, "ORDER_DB_2");
    SS_CHECK_TEXT(ss__names_make("GET /users/:id", 1).id, "GET--users--id");
    SS_CHECK_TEXT(ss__names_make("GET /users/:id", 1).camel, "gETUsersId");
    SS_CHECK_TEXT(ss__names_make("../../etc", 1).id, "-.-..-etc");
    SS_CHECK_TEXT(ss__names_make("2nd", 1).camel, "op2nd");
    SS_CHECK_TEXT(ss__names_make("", 1).camel, "op");
    SS_CHECK_TEXT(ss__names_make("a-b", 12).upper, "A_B_12");
    char slug[16];
    ss__names_slug("  My Shop, v2! ", slug, sizeof slug);
    SS_CHECK_TEXT(slug, "my-shop-v2");
    ss__names_slug("漢字", slug, sizeof slug);
    SS_CHECK_TEXT(slug, "design");
}

SS_TEST(codegen_model_file_reads_back_the_same) {
    fixture f = load(shop);
    const ss_allocator *allocator = &f.allocator;
    ss_text pretty = ss_text_create(allocator), before = ss_text_create(allocator);
    ss_text after = ss_text_create(allocator);
    ss__pretty_write(f.design->json, &pretty);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(pretty.bytes, pretty.length, allocator, f.diagnostics, &document) ==
               SS_OK);
    ss_json_write(f.design->json, &before);
    ss_json_write(ss_json_root(document), &after);
    SS_CHECK_TEXT(after.bytes, before.bytes);
    SS_CHECK(strstr(pretty.bytes, "\n    \"door\": { \"type\": \"gateway\" },\n") != NULL);
    ss_json_document_destroy(document);
    ss_text_destroy(&pretty);
    ss_text_destroy(&before);
    ss_text_destroy(&after);
    unload(&f);
}

SS_TEST(codegen_operations_reach_what_declares_none) {
    fixture f = load(shop);
    const search s = generate(&f, "services/door/src/operations/look.js");
    SS_CHECK(s.found && s.is_sorted);
    SS_CHECK(strstr(s.text, "context.services.orders.call('look', context.input)") != NULL);
    unload(&f);
}

SS_TEST(codegen_a_pool_is_as_large_as_the_model_allows) {
    fixture f = load(shop);
    const search s = generate(&f, "services/orders/src/service.js");
    SS_CHECK(s.found);
    SS_CHECK(strstr(s.text, "poolSize: 12,") != NULL);
    unload(&f);
}

SS_TEST(codegen_says_what_it_does_otherwise) {
    fixture f = load(shop);
    const search s = generate(&f, "README.md");
    const ss_diagnostic *substitute = find(f.diagnostics, "W500");
    SS_REQUIRE(substitute != NULL);
    SS_CHECK_TEXT(substitute->pointer, "/nodes/db/type");
    const ss_diagnostic *omitted = find(f.diagnostics, "W501");
    SS_REQUIRE(omitted != NULL);
    SS_CHECK_TEXT(omitted->pointer, "/edges/2/latency");
    SS_CHECK(strstr(s.text, "db: the design says MongoDB") != NULL);
    unload(&f);
}

SS_TEST(codegen_names_the_targets_there_are) {
    fixture f = load(shop);
    ss_text out = ss_text_create(&f.allocator);
    SS_CHECK(ss_targets_write_json(&f.allocator, &out) == SS_OK);
    SS_CHECK(strstr(out.bytes, "{\"name\":\"express\",\"title\":\"") != NULL);
    ss_text_destroy(&out);
    static const char *const wrong[] = {"expres"};
    ss_text zip = ss_text_create(&f.allocator);
    SS_CHECK(ss_generate_zip(f.design, wrong, 1, &f.allocator, f.diagnostics, &zip) ==
             SS_ERROR_INPUT);
    const ss_diagnostic *unknown = find(f.diagnostics, "E502");
    SS_REQUIRE(unknown != NULL);
    SS_CHECK(strstr(unknown->message, "write one of: ") && strstr(unknown->message, "express"));
    ss_text_destroy(&zip);
    unload(&f);
}

SS_TEST(codegen_targets_are_the_last_member_of_the_catalog) {
    fixture f = load(shop);
    ss_text out = ss_text_create(&f.allocator), plain = ss_text_create(&f.allocator);
    SS_CHECK(ss_targets_write_catalog(f.catalog, &f.allocator, &out) == SS_OK);
    ss_catalog_write_json(f.catalog, &plain);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(out.bytes, out.length, &f.allocator, f.diagnostics, &document) ==
               SS_OK);
    const ss_json *root = ss_json_root(document), *targets = ss_json_get(root, "targets");
    SS_REQUIRE(targets != NULL);
    SS_CHECK(ss_json_next(targets) == NULL);
    SS_CHECK_TEXT(ss_json_string(ss_json_get(ss_json_first(targets), "name")), "express");
    SS_CHECK(strncmp(out.bytes, plain.bytes, plain.length - 2) == 0);
    ss_json_document_destroy(document);
    ss_text_destroy(&out);
    ss_text_destroy(&plain);
    unload(&f);
}

SS_TEST(codegen_archives_are_the_same_each_time) {
    fixture f = load(shop);
    ss_text one = ss_text_create(&f.allocator), two = ss_text_create(&f.allocator);
    SS_CHECK(ss_generate_zip(f.design, NULL, 0, &f.allocator, f.diagnostics, &one) == SS_OK);
    SS_CHECK(ss_generate_zip(f.design, NULL, 0, &f.allocator, f.diagnostics, &two) == SS_OK);
    SS_CHECK(one.length > 10000 && one.length == two.length);
    SS_CHECK(one.length == two.length && memcmp(one.bytes, two.bytes, one.length) == 0);
    ss_text_destroy(&one);
    ss_text_destroy(&two);
    unload(&f);
}

SS_TEST(codegen_refuses_flows_nobody_could_read) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_text_add(&text, "{\"format\":\"scalesim/1\",\"nodes\":{\"s\":{\"type\":\"service\","
                       "\"operations\":{\"a\":{\"flow\":[");
    for (int i = 0; i < 14; i++) ss_text_add(&text, "{\"repeat\":2,\"flow\":[");
    ss_text_add(&text, "{\"compute\":1}");
    for (int i = 0; i < 14; i++) ss_text_add(&text, "]}");
    ss_text_add(&text, "]}}}}}");
    fixture f = load(text.bytes);
    ss_text zip = ss_text_create(&allocator);
    SS_CHECK(ss_generate_zip(f.design, NULL, 0, &allocator, f.diagnostics, &zip) == SS_ERROR_INPUT);
    SS_CHECK(find(f.diagnostics, "E503") != NULL);
    ss_text_destroy(&zip);
    ss_text_destroy(&text);
    unload(&f);
}

/// Generates with the n-th request refused; returns whether there was an n-th.
static bool survives(const fixture *f, size_t nth) {
    failing_allocator state = {.refuse_at = nth};
    const ss_allocator allocator = {.reallocate = failing_reallocate, .context = &state};
    ss_text zip = ss_text_create(&allocator);
    ss_diagnostics_clear(f->diagnostics);
    const ss_status status =
        ss_generate_zip(f->design, NULL, 0, &allocator, f->diagnostics, &zip);
    const bool was_refused = state.requests >= nth;
    SS_CHECK(status == (was_refused ? SS_ERROR_MEMORY : SS_OK));
    ss_text_destroy(&zip);
    SS_CHECK_EQUAL(state.blocks, 0);
    return was_refused;
}

SS_TEST(codegen_survives_refused_memory) {
    fixture f = load(shop);
    size_t nth = 1;
    // All of the first ones, then ever larger steps: later ones repeat the same places.
    while (survives(&f, nth)) nth += nth < 150 ? 1 : 1 + nth / 16;
    SS_CHECK(nth > 150);
    unload(&f);
}
