// Findings and their places.
#include "base/diagnostics.h"
#include "failing_allocator.h"

static ss_diagnostics *new_diagnostics(void) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_diagnostics_create(&allocator);
}

SS_TEST(diagnostics_keep_what_was_added) {
    ss_diagnostics *d = new_diagnostics();
    SS_REQUIRE(d != NULL);
    char pointer[] = "/nodes/a";
    ss_diagnostics_add(d, "E104", pointer, "write %s, not %d", "a rate", 3);
    pointer[1] = 'x'; // the list has its own copy
    ss_diagnostics_add(d, "W201", "", "nothing calls this node");
    SS_CHECK_EQUAL(ss_diagnostics_count(d), 2);
    SS_CHECK_EQUAL(ss_diagnostics_error_count(d), 1);
    const ss_diagnostic *first = ss_diagnostics_get(d, 0);
    SS_CHECK(first->severity == SS_SEVERITY_ERROR);
    SS_CHECK_TEXT(first->code, "E104");
    SS_CHECK_TEXT(first->pointer, "/nodes/a");
    SS_CHECK_TEXT(first->message, "write a rate, not 3");
    SS_CHECK(first->line == 0 && first->column == 0);
    SS_CHECK(ss_diagnostics_get(d, 1)->severity == SS_SEVERITY_WARNING);
    SS_CHECK(ss_diagnostics_get(d, 2) == NULL);
    ss_diagnostics_clear(d);
    SS_CHECK_EQUAL(ss_diagnostics_count(d), 0);
    SS_CHECK_EQUAL(ss_diagnostics_error_count(d), 0);
    ss_diagnostics_add(d, "E104", "", "again");
    SS_CHECK_EQUAL(ss_diagnostics_count(d), 1);
    ss_diagnostics_destroy(d);
    ss_diagnostics_destroy(NULL);
}

static void check_place(const char *json, const char *pointer, unsigned line, unsigned column) {
    ss_diagnostics *d = new_diagnostics();
    SS_REQUIRE(d != NULL);
    ss_diagnostics_add(d, "E100", pointer, "here");
    ss_diagnostics_locate(d, json, strlen(json));
    const ss_diagnostic *item = ss_diagnostics_get(d, 0);
    if (!SS_CHECK(item->line == line && item->column == column)) {
        SS_CHECK_TEXT(item->pointer, "");
        SS_CHECK_EQUAL(item->line, line);
        SS_CHECK_EQUAL(item->column, column);
    }
    ss_diagnostics_destroy(d);
}

SS_TEST(diagnostics_find_their_places) {
    const char *json = "{\n"
                       "  \"nodes\": {\n"
                       "    \"a\": { \"type\": \"x\", \"skip\": [1, {\"y\": \"}]\"}, \"\\\"\"] },\n"
                       "    \"b/c~\": { \"queue\": 3 },\n"
                       "    \"\\u0064\\ud83d\\ude00\": 1,\n"
                       "    \"\": { \"\": null }\n"
                       "  },\n"
                       "  \"edges\": [ {\"from\": \"a\"}, 7,\n"
                       "    { \"to\": true } ]\n"
                       "}\n";
    check_place(json, "", 1, 1);
    check_place(json, "/nodes", 2, 3);
    check_place(json, "/nodes/a", 3, 5);
    check_place(json, "/nodes/a/type", 3, 12);
    check_place(json, "/nodes/a/skip/0", 3, 34);
    check_place(json, "/nodes/a/skip/1/y", 3, 38);
    check_place(json, "/nodes/a/skip/2", 3, 50);
    check_place(json, "/nodes/b~1c~0", 4, 5);
    check_place(json, "/nodes/b~1c~0/queue", 4, 15);
    check_place(json, "/nodes/d\xf0\x9f\x98\x80", 5, 5);
    check_place(json, "/nodes/", 6, 5);
    check_place(json, "/nodes//", 6, 11);
    check_place(json, "/edges/0/from", 8, 15);
    check_place(json, "/edges/1", 8, 29);
    check_place(json, "/edges/2/to", 9, 7);
    // Where the place does not exist: its nearest ancestor.
    check_place(json, "/nodes/a/rate", 3, 5);
    check_place(json, "/nodes/z/rate/0", 2, 3);
    check_place(json, "/edges/3", 8, 3);
    check_place(json, "/edges/-", 8, 3);
    check_place(json, "/edges/01", 8, 3);
    check_place(json, "/nodes/a/type/deeper", 3, 12);
    check_place(json, "/runs", 1, 1);
    check_place(json, "/nodesx", 1, 1);
}

SS_TEST(diagnostics_come_in_document_order) {
    ss_diagnostics *d = new_diagnostics();
    SS_REQUIRE(d != NULL);
    ss_diagnostics_add(d, "E103", "/c", "third");
    ss_diagnostics_add(d, "E101", "/a", "first");
    ss_diagnostics_add(d, "E102", "/a", "first, later");
    ss_diagnostics_add(d, "W102", "/b/0", "second \"quoted\"");
    const char *json = "{\"a\": 1,\n \"b\": [2],\n \"c\": 3}";
    ss_diagnostics_locate(d, json, strlen(json));
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_diagnostics_write_text(d, "x.json", &text);
    SS_CHECK_TEXT(text.bytes, "x.json:1:2: error E101: first\n"
                              "x.json:1:2: error E102: first, later\n"
                              "x.json:2:8: warning W102: second \"quoted\"\n"
                              "x.json:3:2: error E103: third\n");
    ss_text_destroy(&text);
    ss_diagnostics_add(d, "E300", "", "no place");
    ss_diagnostics_write_text(d, "x.json", &text);
    SS_CHECK(strstr(text.bytes, "third\nx.json: error E300: no place\n") != NULL);
    ss_text_destroy(&text);
    ss_diagnostics_clear(d);
    ss_diagnostics_write_json(d, &text);
    SS_CHECK_TEXT(text.bytes, "[]");
    ss_text_destroy(&text);
    ss_diagnostics_add(d, "W102", "/b/0", "say \"x\"");
    ss_diagnostics_add(d, "E101", "/a", "first");
    ss_diagnostics_locate(d, json, strlen(json));
    ss_diagnostics_write_json(d, &text);
    SS_CHECK_TEXT(text.bytes,
                  "[{\"severity\":\"error\",\"code\":\"E101\",\"pointer\":\"/a\",\"line\":1,"
                  "\"column\":2,\"message\":\"first\"},{\"severity\":\"warning\",\"code\":\"W102\","
                  "\"pointer\":\"/b/0\",\"line\":2,\"column\":8,\"message\":\"say \\\"x\\\"\"}]");
    ss_text_destroy(&text);
    ss_diagnostics_destroy(d);
}

SS_TEST(diagnostics_beyond_the_limit_are_counted) {
    ss_diagnostics *d = new_diagnostics();
    SS_REQUIRE(d != NULL);
    for (unsigned i = 0; i < SS_DIAGNOSTICS_MAX + 20; i++) {
        ss_diagnostics_add(d, "E104", "/a", "number %u", i);
    }
    SS_CHECK_EQUAL(ss_diagnostics_count(d), SS_DIAGNOSTICS_MAX);
    SS_CHECK_EQUAL(ss_diagnostics_error_count(d), SS_DIAGNOSTICS_MAX + 20);
    ss_diagnostics_locate(d, "{\"a\":[]}", 8);
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_diagnostics_write_text(d, "x", &text);
    SS_CHECK(strstr(text.bytes, "x: 20 more findings are not shown\n") != NULL);
    ss_text_destroy(&text);
    ss_diagnostics_destroy(d);
}

SS_TEST(diagnostics_never_lose_an_error_for_want_of_memory) {
    for (size_t n = 1; n < 12; n++) {
        failing_allocator state = {.refuse_at = n, .refuse_after = true};
        const ss_allocator allocator = failing_allocator_of(&state);
        ss_diagnostics *d = ss_diagnostics_create(&allocator);
        if (!d) continue;
        for (int i = 0; i < 40; i++) ss_diagnostics_add(d, "E104", "/a", "number %d", i);
        SS_CHECK_EQUAL(ss_diagnostics_error_count(d), 40);
        SS_CHECK(ss_diagnostics_count(d) < 40 || state.requests < n);
        ss_diagnostics_destroy(d);
        SS_CHECK_EQUAL(state.blocks, 0);
    }
}

SS_TEST(diagnostics_locate_survives_broken_text) {
    const char *json = "{\"a\": [1, {\"b\": \"x\\\"\", \"c\": {}}], \"d\": 2}";
    for (size_t length = 0; length <= strlen(json); length++) {
        ss_diagnostics *d = new_diagnostics();
        SS_REQUIRE(d != NULL);
        ss_diagnostics_add(d, "E100", "/a/1/c", "here");
        ss_diagnostics_add(d, "E100", "/d", "here");
        char *copy = malloc(length + 1);
        memcpy(copy, json, length);
        ss_diagnostics_locate(d, copy, length); // the sanitizer watches the end
        free(copy);
        if (length > 0) SS_CHECK(ss_diagnostics_get(d, 0)->line == 1);
        ss_diagnostics_destroy(d);
    }
}

SS_TEST(diagnostics_codes_have_meanings) {
    SS_CHECK_TEXT(ss_code_meaning("E001"), "the text is empty");
    SS_CHECK(ss_code_meaning("E000") == NULL);
    static const char *const codes[] = {
#define SS_CODE(name, meaning) #name,
#include "base/codes.def"
#undef SS_CODE
    };
    for (size_t i = 0; i + 1 < sizeof codes / sizeof codes[0]; i++) { // sorted, so no code twice
        if (strcmp(codes[i], codes[i + 1]) >= 0) SS_CHECK_TEXT(codes[i], codes[i + 1]);
        SS_CHECK(codes[i][0] == 'E' || codes[i][0] == 'W');
    }
}
