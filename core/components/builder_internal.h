/// What the files of the builder share.
#ifndef SS_COMPONENTS_BUILDER_INTERNAL_H
#define SS_COMPONENTS_BUILDER_INTERNAL_H

#include "components/builder.h"
#include "sim/code.h"

/// More classes than this are a design that multiplies nodes by operations by mistake.
#define SS_CLASSES_MAX 1000000u
#define SS_INSTRUCTIONS_MAX 4000000u

typedef struct ss_class_info {
    const char *operation;
    const ss_operation *entry; ///< in the node's `operations`, or NULL
    uint32_t next_of_node1;    ///< list of the node's classes, 1-based
} ss_class_info;

struct ss_builder {
    const ss_design *design;
    ss_built *built;
    ss_arena *arena;
    ss_diagnostics *diagnostics;
    ss_allocator allocator;
    uint64_t seed;
    ss_class *classes;
    ss_class_info *infos;
    uint32_t class_count, class_capacity, info_capacity;
    ss_instruction *program;
    uint32_t program_count, program_capacity;
    ss_choice *choices;
    uint32_t choice_count, choice_capacity;
    uint32_t *out_first;  ///< per node + 1: start of its edges in out_edges
    uint32_t *out_edges;
    uint32_t *first_class1; ///< per node: 1-based first class
    const void **setups;
    ss_group *groups;
    uint32_t group_capacity;
    // designs with code
    uint32_t *local_class1; ///< per node: 1-based class of its own work; NULL without code
    ss_code_route *routes;
    uint32_t route_count, route_capacity;
};

/// Makes room for `need` elements; false when memory is refused.
bool ss__builder_grow(ss_builder *builder, void **array, uint32_t *capacity, uint32_t need,
                      size_t element_bytes);
/// A new class; SS_NO_INDEX when memory is refused, or there are too many.
uint32_t ss__builder_append_class(ss_builder *builder, uint32_t node, const char *operation,
                                  const ss_operation *entry);
/// What the operation's entry says, else what the node says.
const ss_value *ss__builder_operation_value(const ss_builder *builder, uint32_t class_index,
                                            const char *name);
/// Writes the programs of all classes; a program's calls make further classes.
ss_status ss__builder_write_programs(ss_builder *builder);
void ss__builder_set_edge(ss_builder *builder, const ss_edge *from, ss_sim_edge *edge);
/// Whether the node runs code of its own.
bool ss__builder_has_code(const ss_builder *builder, uint32_t node);
/// Readies the design's code: its part of the engine, and a class for each node's own work. Does
/// nothing in a design without.
ss_status ss__builder_open_code(ss_builder *builder);
/// Writes the program of a class whose node has code.
ss_status ss__builder_code_program(ss_builder *builder, uint32_t class_index);
/// Moves what was found about the ways of code into the engine.
ss_status ss__builder_close_code(ss_builder *builder);
ss_status ss__builder_read_faults(ss_builder *builder, ss_sim_fault *faults);

static inline const ss_dist *ss__dist_of(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_find(object, name);
    return value && value->is_set ? value->dist : NULL;
}

#endif
