/// Faults: whom they strike, and when.
#include <string.h>

#include "components/builder_internal.h"

static ss_status set_victims(ss_builder *builder, const ss_object *object, ss_sim_fault *fault) {
    const ss_design *design = builder->design;
    const char *target = ss_object_get(object, "target")->text;
    const char *zone = ss_object_get(object, "zone")->text;
    uint32_t *nodes =
        ss_arena_allocate(builder->arena, (size_t)design->node_count * sizeof(uint32_t) + 4u);
    if (!nodes) return SS_ERROR_MEMORY;
    fault->nodes = nodes;
    fault->edge = SS_NO_INDEX;
    if (fault->kind == SS_FAULT_ZONE_DOWN) {
        for (uint32_t i = 0; i < design->node_count; i++) {
            const ss_value *own = ss_object_find(&design->nodes[i].object, "zone");
            if (own && own->text && zone && strcmp(own->text, zone) == 0)
                nodes[fault->node_count++] = i;
        }
        return SS_OK;
    }
    const uint32_t node = target ? ss_design_node_index(design, target) : UINT32_MAX;
    if (node != UINT32_MAX) {
        nodes[fault->node_count++] = node;
    } else if (target) {
        fault->edge = ss_design_edge_index(design, target);
    }
    return SS_OK;
}

static ss_status read_fault(ss_builder *builder, const ss_object *object, uint32_t nth,
                                ss_sim_fault *fault) {
    *fault = (ss_sim_fault){.kind = (uint32_t)ss_object_get(object, "kind")->number};
    const uint32_t direction = (uint32_t)ss_object_get(object, "direction")->number;
    fault->directions = direction == 0u ? 3u : direction; // both, request, reply
    fault->factor = ss_object_get(object, "factor")->number;
    fault->rate = ss_object_get(object, "rate")->number;
    fault->latency = ss__dist_of(object, "latency");
    const ss_value *length = ss_object_get(object, "for");
    fault->at_ns = ss_time_from_seconds(ss_object_get(object, "at")->number);
    fault->for_ns = length->is_set ? ss_time_from_seconds(length->number) : 0;
    const ss_value *mtbf = ss_object_get(object, "mtbf");
    fault->mtbf_s = mtbf->is_set ? mtbf->number : 0.0;
    fault->mttr_s = mtbf->is_set ? ss_object_get(object, "mttr")->number : 0.0;
    fault->random = ss_random_create(builder->seed, nth, SS_PURPOSE_FAULT);
    if (fault->kind == SS_FAULT_PAUSE) builder->built->sim.needs_side = 1;
    const ss_value *skew = ss_object_get(object, "skew");
    const double skew_s = skew->is_set ? skew->number : 0.0;
    fault->skew_ns = skew_s < 0.0 ? -ss_time_from_seconds(-skew_s) : ss_time_from_seconds(skew_s);
    const ss_status status = set_victims(builder, object, fault);
    const bool is_vain = fault->kind == SS_FAULT_CLOCK_SKEW && fault->node_count > 0u &&
                         !ss__builder_has_code(builder, fault->nodes[0]);
    if (!status && is_vain) {
        ss_diagnostics_add(builder->diagnostics, "W304", object->pointer,
                           "This clock-skew has no effect: only code reads a clock, and \"%s\" has "
                           "none.",
                           builder->design->nodes[fault->nodes[0]].id);
    }
    return status;
}

ss_status ss__builder_read_faults(ss_builder *builder, ss_sim_fault *faults) {
    for (uint32_t i = 0; i < builder->design->fault_count; i++) {
        const ss_status status =
            read_fault(builder, &builder->design->faults[i], i, &faults[i]);
        if (status) return status;
    }
    return SS_OK;
}
