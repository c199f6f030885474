/// What the host calls: one input in, messages out.
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "prelude.inc" // prelude_source, made from prelude.js by tools/guest

/// The shadow stack that the module is linked with, less what QuickJS's own functions need below
/// its last check. Hosts' own stacks hold several times as much (tests/handlers measures).
#define STACK_BYTES (192u << 10)
#define REJECTIONS_MAX 16u

// --- Rejections nobody handles -------------------------------------------------------------------

static struct {
    JSValue promises[REJECTIONS_MAX], reasons[REJECTIONS_MAX];
    uint32_t count;
} rejections;

static void forget_rejection(JSContext *context, JSValueConst promise) {
    for (uint32_t i = 0; i < rejections.count; i++) {
        if (JS_VALUE_GET_PTR(rejections.promises[i]) != JS_VALUE_GET_PTR(promise)) continue;
        JS_FreeValue(context, rejections.promises[i]);
        JS_FreeValue(context, rejections.reasons[i]);
        rejections.count -= 1u;
        rejections.promises[i] = rejections.promises[rejections.count];
        rejections.reasons[i] = rejections.reasons[rejections.count];
        return;
    }
}

static void track_rejection(JSContext *context, JSValueConst promise, JSValueConst reason,
                            JS_BOOL is_handled, void *opaque) {
    (void)opaque;
    if (is_handled) {
        forget_rejection(context, promise);
    } else if (rejections.count < REJECTIONS_MAX) {
        rejections.promises[rejections.count] = JS_DupValue(context, promise);
        rejections.reasons[rejections.count++] = JS_DupValue(context, reason);
    }
}

static void report_rejections(JSContext *context) {
    while (rejections.count > 0) {
        rejections.count -= 1u;
        const JSValue reason = rejections.reasons[rejections.count];
        node_log_rejection(context, reason);
        JS_FreeValue(context, reason);
        JS_FreeValue(context, rejections.promises[rejections.count]);
    }
}

// --- Handlers ------------------------------------------------------------------------------------

static void run_jobs(void) {
    JSContext *context;
    while (JS_ExecutePendingJob(guest.runtime, &context) != 0) {}
}

/// The handler came to its end with a value.
static void finish(JSContext *context, activity *owner, JSValueConst value) {
    if (owner->ended) return;
    if (owner->is_request && !owner->answered) {
        wire_prepared json;
        if (!wire_prepare_value(context, value, &json)) {
            const JSValue error = JS_GetException(context);
            activity_fail(context, owner, error);
            JS_FreeValue(context, error);
            return;
        }
        owner->answered = true;
        wire_write_u8(SS_OUTPUT_REPLY);
        wire_write_u32(owner->id);
        wire_write_prepared(context, &json);
    }
    owner->done = true;
    activity_settle_if_over(context, owner);
}

static JSValue on_settled(JSContext *context, JSValueConst this_value, int count,
                          JSValueConst *arguments, int rejected, JSValue *data) {
    (void)this_value, (void)count;
    activity *const owner = node_owner(data[0]);
    if (rejected) activity_fail(context, owner, arguments[0]);
    else finish(context, owner, arguments[0]);
    return JS_UNDEFINED;
}

static void watch(JSContext *context, JSValueConst promise, JSValueConst node) {
    const JSValue fulfilled =
        JS_NewCFunctionData(context, on_settled, 1, 0, 1, (JSValueConst *)&node);
    const JSValue rejected =
        JS_NewCFunctionData(context, on_settled, 1, 1, 1, (JSValueConst *)&node);
    guest_promise_watch(context, promise, fulfilled, rejected);
    JS_FreeValue(context, fulfilled);
    JS_FreeValue(context, rejected);
}

/// Takes what a handler returned or threw; frees it.
static void take_result(JSContext *context, activity *owner, JSValueConst node, JSValue result) {
    if (JS_IsException(result)) {
        result = JS_GetException(context);
        activity_fail(context, owner, result);
    } else if (!guest_promise_is(result)) {
        finish(context, owner, result);
    } else {
        run_jobs();
        const JSPromiseStateEnum state = JS_PromiseState(context, result);
        if (state == JS_PROMISE_PENDING) {
            watch(context, result, node);
        } else {
            const JSValue value = JS_PromiseResult(context, result);
            forget_rejection(context, result);
            if (state == JS_PROMISE_REJECTED) activity_fail(context, owner, value);
            else finish(context, owner, value);
            JS_FreeValue(context, value);
        }
    }
    JS_FreeValue(context, result);
}

/// Calls a handler for a new activity: with `subject` and the node, or the node alone.
static void run(JSContext *context, uint32_t id, bool is_request, JSValueConst handler,
                JSValue subject) {
    activity *const owner = activity_begin(context, id, is_request);
    activity_keep(owner);
    guest.current = owner;
    const JSValue node = node_create(context, owner);
    JSValueConst arguments[2] = {subject, node};
    const bool has_subject = !JS_IsUninitialized(subject);
    const JSValue result = JS_Call(context, handler, JS_UNDEFINED, has_subject ? 2 : 1,
                                   has_subject ? arguments : arguments + 1);
    JS_FreeValue(context, subject);
    take_result(context, owner, node, result);
    JS_FreeValue(context, node);
    run_jobs();
    guest.current = NULL;
    activity_drop(context, owner);
}

/// An activity for which the code has no handler: it fails, or is over at once.
static void run_nothing(uint32_t id, const char *complaint) {
    if (complaint) {
        wire_write_u8(SS_OUTPUT_ERROR);
        wire_write_u32(id);
        wire_write_bytes(complaint, strlen(complaint));
        wire_write_u32(0);
    } else {
        wire_write_u8(SS_OUTPUT_SETTLED);
        wire_write_u32(id);
    }
}

// --- Source --------------------------------------------------------------------------------------

/// Behind the source: hands over what it defines, exported or not.
static const char handover[] =
    "\n;export const scalesim$handlers=["
    "typeof onStart==='function'?onStart:void 0,typeof onRequest==='function'?onRequest:void 0,"
    "typeof onMessage==='function'?onMessage:void 0,typeof onTimer==='function'?onTimer:void 0];";

static void report_exception(JSContext *context) {
    const JSValue error = JS_GetException(context);
    activity_fail(context, NULL, error);
    JS_FreeValue(context, error);
}

/// Whether the module ran to its end; otherwise the error has been reported.
static bool has_run(JSContext *context, JSValueConst result) {
    if (JS_IsException(result)) {
        report_exception(context);
        return false;
    }
    run_jobs();
    const JSPromiseStateEnum state = JS_PromiseState(context, result);
    if (state == JS_PROMISE_FULFILLED) return true;
    if (state == JS_PROMISE_PENDING) {
        JS_ThrowTypeError(context, "await outside of a handler never ends; wait in onStart");
        report_exception(context);
        return false;
    }
    const JSValue reason = JS_PromiseResult(context, result);
    forget_rejection(context, result);
    activity_fail(context, NULL, reason);
    JS_FreeValue(context, reason);
    return false;
}

static void take_handlers(JSContext *context, JSModuleDef *module) {
    const JSValue exported = JS_GetModuleNamespace(context, module);
    const JSValue list = JS_GetPropertyStr(context, exported, "scalesim$handlers");
    JSValue *const places[] = {&guest.on_start, &guest.on_request, &guest.on_message,
                               &guest.on_timer};
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 4u; i++) {
        JS_FreeValue(context, *places[i]);
        *places[i] = JS_GetPropertyUint32(context, list, i);
        if (!JS_IsUndefined(*places[i])) bits |= 1u << i;
    }
    JS_FreeValue(context, list);
    JS_FreeValue(context, exported);
    wire_write_u8(SS_OUTPUT_LOADED);
    wire_write_u32(bits);
}

/// Evaluates source as a module. What was there before stays when it fails.
static void load_source(JSContext *context, wire_text source) {
    char *const whole = js_malloc(context, source.length + sizeof handover);
    memcpy(whole, source.bytes, source.length);
    memcpy(whole + source.length, handover, sizeof handover); // with its NUL
    const JSValue compiled =
        JS_Eval(context, whole, source.length + sizeof handover - 1u, GUEST_FILE,
                JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    js_free(context, whole);
    if (JS_IsException(compiled)) {
        report_exception(context);
        return;
    }
    if (guest_trace_is_on) guest_trace_watch(context, guest.file);
    JSModuleDef *const module = JS_VALUE_GET_PTR(compiled);
    const JSValue result = JS_EvalFunction(context, compiled);
    if (has_run(context, result)) take_handlers(context, module);
    JS_FreeValue(context, result);
}

/// Gives every node object what is the same for all: `id`, `replica`, `replicas`, `peers`,
/// `targets`.
static bool load_about(JSContext *context, wire_reader *reader) {
    const JSValue prototype = node_prototype(context);
    JS_SetPropertyStr(context, prototype, "id", wire_read_string(context, reader));
    guest_seed(context, wire_read_u64(reader));
    JSValue about = wire_read_value(context, reader);
    const bool fine = !JS_IsException(about);
    if (fine && JS_IsObject(about)) {
        static const char *const names[] = {"replica", "replicas", "peers", "targets"};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const JSValue value = JS_GetPropertyStr(context, about, names[i]);
            JS_DefinePropertyValueStr(context, prototype, names[i], value, JS_PROP_ENUMERABLE);
        }
        guest.targets = JS_GetPropertyStr(context, about, "targets");
    }
    JS_FreeValue(context, about);
    JS_FreeValue(context, prototype);
    return fine;
}

// --- Inputs --------------------------------------------------------------------------------------

static bool take_load(JSContext *context, wire_reader *reader) {
    const wire_text source = wire_read_text(reader);
    if (!load_about(context, reader)) return false;
    if (reader->failed || guest.is_loaded) return false;
    guest.is_loaded = true;
    load_source(context, source);
    return true;
}

static bool take_start(JSContext *context, wire_reader *reader) {
    const uint32_t id = wire_read_u32(reader);
    if (reader->failed) return false;
    if (JS_IsUndefined(guest.on_start)) run_nothing(id, NULL);
    else run(context, id, false, guest.on_start, JS_UNINITIALIZED);
    return true;
}

static JSValue read_u64_number(JSContext *context, wire_reader *reader) {
    return JS_NewInt64(context, (int64_t)wire_read_u64(reader));
}

static bool take_request(JSContext *context, wire_reader *reader) {
    const uint32_t id = wire_read_u32(reader);
    const JSValue request = JS_NewObject(context);
    JS_SetProperty(context, request, guest.atoms.id, read_u64_number(context, reader));
    JS_SetProperty(context, request, guest.atoms.op, wire_read_string(context, reader));
    JS_SetProperty(context, request, guest.atoms.from, wire_read_string(context, reader));
    const JSValue body = wire_read_value(context, reader);
    if (reader->failed || JS_IsException(body)) return false;
    JS_SetProperty(context, request, guest.atoms.body, body);
    if (JS_IsUndefined(guest.on_request)) {
        JS_FreeValue(context, request);
        run_nothing(id, "the code has no onRequest");
        return true;
    }
    run(context, id, true, guest.on_request, request);
    return true;
}

static bool take_message(JSContext *context, wire_reader *reader) {
    const uint32_t id = wire_read_u32(reader);
    const JSValue message = JS_NewObject(context);
    JS_SetProperty(context, message, guest.atoms.id, read_u64_number(context, reader));
    JS_SetProperty(context, message, guest.atoms.topic, wire_read_string(context, reader));
    JS_SetProperty(context, message, guest.atoms.from, wire_read_string(context, reader));
    const JSValue key = wire_read_value(context, reader);
    if (JS_IsException(key)) return false;
    JS_SetProperty(context, message, guest.atoms.key, key);
    JS_SetProperty(context, message, guest.atoms.partition,
                   JS_NewUint32(context, wire_read_u32(reader)));
    JS_SetProperty(context, message, guest.atoms.offset, read_u64_number(context, reader));
    JS_SetProperty(context, message, guest.atoms.deliveries,
                   JS_NewUint32(context, wire_read_u32(reader)));
    const JSValue body = wire_read_value(context, reader);
    if (reader->failed || JS_IsException(body)) return false;
    JS_SetProperty(context, message, guest.atoms.body, body);
    if (JS_IsUndefined(guest.on_message)) {
        JS_FreeValue(context, message);
        run_nothing(id, "the code has no onMessage");
        return true;
    }
    run(context, id, false, guest.on_message, message);
    return true;
}

static bool take_timer(JSContext *context, wire_reader *reader) {
    const uint32_t id = wire_read_u32(reader);
    const uint32_t number = wire_read_u32(reader);
    if (reader->failed) return false;
    const JSValue what = timer_take(number);
    if (JS_IsUninitialized(what)) {
        run_nothing(id, NULL); // cleared while its event was on the way
    } else if (JS_IsFunction(context, what)) {
        run(context, id, false, what, JS_UNINITIALIZED);
        JS_FreeValue(context, what);
    } else if (JS_IsUndefined(guest.on_timer)) {
        JS_FreeValue(context, what);
        run_nothing(id, "a timer without a function fired, and the code has no onTimer");
    } else {
        const JSValue timer = JS_NewObject(context);
        JS_SetProperty(context, timer, guest.atoms.id, JS_NewUint32(context, number));
        JS_SetProperty(context, timer, guest.atoms.data, what);
        run(context, id, false, guest.on_timer, timer);
    }
    return true;
}

static JSValue call_prelude(JSContext *context, const char *name, int count,
                            JSValueConst *arguments) {
    const JSValue function = JS_GetPropertyStr(context, guest.prelude, name);
    const JSValue result = JS_Call(context, function, JS_UNDEFINED, count, arguments);
    JS_FreeValue(context, function);
    return result;
}

/// The error that an awaited call or publication ends with.
static JSValue call_error(JSContext *context, const pending *waiting, uint8_t outcome,
                          JSValueConst body) {
    const JSValue kind = JS_NewInt32(context, outcome);
    const JSValue line = JS_NewUint32(context, guest_place_line(context, waiting->place));
    const JSValue publishes = JS_NewBool(context, waiting->kind == SS_OUTPUT_PUBLISH);
    JSValueConst arguments[] = {kind, publishes, waiting->target, waiting->operation, line, body};
    const JSValue error = call_prelude(context, "callError", 6, arguments);
    return JS_IsException(error) ? JS_GetException(context) : error;
}

static bool take_settle(JSContext *context, wire_reader *reader) {
    const uint32_t token = wire_read_u32(reader);
    const uint8_t outcome = wire_read_u8(reader);
    const JSValue body = wire_read_value(context, reader);
    if (reader->failed || JS_IsException(body)) return false;
    pending waiting;
    if (!pending_take(token, &waiting)) { // of an activity that has ended meanwhile
        JS_FreeValue(context, body);
        return true;
    }
    activity *const owner = waiting.owner;
    activity_keep(owner);
    guest.current = owner;
    if (outcome == 0) {
        guest_promise_settle(context, waiting.promise, body, false);
    } else {
        const JSValue error = call_error(context, &waiting, outcome, body);
        guest_promise_settle(context, waiting.promise, error, true);
        JS_FreeValue(context, error);
    }
    JS_FreeValue(context, body);
    pending_free(context, &waiting);
    run_jobs();
    activity_settle_if_over(context, owner);
    guest.current = NULL;
    activity_drop(context, owner);
    return true;
}

static bool take_abandon(JSContext *context, wire_reader *reader) {
    activity *const owner = activity_find(wire_read_u32(reader));
    if (reader->failed) return false;
    if (owner) activity_forget(context, owner);
    return true;
}

static bool take_reload(JSContext *context, wire_reader *reader) {
    const wire_text source = wire_read_text(reader);
    if (reader->failed) return false;
    load_source(context, source);
    return true;
}

// --- Exports -------------------------------------------------------------------------------------

/// Where the host finds things; it reads this directly (six 32-bit words).
static struct {
    uint8_t *input;
    size_t input_capacity; ///< guest_allocate makes more
    const uint8_t *output; ///< after guest_invoke and guest_save_disk
    size_t output_bytes;
    const uint8_t *trace; ///< while an input is traced, and after it
    size_t trace_bytes;
} mailbox;

GUEST_EXPORT(guest_mailbox) const void *guest_mailbox(void) { return &mailbox; }

/// Makes the place for inputs at least so large, and forgets what lay there.
GUEST_EXPORT(guest_allocate) void guest_allocate(size_t bytes) {
    free(mailbox.input);
    mailbox.input_capacity = bytes > 4096u ? bytes : 4096u;
    mailbox.input = malloc(mailbox.input_capacity + 1u); // one to spare: see wire_read_value
}

void guest_post_trace(const uint8_t *bytes, size_t length) {
    mailbox.trace = bytes;
    mailbox.trace_bytes = length;
}

/// Traces the next input, as the request of so many bytes in the mailbox asks. Returns 0, or 1 when
/// it makes no sense. The memory has to be put back after that input.
GUEST_EXPORT(guest_trace) int guest_trace(size_t bytes) {
    wire_reader reader = {mailbox.input, mailbox.input + bytes, false};
    return guest_trace_begin(&reader);
}

static void post_output(void) {
    const wire_written written = wire_output();
    mailbox.output = written.bytes;
    mailbox.output_bytes = written.length;
}

/// Takes the input of so many bytes in the mailbox. Returns 0, or 1 when it makes no sense.
GUEST_EXPORT(guest_invoke) int guest_invoke(size_t bytes) {
    static bool (*const takers[])(JSContext *, wire_reader *) = {
        [SS_INPUT_LOAD] = take_load,       [SS_INPUT_START] = take_start,
        [SS_INPUT_REQUEST] = take_request, [SS_INPUT_MESSAGE] = take_message,
        [SS_INPUT_TIMER] = take_timer,     [SS_INPUT_SETTLE] = take_settle,
        [SS_INPUT_ABANDON] = take_abandon, [SS_INPUT_RELOAD] = take_reload,
    };
    wire_reader reader = {mailbox.input, mailbox.input + bytes, false};
    wire_clear();
    const uint8_t kind = wire_read_u8(&reader);
    guest_set_now((int64_t)wire_read_u64(&reader));
    if (kind < SS_INPUT_LOAD || kind > SS_INPUT_RELOAD) return 1;
    if (kind != SS_INPUT_LOAD && !guest.is_loaded) return 1;
    if (!takers[kind](guest.context, &reader)) return 1;
    run_jobs();
    report_rejections(guest.context);
    post_output();
    return 0;
}

/// Writes the disk to the output, for a fresh interpreter to read: what a crash leaves. It is empty
/// when nothing was ever written.
GUEST_EXPORT(guest_save_disk) void guest_save_disk(void) {
    JSContext *const context = guest.context;
    const JSValue text = call_prelude(context, "saveDisk", 0, NULL);
    wire_prepared bytes;
    wire_clear();
    if (wire_prepare_string(context, text, &bytes)) wire_write_prepared(context, &bytes);
    JS_FreeValue(context, text);
    post_output();
}

/// Takes what guest_save_disk wrote, in the mailbox.
GUEST_EXPORT(guest_load_disk) void guest_load_disk(size_t bytes) {
    JSContext *const context = guest.context;
    wire_reader reader = {mailbox.input, mailbox.input + bytes, false};
    const JSValue text = wire_read_string(context, &reader);
    JS_FreeValue(context, call_prelude(context, "loadDisk", 1, (JSValueConst *)&text));
    JS_FreeValue(context, text);
}

static JSContext *create_context(JSRuntime *runtime) {
    JSContext *const context = JS_NewContextRaw(runtime);
    JS_AddIntrinsicBaseObjects(context);
    JS_AddIntrinsicDate(context);
    JS_AddIntrinsicEval(context);
    JS_AddIntrinsicStringNormalize(context);
    JS_AddIntrinsicRegExp(context);
    JS_AddIntrinsicJSON(context);
    JS_AddIntrinsicProxy(context);
    JS_AddIntrinsicMapSet(context);
    JS_AddIntrinsicTypedArrays(context);
    JS_AddIntrinsicPromise(context);
    // Not WeakRef and FinalizationRegistry: they would show when the garbage collector runs.
    return context;
}

/// Makes the interpreter. Called once; the memory afterwards is the fresh interpreter's image.
/// Returns 0 when all is well.
GUEST_EXPORT(guest_initialize) int guest_initialize(void) {
    static const JSMallocFunctions heap = {heap_allocate, heap_free, heap_reallocate,
                                           heap_usable_size};
    guest.runtime = JS_NewRuntime2(&heap, NULL);
    JS_SetMaxStackSize(guest.runtime, STACK_BYTES);
    JS_SetHostPromiseRejectionTracker(guest.runtime, track_rejection, NULL);
    guest.context = create_context(guest.runtime);
    JSContext *const context = guest.context;
    guest.file = JS_NewAtom(context, GUEST_FILE);
    guest.on_start = guest.on_request = guest.on_message = guest.on_timer = JS_UNDEFINED;
    guest.targets = JS_UNDEFINED;
    guest.state = JS_NewObject(context);
    const JSValue prelude = JS_Eval(context, prelude_source, sizeof prelude_source - 1u,
                                    "<scalesim>", JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(prelude) || !node_define(context, prelude)) return 1;
    JS_FreeValue(context, prelude);
    JS_RunGC(guest.runtime);
    return 0;
}
