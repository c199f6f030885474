// libFuzzer: any bytes as a document. The loader must end, give back all memory and, when it
// refuses, say why; a design it accepts must be whole. The first byte n > 0 makes the n-th
// allocation fail.

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scalesim/model.h"

typedef struct counted {
    size_t calls;
    size_t fail_at; ///< 0 = never
} counted;

static void *reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    counted *c = context;
    (void)old_bytes;
    if (new_bytes == 0u) {
        free(pointer);
        return NULL;
    }
    if (++c->calls == c->fail_at) return NULL;
    return realloc(pointer, new_bytes);
}

static void check_object(const ss_object *object) {
    assert(object->properties && object->pointer);
    for (uint32_t i = 0; i < object->properties->count; i++) {
        const ss_value *value = &object->values[i];
        const ss_property *property = &object->properties->items[i];
        assert(!property->required || value->is_written);
        if (!value->is_set) continue;
        if (property->kind == SS_PROPERTY_CHOICE) assert(value->text);
        if (property->kind == SS_PROPERTY_NODE) assert(value->node1 > 0u);
        if (property->kind == SS_PROPERTY_DISTRIBUTION) assert(value->dist);
        for (uint32_t k = 0; value->objects && k < value->count; k++) {
            check_object(&value->objects[k]);
        }
    }
}

static void check_steps(const ss_design *design, const ss_step *steps, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const ss_step *step = &steps[i];
        const bool has_edge = step->kind == SS_STEP_CALL || step->kind == SS_STEP_PUBLISH;
        assert(!has_edge || (step->edge1 > 0u && step->edge1 <= design->edge_count));
        assert(step->kind != SS_STEP_COMPUTE || step->dist);
        for (uint32_t b = 0; b < step->count; b++) {
            check_steps(design, step->branches[b].steps, step->branches[b].count);
        }
    }
}

static void check_design(const ss_design *design) {
    check_object(&design->run);
    for (uint32_t n = 0; n < design->node_count; n++) {
        const ss_node *node = &design->nodes[n];
        assert(node->type && ss_design_node_index(design, node->id) == n);
        check_object(&node->object);
        const ss_value *operations = ss_object_find(&node->object, "operations");
        for (uint32_t i = 0; operations && operations->operations && i < operations->count; i++) {
            const ss_value *flow = ss_object_get(&operations->operations[i].object, "flow");
            check_steps(design, flow->flow, flow->count);
        }
    }
    for (uint32_t e = 0; e < design->edge_count; e++) {
        const ss_edge *edge = &design->edges[e];
        assert(edge->from < design->node_count && edge->to < design->node_count);
        assert(ss_design_edge_index(design, edge->name) == e);
        check_object(&edge->object);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static ss_catalog *catalog; // one for all inputs: the fuzzer's own process state
    const ss_allocator whole = ss_allocator_default();
    if (!catalog && ss_catalog_create(&whole, &catalog)) abort();
    if (size == 0u) return 0;
    counted c = {.calls = 0, .fail_at = bytes[0]};
    const ss_allocator allocator = {.reallocate = reallocate, .context = &c};
    const char *text = (const char *)bytes + 1;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    if (!diagnostics) return 0;
    ss_design *design = NULL;
    const ss_status status =
        ss_design_load(text, size - 1u, catalog, &allocator, diagnostics, &design);
    assert((status == SS_OK) == (design != NULL));
    assert(status != SS_ERROR_INPUT || ss_diagnostics_error_count(diagnostics) > 0u);
    if (design) {
        assert(ss_diagnostics_error_count(diagnostics) == 0u);
        check_design(design);
    }
    ss_design_destroy(design);
    ss_diagnostics_destroy(diagnostics);
    return 0;
}
