/// The parts of the guest: what runs inside the sandbox beside QuickJS.
///
/// The guest is one WebAssembly module without imports. The host writes an input of protocol.h to
/// the place that the mailbox names, calls guest_invoke and reads the output where the mailbox
/// says. One runtime with one context lives in it; the host begins anew by putting the memory back
/// to what it was after guest_initialize.
#ifndef SS_HANDLERS_QUICKJS_GUEST_H
#define SS_HANDLERS_QUICKJS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../protocol.h"
#include "../trace_bytes.h"
#include "engine.h"

#define GUEST_EXPORT(name) __attribute__((export_name(#name)))

// --- libc.c --------------------------------------------------------------------------------------

/// Why the guest trapped on purpose; the numbers are those of ss_sandbox_outcome.
typedef enum guest_stop_reason {
    GUEST_STOP_NONE = 0,
    GUEST_STOP_MEMORY = 2,
    GUEST_STOP_STACK = 3,
} guest_stop_reason;

_Noreturn void guest_stop(guest_stop_reason reason);
int guest_reason(void);
void guest_limit_memory(size_t bytes);
/// While it is true, what is allocated is beyond the limit: it is no memory of the handler.
void guest_lend_memory(bool is_lent);
void guest_set_now(int64_t time_ns);
int64_t guest_now(void);

// --- heap.c --------------------------------------------------------------------------------------

void *heap_allocate(JSMallocState *state, size_t bytes);
void heap_free(JSMallocState *state, void *block); ///< NULL is fine
void *heap_reallocate(JSMallocState *state, void *block, size_t bytes);
size_t heap_usable_size(const void *block);

// --- wire.c --------------------------------------------------------------------------------------

/// Reads an input. After a read past its end `failed` stays true and everything reads as zero.
typedef struct wire_reader {
    uint8_t *at, *end;
    bool failed;
} wire_reader;

typedef struct wire_text {
    char *bytes; ///< within the input, not NUL-terminated
    size_t length;
} wire_text;

uint8_t wire_read_u8(wire_reader *reader);
uint32_t wire_read_u32(wire_reader *reader);
uint64_t wire_read_u64(wire_reader *reader);
wire_text wire_read_text(wire_reader *reader);
JSValue wire_read_string(JSContext *context, wire_reader *reader);
JSValue wire_read_value(JSContext *context, wire_reader *reader); ///< exception if it is no JSON

/// A text ready to be written. Preparing may run code of the handler (toString, toJSON, getters),
/// which may write messages of its own; so everything is prepared before a message is begun.
typedef struct wire_prepared {
    const char *bytes; ///< as QuickJS made it; NULL where there is nothing: an empty text
    size_t length;
    size_t at1; ///< or, where not 0, its place + 1 among the texts prepared in this invocation
} wire_prepared;

bool wire_prepare_string(JSContext *context, JSValueConst value, wire_prepared *out);
/// As JSON, empty for undefined. False: an exception is pending, and nothing is to be freed.
bool wire_prepare_value(JSContext *context, JSValueConst value, wire_prepared *out);
const char *wire_prepared_bytes(const wire_prepared *prepared); ///< until more is prepared
void wire_free_prepared(JSContext *context, wire_prepared *prepared);

typedef struct wire_written {
    const uint8_t *bytes;
    size_t length;
} wire_written;

void wire_clear(void);
wire_written wire_output(void); ///< valid until more is written
void wire_write_u8(uint8_t value);
void wire_write_u32(uint32_t value);
void wire_write_u64(uint64_t value);
void wire_write_bytes(const char *bytes, size_t length); ///< as a text
void wire_write_prepared(JSContext *context, wire_prepared *prepared); ///< and frees it

// --- json.c --------------------------------------------------------------------------------------

/// A JSON text as a value; an exception if it is none. The byte behind the text is borrowed.
JSValue json_read(JSContext *context, char *text, size_t length);

// --- activity.c ----------------------------------------------------------------------------------

/// A request, message, timer or start at work. Counted references: the list of those that live,
/// each node object and each pending token hold one.
typedef struct activity {
    struct activity *next, *previous;
    uint32_t references;
    uint32_t id;
    uint32_t pending; ///< tokens awaited on its behalf
    bool is_request;
    bool answered; ///< its reply has been said
    bool done;     ///< its handler's promise is settled; it ends with its last token
    bool ended;    ///< what its node object is asked for now is an error
} activity;

/// What is awaited outside.
typedef struct pending {
    activity *owner;
    JSValue promise;
    guest_place place;
    JSValue target, operation; ///< strings for the error's text
    uint8_t kind;              ///< the output that asked for it
} pending;

activity *activity_begin(JSContext *context, uint32_t id, bool is_request);
void activity_keep(activity *owner);
void activity_drop(JSContext *context, activity *owner);
activity *activity_find(uint32_t id);
/// Ends it with SETTLED when nothing of it is left.
void activity_settle_if_over(JSContext *context, activity *owner);
/// Ends it without a word; what it awaits is forgotten.
void activity_forget(JSContext *context, activity *owner);
/// Reports the error value (owned by the caller) and ends the activity; NULL: while loading.
void activity_fail(JSContext *context, activity *owner, JSValueConst error);

/// A promise for something awaited by an activity, with its token; 0 and an exception on failure.
uint32_t pending_add(JSContext *context, activity *owner, uint8_t kind, JSValueConst target,
                     JSValueConst operation, JSValue *promise);
/// Takes the token out of the table; false when it is not (any more) in it.
bool pending_take(uint32_t token, pending *out);
void pending_free(JSContext *context, pending *waiting);

// --- trace.c -------------------------------------------------------------------------------------

int guest_trace_begin(wire_reader *reader);
void guest_post_trace(const uint8_t *bytes, size_t length); ///< guest.c: where the host finds it

// --- node.c --------------------------------------------------------------------------------------

/// Numbers below this in text and stacks are lines of this file.
#define GUEST_FILE "handler.js"

/// What the code of the handler is, and the one context it lives in.
typedef struct guest_state {
    JSRuntime *runtime;
    JSContext *context;
    JSAtom file;
    JSValue state, targets;
    JSValue on_start, on_request, on_message, on_timer;
    JSValue prelude;     ///< {CallError, saveDisk, loadDisk}
    activity *current;   ///< whose input this is: console output belongs to it
    bool is_loaded;
    struct {
        JSAtom id, op, from, body, topic, key, partition, offset, deliveries, data, timeout;
    } atoms;
} guest_state;

extern guest_state guest; ///< the module is one interpreter: this is its one place

bool node_define(JSContext *context, JSValueConst prelude);
JSValue node_prototype(JSContext *context);
JSValue node_create(JSContext *context, activity *owner);
activity *node_owner(JSValueConst node);
/// Logs, as an error, a rejection that nobody handles.
void node_log_rejection(JSContext *context, JSValueConst reason);
/// Takes a timer's callback or data out of the table; uninitialized when it was cleared.
JSValue timer_take(uint32_t number);

#endif
