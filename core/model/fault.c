// Faults: whether what they strike can have them.

#include "model/internal.h"

#include <string.h>

/// What a kind of fault strikes.
typedef enum victim { VICTIM_SERVER, VICTIM_SOURCE, VICTIM_CACHE, VICTIM_NODE, VICTIM_EDGE } victim;

static const struct {
    const char *kind;
    victim victim;
} victims[] = {
    {"crash", VICTIM_SERVER},   {"slow", VICTIM_SERVER}, {"errors", VICTIM_SERVER},
    {"pause", VICTIM_NODE},     {"flush", VICTIM_CACHE}, {"spike", VICTIM_SOURCE},
    {"clock-skew", VICTIM_NODE}, {"latency", VICTIM_EDGE}, {"loss", VICTIM_EDGE},
    {"partition", VICTIM_EDGE},
};

static void check_edge(ss__reader *reader, const ss_design *design, const char *kind,
                       const char *target, const char *pointer) {
    if (ss_design_edge_index(design, target) != SS_NONE) return;
    ss__nearest near = ss__nearest_to(target);
    for (uint32_t e = 0; e < design->edge_count; e++) {
        if (design->edges[e].name[0]) ss__nearest_offer(&near, design->edges[e].name);
    }
    ss__reader_report_at(reader, "E209", pointer,
                         "The fault \"%s\" strikes an edge, and none has the name \"%s\"; the "
                         "nearest is \"%s\".",
                         kind, target, near.best ? near.best : "");
}

static void check_node(ss__reader *reader, const ss_design *design, victim wanted, const char *kind,
                       const char *target, const char *pointer) {
    const uint32_t index = ss_design_node_index(design, target);
    if (index == SS_NONE) {
        ss__nearest near = ss__nearest_to(target);
        for (uint32_t n = 0; n < design->node_count; n++) {
            ss__nearest_offer(&near, design->nodes[n].id);
        }
        ss__reader_report_at(reader, "E209", pointer,
                             "The fault \"%s\" strikes a node, and none has the id \"%s\"; the "
                             "nearest is \"%s\".",
                             kind, target, near.best ? near.best : "");
        return;
    }
    const ss_type *type = design->nodes[index].type;
    if (!type) return;
    const char *needed = NULL;
    const bool is_source = (type->traits & SS_TRAIT_SOURCE) != 0u;
    if (wanted == VICTIM_SOURCE && !is_source) needed = "a client";
    if (wanted == VICTIM_SERVER && is_source) needed = "a node that serves";
    if (wanted == VICTIM_CACHE && !(type->traits & SS_TRAIT_CACHE)) needed = "a cache";
    if (!needed) return;
    ss__reader_report_at(reader, "E209", pointer,
                         "The fault \"%s\" strikes %s, and \"%s\" is a %s; write another target.",
                         kind, needed, target, type->title);
}

static void check_zone(ss__reader *reader, const ss_design *design, const char *zone,
                       const char *pointer) {
    ss__nearest near = ss__nearest_to(zone);
    for (uint32_t n = 0; n < design->node_count; n++) {
        if (!design->nodes[n].type) continue;
        const ss_value *own = ss_object_find(&design->nodes[n].object, "zone");
        if (!own || !own->text) continue;
        if (strcmp(own->text, zone) == 0) return;
        ss__nearest_offer(&near, own->text);
    }
    if (near.best) {
        ss__reader_report_at(reader, "E210", pointer, "No node is in the zone \"%s\"; the nearest "
                                                      "is \"%s\".", zone, near.best);
    } else {
        ss__reader_report_at(reader, "E210", pointer, "No node is in a zone; write \"zone\": "
                                                      "\"%s\" on those that are.", zone);
    }
}

void ss__check_faults(ss__reader *reader, const ss_design *design) {
    for (uint32_t i = 0; i < design->fault_count; i++) {
        const ss_object *fault = &design->faults[i];
        const char *kind = ss_object_get(fault, "kind")->text;
        const char *target = ss_object_get(fault, "target")->text;
        const char *zone = ss_object_get(fault, "zone")->text;
        char pointer[SS_JSON_POINTER_MAX];
        if (kind && zone && strcmp(kind, "zone-down") == 0) {
            ss_json_pointer_join(pointer, sizeof pointer, fault->pointer, "zone");
            check_zone(reader, design, zone, pointer);
        }
        if (!kind || !target) continue;
        ss_json_pointer_join(pointer, sizeof pointer, fault->pointer, "target");
        for (size_t v = 0; v < sizeof victims / sizeof *victims; v++) {
            if (strcmp(victims[v].kind, kind) != 0) continue;
            if (victims[v].victim == VICTIM_EDGE) check_edge(reader, design, kind, target, pointer);
            else check_node(reader, design, victims[v].victim, kind, target, pointer);
        }
    }
}
