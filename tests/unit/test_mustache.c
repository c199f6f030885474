#include <stdlib.h>
#include <string.h>

#include "codegen/codegen_internal.h"
#include "unit.h"

/// A rendering: what came out, or the first diagnostic.
typedef struct rendered {
    ss_status status;
    char text[512];
    char problem[512];
} rendered;

static void copy(char *to, size_t capacity, const char *from, size_t length) {
    if (length >= capacity) length = capacity - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static ss_json_document *parse(const char *json, const ss_allocator *allocator,
                               ss_diagnostics *diagnostics) {
    ss_json_document *document = NULL;
    SS_CHECK(ss_json_parse(json, strlen(json), allocator, diagnostics, &document) == SS_OK);
    return document;
}

static rendered render(const char *template_text, const char *context, const char *partials,
                       const char *escape) {
    const ss_allocator allocator = ss_allocator_default();
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_json_document *context_json = parse(context, &allocator, diagnostics);
    ss_json_document *partials_json = partials ? parse(partials, &allocator, diagnostics) : NULL;
    ss_text out = ss_text_create(&allocator);
    rendered result = {.text = "", .problem = ""};
    result.status = ss_mustache_render(template_text, strlen(template_text),
                                       ss_json_root(context_json),
                                       partials ? ss_json_root(partials_json) : NULL, escape,
                                       &allocator, diagnostics, &out);
    if (out.bytes) copy(result.text, sizeof result.text, out.bytes, out.length);
    if (ss_diagnostics_count(diagnostics) > 0) {
        const ss_diagnostic *first = ss_diagnostics_get(diagnostics, 0);
        copy(result.problem, 5, first->code, strlen(first->code));
        result.problem[4] = ' ';
        copy(result.problem + 5, sizeof result.problem - 5, first->message,
             strlen(first->message));
    }
    ss_text_destroy(&out);
    ss_json_document_destroy(context_json);
    ss_json_document_destroy(partials_json);
    ss_diagnostics_destroy(diagnostics);
    return result;
}

static void check(const char *template_text, const char *context, const char *expected) {
    const rendered result = render(template_text, context, NULL, "none");
    SS_CHECK(result.status == SS_OK);
    SS_CHECK_TEXT(result.text, expected);
}

SS_TEST(mustache_interpolates_values_as_scripts_write_them) {
    check("{{a}} {{{b}}} {{& c }}", "{\"a\":\"x\",\"b\":1.5,\"c\":true}", "x 1.5 true");
    check("[{{missing}}{{a.b.c}}{{n}}]", "{\"a\":{\"b\":{}},\"n\":null}", "[]");
    check("{{a}} {{b}} {{c}} {{d}}", "{\"a\":1e21,\"b\":1e-7,\"c\":0.000001,\"d\":100}",
          "1e+21 1e-7 0.000001 100");
    check("{{list}} {{list.length}} {{list.1}}", "{\"list\":[1,[2,3]]}", "1,2,3 2 2,3");
}

SS_TEST(mustache_sections_follow_truth) {
    check("{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":0}", "no");
    check("{{#a}}{{b}}{{/a}}", "{\"a\":[{\"b\":1},{\"b\":2}]}", "12");
    check("{{#a}}{{.}},{{/a}}", "{\"a\":[\"x\",\"y\"]}", "x,y,");
    check("{{^a}}empty{{/a}}", "{\"a\":[]}", "empty");
    check("{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", "{\"a\":{\"b\":true},\"c\":\"outer\"}", "outer");
}

SS_TEST(mustache_tags_on_their_own_line_leave_no_trace) {
    check("a\n  {{#b}}\nx\n  {{/b}}\nc\n", "{\"b\":true}", "a\nx\nc\n");
    check("a\r\n{{! comment }}\r\nb", "{}", "a\r\nb");
    check("  {{!}} x\n", "{}", "   x\n");
    check("{{=<% %>=}}\n<%a%> {{a}}", "{\"a\":1}", "1 {{a}}");
}

SS_TEST(mustache_partials_are_indented_and_may_recurse) {
    rendered result = render("list:\n  {{> item}}\nend", "{\"v\":1}",
                             "{\"item\":\"- {{v}}\\n- two\\n\"}", "none");
    SS_CHECK_TEXT(result.text, "list:\n  - 1\n  - two\nend");
    result = render("{{> node}}", "{\"n\":\"a\",\"c\":[{\"n\":\"b\",\"c\":[]}]}",
                    "{\"node\":\"<{{n}}{{#c}}{{> node}}{{/c}}>\"}", "none");
    SS_CHECK_TEXT(result.text, "<a<b>>");
    result = render("[{{> none}}]", "{}", "{}", "none");
    SS_CHECK_TEXT(result.text, "[]");
    result = render("{{> p}}", "{}", "{\"p\":\"{{> p}}\"}", "none");
    SS_CHECK(result.status == SS_ERROR_INPUT);
    SS_CHECK(strstr(result.problem, "includes itself") != NULL);
}

SS_TEST(mustache_errors_say_where) {
    SS_CHECK_TEXT(render("ab\n {{#x}}", "{}", NULL, "none").problem,
                  "E500 template, line 2, column 2: this section is never closed: x");
    SS_CHECK_TEXT(render("{{/x}}", "{}", NULL, "none").problem,
                  "E500 template, line 1, column 1: no section is open here to close: x");
    SS_CHECK_TEXT(render("{{#a}}{{/b}}", "{}", NULL, "none").problem,
                  "E500 template, line 1, column 7: close this section first: a");
    SS_CHECK_TEXT(render("x{{a", "{}", NULL, "none").problem,
                  "E500 template, line 1, column 2: close this tag with }}");
    SS_CHECK(strncmp(render("{{=a=}}", "{}", NULL, "none").problem, "E500", 4) == 0);
    SS_CHECK(strncmp(render("a", "{}", NULL, "xml").problem, "E501", 4) == 0);
}

SS_TEST(mustache_escapes_for_each_kind_of_file) {
    static const char context[] = "{\"v\":\"a'b\\\"c\\\\d\\n</script>*/ $ `|é\"}";
    static const struct {
        const char *escape, *expected;
    } cases[] = {
        {"none", "a'b\"c\\d\n</script>*/ $ `|é"},
        {"html", "a&#39;b&quot;c\\d\n&lt;&#x2F;script&gt;*&#x2F; $ &#x60;|é"},
        {"json", "a'b\\\"c\\\\d\\n</script>*/ $ `|é"},
        {"yaml", "a'b\\\"c\\\\d\\n</script>*/ $ `|é"},
        {"js", "a\\u0027b\\u0022c\\\\d\\n\\u003c/script>*\\u002f \\u0024 \\u0060|é"},
        {"shell", "a'\\''b\"c\\d\n</script>*/ $ `|é"},
        {"sql", "a''b\"c\\d\n</script>*/ $ `|é"},
        {"markdown", "a'b\"c\\\\d \\</script\\>\\*/ $ \\`\\|é"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SS_CHECK_TEXT(render("{{v}}", context, NULL, cases[i].escape).text, cases[i].expected);
        SS_CHECK_TEXT(render("{{{v}}}", context, NULL, cases[i].escape).text, cases[0].expected);
    }
}
