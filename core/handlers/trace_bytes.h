/// The bytes of a trace: what quickjs/trace.c writes inside the sandbox and trace.c reads outside.
///
/// Little-endian. First an ss_trace_head, then by its mode: of a profile ss_trace_records, counted
/// from the head, which is number 0; of steps, one after another, ss_trace_entry bytes with their
/// fields. A *short* is a uint8_t length and so many UTF-8 bytes.
#ifndef SS_HANDLERS_TRACE_BYTES_H
#define SS_HANDLERS_TRACE_BYTES_H

#include <stdint.h>

typedef enum ss_trace_mode {
    SS_TRACE_PROFILE = 1, ///< fuel by line and by call
    SS_TRACE_STEPS,       ///< every line reached, with the variables that changed
    SS_TRACE_FIND,        ///< only the number of the first step that is at a stop
} ss_trace_mode;

#define SS_TRACE_STOPS_MAX 64u

typedef struct ss_trace_head {
    uint8_t mode;        ///< ss_trace_mode
    uint8_t is_cut;      ///< 1: there was more than may be written
    uint8_t bad_stop1;   ///< the stop whose condition is wrong; an SS_TRACE_COMPLAINT says why
    uint8_t evaluating1; ///< the stop whose condition was being evaluated when it stopped
    uint32_t step_count; ///< of a profile: the record of the node at work; 0: none
    uint32_t stop_step1; ///< of a profile: the record of the line at work; 0: none
    uint32_t reserved;
    uint64_t accounted; ///< fuel burnt up to the last moment that was told
    uint64_t spent;     ///< fuel that observing itself took, and gave back
} ss_trace_head;

typedef enum ss_trace_record_kind {
    SS_TRACE_FUNCTION = 1, ///< its line in `a`; from `b` on its name, cut or filled with zeros
    SS_TRACE_LINE,         ///< its number in `a`, how often it was reached in `b`, fuel in `x`
    /// Of the tree of calls: the record of its caller in `a` (0: none), of its function in `b`, the
    /// number of calls in `c`, its own fuel in `x`. Callers come first.
    SS_TRACE_NODE,
} ss_trace_record_kind;

typedef struct ss_trace_record {
    uint32_t kind, a, b, c;
    uint64_t x, reserved;
} ss_trace_record;

typedef enum ss_trace_entry {
    /// uint32_t line, uint32_t depth, uint64_t fuel so far, uint8_t flags, short function, where
    /// HAS_VALUE a short value, uint8_t count, for each changed variable short name, short preview.
    SS_TRACE_STEP = 1,
    SS_TRACE_COMPLAINT, ///< short text
} ss_trace_entry;

typedef enum ss_trace_flag {
    SS_TRACE_ENTERS = 1,
    SS_TRACE_RESUMES = 2,
    SS_TRACE_WAITS = 4,
    SS_TRACE_LEAVES = 8,
    SS_TRACE_THROWS = 16,
    SS_TRACE_STOPS = 32,
    SS_TRACE_HAS_VALUE = 64,
} ss_trace_flag;

#endif
