// What the nodes and edges of a design mean together: which edges may be, what requests reach, and
// where they never leave.

#include "model/internal.h"

#include <string.h>

#define PROBABILITY_SLACK 1e-9 /* thirds written as 0.333… may add up to a little more than 1 */

static bool has_trait(const ss__reader *reader, uint32_t node, ss_trait trait) {
    const ss_type *type = reader->nodes[node].type;
    return type && (type->traits & (uint32_t)trait) != 0u;
}

static double probability_of(const ss_edge *edge) {
    return ss_object_get(&edge->object, "probability")->number;
}

// --- Single edges --------------------------------------------------------------------------------

static void check_target(ss__reader *reader, const ss_edge *edge) {
    const ss_node *to = &reader->nodes[edge->to];
    if (!to->type) return;
    const char *member = edge->kind == SS_EDGE_PUBLISH ? "kind" : "to";
    if (has_trait(reader, edge->to, SS_TRAIT_SOURCE)) {
        member = "to";
    } else if (edge->kind != SS_EDGE_PUBLISH || has_trait(reader, edge->to, SS_TRAIT_BROKER)) {
        return;
    }
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(pointer, sizeof pointer, edge->object.pointer, member);
    if (has_trait(reader, edge->to, SS_TRAIT_SOURCE)) {
        ss__reader_report_at(reader, "E206", pointer,
                             "\"%s\" is a %s: it makes requests and takes none; turn the edge "
                             "round, or lead it to another node.",
                             to->id, to->type->title);
    } else {
        ss__reader_report_at(reader, "E205", pointer,
                             "\"%s\" is a %s, and publish edges lead to queues; write the kind "
                             "\"call\" or \"forward\", or put a queue between.",
                             to->id, to->type->title);
    }
}

/// Two edges of one pair are told apart by their kind or their operation.
static bool same_edge(const ss_edge *a, const ss_edge *b) {
    if (a->to != b->to || a->kind != b->kind) return false;
    if (!a->op || !b->op) return a->op == b->op;
    return strcmp(a->op, b->op) == 0;
}

/// Only the edges that have "#n" in their names can be doubles, so this is not quadratic in the
/// size of a sensible document; DOUBLES_MAX bounds it in the others.
#define DOUBLES_MAX 64u

static void check_doubles(ss__reader *reader, uint32_t index) {
    const ss_edge *edge = &reader->edges[index];
    if (!strchr(edge->name, '#')) return;
    uint32_t seen = 0;
    for (uint32_t e = reader->first_out[edge->from]; e < index && seen < DOUBLES_MAX;
         e = reader->next_out[e]) {
        if (reader->edges[e].to != edge->to) continue;
        seen++;
        if (!same_edge(&reader->edges[e], edge)) continue;
        ss__reader_report_at(reader, "W207", edge->object.pointer,
                             "This edge is there already, as \"%s\"; leave one out, or give them "
                             "different operations.",
                             reader->edges[e].name);
        return;
    }
}

// --- Single nodes --------------------------------------------------------------------------------

/// The total probability of a node's forward edges; a broker hands each of them every message it is
/// for, so there it is no probability.
static double forward_total(const ss__reader *reader, uint32_t node) {
    double total = 0.0;
    for (uint32_t e = reader->first_out[node]; e != SS_NONE; e = reader->next_out[e]) {
        if (reader->edges[e].kind == SS_EDGE_FORWARD) total += probability_of(&reader->edges[e]);
    }
    return total;
}

/// Code is written where none is run.
static void check_code(ss__reader *reader, const ss_node *node) {
    const ss_value *code = ss_object_find(&node->object, "code");
    if (!code || !code->is_set || (node->type->traits & SS_TRAIT_CODE)) return;
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(pointer, sizeof pointer, node->object.pointer, "code");
    ss__reader_report_at(reader, "W401", pointer,
                         "A %s runs no code; put it on a service that this node is called by.",
                         node->type->title);
}

static void check_node(ss__reader *reader, uint32_t index) {
    const ss_node *node = &reader->nodes[index];
    if (!node->type) return;
    check_code(reader, node);
    if (has_trait(reader, index, SS_TRAIT_SOURCE) && reader->first_out[index] == SS_NONE &&
        !reader->edges_broken) {
        ss__reader_report_at(reader, "E207", node->object.pointer,
                             "\"%s\" sends its requests nowhere; add an edge { \"from\": \"%s\", "
                             "\"to\": … } to \"edges\".",
                             node->id, node->id);
    }
    if (has_trait(reader, index, SS_TRAIT_BROKER)) return;
    if (forward_total(reader, index) <= 1.0 + PROBABILITY_SLACK) return;
    uint32_t last = SS_NONE;
    for (uint32_t e = reader->first_out[index]; e != SS_NONE; e = reader->next_out[e]) {
        if (reader->edges[e].kind == SS_EDGE_FORWARD) last = e;
    }
    ss__reader_report_at(reader, "E204", reader->edges[last].object.pointer,
                         "The forward edges of \"%s\" have probabilities of more than 1 together; "
                         "write a \"probability\" on each, so that they add up to 1 at most.",
                         node->id);
}

void ss__check_graph(ss__reader *reader) {
    if (!reader->first_out) return;
    for (uint32_t e = 0; e < reader->edge_count; e++) {
        const ss_edge *edge = &reader->edges[e];
        if (edge->from == SS_NONE || edge->to == SS_NONE) continue;
        check_target(reader, edge);
        check_doubles(reader, e);
    }
    for (uint32_t n = 0; n < reader->node_count; n++) check_node(reader, n);
}

// --- Reach ---------------------------------------------------------------------------------------

/// A set of nodes that grows along edges.
typedef struct spread {
    bool *is_in;
    uint32_t *waiting;
    uint32_t count;
} spread;

static bool spread_create(ss__reader *reader, spread *out) {
    out->is_in = ss__reader_take(reader, reader->node_count, sizeof(bool));
    out->waiting = ss__reader_take(reader, reader->node_count, sizeof(uint32_t));
    out->count = 0;
    return !reader->no_memory;
}

static void spread_add(spread *set, uint32_t node) {
    if (set->is_in[node]) return;
    set->is_in[node] = true;
    set->waiting[set->count++] = node;
}

static void report_unreached(ss__reader *reader, const spread *reached) {
    for (uint32_t n = 0; n < reader->node_count; n++) {
        if (reached->is_in[n]) continue;
        ss__reader_report_at(reader, "W201", reader->nodes[n].object.pointer,
                             "No request ever reaches \"%s\"; add an edge that leads to it, or "
                             "leave it out.",
                             reader->nodes[n].id);
    }
}

/// From which nodes a request can leave the system: found backwards from those where some do.
static void find_exits(ss__reader *reader, spread *exits) {
    uint32_t *first_in = ss__reader_take(reader, reader->node_count, sizeof(uint32_t));
    uint32_t *next_in = ss__reader_take(reader, reader->edge_count, sizeof(uint32_t));
    if (reader->no_memory) return;
    for (uint32_t n = 0; n < reader->node_count; n++) {
        first_in[n] = SS_NONE;
        const bool leaves = forward_total(reader, n) < 1.0 - PROBABILITY_SLACK;
        if (leaves || has_trait(reader, n, SS_TRAIT_BROKER)) spread_add(exits, n);
    }
    for (uint32_t e = 0; e < reader->edge_count; e++) {
        const ss_edge *edge = &reader->edges[e];
        if (edge->kind != SS_EDGE_FORWARD || probability_of(edge) <= 0.0) continue;
        next_in[e] = first_in[edge->to];
        first_in[edge->to] = e;
    }
    for (uint32_t at = 0; at < exits->count; at++) {
        const uint32_t node = exits->waiting[at];
        for (uint32_t e = first_in[node]; e != SS_NONE; e = next_in[e]) {
            spread_add(exits, reader->edges[e].from);
        }
    }
}

void ss__check_reach(ss__reader *reader) {
    spread reached;
    spread exits;
    if (!spread_create(reader, &reached) || !spread_create(reader, &exits)) return;
    for (uint32_t n = 0; n < reader->node_count; n++) {
        const bool acts = has_trait(reader, n, SS_TRAIT_SOURCE) || ss_node_code(&reader->nodes[n]);
        if (acts) spread_add(&reached, n);
    }
    if (reached.count == 0u) {
        ss__reader_report_at(reader, "W202", "/nodes",
                             "Nothing makes requests; add a node of type \"client\" with a "
                             "\"load\".");
        return;
    }
    for (uint32_t at = 0; at < reached.count; at++) {
        const uint32_t node = reached.waiting[at];
        for (uint32_t e = reader->first_out[node]; e != SS_NONE; e = reader->next_out[e]) {
            spread_add(&reached, reader->edges[e].to);
        }
    }
    report_unreached(reader, &reached);
    find_exits(reader, &exits);
    if (reader->no_memory) return;
    for (uint32_t n = 0; n < reader->node_count; n++) {
        if (!reached.is_in[n] || exits.is_in[n]) continue;
        if (has_trait(reader, n, SS_TRAIT_SOURCE)) continue; // the round is behind it
        ss__reader_report_at(reader, "W205", reader->nodes[n].object.pointer,
                             "Requests that come to \"%s\" are forwarded for ever and never leave; "
                             "let a forward edge behind it have a \"probability\" below 1.",
                             reader->nodes[n].id);
        return; // its neighbours are in the same round
    }
}
