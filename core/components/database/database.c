/// A database: queries wait for one of its connections, and slow down when more are busy than cores.
#include "components/component.h"

static ss_status bind(ss_builder *builder, uint32_t node) {
    return ss_builder_station(builder, node, "connections");
}

const ss_component ss_component_database = {.bind = bind, .program = ss_builder_default_program};

SS_COMPONENT_NO_TIMER(database)
SS_COMPONENT_NO_STEP(database)
SS_COMPONENT_NO_END(database)
