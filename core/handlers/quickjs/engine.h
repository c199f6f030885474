/// What the guest needs of QuickJS beyond its public interface.
#ifndef SS_HANDLERS_QUICKJS_ENGINE_H
#define SS_HANDLERS_QUICKJS_ENGINE_H

#include <stdbool.h>
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

#endif
