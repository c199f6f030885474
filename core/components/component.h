/// What a behaviour is made of, and what it may ask of the builder.
///
/// A behaviour is a folder: `<name>.c` defines the functions below, `catalog.json` its node types.
/// The build finds the folder and makes the registry; nothing else names a behaviour.
#ifndef SS_COMPONENTS_COMPONENT_H
#define SS_COMPONENTS_COMPONENT_H

#include "scalesim/model.h"
#include "scalesim/sim.h"

typedef struct ss_builder ss_builder;

/// The cold half of a behaviour, called while a run is being built.
typedef struct ss_component {
    /// Sets up the node: places, parameters, state. Reports what only it can check.
    ss_status (*bind)(ss_builder *builder, uint32_t node);
    /// Writes the program of one operation at the node.
    ss_status (*program)(ss_builder *builder, uint32_t class_index);
    /// Schedules the node's first events; NULL when it has none.
    void (*begin)(ss_sim *sim, uint32_t node);
    /// The node goes on with the state it had under another design (a fork); `had_setup` is what it
    /// was set up with there. NULL when its state and events stay right as they are.
    void (*resume)(ss_sim *sim, uint32_t node, const void *had_setup);
} ss_component;

// The hot half is called by name from a switch that the build makes:
//     void ss_<name>_timer(ss_sim *sim, uint32_t node);
//     bool ss_<name>_step(ss_sim *sim, uint32_t task, uint32_t argument);
//     void ss_<name>_ended(ss_sim *sim, uint32_t node, ss_outcome outcome);
//     void ss_<name>_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins, double
//     factor);
// A behaviour without one of them says so with the macro.
#define SS_COMPONENT_NO_TIMER(name)                                                                \
    void ss_##name##_timer(ss_sim *sim, uint32_t node) { (void)sim, (void)node; }
#define SS_COMPONENT_NO_STEP(name)                                                                 \
    bool ss_##name##_step(ss_sim *sim, uint32_t task, uint32_t argument) {                         \
        (void)sim, (void)task, (void)argument;                                                     \
        return true;                                                                               \
    }
#define SS_COMPONENT_NO_END(name)                                                                  \
    void ss_##name##_ended(ss_sim *sim, uint32_t task, ss_outcome outcome) {                       \
        (void)sim, (void)task, (void)outcome;                                                      \
    }

#define SS_COMPONENT_NO_FAULTS(name)                                                               \
    void ss_##name##_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins,          \
                             double factor) {                                                      \
        (void)sim, (void)node, (void)kind, (void)begins, (void)factor;                             \
    }

#define SS_COMPONENT(name)                                                                         \
    extern const ss_component ss_component_##name;                                                 \
    void ss_##name##_timer(ss_sim *sim, uint32_t node);                                            \
    bool ss_##name##_step(ss_sim *sim, uint32_t task, uint32_t argument);                          \
    void ss_##name##_ended(ss_sim *sim, uint32_t node, ss_outcome outcome);                        \
    void ss_##name##_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins,          \
                             double factor);
#include "generated/components.def"
#undef SS_COMPONENT

typedef enum ss_behaviour {
#define SS_COMPONENT(name) SS_BEHAVIOUR_##name,
#include "generated/components.def"
#undef SS_COMPONENT
    SS_BEHAVIOUR_COUNT
} ss_behaviour;

/// The behaviour of a name, or SS_BEHAVIOUR_COUNT.
ss_behaviour ss_behaviour_find(const char *name);
const ss_component *ss_behaviour_component(uint32_t behaviour);

// --- What the builder offers ---------------------------------------------------------------------

const ss_node *ss_builder_node(const ss_builder *builder, uint32_t node);
ss_sim_node *ss_builder_sim_node(ss_builder *builder, uint32_t node);
ss_sim *ss_builder_sim(ss_builder *builder);
/// The stream of randomness of a node for a purpose, at its beginning.
ss_random ss_builder_random(const ss_builder *builder, uint32_t node, ss_purpose purpose);
ss_class *ss_builder_class(ss_builder *builder, uint32_t class_index);
ss_arena *ss_builder_arena(ss_builder *builder);
ss_diagnostics *ss_builder_diagnostics(ss_builder *builder);

/// Sets up the node as a queueing station from the serving properties: replicas, places (the
/// property called `places_property`), queue, discipline, balance, limits, instance.
ss_status ss_builder_station(ss_builder *builder, uint32_t node, const char *places_property);
/// Makes those served at each replica share `cores`, or the total speed of `speedup` with 1, 2, …
/// of them.
void ss_builder_share_cores(ss_builder *builder, uint32_t node, uint32_t cores,
                            const double *speedup, uint32_t speedup_count);
/// Gives the node the behaviour's own parameters (immutable, in the arena) and state (flat, copied
/// with a snapshot), zeroed, 16-byte aligned.
void ss_builder_set_setup(ss_builder *builder, uint32_t node, const void *setup);
ss_status ss_builder_reserve_state(ss_builder *builder, uint32_t node, size_t bytes);

/// The class of an operation at a node, made when it is new (its program is written later).
/// Returns SS_NO_INDEX when memory is refused.
uint32_t ss_builder_class_of(ss_builder *builder, uint32_t node, const char *operation);
/// Name of a class's operation.
const char *ss_builder_operation(const ss_builder *builder, uint32_t class_index);
/// The operation's own entry in the node's `operations`, or NULL.
const ss_operation *ss_builder_operation_entry(const ss_builder *builder, uint32_t class_index);

/// Appends an instruction; returns its absolute index, SS_NO_INDEX when memory is refused.
uint32_t ss_builder_emit(ss_builder *builder, ss_instruction instruction);
ss_instruction *ss_builder_instruction(ss_builder *builder, uint32_t index);
uint32_t ss_builder_next(const ss_builder *builder); ///< index the next instruction will have
uint32_t ss_builder_add_choice(ss_builder *builder, ss_choice choice); ///< its index
ss_choice *ss_builder_choice(ss_builder *builder, uint32_t index);

/// Writes the operation's compute step (its service_time, if it has one).
ss_status ss_builder_compute(ss_builder *builder, uint32_t class_index);
/// Writes the out-edges in document order: calls and publishes by their probability, then the
/// forward that is drawn. Ends with FORWARD or END.
ss_status ss_builder_out_edges(ss_builder *builder, uint32_t class_index);
/// Writes a flow, or compute and out-edges where the operation has none; the default program.
ss_status ss_builder_default_program(ss_builder *builder, uint32_t class_index);
/// The class a request of `class_index` becomes along an edge (the step's operation, else the
/// edge's, else its own).
uint32_t ss_builder_target_class(ss_builder *builder, uint32_t class_index, const ss_edge *edge,
                                 const char *step_operation);

/// Edges that leave a node, in document order.
uint32_t ss_builder_out_edge_count(const ss_builder *builder, uint32_t node);
const ss_edge *ss_builder_out_edge(const ss_builder *builder, uint32_t node, uint32_t nth);

/// A count as the engine has it: SS_PLACES_INFINITE for "inf".
uint32_t ss_builder_count(const ss_value *value);

// --- What hooks use ------------------------------------------------------------------------------

static inline const void *ss_sim_setup(const ss_sim *sim, uint32_t node) {
    return sim->setup[node];
}
static inline void *ss_sim_state(ss_sim *sim, uint32_t node) {
    return sim->state + sim->nodes[node].state_offset;
}

#endif
