/// The catalog (what types exist and what can be written on them) and the design document (what was
/// written), loaded and validated against it.
///
/// Both are table-driven: every object of a document (node, edge, load, retry, fault, …) is read
/// against a list of ss_property, and the same lists make the JSON Schema, `scalesim catalog`, the
/// inspector and the docs. They come from JSON: core/model/catalog/*.json for the document's own
/// objects, core/components/<behaviour>/catalog.json for node types; the build embeds them.
#ifndef SCALESIM_MODEL_H
#define SCALESIM_MODEL_H

#include "base/dist.h"
#include "base/json.h"
#include "scalesim/base.h"

// --- Catalog -------------------------------------------------------------------------------------

typedef enum ss_property_kind {
    SS_PROPERTY_NUMBER,       ///< quantity of `unit`; or one of the words of `choices`, if any
    SS_PROPERTY_COUNT,        ///< whole number; "inf" too where allow_infinite
    SS_PROPERTY_DISTRIBUTION, ///< of `unit`
    SS_PROPERTY_DISTRIBUTIONS, ///< a distribution, or an object of one per operation with "default"
    SS_PROPERTY_CHOICE,
    SS_PROPERTY_BOOL,
    SS_PROPERTY_TEXT,
    SS_PROPERTY_NODE,         ///< id of a node
    SS_PROPERTY_OBJECT,       ///< nested properties
    SS_PROPERTY_LIST,         ///< array of objects with nested properties
    SS_PROPERTY_MIX,          ///< object of operation name → weight ≥ 0
    SS_PROPERTY_OPERATIONS,   ///< object of operation name → nested properties, one may be a flow
    SS_PROPERTY_FLOW,         ///< array of steps
    SS_PROPERTY_TRACE,        ///< array of [time, operation], times not decreasing
    SS_PROPERTY_JSON,         ///< anything; its reader checks it
} ss_property_kind;

typedef struct ss_property {
    const char *name;
    const char *title;   ///< short label
    const char *text;    ///< what it means, one or two sentences
    ss_property_kind kind;
    ss_unit unit;
    double min, max;     ///< inclusive; ±SS_INFINITY where open; of a list: its length; of a
                         ///< distribution: its mean
    bool min_exclusive;
    bool allow_infinite; ///< counts: the string "inf"
    bool required;
    bool advanced;       ///< shown folded in the inspector
    bool any_unit;       ///< an objective's bound: the unit is its metric's
    bool not_simulated;  ///< accepted with a warning; the engine does not act on it yet
    const char *default_json; ///< as JSON text; NULL = unset
    const char *example_json; ///< as JSON text; NULL = none
    const char *const *choices; ///< NULL-terminated; of a choice, or words a number may be
    const struct ss_properties *nested; ///< objects, lists, operations
} ss_property;

/// Which members of an object must or may stand together. Lists are NULL-terminated.
typedef enum ss_rule_kind {
    SS_RULE_ONE_OF,      ///< exactly one of `names` is written
    SS_RULE_ANY_OF,      ///< at least one
    SS_RULE_AT_MOST_ONE,
    SS_RULE_TOGETHER,    ///< all or none
    SS_RULE_NEEDS,       ///< where `property` is written, so are `names`
    SS_RULE_WHEN, ///< where the choice `property` is one of `values`, `names` must be written and
                  ///< `allow` may be; what only other values name may not
    SS_RULE_INCREASING, ///< of a list's objects: `property` is larger in each than in the last
} ss_rule_kind;

typedef struct ss_rule {
    ss_rule_kind kind;
    const char *property;
    const char *const *names;
    const char *const *values;
    const char *const *allow;
} ss_rule;

typedef struct ss_properties {
    const ss_property *items;
    uint32_t count;
    uint32_t rule_count;
    const ss_rule *rules;
    const struct ss_value *defaults; ///< what an object in which nothing is written holds
} ss_properties;

/// What the loader must know of a behaviour.
typedef enum ss_trait {
    SS_TRAIT_SOURCE = 1, ///< makes requests: cannot be called, needs an out-edge
    SS_TRAIT_BROKER = 2, ///< takes `publish` edges
    SS_TRAIT_CACHE = 4,  ///< a call to it may have a miss branch; its own calls are on misses only
    SS_TRAIT_STORE = 8,  ///< keeps keys and values for code that calls it
    SS_TRAIT_CODE = 16,  ///< runs the code that is written on it
} ss_trait;

typedef struct ss_type {
    const char *name;      ///< "postgres"
    const char *behaviour; ///< "database": the folder under core/components/
    const char *title;     ///< "PostgreSQL"
    const char *group;     ///< palette group
    const char *text;      ///< what it models, what it leaves out
    const char *icon;      ///< SVG text, 24 × 24, paths only; NULL if it has none
    uint32_t traits;       ///< ss_trait bits
    ss_properties properties; ///< common + behaviour's, with this type's own defaults
} ss_type;

typedef struct ss_catalog ss_catalog;
ss_status ss_catalog_create(const ss_allocator *allocator, ss_catalog **out);
void ss_catalog_destroy(ss_catalog *catalog); ///< NULL is fine
size_t ss_catalog_type_count(const ss_catalog *catalog);
const ss_type *ss_catalog_type(const ss_catalog *catalog, size_t index);
const ss_type *ss_catalog_find(const ss_catalog *catalog, const char *type_name); ///< or NULL
/// The tables of the document's own objects: "design", "edge", "fault", "slo", "run".
const ss_properties *ss_catalog_properties(const ss_catalog *catalog, const char *object);
void ss_catalog_write_json(const ss_catalog *catalog, ss_text *out);
void ss_catalog_write_text(const ss_catalog *catalog, const char *type_name_or_null, ss_text *out);
/// Writes the JSON Schema (draft 2020-12) of the document, core/model/schema/design-1.schema.json.
void ss_catalog_write_schema(const ss_catalog *catalog, ss_text *out);

// --- Values --------------------------------------------------------------------------------------

typedef struct ss_named_dist {
    const char *name; ///< operation
    const ss_dist *dist;
} ss_named_dist;

typedef struct ss_named_weight {
    const char *name;
    double weight;
} ss_named_weight;

typedef struct ss_arrival {
    double time_s;
    const char *op; ///< or NULL
} ss_arrival;

struct ss_object;
struct ss_operation;
struct ss_step;

/// What a property holds after loading: the document's value, or the default. Which members are
/// filled follows from the property's kind.
typedef struct ss_value {
    bool is_written;     ///< by the document (otherwise: default, or unset)
    bool is_set;         ///< written or defaulted
    double number;       ///< NUMBER, COUNT (SS_INFINITY for "inf"), BOOL (0/1), CHOICE (index)
    const char *text;    ///< CHOICE, TEXT, NODE (the id); NUMBER: its word ("auto") or NULL
    uint32_t node1;      ///< NODE: 1-based index of the node, 0 when unset
    const ss_dist *dist; ///< DISTRIBUTION; DISTRIBUTIONS: its "default", else the type's, or NULL
    const ss_named_dist *dists; ///< DISTRIBUTIONS written per operation, without "default"
    const ss_named_weight *weights; ///< MIX
    const ss_arrival *arrivals; ///< TRACE, in time order
    const struct ss_object *objects; ///< OBJECT (count 1; unset: count 0), LIST
    const struct ss_operation *operations; ///< OPERATIONS
    const struct ss_step *flow; ///< FLOW (count steps)
    uint32_t count;      ///< of the arrays above
    const ss_json *json; ///< as written; NULL when defaulted
} ss_value;

/// Values read against a property list, in its order.
typedef struct ss_object {
    const ss_properties *properties;
    const ss_value *values;
    const char *pointer; ///< JSON pointer of the object, for later diagnostics
} ss_object;

/// The value of a property by name; asserts that the list has it (names are compile-time facts).
const ss_value *ss_object_get(const ss_object *object, const char *name);
const ss_value *ss_object_find(const ss_object *object, const char *name); ///< or NULL

// --- Design --------------------------------------------------------------------------------------

typedef enum ss_step_kind {
    SS_STEP_COMPUTE,  ///< hold for `dist` seconds of service
    SS_STEP_CALL,     ///< call along `edge1` with operation `op`
    SS_STEP_PUBLISH,  ///< send along `edge1`, do not wait
    SS_STEP_PARALLEL, ///< all branches at once, wait for all
    SS_STEP_CHOOSE,   ///< one branch by probability; the rest of the probability does nothing
    SS_STEP_REPEAT,   ///< branch 0, `repeat` times
} ss_step_kind;

typedef struct ss_branch {
    double probability; ///< CHOOSE only
    const struct ss_step *steps;
    uint32_t count;
} ss_branch;

typedef struct ss_step {
    ss_step_kind kind;
    const ss_dist *dist;
    uint32_t edge1;          ///< 1-based edge index
    const char *op;          ///< operation called; NULL = the edge's, else the caller's own
    const ss_branch *branches; ///< CALL on a cache: branch 0 runs on a miss (count 0 or 1)
    uint32_t count;
    uint32_t repeat;
    const char *pointer;     ///< for diagnostics
} ss_step;

typedef struct ss_operation {
    const char *name;
    ss_object object; ///< service_time, priority, flow, …: the nested list of "operations"
} ss_operation;

typedef struct ss_node {
    const char *id;
    const ss_type *type;
    ss_object object;
    const char *name; ///< display name; the id where none is written
    uint32_t index;
} ss_node;

/// The node's code, if it has some and runs it: the nested properties of "code". Otherwise NULL.
const ss_object *ss_node_code(const ss_node *node);

typedef enum ss_edge_kind { SS_EDGE_CALL, SS_EDGE_FORWARD, SS_EDGE_PUBLISH } ss_edge_kind;

typedef struct ss_edge {
    const char *name; ///< "gateway->orders"; a second edge of the same pair gets "#2"
    uint32_t from, to; ///< node indices
    ss_edge_kind kind;
    const char *op;   ///< or NULL
    ss_object object; ///< probability, latency, timeout, retry, breaker, …
    uint32_t index;
} ss_edge;

/// A loaded document. Immutable; owns everything it points to.
typedef struct ss_design {
    const char *name;
    const char *description;
    const ss_node *nodes; ///< in document order
    uint32_t node_count;
    const ss_edge *edges;
    uint32_t edge_count;
    const ss_object *faults; ///< of "faults"
    uint32_t fault_count;
    const ss_object *slos;
    uint32_t slo_count;
    ss_object run;        ///< duration, warmup, seed, precision, …
    const ss_catalog *catalog;
    const ss_json *json;  ///< the whole document, for generation targets
    struct ss_design_memory *memory;
} ss_design;

/// Loads and validates a document. Adds every diagnostic it can find, with places. Returns
/// SS_ERROR_INPUT (and *out NULL) if there is any error; warnings alone are fine. The catalog must
/// outlive the design.
ss_status ss_design_load(const char *text, size_t length, const ss_catalog *catalog,
                         const ss_allocator *allocator, ss_diagnostics *diagnostics,
                         ss_design **out);
void ss_design_destroy(ss_design *design); ///< NULL is fine

/// Applies `path=value` overrides ("nodes.orders.replicas=8", "edges.gateway->orders.timeout=1s",
/// "run.seed=7", "nodes.shoppers.load.rate=900/s") to a document's text and writes the new text.
/// The value is JSON if it parses as JSON, otherwise a string. Unknown paths are diagnostics.
ss_status ss_design_override(const char *text, size_t length, const char *const *assignments,
                             size_t count, const ss_allocator *allocator,
                             ss_diagnostics *diagnostics, ss_text *out);

/// Index of a node by id or of an edge by name, or UINT32_MAX. Constant time.
uint32_t ss_design_node_index(const ss_design *design, const char *id);
uint32_t ss_design_edge_index(const ss_design *design, const char *name);

/// A number of the results, by its path ("nodes.orders.operations.browse.response.p99").
typedef struct ss_metric {
    bool is_edge;
    uint32_t index;    ///< of the node or edge
    const char *op;    ///< borrowed from the design; NULL for the whole node
    const char *stat;  ///< "response", "throughput", "calls", …
    const char *field; ///< "p99", "mean", "timeout", …; NULL where the statistic is one number
    ss_unit unit;
} ss_metric;

/// Reads a metric's path against a design. A wrong one is a diagnostic at `pointer` that names the
/// nearest right one.
ss_status ss_metric_parse(const ss_design *design, const char *path, const char *pointer,
                          ss_diagnostics *diagnostics, ss_metric *out);

/// Writes an objective as results show it; `passes` is 1, 0, or -1 where that is not known.
void ss_objective_write_json(const ss_object *slo, double value, int passes, ss_json_writer *json);
/// What results say binds: the node, how busy it is, where it saturates, and why.
void ss_bottleneck_write_json(const char *node, double utilization, double saturation_per_s,
                              const char *why, ss_json_writer *json);

// --- Arrivals ------------------------------------------------------------------------------------

#define SS_MAP_STATES_MAX 16u /* fits of traces have fewer */
#define SS_MAP_RATE_MAX 1e9   /* per second, as of every load */

/// Reads a client's `map` (a Markovian arrival process): the rates from state i to j at i * size +
/// j, first those without an arrival (d0, its diagonal filled in), then those with one (d1). NULL
/// where it is none.
const double *ss_map_read(const ss_object *load, ss_arena *arena, uint32_t *size);

#endif
