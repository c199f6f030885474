/// A queueing station as the textbooks have it: places, a line, a service time.
#include "components/component.h"

#define SPEEDUPS_MAX 100000u

/// Reads the list of speeds; NULL (after saying so) when it is none.
static const double *read_speedup(ss_builder *builder, uint32_t node, const ss_json *list,
                                  uint32_t *count) {
    const bool is_list = ss_json_kind_of(list) == SS_JSON_ARRAY;
    const size_t size = is_list ? ss_json_size(list) : 0u;
    double *speeds = ss_arena_allocate(ss_builder_arena(builder), (size + 1u) * sizeof(double));
    *count = 0;
    for (const ss_json *each = is_list ? ss_json_first(list) : NULL; each && speeds;
         each = ss_json_next(each)) {
        const bool is_speed = ss_json_kind_of(each) == SS_JSON_NUMBER && ss_json_number(each) > 0.0;
        if (!is_speed) break;
        speeds[(*count)++] = ss_json_number(each);
    }
    if (speeds && *count == size && size > 0u && size <= SPEEDUPS_MAX) return speeds;
    char pointer[SS_JSON_POINTER_MAX];
    const ss_object *object = &ss_builder_node(builder, node)->object;
    ss_json_pointer_join(pointer, sizeof pointer, object->pointer, "speedup");
    ss_diagnostics_add(
        ss_builder_diagnostics(builder), "E303", pointer,
        "Write the total speed with 1, 2, 3, … requests in service as a list of numbers "
        "above 0, such as [1, 1.8, 2.4].");
    return NULL;
}

static ss_status bind(ss_builder *builder, uint32_t node) {
    const ss_status status = ss_builder_station(builder, node, "concurrency");
    const ss_value *speedup = ss_object_get(&ss_builder_node(builder, node)->object, "speedup");
    if (status || !speedup->json) return status;
    uint32_t count;
    const double *speeds = read_speedup(builder, node, speedup->json, &count);
    if (speeds) ss_builder_share_cores(builder, node, SS_PLACES_INFINITE, speeds, count);
    return SS_OK;
}

const ss_component ss_component_station = {.bind = bind, .program = ss_builder_default_program};

SS_COMPONENT_NO_TIMER(station)
SS_COMPONENT_NO_STEP(station)
SS_COMPONENT_NO_END(station)
SS_COMPONENT_NO_FAULTS(station)
