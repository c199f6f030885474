// Loads a document: ids first, then edges, then the nodes (whose flows go along edges), then the
// checks that need the whole.

#include <string.h>

#include "base/math.h"
#include "model/internal.h"

#define FORMAT_NAME "scalesim/1"

static void path_set(ss__path *path, const char *pointer) {
    const size_t length = strlen(pointer);
    if (length >= sizeof path->text) return;
    memcpy(path->text, pointer, length + 1u);
    path->length = length;
}

// --- Nodes ---------------------------------------------------------------------------------------

static const ss_type *read_type(ss__reader *reader, const ss_json *json) {
    if (!ss__expect(reader, json, SS_JSON_OBJECT, "an object such as { \"type\": \"service\" }")) {
        return NULL;
    }
    const ss_json *type = ss_json_get(json, "type");
    if (!type) {
        ss__reader_report(reader, "E104", "\"type\" is missing; add it, such as \"type\": "
                                          "\"service\".");
        return NULL;
    }
    const ss_type *found = NULL;
    const size_t back = ss__path_push(&reader->path, "type");
    if (ss__expect(reader, type, SS_JSON_STRING, "the name of a node type")) {
        found = ss_catalog_find(reader->catalog, ss_json_string(type));
        if (!found) {
            ss__nearest nearest = ss__nearest_to(ss_json_string(type));
            for (size_t i = 0; i < ss_catalog_type_count(reader->catalog); i++) {
                ss__nearest_offer(&nearest, ss_catalog_type(reader->catalog, i)->name);
            }
            ss__reader_report(reader, "E107",
                              "No node type has the name \"%s\"; the nearest is \"%s\".",
                              ss_json_string(type), nearest.best ? nearest.best : "");
        }
    }
    ss__path_pop(&reader->path, back);
    return found;
}

static void read_node_id(ss__reader *reader, const ss_json *json, ss_node *node) {
    node->id = ss_json_key(json);
    node->name = node->id;
    if (!ss__is_id(node->id)) {
        ss__reader_report(reader, "E105",
                          "\"%s\" is no id; write a lower-case letter, then at most 63 lower-case "
                          "letters, digits, \"-\" or \"_\" (its \"name\" may be any text).",
                          node->id);
    }
    node->type = read_type(reader, json);
    ss__name_entry *entry = ss__names_take(&reader->node_ids, node->id);
    if (entry) entry->value = node->index;
    else reader->no_memory = true;
}

static void read_node_ids(ss__reader *reader, const ss_json *root) {
    const bool has_members = ss_json_kind_of(root) == SS_JSON_OBJECT;
    const ss_json *json = has_members ? ss_json_get(root, "nodes") : NULL;
    path_set(&reader->path, "/nodes");
    const bool is_object =
        json && ss__expect(reader, json, SS_JSON_OBJECT, "an object of id and node");
    reader->nodes_broken = !is_object;
    size_t count = is_object ? ss_json_size(json) : 0u;
    if (count > SS_NODES_MAX) {
        ss__reader_report(reader, "E103", "There are more than %u nodes; leave some out.",
                          SS_NODES_MAX);
        reader->nodes_broken = true;
        count = 0;
    }
    reader->nodes = ss__reader_take(reader, count, sizeof *reader->nodes);
    if (!ss__names_create(&reader->node_ids, reader->arena, count)) reader->no_memory = true;
    if (reader->no_memory) return;
    reader->node_count = (uint32_t)count;
    const ss_json *c = count > 0u ? ss_json_first(json) : NULL;
    for (uint32_t i = 0; c && !reader->no_memory; c = ss_json_next(c), i++) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        reader->nodes[i].index = i;
        read_node_id(reader, c, &reader->nodes[i]);
        ss__path_pop(&reader->path, back);
    }
}

static void read_nodes(ss__reader *reader, const ss_json *root) {
    if (reader->node_count == 0u) return;
    path_set(&reader->path, "/nodes");
    const ss_json *c = ss_json_first(ss_json_get(root, "nodes"));
    for (uint32_t i = 0; c && !reader->no_memory; c = ss_json_next(c), i++) {
        ss_node *node = &reader->nodes[i];
        if (!node->type) continue;
        const size_t back = ss__path_push(&reader->path, node->id);
        reader->node = i;
        ss__read_object(reader, c, &node->type->properties, "type", &node->object);
        reader->node = SS_NONE;
        if (reader->no_memory) return;
        const ss_value *name = ss_object_find(&node->object, "name");
        if (name && name->text && name->text[0]) node->name = name->text;
        ss__path_pop(&reader->path, back);
    }
}

// --- Edges ---------------------------------------------------------------------------------------

/// The text in the document's memory; "" (and no_memory) when it is refused.
static const char *keep(ss__reader *reader, ss_text *text) {
    if (ss_text_status(text)) reader->no_memory = true;
    const char *kept = reader->no_memory ? "" : ss__reader_copy(reader, text->bytes);
    ss_text_destroy(text);
    return kept;
}

/// "from->to", or "from->to#2" for the second edge of a pair.
static void name_edge(ss__reader *reader, ss_edge *edge, ss__names *pairs) {
    if (edge->from == SS_NONE || edge->to == SS_NONE) return;
    ss_text text = ss_text_create(reader->allocator);
    ss_text_add_format(&text, "%s->%s", reader->nodes[edge->from].id, reader->nodes[edge->to].id);
    edge->name = keep(reader, &text);
    ss__name_entry *seen = reader->no_memory ? NULL : ss__names_take(pairs, edge->name);
    if (!seen) {
        reader->no_memory = true;
        return;
    }
    const uint32_t ordinal = seen->value == SS_NONE ? 1u : seen->value + 1u;
    seen->value = ordinal;
    if (ordinal > 1u) {
        text = ss_text_create(reader->allocator);
        ss_text_add_format(&text, "%s#%u", edge->name, ordinal);
        edge->name = keep(reader, &text);
        if (reader->no_memory) return;
    }
    ss__name_entry *entry = ss__names_take(&reader->edge_names, edge->name);
    if (entry) entry->value = edge->index;
    else reader->no_memory = true;
}

static void read_edge(ss__reader *reader, const ss_object *object, uint32_t index,
                      ss__names *pairs) {
    ss_edge *edge = &reader->edges[index];
    edge->object = *object;
    edge->index = index;
    edge->from = SS_NONE;
    edge->to = SS_NONE;
    edge->name = "";
    if (!object->values) return;
    edge->from = ss_object_get(object, "from")->node1 - 1u; // 0 wraps to SS_NONE
    edge->to = ss_object_get(object, "to")->node1 - 1u;
    edge->kind = (ss_edge_kind)ss_object_get(object, "kind")->number;
    const ss_value *op = ss_object_get(object, "op");
    if (op->text) {
        path_set(&reader->path, object->pointer);
        const size_t back = ss__path_push(&reader->path, "op");
        edge->op = ss__read_op(reader, op->text);
        ss__path_pop(&reader->path, back);
    }
    name_edge(reader, edge, pairs);
}

static void link_out_edges(ss__reader *reader) {
    reader->first_out = ss__reader_take(reader, reader->node_count, sizeof(uint32_t));
    reader->next_out = ss__reader_take(reader, reader->edge_count, sizeof(uint32_t));
    if (reader->no_memory) return;
    for (uint32_t n = 0; n < reader->node_count; n++) reader->first_out[n] = SS_NONE;
    for (uint32_t e = reader->edge_count; e-- > 0u;) { // backwards, so that lists are in order
        reader->next_out[e] = SS_NONE;
        const uint32_t from = reader->edges[e].from;
        if (from == SS_NONE) reader->edges_broken = true;
        if (from == SS_NONE) continue;
        reader->next_out[e] = reader->first_out[from];
        reader->first_out[from] = e;
    }
}

static void read_edges(ss__reader *reader, const ss_value *list) {
    if (list->count > SS_EDGES_MAX) {
        path_set(&reader->path, "/edges");
        ss__reader_report(reader, "E103", "There are more than %u edges; leave some out.",
                          SS_EDGES_MAX);
        return;
    }
    ss__names pairs;
    reader->edges_broken = list->json && ss_json_kind_of(list->json) != SS_JSON_ARRAY;
    reader->edges = ss__reader_take(reader, list->count, sizeof *reader->edges);
    if (reader->no_memory || !ss__names_create(&pairs, reader->arena, list->count) ||
        !ss__names_create(&reader->edge_names, reader->arena, list->count)) {
        reader->no_memory = true;
        return;
    }
    reader->edge_count = list->count;
    for (uint32_t i = 0; i < list->count && !reader->no_memory; i++) {
        read_edge(reader, &list->objects[i], i, &pairs);
    }
    link_out_edges(reader);
}

// --- The document's own members ------------------------------------------------------------------

static void check_format(ss__reader *reader, const ss_value *format) {
    if (!format->text || strcmp(format->text, FORMAT_NAME) == 0) return;
    ss__reader_report_at(reader, "E115", "/format",
                         "This version reads the format \"" FORMAT_NAME "\", not \"%s\"; write "
                         "\"format\": \"" FORMAT_NAME "\".", format->text);
}

static bool is_point(const ss_json *json) {
    if (ss_json_kind_of(json) != SS_JSON_ARRAY || ss_json_size(json) != 2u) return false;
    const ss_json *x = ss_json_first(json);
    return ss_json_kind_of(x) == SS_JSON_NUMBER &&
           ss_json_kind_of(ss_json_next(x)) == SS_JSON_NUMBER;
}

static void check_layout(ss__reader *reader, const ss_json *layout) {
    if (!layout) return;
    path_set(&reader->path, "/layout");
    if (!ss__expect(reader, layout, SS_JSON_OBJECT, "an object of node id and [x, y]")) return;
    for (const ss_json *c = ss_json_first(layout); c; c = ss_json_next(c)) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        if (ss__names_find(&reader->node_ids, ss_json_key(c)) == SS_NONE) {
            ss__reader_report(reader, "W203", "No node has the id \"%s\"; leave its place out.",
                              ss_json_key(c));
        } else if (!is_point(c)) {
            ss__reader_report(reader, "E102", "A place must be two numbers such as [320, 140].");
        }
        ss__path_pop(&reader->path, back);
    }
}

static void fill(const ss__reader *reader, const ss_object *object, ss_design *design) {
    const ss_value *name = ss_object_get(object, "name");
    const ss_value *description = ss_object_get(object, "description");
    const ss_value *faults = ss_object_get(object, "faults");
    const ss_value *slos = ss_object_get(object, "slos");
    const ss_value *run = ss_object_get(object, "run");
    design->name = name->text ? name->text : "Untitled";
    design->description = description->text ? description->text : "";
    design->nodes = reader->nodes;
    design->node_count = reader->node_count;
    design->edges = reader->edges;
    design->edge_count = reader->edge_count;
    design->faults = faults->objects;
    design->fault_count = faults->count;
    design->slos = slos->objects;
    design->slo_count = slos->count;
    if (run->objects) design->run = run->objects[0];
    design->memory->node_ids = reader->node_ids;
    design->memory->edge_names = reader->edge_names;
    design->memory->ops = reader->ops;
}

static void read_document(ss__reader *reader, const ss_json *root, ss_design *design) {
    const ss_properties *properties = ss_catalog_properties(reader->catalog, "design");
    ss_object object = {.properties = properties};
    read_node_ids(reader, root);
    if (reader->no_memory) return;
    path_set(&reader->path, "");
    ss__read_object(reader, root, properties, NULL, &object);
    if (reader->no_memory || ss_json_kind_of(root) != SS_JSON_OBJECT) return;
    check_format(reader, ss_object_get(&object, "format"));
    read_edges(reader, ss_object_get(&object, "edges"));
    if (!reader->no_memory) read_nodes(reader, root);
    if (reader->no_memory) return;
    check_layout(reader, ss_object_get(&object, "layout")->json);
    fill(reader, &object, design);
    ss__check_graph(reader);
    if (!reader->no_memory) ss__check_faults(reader, design);
    if (!reader->no_memory) ss__check_slos(reader, design);
    // What goes round is only told of a document that is otherwise whole: in half a graph, most of
    // it would be wrong.
    if (!reader->no_memory && reader->errors == 0u) ss__check_reach(reader);
    if (!reader->no_memory && reader->errors == 0u) ss__check_calls(reader);
}

// --- Loading -------------------------------------------------------------------------------------

static void destroy_memory(struct ss_design_memory *memory) {
    if (!memory) return;
    const ss_allocator allocator = memory->allocator;
    ss_arena_destroy(memory->arena);
    ss_json_document_destroy(memory->document);
    ss_deallocate(&allocator, memory, sizeof *memory);
}

static struct ss_design_memory *create_memory(const ss_allocator *allocator,
                                              ss_json_document *document) {
    struct ss_design_memory *memory = ss_allocate_zeroed(allocator, sizeof *memory);
    if (!memory) {
        ss_json_document_destroy(document);
        return NULL;
    }
    memory->allocator = *allocator;
    memory->document = document;
    memory->arena = ss_arena_create(allocator);
    if (memory->arena) return memory;
    destroy_memory(memory);
    return NULL;
}

static ss_status load(struct ss_design_memory *memory, const ss_catalog *catalog,
                      ss_diagnostics *diagnostics, ss_design **out) {
    ss_design *design = ss_arena_allocate(memory->arena, sizeof *design);
    // The reader's path is too large for the small stacks of some hosts' threads.
    ss__reader *reader = ss_arena_allocate(memory->arena, sizeof *reader);
    if (!design || !reader) return SS_ERROR_MEMORY;
    *reader = (ss__reader){.catalog = catalog, .arena = memory->arena,
                           .allocator = &memory->allocator, .diagnostics = diagnostics,
                           .node = SS_NONE};
    reader->problem = ss_text_create(&memory->allocator);
    design->memory = memory;
    design->catalog = catalog;
    design->json = ss_json_root(memory->document);
    if (!ss__names_create(&reader->ops, memory->arena, 8u)) return SS_ERROR_MEMORY;
    ss__read_op(reader, "default"); // what a request without an operation is called
    read_document(reader, design->json, design);
    ss_text_destroy(&reader->problem);
    if (reader->no_memory) return SS_ERROR_MEMORY;
    if (reader->errors > 0u) return SS_ERROR_INPUT;
    *out = design;
    return SS_OK;
}

ss_status ss_design_load(const char *text, size_t length, const ss_catalog *catalog,
                         const ss_allocator *allocator, ss_diagnostics *diagnostics,
                         ss_design **out) {
    *out = NULL;
    ss_json_document *document = NULL;
    ss_status status = ss_json_parse(text, length, allocator, diagnostics, &document);
    if (status) return status;
    struct ss_design_memory *memory = create_memory(allocator, document);
    if (!memory) return SS_ERROR_MEMORY;
    status = load(memory, catalog, diagnostics, out);
    ss_diagnostics_locate(diagnostics, text, length);
    if (status) destroy_memory(memory);
    return status;
}

void ss_design_destroy(ss_design *design) {
    if (design) destroy_memory(design->memory);
}

uint32_t ss_design_node_index(const ss_design *design, const char *id) {
    return ss__names_find(&design->memory->node_ids, id);
}

uint32_t ss_design_edge_index(const ss_design *design, const char *name) {
    return ss__names_find(&design->memory->edge_names, name);
}
