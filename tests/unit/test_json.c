// The strict reader, the writer, JSON pointers.
#include "base/json.h"

#include <math.h>
#include <stdio.h>

#include "failing_allocator.h"

static ss_allocator library(void) { return ss_allocator_default(); }

/// Parses; on failure leaves the first diagnostic's code in `code`.
static ss_json_document *parse(const char *text, size_t length, ss_status *status, char code[8]) {
    const ss_allocator allocator = library();
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_json_document *document = NULL;
    // A copy of the exact size, so that the sanitizer sees any byte read beyond it.
    char *copy = malloc(length ? length : 1);
    memcpy(copy, text, length);
    *status = ss_json_parse(copy, length, &allocator, diagnostics, &document);
    free(copy);
    code[0] = '\0';
    if (ss_diagnostics_count(diagnostics) > 0) {
        snprintf(code, 8, "%s", ss_diagnostics_get(diagnostics, 0)->code);
        SS_CHECK(ss_diagnostics_get(diagnostics, 0)->line > 0);
        SS_CHECK_EQUAL(ss_diagnostics_count(diagnostics), 1);
    }
    ss_diagnostics_destroy(diagnostics);
    return document;
}

typedef struct bad_text {
    const char *text;
    size_t length; ///< 0 = up to the NUL
    const char *code;
} bad_text;

static const bad_text bad_texts[] = {
    {"", 0, "E001"},
    {" \n\t", 0, "E001"},
    {"\xEF\xBB\xBF{}", 0, "E009"},
    {"\xFE\xFF\0{\0}", 6, "E008"},
    {"nul", 0, "E003"},
    {"tru", 0, "E003"},
    {"nulL", 0, "E002"},
    {"True", 0, "E002"},
    {"FALSE", 0, "E002"},
    {"None", 0, "E002"},
    {"NaN", 0, "E002"},
    {"[Infinity]", 0, "E002"},
    {"-Infinity", 0, "E011"},
    {"-NaN", 0, "E011"},
    {"undefined", 0, "E002"},
    {"truefalse", 0, "E002"},
    {"'a'", 0, "E002"},
    {"// hello\n{}", 0, "E002"},
    {"/* hello */ {}", 0, "E002"},
    {"{} // hello", 0, "E004"},
    {"{}}", 0, "E004"},
    {"[] []", 0, "E004"},
    {"1 2", 0, "E004"},
    {"\"a\" x", 0, "E004"},
    {"null\0", 5, "E004"},
    {"\0", 1, "E002"},
    {"[\0]", 3, "E002"},
    {"[1\0]", 4, "E015"},
    {"[1\x0b,2]", 0, "E015"},
    {"[\x0c]", 0, "E002"},
    {"[\xC2\xA0]", 0, "E002"},
    {"\xE2\x81\xA0{}", 0, "E002"},
    {"{", 0, "E003"},
    {"[", 0, "E003"},
    {"[1", 0, "E003"},
    {"[1,", 0, "E003"},
    {"{\"a\"", 0, "E003"},
    {"{\"a\":", 0, "E003"},
    {"{\"a\":1", 0, "E003"},
    {"{\"a\":1,", 0, "E003"},
    {"\"abc", 0, "E003"},
    {"\"", 0, "E003"},
    {"\"\\", 0, "E003"},
    {"\"\\u00", 0, "E006"},
    {"[1 2]", 0, "E015"},
    {"[1;2]", 0, "E015"},
    {"[1}", 0, "E015"},
    {"{\"a\":1]", 0, "E015"},
    {"{\"a\" 1}", 0, "E015"},
    {"{\"a\",1}", 0, "E015"},
    {"{\"a\"=1}", 0, "E015"},
    {"{a:1}", 0, "E015"},
    {"{'a':1}", 0, "E015"},
    {"{1:1}", 0, "E015"},
    {"{null:1}", 0, "E015"},
    {"{\"a\":1 \"b\":2}", 0, "E015"},
    {"{,}", 0, "E015"},
    {"[,1]", 0, "E002"},
    {"[1,,2]", 0, "E002"},
    {"[1,]", 0, "E016"},
    {"{\"a\":1,}", 0, "E016"},
    {"{\"a\":1,,\"b\":2}", 0, "E015"},
    {"[:1]", 0, "E002"},
    {"{\"a\"::1}", 0, "E002"},
    {"{\"a\":}", 0, "E002"},
    {"]", 0, "E002"},
    {"}", 0, "E002"},
    {"<html>", 0, "E002"},
    {"{\"a\":1,\"a\":2}", 0, "E005"},
    {"{\"a\":1,\"\\u0061\":2}", 0, "E005"},
    {"{\"\":1,\"\":2}", 0, "E005"},
    {"{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", 0, "E005"},
    {"[{\"b\":{\"x\":1,\"y\":2,\"x\":3}}]", 0, "E005"},
    {"\"\\x41\"", 0, "E006"},
    {"\"\\a\"", 0, "E006"},
    {"\"\\'\"", 0, "E006"},
    {"\"\\\n\"", 0, "E006"},
    {"\"\\U0041\"", 0, "E006"},
    {"\"\\u004\"", 0, "E006"},
    {"\"\\u00g1\"", 0, "E006"},
    {"\"\\u+041\"", 0, "E006"},
    {"\"\\u 041\"", 0, "E006"},
    {"\"\\\xC3\xA9\"", 0, "E006"},
    {"\"\\\0\"", 4, "E006"},
    {"\"\\ud800\"", 0, "E007"},
    {"\"\\ud800x\"", 0, "E007"},
    {"\"\\ud800\\n\"", 0, "E007"},
    {"\"\\ud800\\u0041\"", 0, "E007"},
    {"\"\\ud800\\ud800\"", 0, "E007"},
    {"\"\\udc00\"", 0, "E007"},
    {"\"\\ude00\\ud83d\"", 0, "E007"},
    {"\"\\ud83d\\u\"", 0, "E007"},
    {"{\"\\udead\":1}", 0, "E007"},
    {"\"\x80\"", 0, "E008"},
    {"\"\xC3\"", 0, "E008"},
    {"\"\xC0\xAF\"", 0, "E008"},
    {"\"\xE0\x80\xAF\"", 0, "E008"},
    {"\"\xED\xA0\x80\"", 0, "E008"},
    {"\"\xF4\x90\x80\x80\"", 0, "E008"},
    {"\"\xF8\x88\x80\x80\x80\"", 0, "E008"},
    {"\"\xFF\"", 0, "E008"},
    {"\"\xE2\x82", 0, "E008"},
    {"[\xFF]", 0, "E008"},
    {"{\"\xE9\":1}", 0, "E008"},
    {"\"a\nb\"", 0, "E010"},
    {"\"a\tb\"", 0, "E010"},
    {"\"a\0b\"", 5, "E010"},
    {"\"\x1f\"", 0, "E010"},
    {"{\"a\rb\":1}", 0, "E010"},
    {"01", 0, "E011"},
    {"-01", 0, "E011"},
    {"00", 0, "E011"},
    {"[012]", 0, "E011"},
    {"1.", 0, "E011"},
    {"1.e5", 0, "E011"},
    {".5", 0, "E011"},
    {"-.5", 0, "E011"},
    {"+1", 0, "E011"},
    {"[-]", 0, "E011"},
    {"--1", 0, "E011"},
    {"1e", 0, "E011"},
    {"1e+", 0, "E011"},
    {"1E-", 0, "E011"},
    {"[1eE2]", 0, "E011"},
    {"0x10", 0, "E011"},
    {"1_000", 0, "E011"},
    {"1.5.2", 0, "E011"},
    {"[- 1]", 0, "E011"},
    {"[1a]", 0, "E015"},
    {"[1+2]", 0, "E015"},
    {"[1\xEF\xBC\x91]", 0, "E015"},
    {"1e309", 0, "E012"},
    {"-1e400", 0, "E012"},
    {"[1e999999999999999999999]", 0, "E012"},
    {"17976931348623159000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0"
     "00000000000000000000000000000",
     0, "E012"},
    {"\"\\u0000\"", 0, "E017"},
    {"{\"a\\u0000b\":1}", 0, "E017"},
};

SS_TEST(json_rejects_what_rfc_8259_does_not_allow) {
    for (size_t i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++) {
        const bad_text *bad = &bad_texts[i];
        ss_status status;
        char code[8];
        const size_t length = bad->length ? bad->length : strlen(bad->text);
        ss_json_document *document = parse(bad->text, length, &status, code);
        if (status != SS_ERROR_INPUT || document || strcmp(code, bad->code) != 0) {
            printf("  text %zu: %.60s\n", i, bad->text);
        }
        SS_CHECK(status == SS_ERROR_INPUT);
        SS_CHECK(document == NULL);
        SS_CHECK_TEXT(code, bad->code);
        ss_json_document_destroy(document);
    }
}

/// Parses and writes back; NULL when it does not parse. free() it.
static char *rewrite(const char *text) {
    ss_status status;
    char code[8];
    ss_json_document *document = parse(text, strlen(text), &status, code);
    if (!SS_CHECK(status == SS_OK && document != NULL)) {
        printf("  %.80s: %s\n", text, code);
        return NULL;
    }
    const ss_allocator allocator = library();
    ss_text out = ss_text_create(&allocator);
    ss_json_write(ss_json_root(document), &out);
    ss_json_document_destroy(document);
    return out.bytes;
}

SS_TEST(json_accepts_every_form_and_writes_it_canonically) {
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {"null", "null"},
        {" true ", "true"},
        {"\r\n\tfalse\n", "false"},
        {"-0", "-0"},
        {"0e5", "0"},
        {"1E+2", "100"},
        {"-0.0000000000000000000000000000000000000000000000000000000000000000000000000000001",
         "-1e-79"},
        {"123456789012345678901234567890", "1.2345678901234568e29"},
        {"1e-400", "0"},
        {"\"\"", "\"\""},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\"",
         "\"\\\"\\\\/\\b\\f\\n\\r\\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\"\x7f\xC3\xA9\xE2\x80\xA8\"", "\"\x7f\xC3\xA9\xE2\x80\xA8\""},
        {"\"\\uFFFF\xEF\xBF\xBE\"", "\"\xEF\xBF\xBF\xEF\xBF\xBE\""},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1,2.50,\"3\",[4],{\"5\":6}]", "[1,2.5,\"3\",[4],{\"5\":6}]"},
        {"{\"b\":1,\"a\":{\"b\":2},\"\":null}", "{\"b\":1,\"a\":{\"b\":2},\"\":null}"},
        {"{\"a\":1,\"A\":2,\"a \":3}", "{\"a\":1,\"A\":2,\"a \":3}"},
        {"[\"-1\",-1,\"\\\\\",2,\"\\\"7\",{\"8\":9,\"-\":[1e3]}]",
         "[\"-1\",-1,\"\\\\\",2,\"\\\"7\",{\"8\":9,\"-\":[1000]}]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *written = rewrite(cases[i].text);
        SS_CHECK_TEXT(written, cases[i].canonical);
        free(written);
    }
}

SS_TEST(json_depth_64_is_the_limit) {
    char text[200];
    for (unsigned depth = 63; depth <= 66; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        ss_status status;
        char code[8];
        ss_json_document *document = parse(text, 2u * depth, &status, code);
        SS_CHECK(status == (depth <= SS_JSON_DEPTH_MAX ? SS_OK : SS_ERROR_INPUT));
        SS_CHECK_TEXT(code, depth <= SS_JSON_DEPTH_MAX ? "" : "E013");
        ss_json_document_destroy(document);
    }
    // No stack is used for what lies deeper.
    const size_t length = 1000000;
    char *deep = malloc(length);
    memset(deep, '[', length);
    ss_status status;
    char code[8];
    SS_CHECK(parse(deep, length, &status, code) == NULL);
    SS_CHECK_TEXT(code, "E013");
    free(deep);
}

SS_TEST(json_numbers_keep_every_bit) {
    ss_status status;
    char code[8];
    const char *text = "[0.1,5e-324,2.2250738585072011e-308,1.7976931348623157e308,-123.456e-7,"
                       "9007199254740993]";
    ss_json_document *document = parse(text, strlen(text), &status, code);
    SS_REQUIRE(document != NULL);
    const double want[] = {0.1, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308,
                           -123.456e-7, 9007199254740992};
    size_t i = 0;
    for (const ss_json *v = ss_json_first(ss_json_root(document)); v; v = ss_json_next(v)) {
        SS_CHECK(ss_json_number(v) == want[i++]);
    }
    SS_CHECK_EQUAL(i, 6);
    ss_json_document_destroy(document);
}

SS_TEST(json_values_are_reachable) {
    ss_status status;
    char code[8];
    const char *text = "{\"n\":null,\"f\":false,\"t\":true,\"d\":1.5,\"s\":\"x\",\"a\":[1,2,3],"
                       "\"o\":{\"k\":\"v\"}}";
    ss_json_document *document = parse(text, strlen(text), &status, code);
    SS_REQUIRE(document != NULL);
    const ss_json *root = ss_json_root(document);
    static const ss_json_kind kinds[] = {SS_JSON_NULL,   SS_JSON_FALSE, SS_JSON_TRUE,
                                         SS_JSON_NUMBER, SS_JSON_STRING, SS_JSON_ARRAY,
                                         SS_JSON_OBJECT};
    static const char *const names[] = {"null",     "false",    "true",     "a number",
                                        "a string", "an array", "an object"};
    size_t i = 0;
    for (const ss_json *v = ss_json_first(root); v; v = ss_json_next(v), i++) {
        SS_CHECK(ss_json_kind_of(v) == kinds[i]);
        SS_CHECK_TEXT(ss_json_kind_name(kinds[i]), names[i]);
        SS_CHECK(ss_json_get(root, ss_json_key(v)) == v);
    }
    SS_CHECK_EQUAL(ss_json_size(root), 7);
    SS_CHECK_EQUAL(ss_json_size(ss_json_get(root, "a")), 3);
    SS_CHECK_EQUAL(ss_json_size(ss_json_get(root, "d")), 0);
    SS_CHECK(ss_json_number(ss_json_get(root, "d")) == 1.5);
    SS_CHECK_TEXT(ss_json_string(ss_json_get(ss_json_get(root, "o"), "k")), "v");
    SS_CHECK(ss_json_get(root, "N") == NULL);
    SS_CHECK(ss_json_get(ss_json_get(root, "a"), "x") == NULL);
    SS_CHECK(ss_json_key(ss_json_first(ss_json_get(root, "a"))) == NULL);
    ss_json_document_destroy(document);
    ss_json_document_destroy(NULL);
}

SS_TEST(json_errors_have_places_and_advice) {
    const ss_allocator allocator = library();
    ss_diagnostics *d = ss_diagnostics_create(&allocator);
    ss_json_document *document;
    const char *text = "{\n  \"rate\": 1,\n  \"\xC3\xA9\": 2, \"rate\": 3\n}";
    SS_CHECK(ss_json_parse(text, strlen(text), &allocator, d, &document) == SS_ERROR_INPUT);
    const ss_diagnostic *found = ss_diagnostics_get(d, 0);
    SS_CHECK(found->line == 3 && found->column == 12); // in bytes: é is two
    SS_CHECK_TEXT(found->message,
                  "The key \"rate\" stands in this object twice: keep one of them.");
    ss_diagnostics_clear(d);
    SS_CHECK(ss_json_parse("[1 \xE2\x82\xAC]", 7, &allocator, d, &document) == SS_ERROR_INPUT);
    SS_CHECK_TEXT(ss_diagnostics_get(d, 0)->message,
                  "Write \",\" or \"]\" after this value, not \xE2\x82\xAC.");
    ss_diagnostics_destroy(d);
    // Without a list of diagnostics the status alone tells.
    SS_CHECK(ss_json_parse("[", 1, &allocator, NULL, &document) == SS_ERROR_INPUT);
}

SS_TEST(json_large_objects_take_linear_time) {
    const size_t members = 200000;
    const size_t capacity = members * 16 + 100;
    char *text = malloc(capacity);
    size_t length = 0;
    text[length++] = '{';
    for (size_t i = 0; i < members; i++) {
        length += (size_t)snprintf(text + length, capacity - length, "%s\"k%zu\":%zu", i ? "," : "",
                                   i, i % 7);
    }
    ss_status status;
    char code[8];
    memcpy(text + length, "}", 2);
    ss_json_document *document = parse(text, length + 1, &status, code);
    SS_CHECK(document != NULL);
    if (document) SS_CHECK_EQUAL(ss_json_size(ss_json_root(document)), members);
    ss_json_document_destroy(document);
    memcpy(text + length, ",\"k77777\":0}", 13);
    SS_CHECK(parse(text, length + 12, &status, code) == NULL);
    SS_CHECK_TEXT(code, "E005");
    free(text);
}

SS_TEST(json_survives_every_refused_allocation) {
    const char *text = "{\"a\":[1,2,{\"b\":\"text\",\"c\":[true,null]}],\"d\":{\"e\":-1.5e3},"
                       "\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,"
                       "\"10\":1,\"11\":1,\"12\":1,\"13\":1,\"14\":1,\"15\":1,\"16\":1,\"17\":1,"
                       "\"18\":1,\"19\":1,\"20\":1,\"21\":1,\"22\":1,\"23\":1,\"24\":1,\"25\":1,"
                       "\"26\":1,\"27\":1,\"28\":1,\"29\":1,\"30\":1,\"31\":1,\"32\":1,\"33\":1}";
    for (int after = 0; after < 2; after++) {
        size_t refusals = 0;
        for (size_t n = 1;; n++) {
            failing_allocator state = {.refuse_at = n, .refuse_after = after != 0};
            const ss_allocator allocator = failing_allocator_of(&state);
            ss_json_document *document = NULL;
            const ss_status status =
                ss_json_parse(text, strlen(text), &allocator, NULL, &document);
            if (status == SS_OK) {
                SS_CHECK(document != NULL && ss_json_size(ss_json_root(document)) == 35);
                ss_json_document_destroy(document);
                SS_CHECK_EQUAL(state.blocks, 0);
                break;
            }
            refusals++;
            SS_CHECK(status == SS_ERROR_MEMORY && document == NULL);
            SS_CHECK_EQUAL(state.blocks, 0);
        }
        SS_CHECK(refusals >= 5); // keys, their growth, arena, copy, blocks
    }
    // An error in the text, while its report is refused memory.
    for (size_t n = 1; n < 10; n++) {
        failing_allocator state = {.refuse_at = n};
        const ss_allocator allocator = failing_allocator_of(&state);
        ss_json_document *document = NULL;
        const ss_status status =
            ss_json_parse("{\"a\":1,\"a\":2}", 13, &allocator, NULL, &document);
        SS_CHECK(status == SS_ERROR_MEMORY || status == SS_ERROR_INPUT);
        SS_CHECK(document == NULL);
        SS_CHECK_EQUAL(state.blocks, 0);
    }
}

SS_TEST(json_writer_puts_the_commas) {
    const ss_allocator allocator = library();
    ss_text out = ss_text_create(&allocator);
    ss_json_writer w = ss_json_writer_create(&out);
    ss_json_open_object(&w);
    ss_json_add_key(&w, "a\"");
    ss_json_open_array(&w);
    ss_json_add_number(&w, 0.1);
    ss_json_add_number(&w, NAN);
    ss_json_add_count(&w, UINT64_MAX);
    ss_json_add_string(&w, "x\n");
    ss_json_add_string(&w, NULL);
    ss_json_add_bool(&w, true);
    ss_json_add_bool(&w, false);
    ss_json_add_null(&w);
    ss_json_open_object(&w);
    ss_json_close(&w);
    ss_json_open_array(&w);
    ss_json_close(&w);
    ss_json_close(&w);
    ss_json_add_key(&w, "b");
    ss_json_add_raw(&w, "{\"raw\":[1]}");
    ss_json_add_key(&w, "c");
    ss_status status;
    char code[8];
    ss_json_document *document = parse("[1,{\"k\":2}]", 11, &status, code);
    SS_REQUIRE(document != NULL);
    ss_json_add_value(&w, ss_json_root(document));
    ss_json_document_destroy(document);
    ss_json_close(&w);
    SS_CHECK_TEXT(out.bytes, "{\"a\\\"\":[0.1,null,18446744073709551615,\"x\\n\",null,true,false,"
                             "null,{},[]],\"b\":{\"raw\":[1]},\"c\":[1,{\"k\":2}]}");
    SS_CHECK_EQUAL(w.depth, 0);
    ss_text_destroy(&out);
}

SS_TEST(json_pointers_escape_and_truncate) {
    char buffer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(buffer, sizeof buffer, "", "nodes");
    ss_json_pointer_join(buffer, sizeof buffer, buffer, "a/b~c");
    ss_json_pointer_join_index(buffer, sizeof buffer, buffer, 1203);
    ss_json_pointer_join(buffer, sizeof buffer, buffer, "");
    SS_CHECK_TEXT(buffer, "/nodes/a~1b~0c/1203/");
    char small[8];
    ss_json_pointer_join(small, sizeof small, "/ab", "cde~");
    SS_CHECK_TEXT(small, "/ab/cde"); // no half of an escape
    ss_json_pointer_join(small, sizeof small, "/abcdefgh", "x");
    SS_CHECK_TEXT(small, "/abcdef");
}
