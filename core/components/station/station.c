/// A queueing station as the textbooks have it: places, a line, a service time.
#include "components/component.h"

static ss_status bind(ss_builder *builder, uint32_t node) {
    return ss_builder_station(builder, node, "concurrency");
}

const ss_component ss_component_station = {.bind = bind, .program = ss_builder_default_program};

SS_COMPONENT_NO_TIMER(station)
SS_COMPONENT_NO_STEP(station)
SS_COMPONENT_NO_END(station)
SS_COMPONENT_NO_FAULTS(station)
