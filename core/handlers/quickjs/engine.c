/// QuickJS as one unit with the few functions that need to see inside it.
///
/// EMSCRIPTEN selects QuickJS's own settings for WebAssembly: no threads, no computed goto. Its
/// stack check is switched on again: the shadow stack has a known size here.
#define EMSCRIPTEN 1
#define CONFIG_STACK_CHECK 1
#include "quickjs.c"

#include "engine.h"

JSValue guest_promise_create(JSContext *context) {
    JSValue promise = JS_NewObjectClass(context, JS_CLASS_PROMISE);
    if (JS_IsException(promise)) return promise;
    JSPromiseData *data = js_mallocz(context, sizeof *data);
    if (!data) {
        JS_FreeValue(context, promise);
        return JS_EXCEPTION;
    }
    data->promise_state = JS_PROMISE_PENDING;
    init_list_head(&data->promise_reactions[0]);
    init_list_head(&data->promise_reactions[1]);
    data->promise_result = JS_UNDEFINED;
    JS_SetOpaque(promise, data);
    return promise;
}

bool guest_promise_is(JSValueConst value) { return JS_GetOpaque(value, JS_CLASS_PROMISE) != NULL; }

void guest_promise_settle(JSContext *context, JSValueConst promise, JSValueConst value,
                          bool rejects) {
    fulfill_or_reject_promise(context, promise, value, rejects);
}

bool guest_promise_watch(JSContext *context, JSValueConst promise, JSValueConst fulfilled,
                         JSValueConst rejected) {
    JSValueConst handlers[2] = {fulfilled, rejected};
    JSValueConst nothing[2] = {JS_UNDEFINED, JS_UNDEFINED};
    return perform_promise_then(context, promise, handlers, nothing) == 0;
}

void guest_seed(JSContext *context, uint64_t seed) {
    context->random_state = seed ? seed : 1u; // its generator stays at zero for ever
}

uint64_t guest_random(JSContext *context) { return xorshift64star(&context->random_state); }

// --- Plain data as JSON --------------------------------------------------------------------------

#define PLAIN_DEPTH_MAX 64

static void add_bytes(guest_text *out, const void *bytes, size_t length) {
    memcpy(guest_text_add(out, length), bytes, length);
}

static bool add_string(const JSString *string, guest_text *out) {
    if (string->is_wide_char) return false;
    // At worst every character is two bytes: an escape, or beyond ASCII.
    uint8_t *const from = guest_text_add(out, (size_t)string->len * 2u + 2u);
    uint8_t *to = from;
    *to++ = '"';
    for (uint32_t i = 0; i < string->len; i++) {
        const uint8_t character = string->u.str8[i];
        if (character < 0x20u) return false; // rare
        if (character >= 0x80u) {
            *to++ = (uint8_t)(0xc0u | (character >> 6u));
            *to++ = (uint8_t)(0x80u | (character & 0x3fu));
            continue;
        }
        if (character == '"' || character == '\\') *to++ = '\\';
        *to++ = character;
    }
    *to++ = '"';
    out->length -= (size_t)string->len * 2u + 2u - (size_t)(to - from);
    return true;
}

static void add_number(double number, guest_text *out) {
    if (!isfinite(number)) {
        add_bytes(out, "null", 4);
        return;
    }
    char digits[64];
    JSDTOATempMem memory;
    const int length = js_dtoa(digits, number, 10, 0, JS_DTOA_FORMAT_FREE, &memory);
    add_bytes(out, digits, (size_t)length);
}

static bool add_plain(JSContext *context, JSValueConst value, guest_text *out, int depth);

static bool add_array(JSContext *context, const JSObject *array, guest_text *out, int depth) {
    const JSObject *const prototype = JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_ARRAY]);
    if (!array->fast_array || array->shape->proto != prototype) return false;
    const uint32_t count = array->u.array.count;
    const JSValueConst length = array->prop[0].u.value;
    if (JS_VALUE_GET_TAG(length) != JS_TAG_INT || (uint32_t)JS_VALUE_GET_INT(length) != count ||
        array->shape->prop_count != 1) {
        return false; // holes at its end, or properties beside its elements
    }
    add_bytes(out, "[", 1);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) add_bytes(out, ",", 1);
        const JSValueConst element = array->u.array.u.values[i];
        if (JS_IsUndefined(element)) add_bytes(out, "null", 4);
        else if (!add_plain(context, element, out, depth)) return false;
    }
    add_bytes(out, "]", 1);
    return true;
}

static bool add_object(JSContext *context, const JSObject *object, guest_text *out, int depth) {
    const JSShape *const shape = object->shape;
    if (object->is_exotic || shape->has_small_array_index ||
        shape->proto != JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_OBJECT])) {
        return false;
    }
    add_bytes(out, "{", 1);
    bool is_first = true;
    for (int i = 0; i < shape->prop_count; i++) {
        const JSShapeProperty *const property = &shape->prop[i];
        if (property->atom == JS_ATOM_NULL) continue; // deleted
        if ((property->flags & JS_PROP_TMASK) != JS_PROP_NORMAL) return false;
        if (property->atom == JS_ATOM_toJSON) return false;
        const JSString *const name = context->rt->atom_array[property->atom];
        if (!(property->flags & JS_PROP_ENUMERABLE)) continue;
        if (name->atom_type != JS_ATOM_TYPE_STRING) continue; // a symbol
        const JSValueConst value = object->prop[i].u.value;
        if (JS_IsUndefined(value)) continue;
        if (!is_first) add_bytes(out, ",", 1);
        is_first = false;
        if (!add_string(name, out)) return false;
        add_bytes(out, ":", 1);
        if (!add_plain(context, value, out, depth)) return false;
    }
    add_bytes(out, "}", 1);
    return true;
}

static bool add_plain(JSContext *context, JSValueConst value, guest_text *out, int depth) {
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_INT: {
        char digits[16];
        add_bytes(out, digits, i32toa(digits, JS_VALUE_GET_INT(value)));
        return true;
    }
    case JS_TAG_FLOAT64: add_number(JS_VALUE_GET_FLOAT64(value), out); return true;
    case JS_TAG_BOOL:
        if (JS_VALUE_GET_BOOL(value)) add_bytes(out, "true", 4);
        else add_bytes(out, "false", 5);
        return true;
    case JS_TAG_NULL: add_bytes(out, "null", 4); return true;
    case JS_TAG_STRING: return add_string(JS_VALUE_GET_STRING(value), out);
    case JS_TAG_OBJECT: {
        const JSObject *const object = JS_VALUE_GET_OBJ(value);
        if (depth == 0) return false; // a cycle perhaps
        if (object->class_id == JS_CLASS_ARRAY) return add_array(context, object, out, depth - 1);
        return object->class_id == JS_CLASS_OBJECT && add_object(context, object, out, depth - 1);
    }
    default: return false;
    }
}

bool guest_write_plain_json(JSContext *context, JSValueConst value, guest_text *out) {
    JSObject *const objects = JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_OBJECT]);
    JSObject *const arrays = JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_ARRAY]);
    if (find_own_property1(objects, JS_ATOM_toJSON) || find_own_property1(arrays, JS_ATOM_toJSON)) {
        return false;
    }
    const size_t before = out->length;
    if (add_plain(context, value, out, PLAIN_DEPTH_MAX)) return true;
    out->length = before;
    return false;
}

guest_place guest_place_here(JSContext *context, JSAtom file) {
    for (const JSStackFrame *frame = context->rt->current_stack_frame; frame;
         frame = frame->prev_frame) {
        const JSObject *function = JS_VALUE_GET_OBJ(frame->cur_func);
        if (!js_class_has_bytecode(function->class_id)) continue;
        const JSFunctionBytecode *code = function->u.func.function_bytecode;
        if (!code->has_debug || code->debug.filename != file) continue;
        return (guest_place){JS_DupValue(context, frame->cur_func),
                             (uint32_t)(frame->cur_pc - code->byte_code_buf - 1)};
    }
    return (guest_place){JS_UNDEFINED, 0};
}

void guest_place_free(JSContext *context, guest_place place) {
    JS_FreeValue(context, place.function);
}

uint32_t guest_place_line(JSContext *context, guest_place place) {
    if (!JS_IsObject(place.function)) return 0;
    const JSObject *function = JS_VALUE_GET_OBJ(place.function);
    int column;
    return (uint32_t)find_line_num(context, function->u.func.function_bytecode, place.pc, &column);
}

// --- Observing -----------------------------------------------------------------------------------

#include "engine_preview.c"
#include "engine_trace.c"
