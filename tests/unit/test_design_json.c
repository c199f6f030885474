// Every form that RFC 8259 makes a parser reject, given to the loader: one finding, of the JSON
// reader, with a place, and no design.

#include <string.h>

#include "scalesim/model.h"
#include "unit.h"

#define FORM(text, code) {text, sizeof text - 1u, code}

static const struct {
    const char *text;
    size_t length;
    const char *code;
} forms[] = {
    // Nothing, or not one value.
    FORM("", "E001"), FORM(" \n\t\r ", "E001"), FORM("{} {}", "E004"), FORM("[1]x", "E004"),
    FORM("{}}", "E004"), FORM("[]]", "E004"), FORM("{}#", "E004"), FORM("{\"a\":1}\0", "E004"),
    FORM("2@", "E004"), FORM("\"\"\"\"", "E004"), FORM("{}/*x*/", "E004"), FORM("[][]", "E004"),
    // Things that are no values.
    FORM("*", "E002"), FORM("<.>", "E002"), FORM("abc", "E002"), FORM("'a'", "E002"),
    FORM("[,1]", "E002"), FORM("[,]", "E002"), FORM("[1,,2]", "E002"), FORM("[1,]", "E016"),
    FORM("[\"a\",]", "E016"), FORM("[1,\n]", "E016"), FORM("[-]", "E011"), FORM("[nul]", "E002"),
    FORM("[tru]", "E002"), FORM("[fals]", "E002"), FORM("[True]", "E002"), FORM("[NULL]", "E002"),
    FORM("[nothing]", "E002"), FORM("[a]", "E002"), FORM("[(]", "E002"), FORM("[\f]", "E002"),
    FORM("[\v]", "E002"), FORM("[\x00]", "E002"), FORM("[\\n]", "E002"), FORM("[}", "E002"),
    FORM("[/**/1]", "E002"), FORM("[\xC2\xA0]", "E002"), FORM("[\xE2\x81\xA0]", "E002"),
    // Texts that end too early.
    FORM("[", "E003"), FORM("{", "E003"), FORM("[1", "E003"), FORM("[1,", "E003"),
    FORM("{\"a\"", "E003"), FORM("{\"a\":", "E003"), FORM("{\"a\":1", "E003"),
    FORM("{\"a\":1,", "E003"), FORM("\"", "E003"), FORM("[\"a", "E003"), FORM("[\"a\\", "E003"),
    FORM("[\"\\u", "E006"), FORM("[\"\\u12", "E006"), FORM("[t", "E003"), FORM("[[[[", "E003"),
    FORM("[\"a\",\n4\n,1,", "E003"), FORM("[{", "E003"), FORM("{\"a\":[", "E003"),
    // Punctuation.
    FORM("[1 2]", "E015"), FORM("[\"a\" \"b\"]", "E015"), FORM("[1}", "E015"),
    FORM("{\"a\" 1}", "E015"), FORM("{\"a\":1 \"b\":2}", "E015"), FORM("{\"a\":1]", "E015"),
    FORM("{\"a\",1}", "E015"), FORM("{\"a\"}", "E015"), FORM("{1:1}", "E015"),
    FORM("{a:1}", "E015"), FORM("{'a':1}", "E015"), FORM("{null:1}", "E015"),
    FORM("{\"a\":1,}", "E016"), FORM("{,}", "E015"), FORM("{[:1}", "E015"), FORM("{:1}", "E015"),
    FORM("{\"a\":}", "E002"), FORM("{\"a\"::1}", "E002"), FORM("[1:2]", "E015"),
    FORM("{\"a\":1,,\"b\":2}", "E015"), FORM("[\"\": 1]", "E015"),
    FORM("{\"a\":\"b\"/*\"}", "E015"),
    FORM("{\"a\":1;\"b\":2}", "E015"), FORM("[3[4]]", "E015"), FORM("{\"a\" b}", "E015"),
    // Numbers.
    FORM("[01]", "E011"), FORM("[-01]", "E011"), FORM("[+1]", "E011"), FORM("[1.]", "E011"),
    FORM("[.5]", "E011"), FORM("[-.5]", "E011"), FORM("[1.e3]", "E011"), FORM("[1e]", "E011"),
    FORM("[1e+]", "E011"), FORM("[1E-]", "E011"), FORM("[0x1F]", "E011"), FORM("[1_000]", "E011"),
    FORM("[Infinity]", "E002"), FORM("[-Infinity]", "E011"), FORM("[NaN]", "E002"),
    FORM("[-NaN]", "E011"), FORM("[nan]", "E002"), FORM("[Inf]", "E002"), FORM("[1e999]", "E012"),
    FORM("[-1e400]", "E012"), FORM("[- 1]", "E011"), FORM("[--1]", "E011"), FORM("[++1]", "E011"),
    FORM("[0e]", "E011"), FORM("[0.e1]", "E011"), FORM("[0.1.2]", "E011"), FORM("[1ea]", "E011"),
    FORM("[1a]", "E015"), FORM("[1+2]", "E015"), FORM("[1 000.0]", "E015"), FORM("[-1x]", "E011"),
    FORM("[\xEF\xBC\x91]", "E002"), FORM("[-2.]", "E011"), FORM("[9.e+]", "E011"),
    FORM("[1e1.5]", "E011"), FORM("[0x]", "E011"), FORM("[-a]", "E011"),
    // Strings.
    FORM("[\"\\a\"]", "E006"), FORM("[\"\\x41\"]", "E006"), FORM("[\"\\'\"]", "E006"),
    FORM("[\"\\0\"]", "E006"), FORM("[\"\\u00g0\"]", "E006"), FORM("[\"\\u 123\"]", "E006"),
    FORM("[\"\\U0041\"]", "E006"), FORM("[\"\\\xF0\x9F\x8C\x80\"]", "E006"),
    FORM("[\"\\\n\"]", "E006"), FORM("[\"\\ud800\"]", "E007"), FORM("[\"\\udc00\"]", "E007"),
    FORM("[\"\\ud800\\u0041\"]", "E007"), FORM("[\"\\ud800x\"]", "E007"),
    FORM("[\"\\ud800\\n\"]", "E007"), FORM("[\"\\ud800\\ud800\"]", "E007"),
    FORM("[\"a\nb\"]", "E010"), FORM("[\"a\tb\"]", "E010"), FORM("[\"\x00\"]", "E010"),
    FORM("[\"\x1F\"]", "E010"), FORM("{\"a\nb\":1}", "E010"), FORM("[\"\\u0000\"]", "E017"),
    // Encodings.
    FORM("\xEF\xBB\xBF{}", "E009"), FORM("[\"\xFF\"]", "E008"), FORM("[\"\x80\"]", "E008"),
    FORM("[\"\xC0\xAF\"]", "E008"), FORM("[\"\xED\xA0\x80\"]", "E008"), FORM("[\"\xC3\"]", "E008"),
    FORM("[\"\xE0\x80\x80\"]", "E008"), FORM("[\"\xF4\x90\x80\x80\"]", "E008"),
    FORM("[\"\xF8\x88\x80\x80\x80\"]", "E008"), FORM("[\xE5]", "E008"),
    FORM("{\"\xB9\":0}", "E008"),
    FORM("[\0\"\0a\0\"\0]\0", "E002"), FORM("\xFE\xFF\0[\0]", "E008"), FORM("[1\xE5]", "E008"),
    // Keys twice.
    FORM("{\"a\":1,\"a\":1}", "E005"), FORM("{\"a\":1,\"\\u0061\":2}", "E005"),
    FORM("[{\"\":1,\"\":2}]", "E005"),
};

SS_TEST(design_json_forms_are_rejected) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = NULL;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_design *design = NULL;
        SS_CHECK(ss_design_load(forms[i].text, forms[i].length, catalog, &allocator, diagnostics,
                                &design) == SS_ERROR_INPUT);
        SS_CHECK(design == NULL);
        const ss_diagnostic *found = ss_diagnostics_get(diagnostics, 0);
        SS_REQUIRE(found && ss_diagnostics_count(diagnostics) == 1u);
        if (!SS_CHECK_TEXT(found->code, forms[i].code)) {
            SS_CHECK_TEXT(found->message, forms[i].text);
        }
        SS_CHECK(found->line >= 1u && found->column >= 1u);
        ss_diagnostics_destroy(diagnostics);
    }
    ss_catalog_destroy(catalog);
}

SS_TEST(design_json_too_deep_is_rejected) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = NULL;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    for (uint32_t depth = 60; depth <= 70u; depth++) {
        ss_text text = ss_text_create(&allocator);
        for (uint32_t i = 0; i < depth; i++) ss_text_add_char(&text, '[');
        for (uint32_t i = 0; i < depth; i++) ss_text_add_char(&text, ']');
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_design *design = NULL;
        SS_CHECK(ss_design_load(text.bytes, text.length, catalog, &allocator, diagnostics,
                                &design) == SS_ERROR_INPUT);
        const char *code = ss_diagnostics_get(diagnostics, 0)->code;
        SS_CHECK_TEXT(code, depth > SS_JSON_DEPTH_MAX ? "E013" : "E102");
        ss_diagnostics_destroy(diagnostics);
        ss_text_destroy(&text);
    }
    ss_catalog_destroy(catalog);
}
