/// What the guest needs of QuickJS beyond its public interface.
#ifndef SS_HANDLERS_QUICKJS_ENGINE_H
#define SS_HANDLERS_QUICKJS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

/// A growing text; more than GUEST_TEXT_BYTES_MAX stops the module.
typedef struct guest_text {
    uint8_t *bytes;
    size_t length, capacity;
} guest_text;

/// Makes room at the end and counts it as written.
uint8_t *guest_text_add(guest_text *text, size_t bytes);

/// Writes as JSON what is plain data: objects and arrays as they were made, numbers, strings.
/// False, with `out` as it was, when it is not that plain, and JSON.stringify has to be asked: then
/// code of the handler may run (toJSON, getters, proxies).
bool guest_write_plain_json(JSContext *context, JSValueConst value, guest_text *out);

/// A place in the code being executed, cheap to take; its line is looked up only when asked for.
typedef struct guest_place {
    JSValue function; ///< owned; undefined where no code of the handler is running
    uint32_t pc;
} guest_place;

/// A promise that only guest_promise_settle can settle: without the two functions that JavaScript
/// would get.
JSValue guest_promise_create(JSContext *context);
bool guest_promise_is(JSValueConst value);
/// Fulfils a promise with a value that is no thenable, or rejects it.
void guest_promise_settle(JSContext *context, JSValueConst promise, JSValueConst value,
                          bool rejects);
/// Calls one of two functions with the promise's value once it is settled.
bool guest_promise_watch(JSContext *context, JSValueConst promise, JSValueConst fulfilled,
                         JSValueConst rejected);

/// Gives Math.random its seed.
void guest_seed(JSContext *context, uint64_t seed);
uint64_t guest_random(JSContext *context);

/// The innermost place of the code compiled under the given file name.
guest_place guest_place_here(JSContext *context, JSAtom file);
void guest_place_free(JSContext *context, guest_place place);
/// Its line, counted from 1; 0 when there is none.
uint32_t guest_place_line(JSContext *context, guest_place place);

_Noreturn void guest_stop_stack(void);

// --- Observing (engine_trace.c) ------------------------------------------------------------------

/// While it is on, functions of the handler have traps in them.
extern bool guest_trace_is_on;

struct JSStackFrame;

/// The interpreter is at a trap (tools/handlers-patch.mjs); returns the opcode that was there.
int guest_trace_hit(JSContext *context, struct JSStackFrame *frame, const uint8_t *place,
                    JSValue *sp);
/// An exception leaves a function, any function.
void guest_trace_thrown(JSContext *context, struct JSStackFrame *frame);

/// Sets traps in all functions of the file that are there now; more than once is fine.
void guest_trace_watch(JSContext *context, JSAtom file);

typedef enum guest_moment_kind {
    GUEST_MOMENT_REACHES,    ///< a line begins here, or may
    GUEST_MOMENT_LEAVES,     ///< the function returns next
    GUEST_MOMENT_CALLS_LAST, ///< it calls another, and returns what that returns
    GUEST_MOMENT_WAITS,      ///< it awaits or yields next
    GUEST_MOMENT_THROWS,     ///< an error leaves it
} guest_moment_kind;

/// Where execution is. `frame` is the call's: a later call may have the same.
typedef struct guest_moment {
    JSContext *context;
    const void *frame, *function;
    uint32_t *number; ///< of the function, for trace.c to give; NULL where it throws
    uint32_t pc, line;
    guest_moment_kind kind;
    JSValueConst value; ///< what it returns, throws or calls, borrowed; undefined otherwise
    bool calls_code;    ///< what it calls last is code of the handler that returns by itself
} guest_moment;

/// Of trace.c: an execution has come to a trap, with so much fuel left.
void guest_trace_moment(const guest_moment *moment, int64_t fuel);

/// Whether a frame is the other one of that function, or called from there.
bool guest_is_called_by(const void *frame, const void *caller_frame, const void *caller);
uint32_t guest_function_line(const void *function);
size_t guest_function_name(JSContext *context, const void *function, char *out, size_t capacity);

#define GUEST_VARIABLES_MAX 64u

typedef struct guest_variable {
    JSAtom name;
    JSValueConst value;
    bool is_local; ///< undefined may mean that its block has not begun
} guest_variable;

/// The variables in scope: arguments, locals, what it takes from around it. Returns how many.
uint32_t guest_moment_variables(const guest_moment *moment,
                                guest_variable out[GUEST_VARIABLES_MAX]);

#define GUEST_PREVIEW_BYTES_MAX 200u

/// Writes a value as a short text for people; returns its bytes. Runs no code.
size_t guest_preview(JSContext *context, JSValueConst value, char *out, size_t capacity);
/// Writes a name, as far as it fits.
size_t guest_atom_text(JSContext *context, JSAtom atom, char *out, size_t capacity);

/// The fuel that is left, and giving back some of it; what tools/meter puts in their place does.
int64_t guest_read_fuel(void);
void guest_write_fuel(int64_t fuel);

#endif
