/// Activities, and what is awaited on their behalf.
#include <stdlib.h>

#include "guest.h"

#define SLOT_BITS 20u /* a million things awaited at once; memory ends before */
#define SLOT_MASK ((1u << SLOT_BITS) - 1u)
#define STACK_BYTES_MAX 4096u

static activity *living;

activity *activity_begin(JSContext *context, uint32_t id, bool is_request) {
    activity *const started = js_mallocz(context, sizeof *started);
    started->id = id;
    started->references = 1u;
    started->is_request = is_request;
    started->next = living;
    if (living) living->previous = started;
    living = started;
    return started;
}

void activity_keep(activity *owner) { owner->references += 1u; }

void activity_drop(JSContext *context, activity *owner) {
    owner->references -= 1u;
    if (owner->references == 0) js_free(context, owner);
}

activity *activity_find(uint32_t id) {
    activity *at = living;
    while (at && at->id != id) at = at->next;
    return at;
}

static void end(JSContext *context, activity *owner) {
    if (owner->ended) return;
    owner->ended = true;
    if (owner->previous) owner->previous->next = owner->next;
    else living = owner->next;
    if (owner->next) owner->next->previous = owner->previous;
    activity_drop(context, owner);
}

void activity_settle_if_over(JSContext *context, activity *owner) {
    if (owner->ended || !owner->done || owner->pending > 0) return;
    wire_write_u8(SS_OUTPUT_SETTLED);
    wire_write_u32(owner->id);
    end(context, owner);
}

// --- What is awaited -----------------------------------------------------------------------------

typedef struct slot {
    pending waiting;
    uint32_t generation;
    uint32_t next_free1; ///< while free: the next free slot + 1
    bool used;
} slot;

static struct {
    slot *slots;
    uint32_t count, capacity, free1;
} table;

uint32_t pending_add(JSContext *context, activity *owner, uint8_t kind, JSValueConst target,
                     JSValueConst operation, JSValue *promise) {
    *promise = guest_promise_create(context);
    if (table.free1 == 0) {
        if (table.count > SLOT_MASK) guest_stop(GUEST_STOP_MEMORY);
        if (table.count == table.capacity) {
            table.capacity = table.capacity ? table.capacity * 2u : 64u;
            table.slots = js_realloc(context, table.slots, table.capacity * sizeof(slot));
        }
        table.slots[table.count] = (slot){.generation = 1u};
        table.free1 = ++table.count;
    }
    const uint32_t index = table.free1 - 1u;
    slot *const taken = &table.slots[index];
    table.free1 = taken->next_free1;
    taken->used = true;
    taken->waiting = (pending){.owner = owner,
                               .promise = JS_DupValue(context, *promise),
                               .place = guest_place_here(context, guest.file),
                               .target = JS_DupValue(context, target),
                               .operation = JS_DupValue(context, operation),
                               .kind = kind};
    activity_keep(owner);
    owner->pending += 1u;
    return (taken->generation << SLOT_BITS) | index;
}

bool pending_take(uint32_t token, pending *out) {
    const uint32_t index = token & SLOT_MASK;
    if (index >= table.count) return false;
    slot *const taken = &table.slots[index];
    if (!taken->used || taken->generation != token >> SLOT_BITS) return false;
    *out = taken->waiting;
    out->owner->pending -= 1u;
    taken->used = false;
    taken->generation = (taken->generation + 1u) & (UINT32_MAX >> SLOT_BITS);
    if (taken->generation == 0) taken->generation = 1u; // so that no token is 0
    taken->next_free1 = table.free1;
    table.free1 = index + 1u;
    return true;
}

void pending_free(JSContext *context, pending *waiting) {
    JS_FreeValue(context, waiting->promise);
    JS_FreeValue(context, waiting->target);
    JS_FreeValue(context, waiting->operation);
    guest_place_free(context, waiting->place);
    activity_drop(context, waiting->owner);
}

void activity_forget(JSContext *context, activity *owner) {
    activity_keep(owner);
    end(context, owner);
    for (uint32_t index = 0; index < table.count && owner->pending > 0; index++) {
        const slot *const at = &table.slots[index];
        if (!at->used || at->waiting.owner != owner) continue;
        pending gone;
        if (pending_take((at->generation << SLOT_BITS) | index, &gone)) {
            pending_free(context, &gone);
        }
    }
    activity_drop(context, owner);
}

// --- Errors --------------------------------------------------------------------------------------

/// The text of a value, whatever it is: a toString that throws is answered with `otherwise`.
static wire_prepared text_of(JSContext *context, JSValueConst value, const char *otherwise) {
    wire_prepared text;
    if (wire_prepare_string(context, value, &text)) return text;
    JS_FreeValue(context, JS_GetException(context));
    const JSValue instead = JS_NewString(context, otherwise);
    wire_prepare_string(context, instead, &text);
    JS_FreeValue(context, instead);
    return text;
}

/// Cuts a text to a length at a character's boundary.
static void cut(wire_prepared *text, size_t most) {
    if (text->length <= most) return;
    text->length = most;
    while (text->length > 0 && ((unsigned char)text->bytes[text->length] & 0xc0u) == 0x80u) {
        text->length -= 1u;
    }
}

void activity_fail(JSContext *context, activity *owner, JSValueConst error) {
    if (owner && owner->ended) return;
    wire_prepared message = text_of(context, error, "an error that has no text");
    wire_prepared stack = {NULL, 0, 0};
    JSValue frames = JS_UNDEFINED;
    if (JS_IsError(context, error)) frames = JS_GetPropertyStr(context, error, "stack");
    if (JS_IsException(frames)) JS_FreeValue(context, JS_GetException(context));
    if (JS_IsString(frames)) stack = text_of(context, frames, "");
    JS_FreeValue(context, frames);
    cut(&message, STACK_BYTES_MAX);
    cut(&stack, STACK_BYTES_MAX);
    wire_write_u8(SS_OUTPUT_ERROR);
    wire_write_u32(owner ? owner->id : 0u);
    wire_write_prepared(context, &message);
    wire_write_prepared(context, &stack);
    if (owner) activity_forget(context, owner);
}
