// libFuzzer: any bytes as a Mustache template that may include itself. Rendering must end, give
// back all memory, and say what is wrong with what it refuses. The first byte n > 0 makes the n-th
// allocation of the rendering fail.
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "scalesim/codegen.h"

typedef struct counted {
    size_t requests;
    size_t refuse_at; ///< 0 = never
    size_t blocks;
} counted;

static void *reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    counted *state = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        if (pointer) state->blocks--;
        free(pointer);
        return NULL;
    }
    if (++state->requests == state->refuse_at) return NULL;
    void *block = realloc(pointer, new_bytes);
    if (!pointer && block) state->blocks++;
    return block;
}

static void require(bool held) {
    if (!held) abort();
}

static ss_json_document *parse(const char *text, size_t length, const ss_allocator *allocator) {
    ss_diagnostics *diagnostics = ss_diagnostics_create(allocator);
    ss_json_document *document = NULL;
    (void)ss_json_parse(text, length, allocator, diagnostics, &document);
    ss_diagnostics_destroy(diagnostics);
    return document;
}

static const char context_text[] =
    "{\"a\":[{\"b\":1,\"a\":[]},{\"b\":\"<é>\",\"c\":null}],\"b\":{\"c\":{\"d\":-0.5}},\"c\":true,"
    "\"d\":\"two\\nlines\",\"e\":[[1,2],[\"x\"]],\"\":0}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const escapes[] = {"none", "html", "json", "js", "shell", "sql", "markdown"};
    if (size < 2 || size > 4096) return 0;
    const ss_allocator plain = ss_allocator_default();
    const char *template_text = (const char *)data + 2;
    const size_t length = size - 2;

    ss_text partials_text = ss_text_create(&plain);
    ss_text_add(&partials_text, "{\"a\":");
    ss_text_add_json_string(&partials_text, template_text, length);
    ss_text_add(&partials_text, "}");
    ss_json_document *partials = parse(partials_text.bytes, partials_text.length, &plain);
    ss_json_document *context = parse(context_text, sizeof context_text - 1, &plain);
    require(context != NULL);

    counted state = {.refuse_at = data[0]};
    const ss_allocator allocator = {.reallocate = reallocate, .context = &state};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&plain);
    ss_text out = ss_text_create(&allocator);
    const ss_status status = ss_mustache_render(
        template_text, length, ss_json_root(context), partials ? ss_json_root(partials) : NULL,
        escapes[data[1] % (sizeof escapes / sizeof *escapes)], &allocator, diagnostics, &out);
    if (status == SS_ERROR_MEMORY) require(state.refuse_at > 0);
    if (status == SS_ERROR_INPUT) require(ss_diagnostics_error_count(diagnostics) > 0);
    if (status == SS_OK) require(ss_diagnostics_count(diagnostics) == 0);
    ss_text_destroy(&out);
    require(state.blocks == 0);

    ss_diagnostics_destroy(diagnostics);
    ss_json_document_destroy(context);
    ss_json_document_destroy(partials);
    ss_text_destroy(&partials_text);
    return 0;
}
