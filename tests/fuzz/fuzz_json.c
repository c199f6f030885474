// libFuzzer: any bytes as JSON. The reader must end, give back all memory and say what is wrong
// with what it refuses; what it accepts must write and read back unchanged, and every value must be
// found at its place. The first byte n > 0 makes the n-th allocation fail.
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

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

static char *write_out(const ss_json *value, const ss_allocator *allocator, size_t *length) {
    ss_text out = ss_text_create(allocator);
    ss_json_write(value, &out);
    require(ss_text_status(&out) == SS_OK);
    *length = out.length;
    char *copy = malloc(out.length);
    require(copy != NULL);
    memcpy(copy, out.bytes, out.length);
    ss_text_destroy(&out);
    return copy;
}

/// Adds a finding for some of the values, so that the locator has pointers of every kind to find.
static void add_findings(const ss_json *value, const char *pointer, ss_diagnostics *findings) {
    if (ss_diagnostics_count(findings) < 50) ss_diagnostics_add(findings, "E100", pointer, "here");
    size_t index = 0;
    for (const ss_json *child = ss_json_first(value); child; child = ss_json_next(child)) {
        char place[SS_JSON_POINTER_MAX];
        if (index > 20) break;
        if (ss_json_key(child)) {
            ss_json_pointer_join(place, sizeof place, pointer, ss_json_key(child));
        } else {
            ss_json_pointer_join_index(place, sizeof place, pointer, index);
        }
        index++;
        if (strlen(place) < sizeof place - 1) add_findings(child, place, findings);
    }
}

static void check_places(const ss_json *root, const char *text, size_t length,
                         const ss_allocator *allocator) {
    ss_diagnostics *findings = ss_diagnostics_create(allocator);
    require(findings != NULL);
    add_findings(root, "", findings);
    ss_diagnostics_locate(findings, text, length);
    uint32_t line = 1;
    uint32_t column = 0;
    for (size_t i = 0; i < ss_diagnostics_count(findings); i++) {
        // Found in the order of the text, so the list was in order and stays so; no two values
        // begin at one place but a container and nothing else.
        const ss_diagnostic *finding = ss_diagnostics_get(findings, i);
        require(finding->line > line || (finding->line == line && finding->column > column));
        line = finding->line;
        column = finding->column;
    }
    ss_diagnostics_destroy(findings);
}

static void check_round_trip(const ss_json *root, const ss_allocator *allocator) {
    size_t first_length;
    size_t second_length;
    char *first = write_out(root, allocator, &first_length);
    ss_json_document *again = NULL;
    require(ss_json_parse(first, first_length, allocator, NULL, &again) == SS_OK);
    char *second = write_out(ss_json_root(again), allocator, &second_length);
    require(first_length == second_length && memcmp(first, second, first_length) == 0);
    check_places(ss_json_root(again), first, first_length, allocator);
    ss_json_document_destroy(again);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    counted state = {.refuse_at = data[0]};
    const ss_allocator allocator = {.reallocate = reallocate, .context = &state};
    const char *text = (const char *)data + 1;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    if (!diagnostics) return 0;
    ss_json_document *document = NULL;
    const ss_status status = ss_json_parse(text, size - 1, &allocator, diagnostics, &document);
    const bool was_refused = state.refuse_at != 0 && state.requests >= state.refuse_at;
    state.refuse_at = 0;
    require((document != NULL) == (status == SS_OK));
    require(ss_diagnostics_error_count(diagnostics) == (status == SS_ERROR_INPUT));
    require(status == SS_OK || status == SS_ERROR_INPUT || was_refused);
    if (status == SS_ERROR_INPUT && !was_refused) {
        const ss_diagnostic *finding = ss_diagnostics_get(diagnostics, 0);
        require(finding && finding->line > 0 && finding->column > 0 && finding->message[0]);
    }
    if (document) {
        check_places(ss_json_root(document), text, size - 1, &allocator);
        check_round_trip(ss_json_root(document), &allocator);
    }
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(diagnostics);
    require(state.blocks == 0);
    return 0;
}
