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
