/// What the files of the model share: name tables, the path of the value at hand, the reader.
#ifndef SS_MODEL_INTERNAL_H
#define SS_MODEL_INTERNAL_H

#include "base/embed.h"
#include "scalesim/model.h"

// --- Names (names.c) -----------------------------------------------------------------------------

#define SS_NAME_LENGTH_MAX 64u /* ids, operations: [a-z][a-z0-9_-]{0,63} */
#define SS_NONE UINT32_MAX

typedef struct ss__name_entry {
    const char *name; ///< borrowed; NULL = free
    uint32_t value;
} ss__name_entry;

/// A hash table of names in an arena.
typedef struct ss__names {
    ss__name_entry *entries;
    uint32_t mask;
    uint32_t count;
    ss_arena *arena;
} ss__names;

bool ss__names_create(ss__names *names, ss_arena *arena, size_t expected); ///< false: no memory
/// The entry of a name, made with value SS_NONE if there was none; NULL when memory is refused.
/// Valid until the next name is taken.
ss__name_entry *ss__names_take(ss__names *names, const char *name);
uint32_t ss__names_find(const ss__names *names, const char *name); ///< SS_NONE if unknown

bool ss__is_id(const char *text);
/// Optimal string alignment distance (edits and swaps of neighbours), at most `limit` + 1.
uint32_t ss__edit_distance(const char *a, const char *b, uint32_t limit);

/// The nearest of several words, offered one after another; the first of equally near ones.
typedef struct ss__nearest {
    const char *to;
    const char *best; ///< NULL until something was offered
    uint32_t distance;
} ss__nearest;

ss__nearest ss__nearest_to(const char *text);
void ss__nearest_offer(ss__nearest *nearest, const char *candidate);

// --- Catalog (catalog.c) -------------------------------------------------------------------------

/// Reads a catalog from files other than the embedded ones; faults of the files become E190
/// diagnostics (`diagnostics` may be NULL).
ss_status ss__catalog_create_from(const ss_embedded_file *files, size_t count,
                                  const ss_allocator *allocator, ss_diagnostics *diagnostics,
                                  ss_catalog **out);
const char *ss__property_kind_name(ss_property_kind kind); ///< as in the files: "distributions"
const char *ss__unit_name(const ss_property *property);    ///< "seconds", "any", …; NULL for none
const char *ss__rule_kind_name(ss_rule_kind kind);
const char *ss__trait_name(uint32_t bit); ///< NULL past the last one
size_t ss__catalog_object_count(const ss_catalog *catalog);
/// Name, title and text of one of the document's own objects.
typedef struct ss__catalog_object {
    const char *name;
    const char *title;
    const char *text;
    ss_properties properties;
} ss__catalog_object;
const ss__catalog_object *ss__catalog_object_at(const ss_catalog *catalog, size_t index);

// --- Reader (value.c, flow.c) --------------------------------------------------------------------

/// Where the reader is, as a JSON pointer that grows and shrinks with it.
typedef struct ss__path {
    char text[SS_JSON_POINTER_MAX];
    size_t length;
} ss__path;

size_t ss__path_push(ss__path *path, const char *key);         ///< returns the length to go back to
size_t ss__path_push_index(ss__path *path, size_t index);
void ss__path_pop(ss__path *path, size_t length);

/// How often a document may ask for a nearest node id: each answer looks at every id, and a
/// document with a thousand bad ids is not mended by a thousand guesses.
#define SS_NEAREST_NODE_MAX 100u
#define SS_NODES_MAX 100000u  /* ids stay far inside 32 bits, and a run of more fits no memory */
#define SS_EDGES_MAX 1000000u

/// A document being read, and what is known of it so far.
typedef struct ss__reader {
    const ss_catalog *catalog;
    ss_arena *arena;
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    ss_text problem;   ///< scratch for the parsers of base
    ss__path path;
    uint32_t errors;
    uint32_t nearest_asked;
    bool no_memory;
    bool nodes_broken; ///< "nodes" could not be read: that ids are unknown is no news then
    bool edges_broken; ///< some edge has no known beginning: what has no out-edge is no news then

    ss__names node_ids;
    ss_node *nodes;    ///< in document order; `type` is NULL where it is unknown
    uint32_t node_count;
    ss_edge *edges;    ///< `from` and `to` are SS_NONE where unknown
    uint32_t edge_count;
    ss__names edge_names;
    uint32_t *first_out; ///< per node: its first edge, or SS_NONE
    uint32_t *next_out;  ///< per edge: the next edge of the same node, or SS_NONE
    uint32_t node;       ///< whose properties are being read, or SS_NONE
    ss__names ops;       ///< every operation name written anywhere
} ss__reader;

/// Zeroed memory of the document; NULL (and no_memory) when it is refused.
void *ss__reader_take(ss__reader *reader, size_t count, size_t size);
const char *ss__reader_copy(ss__reader *reader, const char *text);
/// Adds an error (code "E…") or a warning, at the current path or another one.
#define ss__reader_report(reader, code, ...)                                                       \
    ss__reader_report_at((reader), (code), (reader)->path.text, __VA_ARGS__)
#define ss__reader_report_at(reader, code, pointer, ...)                                           \
    ((reader)->errors += (code)[0] == 'E' ? 1u : 0u,                                               \
     ss_diagnostics_add((reader)->diagnostics, (code), (pointer), __VA_ARGS__))

/// Reads an object against its list; `also_known` is a key that somebody else reads, or NULL.
void ss__read_object(ss__reader *reader, const ss_json *json, const ss_properties *properties,
                     const char *also_known, ss_object *out);
void ss__check_list_rules(ss__reader *reader, const ss_properties *properties,
                          const ss_object *objects, uint32_t count);
void ss__read_value(ss__reader *reader, const ss_json *json, const ss_property *property,
                    ss_value *out);
const ss_dist *ss__read_dist(ss__reader *reader, const ss_json *json, ss_unit unit);
bool ss__read_number(ss__reader *reader, const ss_json *json, const ss_property *property,
                     double *out);
/// Reports what a parser of base wrote, as a whole sentence.
void ss__report_problem(ss__reader *reader, const char *code, const char *pointer,
                        const ss_text *problem);
/// Reads an operation's name; NULL after an error.
const char *ss__read_op(ss__reader *reader, const char *text);
bool ss__expect(ss__reader *reader, const ss_json *json, ss_json_kind kind, const char *wanted);
uint32_t ss__find_node(ss__reader *reader, const char *id); ///< SS_NONE after an error
const ss_step *ss__read_flow(ss__reader *reader, const ss_json *json, uint32_t *count);

// --- Checks of the whole (graph.c, calls.c, metric.c) --------------------------------------------

struct ss_design_memory {
    ss_allocator allocator;
    ss_arena *arena;
    ss_json_document *document;
    ss__names node_ids;
    ss__names edge_names;
    ss__names ops;
};

void ss__check_graph(ss__reader *reader); ///< what each edge and node may be
void ss__check_reach(ss__reader *reader); ///< what requests never reach or never leave
void ss__check_calls(ss__reader *reader);
void ss__check_faults(ss__reader *reader, const ss_design *design);
void ss__check_slos(ss__reader *reader, const ss_design *design);
/// Writes the statistics that results have, for the catalog.
void ss__metrics_write_json(ss_json_writer *writer);

#endif
