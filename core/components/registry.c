/// The switch over behaviours, made from the folders: an indirect call in the event loop costs
/// noticeably more in WebAssembly than a switch with direct calls.
#include <string.h>

#include "components/component.h"

static const char *const behaviour_names[] = {
#define SS_COMPONENT(name) #name,
#include "generated/components.def"
#undef SS_COMPONENT
};

static const ss_component *const behaviour_components[] = {
#define SS_COMPONENT(name) &ss_component_##name,
#include "generated/components.def"
#undef SS_COMPONENT
};

ss_behaviour ss_behaviour_find(const char *name) {
    for (uint32_t i = 0; i < (uint32_t)SS_BEHAVIOUR_COUNT; i++) {
        if (strcmp(behaviour_names[i], name) == 0) return (ss_behaviour)i;
    }
    return SS_BEHAVIOUR_COUNT;
}

const ss_component *ss_behaviour_component(uint32_t behaviour) {
    return behaviour_components[behaviour];
}

void ss_behaviour_timer(ss_sim *sim, uint32_t node) {
    switch ((ss_behaviour)sim->nodes[node].behaviour) {
#define SS_COMPONENT(name)                                                                         \
    case SS_BEHAVIOUR_##name:                                                                      \
        ss_##name##_timer(sim, node);                                                              \
        break;
#include "generated/components.def"
#undef SS_COMPONENT
    case SS_BEHAVIOUR_COUNT:
        break;
    }
}

static uint32_t behaviour_of_task(const ss_sim *sim, uint32_t task) {
    return sim->nodes[sim->classes[sim->tasks[task].class_index].node].behaviour;
}

bool ss_behaviour_step(ss_sim *sim, uint32_t task, uint32_t argument) {
    switch ((ss_behaviour)behaviour_of_task(sim, task)) {
#define SS_COMPONENT(name)                                                                         \
    case SS_BEHAVIOUR_##name:                                                                      \
        return ss_##name##_step(sim, task, argument);
#include "generated/components.def"
#undef SS_COMPONENT
    case SS_BEHAVIOUR_COUNT:
        break;
    }
    return true;
}

void ss_behaviour_ended(ss_sim *sim, uint32_t node, ss_outcome outcome) {
    switch ((ss_behaviour)sim->nodes[node].behaviour) {
#define SS_COMPONENT(name)                                                                         \
    case SS_BEHAVIOUR_##name:                                                                      \
        ss_##name##_ended(sim, node, outcome);                                                     \
        break;
#include "generated/components.def"
#undef SS_COMPONENT
    case SS_BEHAVIOUR_COUNT:
        break;
    }
}

void ss_behaviour_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins,
                          double factor) {
    switch ((ss_behaviour)sim->nodes[node].behaviour) {
#define SS_COMPONENT(name)                                                                         \
    case SS_BEHAVIOUR_##name:                                                                      \
        ss_##name##_faulted(sim, node, kind, begins, factor);                                      \
        break;
#include "generated/components.def"
#undef SS_COMPONENT
    case SS_BEHAVIOUR_COUNT:
        break;
    }
}
