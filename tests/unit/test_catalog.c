// The catalog: what the embedded files say reaches the tables and both of its writers.

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "model/internal.h"
#include "unit.h"

static ss_catalog *create(const ss_allocator *allocator) {
    ss_diagnostics *diagnostics = ss_diagnostics_create(allocator);
    ss_catalog *catalog = NULL;
    const ss_status status = ss__catalog_create_from(ss__catalog_files, ss__catalog_file_count,
                                                     allocator, diagnostics, &catalog);
    SS_CHECK(status == SS_OK);
    if (ss_diagnostics_count(diagnostics) > 0u) {
        SS_CHECK_TEXT(ss_diagnostics_get(diagnostics, 0)->message, "");
    }
    ss_diagnostics_destroy(diagnostics);
    return catalog;
}

static const ss_property *find(const ss_properties *properties, const char *name) {
    for (uint32_t i = 0; properties && i < properties->count; i++) {
        if (strcmp(properties->items[i].name, name) == 0) return &properties->items[i];
    }
    return NULL;
}

SS_TEST(catalog_has_the_types_of_the_format) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = create(&allocator);
    SS_REQUIRE(catalog);
    static const char *const types[][2] = {
        {"client", "client"},     {"station", "station"},   {"service", "service"},
        {"gateway", "service"},   {"external", "service"},  {"cache", "cache"},
        {"redis", "cache"},       {"memcached", "cache"},   {"database", "database"},
        {"postgres", "database"}, {"mysql", "database"},    {"mongodb", "database"},
        {"elasticsearch", "database"}, {"queue", "queue"},  {"rabbitmq", "queue"},
        {"kafka", "queue"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const ss_type *type = ss_catalog_find(catalog, types[i][0]);
        SS_REQUIRE(type);
        SS_CHECK_TEXT(type->behaviour, types[i][1]);
        SS_CHECK(type->icon && strstr(type->icon, "viewBox=\"0 0 24 24\""));
        SS_CHECK(strlen(type->text) > 40u);
    }
    SS_CHECK(ss_catalog_find(catalog, "postgre") == NULL);
    SS_CHECK(ss_catalog_find(catalog, "client")->traits == SS_TRAIT_SOURCE);
    SS_CHECK(ss_catalog_find(catalog, "kafka")->traits == SS_TRAIT_BROKER);
    SS_CHECK(ss_catalog_find(catalog, "redis")->traits == (SS_TRAIT_CACHE | SS_TRAIT_STORE));
    ss_catalog_destroy(catalog);
}

SS_TEST(catalog_types_have_their_own_defaults) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = create(&allocator);
    SS_REQUIRE(catalog);
    const ss_properties *gateway = &ss_catalog_find(catalog, "gateway")->properties;
    const ss_properties *station = &ss_catalog_find(catalog, "station")->properties;
    const ss_properties *postgres = &ss_catalog_find(catalog, "postgres")->properties;
    SS_CHECK_TEXT(find(gateway, "concurrency")->default_json, "512");
    SS_CHECK_TEXT(find(gateway, "balance")->default_json, "\"round-robin\"");
    SS_CHECK_TEXT(find(station, "balance")->default_json, "\"shared\"");
    SS_CHECK_TEXT(find(station, "concurrency")->default_json, "1");
    SS_CHECK(find(station, "service_time")->default_json == NULL);
    SS_CHECK(find(postgres, "concurrency") == NULL); // its name there is:
    SS_CHECK_TEXT(find(postgres, "connections")->default_json, "100");
    const uint32_t at = (uint32_t)(find(gateway, "service_time") - gateway->items);
    SS_CHECK(gateway->defaults[at].is_set && !gateway->defaults[at].is_written);
    SS_CHECK_NEAR(gateway->defaults[at].dist->mean, 0.0004, 1e-12);
    const uint32_t queue = (uint32_t)(find(gateway, "queue") - gateway->items);
    SS_CHECK(gateway->defaults[queue].number == SS_INFINITY);
    ss_catalog_destroy(catalog);
}

static void check_texts(const ss_properties *properties) {
    for (uint32_t i = 0; i < properties->count; i++) {
        const ss_property *p = &properties->items[i];
        const size_t length = strlen(p->text);
        SS_CHECK(p->title[0] != '\0');
        SS_CHECK(length > 20u && p->text[length - 1u] == '.');
        if (p->nested) check_texts(p->nested);
    }
}

SS_TEST(catalog_explains_every_property) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = create(&allocator);
    SS_REQUIRE(catalog);
    for (size_t i = 0; i < ss_catalog_type_count(catalog); i++) {
        check_texts(&ss_catalog_type(catalog, i)->properties);
    }
    static const char *const objects[] = {"design", "edge", "fault", "slo", "run"};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const ss_properties *properties = ss_catalog_properties(catalog, objects[i]);
        SS_REQUIRE(properties);
        check_texts(properties);
    }
    SS_CHECK(ss_catalog_properties(catalog, "node") == NULL);
    ss_catalog_destroy(catalog);
}

SS_TEST(catalog_writes_json_that_reads_back) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = create(&allocator);
    SS_REQUIRE(catalog);
    ss_text json = ss_text_create(&allocator);
    ss_catalog_write_json(catalog, &json);
    SS_CHECK(ss_text_status(&json) == SS_OK);
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(json.bytes, json.length, &allocator, diagnostics, &document) == SS_OK);
    const ss_json *types = ss_json_get(ss_json_root(document), "types");
    SS_CHECK_EQUAL(ss_json_size(types), ss_catalog_type_count(catalog));
    for (const ss_json *c = ss_json_first(types); c; c = ss_json_next(c)) {
        SS_CHECK(ss_json_size(ss_json_get(c, "icon")) >= 1u);
        const ss_type *type = ss_catalog_find(catalog, ss_json_string(ss_json_get(c, "name")));
        SS_CHECK_EQUAL(ss_json_size(ss_json_get(c, "properties")), type->properties.count);
    }
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(diagnostics);
    ss_text_destroy(&json);
    ss_catalog_destroy(catalog);
}

static void check_width(const char *text) {
    size_t columns = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '\n') columns = 0;
        else if (((unsigned char)*c & 0xC0u) != 0x80u) columns++;
        if (columns == 101u) SS_CHECK_TEXT(c - 100, "a line of at most 100 columns");
    }
}

SS_TEST(catalog_writes_text_of_100_columns) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = create(&allocator);
    SS_REQUIRE(catalog);
    for (size_t i = 0; i <= ss_catalog_type_count(catalog); i++) {
        const ss_type *type = ss_catalog_type(catalog, i); // past the last one: the overview
        ss_text text = ss_text_create(&allocator);
        ss_catalog_write_text(catalog, type ? type->name : NULL, &text);
        SS_REQUIRE(ss_text_status(&text) == SS_OK && text.length > 200u);
        SS_CHECK(strstr(text.bytes, type ? type->title : "elasticsearch") != NULL);
        check_width(text.bytes);
        ss_text_destroy(&text);
    }
    ss_catalog_destroy(catalog);
}

SS_TEST(catalog_refuses_wrong_files) {
    static const char *const wrong[] = {
        "{\"object\":\"edge\",\"title\":\"E\",\"text\":\"t\",\"properties\":[{\"name\":\"a\"}]}",
        "{\"object\":\"edge\",\"title\":\"E\",\"text\":\"t\",\"properties\":[{\"name\":\"a\","
        "\"title\":"
        "\"A\",\"text\":\"t\",\"kind\":\"numbre\"}]}",
        "{\"object\":\"edge\",\"title\":\"E\",\"text\":\"t\",\"properties\":[{\"name\":\"a\","
        "\"title\":"
        "\"A\",\"text\":\"t\",\"kind\":\"count\",\"min\":1,\"default\":0}]}",
        "{\"behaviour\":\"b\",\"include\":[\"gone\"],\"types\":[{\"name\":\"t\",\"title\":\"T\","
        "\"group\":\"G\",\"text\":\"x\"}]}",
        "{\"behaviour\":\"b\",\"types\":[{\"name\":\"t\",\"title\":\"T\",\"group\":\"G\",\"text\":"
        "\"x\",\"defaults\":{\"gone\":1}}]}",
    };
    const ss_allocator allocator = ss_allocator_default();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const ss_embedded_file file = {.path = "core/components/b/catalog.json",
                                       .bytes = (const unsigned char *)wrong[i],
                                       .length = strlen(wrong[i])};
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_catalog *catalog = NULL;
        SS_CHECK(ss__catalog_create_from(&file, 1u, &allocator, diagnostics, &catalog) ==
                 SS_ERROR_INPUT);
        SS_CHECK(catalog == NULL);
        const size_t last = ss_diagnostics_count(diagnostics);
        SS_CHECK(last > 0u &&
                 strcmp(ss_diagnostics_get(diagnostics, last - 1u)->code, "E190") == 0);
        ss_catalog_destroy(catalog);
        ss_diagnostics_destroy(diagnostics);
    }
}
