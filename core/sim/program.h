/// Programs: what a class of requests does once it has its place.
#ifndef SS_SIM_PROGRAM_H
#define SS_SIM_PROGRAM_H

#include "base/dist.h"
#include "scalesim/base.h"

/// What a class does once it has its place. Jumps are absolute indices into ss_sim.program.
typedef enum ss_opcode {
    SS_OPCODE_COMPUTE,  ///< hold for dist seconds of service
    SS_OPCODE_CALL,     ///< call `class_index` along `edge`; on a hit jump to `jump` unless it is 0
    SS_OPCODE_PUBLISH,  ///< send along `edge`, go on
    SS_OPCODE_CHOOSE,   ///< jump by the table (first, count); no entry drawn: jump to `jump`
    SS_OPCODE_PARALLEL, ///< a branch task for each jump of the table; wait for all; then `jump`
    SS_OPCODE_JUMP,
    SS_OPCODE_RELEASE,  ///< give the place back, go on without one
    SS_OPCODE_HOOK,     ///< the behaviour's own step; `first` is its argument
    SS_OPCODE_FORWARD,  ///< leave for an entry of the table, or the system
    SS_OPCODE_HANDLER,  ///< a step of the node's own code; `first` is an ss_handler_step
    SS_OPCODE_END,      ///< of the request, or of a branch
} ss_opcode;

typedef struct ss_instruction {
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t opcode;
    uint32_t edge;
    uint32_t class_index;
    uint32_t jump;
    uint32_t first, count; ///< entries of ss_sim.choices
    uint32_t on_failure;   ///< CALL: where a final failure goes on; 0 = the request fails
    uint32_t reserved;
    const ss_dist *dist;
    double exponential;    ///< COMPUTE: mean of an exponential `dist`, which is then not touched
} ss_instruction;

/// An entry of a probability table.
typedef struct ss_choice {
    double cumulative;    ///< probability of this entry or an earlier one
    uint32_t jump;        ///< CHOOSE, PARALLEL
    uint32_t edge;        ///< FORWARD
    uint32_t class_index; ///< FORWARD
    uint32_t reserved;
} ss_choice;

#endif
