/// Renders a batch of templates for mustache.test.mjs. Standard input is a JSON array of
/// {"template", "context", "partials", "escape"}; standard output is a JSON array of the texts,
/// null where the template was refused.
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "scalesim/codegen.h"

static ss_text read_all(const ss_allocator *allocator) {
    ss_text text = ss_text_create(allocator);
    char buffer[65536];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
        ss_text_add_bytes(&text, buffer, n);
    }
    return text;
}

static void render(const ss_json *job, const ss_allocator *allocator, ss_json_writer *writer) {
    const ss_json *template = ss_json_get(job, "template");
    const char *text = ss_json_string(template);
    ss_diagnostics *diagnostics = ss_diagnostics_create(allocator);
    ss_text out = ss_text_create(allocator);
    size_t length = 0;
    while (text[length]) length++;
    const ss_status status = ss_mustache_render(text, length, ss_json_get(job, "context"),
                                                ss_json_get(job, "partials"),
                                                ss_json_string(ss_json_get(job, "escape")),
                                                allocator, diagnostics, &out);
    if (status == SS_OK) {
        ss_json_add_string(writer, out.bytes ? out.bytes : "");
    } else if (ss_diagnostics_error_count(diagnostics) == 0) {
        fputs("an error without a diagnostic\n", stderr);
        exit(1);
    } else {
        ss_json_add_null(writer);
    }
    ss_text_destroy(&out);
    ss_diagnostics_destroy(diagnostics);
}

int main(void) {
    const ss_allocator allocator = ss_allocator_default();
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_text input = read_all(&allocator);
    ss_json_document *document;
    if (ss_json_parse(input.bytes, input.length, &allocator, diagnostics, &document)) {
        fprintf(stderr, "%s\n", ss_diagnostics_get(diagnostics, 0)->message);
        return 2;
    }
    ss_text output = ss_text_create(&allocator);
    ss_json_writer writer = ss_json_writer_create(&output);
    ss_json_open_array(&writer);
    const ss_json *root = ss_json_root(document);
    for (const ss_json *job = ss_json_first(root); job; job = ss_json_next(job)) {
        render(job, &allocator, &writer);
    }
    ss_json_close(&writer);
    fwrite(output.bytes, 1, output.length, stdout);
    ss_text_destroy(&output);
    ss_text_destroy(&input);
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(diagnostics);
    return 0;
}
