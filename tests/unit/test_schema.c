// The committed JSON Schema is the one that the catalog makes.

#include <stdlib.h>
#include <string.h>

#include "scalesim/model.h"
#include "unit.h"

SS_TEST(schema_file_is_current) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = NULL;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    ss_text schema = ss_text_create(&allocator);
    ss_catalog_write_schema(catalog, &schema);
    SS_CHECK(ss_text_status(&schema) == SS_OK);
    size_t length = 0;
    char *file = ss_test_read_file("core/model/schema/design-1.schema.json", &length);
    // To renew it: `scalesim catalog --schema > core/model/schema/design-1.schema.json`.
    SS_CHECK(file && length == schema.length && memcmp(file, schema.bytes, length) == 0);
    free(file);
    ss_text_destroy(&schema);
    ss_catalog_destroy(catalog);
}

SS_TEST(schema_is_json_with_resolvable_references) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = NULL;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    ss_text schema = ss_text_create(&allocator);
    ss_catalog_write_schema(catalog, &schema);
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(schema.bytes, schema.length, &allocator, diagnostics, &document) ==
               SS_OK);
    const ss_json *definitions = ss_json_get(ss_json_root(document), "$defs");
    static const char start[] = "\"$ref\": \"#/$defs/";
    size_t references = 0;
    for (const char *at = strstr(schema.bytes, start); at; at = strstr(at, start)) {
        at += sizeof start - 1u;
        char name[128] = "";
        strncat(name, at, strcspn(at, "\"") < 120u ? strcspn(at, "\"") : 120u);
        if (!SS_CHECK(ss_json_get(definitions, name) != NULL)) SS_CHECK_TEXT(name, "a definition");
        references++;
    }
    SS_CHECK(references > 100u);
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(diagnostics);
    ss_text_destroy(&schema);
    ss_catalog_destroy(catalog);
}
