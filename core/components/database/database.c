/// A database: queries wait for one of its connections, and slow down when more are busy than
/// cores.
#include "components/component.h"

static ss_status bind(ss_builder *builder, uint32_t node) {
    const ss_status status = ss_builder_station(builder, node, "connections");
    const ss_value *cores = ss_object_get(&ss_builder_node(builder, node)->object, "cores");
    const uint32_t count = ss_builder_count(cores);
    if (!status && count != SS_PLACES_INFINITE)
        ss_builder_share_cores(builder, node, count, NULL, 0);
    return status;
}

const ss_component ss_component_database = {.bind = bind, .program = ss_builder_default_program};

SS_COMPONENT_NO_TIMER(database)
SS_COMPONENT_NO_STEP(database)
SS_COMPONENT_NO_END(database)
SS_COMPONENT_NO_FAULTS(database)
