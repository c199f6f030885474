/// A service: requests run the flow of their operation and keep their place while they call others.
#include "components/component.h"

static ss_status bind(ss_builder *builder, uint32_t node) {
    return ss_builder_station(builder, node, "concurrency");
}

const ss_component ss_component_service = {.bind = bind, .program = ss_builder_default_program};

SS_COMPONENT_NO_TIMER(service)
SS_COMPONENT_NO_STEP(service)
SS_COMPONENT_NO_END(service)
SS_COMPONENT_NO_FAULTS(service)
