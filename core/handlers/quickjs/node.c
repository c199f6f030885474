/// The `node` that every handler gets: what code can ask of the simulated world.
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define NS_PER_MS 1e6
#define DURATION_NS_MAX 9e18 /* just under int64_t's end */
#define LOG_BYTES_MAX 4096u  /* a line of a log; a longer one is cut */
#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

guest_state guest;
static JSClassID node_class;

static void finalize_node(JSRuntime *runtime, JSValue value) {
    activity *const owner = JS_GetOpaque(value, node_class);
    if (!owner) return;
    owner->references -= 1u;
    if (owner->references == 0) js_free_rt(runtime, owner);
}

JSValue node_prototype(JSContext *context) { return JS_GetClassProto(context, node_class); }

JSValue node_create(JSContext *context, activity *owner) {
    const JSValue node = JS_NewObjectClass(context, (int)node_class);
    activity_keep(owner);
    JS_SetOpaque(node, owner);
    return node;
}

activity *node_owner(JSValueConst node) { return JS_GetOpaque(node, node_class); }

/// The activity that `this` stands for, or NULL with an exception that says what to do.
static activity *owner_of(JSContext *context, JSValueConst node, const char *name) {
    activity *const owner = JS_GetOpaque(node, node_class);
    if (!owner) {
        JS_ThrowTypeError(context, "%s is to be called on the node, as in node.%s(…)", name,
                          name);
        return NULL;
    }
    if (owner->ended) {
        JS_ThrowTypeError(context,
                          "node.%s: the handler that got this node has ended; await what it "
                          "starts, or use the node of the handler that runs now",
                          name);
        return NULL;
    }
    return owner;
}

// --- Durations -----------------------------------------------------------------------------------

static const struct {
    const char *name;
    double ns;
} units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9},
             {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};

/// "50ms" in nanoseconds, or -1.
static double duration_of_text(JSContext *context, JSValueConst value) {
    size_t length;
    const char *const text = JS_ToCStringLen(context, &length, value);
    if (!text) return -1;
    double ns = -1;
    size_t digits = 0;
    while (digits < length && strchr("0123456789.eE+-", text[digits])) digits++;
    // "5e3ms" is a number, "5" followed by a unit that begins with e is none: there is no such unit
    const JSValue number = JS_NewStringLen(context, text, digits);
    double factor;
    if (digits > 0 && JS_ToFloat64(context, &factor, number) == 0) {
        while (digits < length && text[digits] == ' ') digits++;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            if (strcmp(text + digits, units[i].name) == 0) ns = factor * units[i].ns;
        }
    }
    JS_FreeValue(context, number);
    JS_FreeCString(context, text);
    return ns;
}

/// Reads a duration: a number of milliseconds, or a text with a unit. False: an exception.
static bool duration(JSContext *context, JSValueConst value, const char *name, int64_t *out) {
    double ns = -1;
    if (JS_IsNumber(value)) {
        if (JS_ToFloat64(context, &ns, value) != 0) return false;
        ns *= NS_PER_MS;
    } else if (JS_IsString(value)) {
        ns = duration_of_text(context, value);
    }
    if (!(ns >= 0 && ns < DURATION_NS_MAX)) {
        JS_ThrowTypeError(context,
                          "node.%s: a duration is a number of milliseconds, or a text such as "
                          "\"50ms\" or \"2s\"; not negative",
                          name);
        return false;
    }
    *out = (int64_t)(ns + 0.5);
    return true;
}

// --- Calls ---------------------------------------------------------------------------------------

typedef struct options {
    JSValue operation; ///< a string, or undefined
    int64_t timeout_ns;
} options;

/// Reads `{op, timeout}` or undefined. False: an exception.
static bool read_options(JSContext *context, JSValueConst value, const char *name, options *out) {
    *out = (options){JS_UNDEFINED, 0};
    if (JS_IsUndefined(value)) return true;
    if (!JS_IsObject(value)) {
        JS_ThrowTypeError(context, "node.%s: options are an object such as {op: \"get\"}", name);
        return false;
    }
    const JSValue timeout = JS_GetProperty(context, value, guest.atoms.timeout);
    if (JS_IsException(timeout)) return false;
    bool fine = JS_IsUndefined(timeout) || duration(context, timeout, name, &out->timeout_ns);
    if (fine && !JS_IsUndefined(timeout) && out->timeout_ns == 0) {
        JS_ThrowTypeError(context, "node.%s: a timeout is more than 0", name);
        fine = false;
    }
    JS_FreeValue(context, timeout);
    if (!fine) return false;
    const JSValue operation = JS_GetProperty(context, value, guest.atoms.op);
    if (JS_IsException(operation)) return false;
    if (JS_IsUndefined(operation) || JS_IsString(operation)) {
        out->operation = operation;
        return true;
    }
    JS_FreeValue(context, operation);
    JS_ThrowTypeError(context, "node.%s: op is the name of an operation", name);
    return false;
}

/// Whether the node has an edge to the target; an exception names those that it has one to.
static bool is_target(JSContext *context, JSValueConst target, const char *name) {
    if (!JS_IsString(target)) {
        JS_ThrowTypeError(context, "node.%s: the target is the id of a node, a text", name);
        return false;
    }
    if (!JS_IsObject(guest.targets)) return true;
    const JSAtom id = JS_ValueToAtom(context, target);
    const int there = JS_GetOwnProperty(context, NULL, guest.targets, id);
    if (there > 0) {
        JS_FreeAtom(context, id);
        return true;
    }
    const char *const text = JS_AtomToCString(context, id);
    JS_FreeAtom(context, id);
    JS_ThrowTypeError(context,
                      "node.%s: there is no edge to \"%.*s\" in the design; draw one, or see "
                      "node.targets for those that are there",
                      name, 100, text ? text : "");
    JS_FreeCString(context, text);
    return false;
}

static bool prepare_or_empty(JSContext *context, JSValueConst value, wire_prepared *out) {
    *out = (wire_prepared){NULL, 0, 0};
    return JS_IsUndefined(value) || wire_prepare_string(context, value, out);
}

/// call(target, body, options) and send(target, body, options).
static JSValue node_call(JSContext *context, JSValueConst this_value, int count,
                         JSValueConst *arguments, int kind) {
    const char *const name = kind == SS_OUTPUT_CALL ? "call" : "send";
    const JSValueConst body = count > 1 ? arguments[1] : JS_UNDEFINED;
    if (!owner_of(context, this_value, name) || !is_target(context, arguments[0], name)) {
        return JS_EXCEPTION;
    }
    options with;
    if (!read_options(context, count > 2 ? arguments[2] : JS_UNDEFINED, name, &with)) {
        return JS_EXCEPTION;
    }
    wire_prepared target = {NULL, 0, 0}, operation = {NULL, 0, 0}, json = {NULL, 0, 0};
    JSValue promise = JS_EXCEPTION;
    activity *owner = NULL;
    if (wire_prepare_value(context, body, &json) &&
        wire_prepare_string(context, arguments[0], &target) &&
        prepare_or_empty(context, with.operation, &operation)) {
        owner = owner_of(context, this_value, name); // toJSON may have ended it
    }
    if (owner) {
        promise = JS_UNDEFINED;
        uint32_t token = 0;
        if (kind == SS_OUTPUT_CALL) {
            token = pending_add(context, owner, SS_OUTPUT_CALL, arguments[0], with.operation,
                                &promise);
        }
        wire_write_u8((uint8_t)kind);
        wire_write_u32(owner->id);
        if (kind == SS_OUTPUT_CALL) wire_write_u32(token);
        wire_write_prepared(context, &target);
        wire_write_prepared(context, &operation);
        if (kind == SS_OUTPUT_CALL) wire_write_u64((uint64_t)with.timeout_ns);
        wire_write_prepared(context, &json);
    }
    wire_free_prepared(context, &target);
    wire_free_prepared(context, &operation);
    wire_free_prepared(context, &json);
    JS_FreeValue(context, with.operation);
    return promise;
}

/// The key of a message: publish(target, body, {key, topic}).
static bool read_publish_options(JSContext *context, JSValueConst value, JSValue *topic,
                                 JSValue *key) {
    *topic = *key = JS_UNDEFINED;
    if (JS_IsUndefined(value)) return true;
    if (!JS_IsObject(value)) {
        JS_ThrowTypeError(context,
                          "node.publish: options are an object such as {key: \"user-1\"}");
        return false;
    }
    *topic = JS_GetPropertyStr(context, value, "topic");
    if (JS_IsException(*topic)) return false;
    *key = JS_GetPropertyStr(context, value, "key");
    if (!JS_IsException(*key)) return true;
    JS_FreeValue(context, *topic);
    return false;
}

static JSValue node_publish(JSContext *context, JSValueConst this_value, int count,
                            JSValueConst *arguments) {
    const JSValueConst body = count > 1 ? arguments[1] : JS_UNDEFINED;
    if (!owner_of(context, this_value, "publish") ||
        !is_target(context, arguments[0], "publish")) {
        return JS_EXCEPTION;
    }
    JSValue topic, key;
    if (!read_publish_options(context, count > 2 ? arguments[2] : JS_UNDEFINED, &topic, &key)) {
        return JS_EXCEPTION;
    }
    wire_prepared texts[4] = {{NULL, 0, 0}};
    JSValue promise = JS_EXCEPTION;
    activity *owner = NULL;
    if (wire_prepare_value(context, body, &texts[3]) &&
        wire_prepare_value(context, key, &texts[2]) &&
        prepare_or_empty(context, topic, &texts[1]) &&
        wire_prepare_string(context, arguments[0], &texts[0])) {
        owner = owner_of(context, this_value, "publish");
    }
    if (owner) {
        const uint32_t token = pending_add(context, owner, SS_OUTPUT_PUBLISH, arguments[0],
                                           JS_UNDEFINED, &promise);
        wire_write_u8(SS_OUTPUT_PUBLISH);
        wire_write_u32(owner->id);
        wire_write_u32(token);
        for (int i = 0; i < 4; i++) wire_write_prepared(context, &texts[i]);
    }
    for (int i = 0; i < 4; i++) wire_free_prepared(context, &texts[i]);
    JS_FreeValue(context, topic);
    JS_FreeValue(context, key);
    return promise;
}

static JSValue node_reply(JSContext *context, JSValueConst this_value, int count,
                          JSValueConst *arguments) {
    (void)count;
    activity *owner = owner_of(context, this_value, "reply");
    if (!owner) return JS_EXCEPTION;
    wire_prepared json;
    if (!wire_prepare_value(context, arguments[0], &json)) return JS_EXCEPTION;
    owner = owner_of(context, this_value, "reply");
    if (!owner || !owner->is_request || owner->answered) {
        wire_free_prepared(context, &json);
        if (!owner) return JS_EXCEPTION;
        return JS_ThrowTypeError(context, owner->is_request
                                              ? "node.reply: this request has its answer already"
                                              : "node.reply: only a request can be answered");
    }
    owner->answered = true;
    wire_write_u8(SS_OUTPUT_REPLY);
    wire_write_u32(owner->id);
    wire_write_prepared(context, &json);
    return JS_UNDEFINED;
}

// --- Time ----------------------------------------------------------------------------------------

static JSValue node_sleep(JSContext *context, JSValueConst this_value, int count,
                          JSValueConst *arguments) {
    (void)count;
    activity *const owner = owner_of(context, this_value, "sleep");
    int64_t duration_ns;
    if (!owner || !duration(context, arguments[0], "sleep", &duration_ns)) return JS_EXCEPTION;
    JSValue promise;
    const uint32_t token =
        pending_add(context, owner, SS_OUTPUT_SLEEP, JS_UNDEFINED, JS_UNDEFINED, &promise);
    wire_write_u8(SS_OUTPUT_SLEEP);
    wire_write_u32(owner->id);
    wire_write_u32(token);
    wire_write_u64((uint64_t)duration_ns);
    return promise;
}

static JSValue node_cpu(JSContext *context, JSValueConst this_value, int count,
                        JSValueConst *arguments) {
    (void)count;
    activity *const owner = owner_of(context, this_value, "cpu");
    int64_t duration_ns;
    if (!owner || !duration(context, arguments[0], "cpu", &duration_ns)) return JS_EXCEPTION;
    wire_write_u8(SS_OUTPUT_CPU);
    wire_write_u32(owner->id);
    wire_write_u64((uint64_t)duration_ns);
    return JS_UNDEFINED;
}

static JSValue node_now(JSContext *context, JSValueConst this_value, int count,
                        JSValueConst *arguments) {
    (void)this_value, (void)count, (void)arguments;
    return JS_NewFloat64(context, (double)guest_now() / NS_PER_MS);
}

static JSValue node_random(JSContext *context, JSValueConst this_value, int count,
                           JSValueConst *arguments) {
    (void)this_value, (void)count, (void)arguments;
    return JS_NewFloat64(context, (double)(guest_random(context) >> 11u) * 0x1p-53);
}

// --- Timers --------------------------------------------------------------------------------------

/// What timers that are set will do, by number; a plain object would be in the code's reach.
static struct {
    struct timer {
        uint32_t number;
        JSValue what;
    } *list;
    uint32_t count, capacity, last;
} timers;

JSValue timer_take(uint32_t number) {
    for (uint32_t i = 0; i < timers.count; i++) {
        if (timers.list[i].number != number) continue;
        const JSValue what = timers.list[i].what;
        timers.list[i] = timers.list[--timers.count];
        return what;
    }
    return JS_UNINITIALIZED;
}

static JSValue node_set_timer(JSContext *context, JSValueConst this_value, int count,
                              JSValueConst *arguments) {
    int64_t delay_ns;
    if (!owner_of(context, this_value, "setTimer")) return JS_EXCEPTION;
    if (!duration(context, arguments[0], "setTimer", &delay_ns)) return JS_EXCEPTION;
    if (timers.count == timers.capacity) {
        timers.capacity = timers.capacity ? timers.capacity * 2u : 16u;
        timers.list = js_realloc(context, timers.list, timers.capacity * sizeof *timers.list);
    }
    timers.last = timers.last == UINT32_MAX ? 1u : timers.last + 1u;
    timers.list[timers.count++] = (struct timer){
        timers.last, count > 1 ? JS_DupValue(context, arguments[1]) : JS_UNDEFINED};
    wire_write_u8(SS_OUTPUT_TIMER);
    wire_write_u32(timers.last);
    wire_write_u64((uint64_t)delay_ns);
    return JS_NewUint32(context, timers.last);
}

static JSValue node_clear_timer(JSContext *context, JSValueConst this_value, int count,
                                JSValueConst *arguments) {
    (void)this_value, (void)count;
    if (JS_IsUndefined(arguments[0]) || JS_IsNull(arguments[0])) return JS_UNDEFINED;
    uint32_t number;
    if (JS_ToUint32(context, &number, arguments[0]) != 0) return JS_EXCEPTION;
    const JSValue what = timer_take(number);
    if (JS_IsUninitialized(what)) return JS_UNDEFINED;
    JS_FreeValue(context, what);
    wire_write_u8(SS_OUTPUT_CANCEL);
    wire_write_u32(number);
    return JS_UNDEFINED;
}

// --- Logs and metrics ----------------------------------------------------------------------------

/// Appends one value as a person would want to read it. False: an exception.
static bool add_part(JSContext *context, JSValueConst value, char *line, size_t *length) {
    wire_prepared text;
    const bool as_json = JS_IsObject(value) && !JS_IsError(context, value) &&
                         !JS_IsFunction(context, value);
    if (!(as_json ? wire_prepare_value(context, value, &text)
                  : wire_prepare_string(context, value, &text))) {
        return false;
    }
    const char *const from = wire_prepared_bytes(&text);
    size_t bytes = text.length;
    if (bytes > LOG_BYTES_MAX - *length) bytes = LOG_BYTES_MAX - *length;
    if (bytes > 0) memcpy(line + *length, from, bytes);
    *length += bytes;
    if (bytes < text.length) { // cut at a character's boundary
        while (*length > 0 && ((unsigned char)from[bytes] & 0xc0u) == 0x80u) {
            *length -= 1u;
            bytes -= 1u;
        }
    }
    wire_free_prepared(context, &text);
    return true;
}

static JSValue write_log(JSContext *context, uint32_t id, int count, JSValueConst *arguments,
                         int level) {
    char line[LOG_BYTES_MAX];
    size_t length = 0;
    for (int i = 0; i < count && length < LOG_BYTES_MAX; i++) {
        if (i > 0) line[length++] = ' ';
        if (!add_part(context, arguments[i], line, &length)) return JS_EXCEPTION;
    }
    const guest_place place = guest_place_here(context, guest.file);
    wire_write_u8(SS_OUTPUT_LOG);
    wire_write_u32(id);
    wire_write_u8((uint8_t)level);
    wire_write_u32(guest_place_line(context, place));
    wire_write_bytes(line, length);
    guest_place_free(context, place);
    return JS_UNDEFINED;
}

static JSValue node_log(JSContext *context, JSValueConst this_value, int count,
                        JSValueConst *arguments, int level) {
    const activity *const owner = owner_of(context, this_value, "log");
    if (!owner) return JS_EXCEPTION;
    return write_log(context, owner->id, count, arguments, level);
}

static JSValue console_log(JSContext *context, JSValueConst this_value, int count,
                           JSValueConst *arguments, int level) {
    (void)this_value;
    const activity *const owner = guest.current;
    return write_log(context, owner ? owner->id : 0u, count, arguments, level);
}

void node_log_rejection(JSContext *context, JSValueConst reason) {
    const JSValue words = JS_NewString(context, "a rejected promise that nobody awaits:");
    JSValueConst parts[] = {words, reason};
    const JSValue done = console_log(context, JS_UNDEFINED, 2, parts, 3);
    if (JS_IsException(done)) JS_FreeValue(context, JS_GetException(context));
    JS_FreeValue(context, words);
}

static JSValue node_metric(JSContext *context, JSValueConst this_value, int count,
                           JSValueConst *arguments) {
    const activity *const owner = owner_of(context, this_value, "metric");
    if (!owner) return JS_EXCEPTION;
    double value = 1;
    if (count > 1 && JS_ToFloat64(context, &value, arguments[1]) != 0) return JS_EXCEPTION;
    if (!JS_IsString(arguments[0]) || !(value - value == 0)) {
        return JS_ThrowTypeError(context,
                                 "node.metric: wants a name and a finite number, as in "
                                 "node.metric(\"cache.hits\", 1)");
    }
    wire_prepared name;
    if (!wire_prepare_string(context, arguments[0], &name)) return JS_EXCEPTION;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    wire_write_u8(SS_OUTPUT_METRIC);
    wire_write_u32(owner->id);
    wire_write_prepared(context, &name);
    wire_write_u64(bits);
    return JS_UNDEFINED;
}

// --- State ---------------------------------------------------------------------------------------

static JSValue node_get_state(JSContext *context, JSValueConst this_value) {
    (void)this_value;
    return JS_DupValue(context, guest.state);
}

static JSValue node_set_state(JSContext *context, JSValueConst this_value, JSValueConst value) {
    (void)this_value;
    JS_FreeValue(context, guest.state);
    guest.state = JS_DupValue(context, value);
    return JS_UNDEFINED;
}

// --- Definition ----------------------------------------------------------------------------------

static const JSCFunctionListEntry node_functions[] = {
    JS_CFUNC_MAGIC_DEF("call", 3, node_call, SS_OUTPUT_CALL),
    JS_CFUNC_MAGIC_DEF("send", 3, node_call, SS_OUTPUT_SEND),
    JS_CFUNC_DEF("publish", 3, node_publish),
    JS_CFUNC_DEF("reply", 1, node_reply),
    JS_CFUNC_DEF("sleep", 1, node_sleep),
    JS_CFUNC_DEF("cpu", 1, node_cpu),
    JS_CFUNC_DEF("now", 0, node_now),
    JS_CFUNC_DEF("random", 0, node_random),
    JS_CFUNC_DEF("setTimer", 2, node_set_timer),
    JS_CFUNC_DEF("clearTimer", 1, node_clear_timer),
    JS_CFUNC_MAGIC_DEF("debug", 1, node_log, 0),
    JS_CFUNC_MAGIC_DEF("log", 1, node_log, 1),
    JS_CFUNC_MAGIC_DEF("warn", 1, node_log, 2),
    JS_CFUNC_MAGIC_DEF("error", 1, node_log, 3),
    JS_CFUNC_DEF("metric", 2, node_metric),
    JS_CGETSET_DEF("state", node_get_state, node_set_state),
};

static const JSCFunctionListEntry console_functions[] = {
    JS_CFUNC_MAGIC_DEF("debug", 1, console_log, 0),
    JS_CFUNC_MAGIC_DEF("log", 1, console_log, 1),
    JS_CFUNC_MAGIC_DEF("info", 1, console_log, 1),
    JS_CFUNC_MAGIC_DEF("warn", 1, console_log, 2),
    JS_CFUNC_MAGIC_DEF("error", 1, console_log, 3),
};

static void name_atoms(JSContext *context) {
    const struct {
        JSAtom *atom;
        const char *name;
    } names[] = {
        {&guest.atoms.id, "id"},           {&guest.atoms.op, "op"},
        {&guest.atoms.from, "from"},       {&guest.atoms.body, "body"},
        {&guest.atoms.topic, "topic"},     {&guest.atoms.key, "key"},
        {&guest.atoms.offset, "offset"},   {&guest.atoms.partition, "partition"},
        {&guest.atoms.data, "data"},       {&guest.atoms.deliveries, "deliveries"},
        {&guest.atoms.timeout, "timeout"},
    };
    for (int i = 0; i < COUNT(names); i++) *names[i].atom = JS_NewAtom(context, names[i].name);
}

/// Defines the class and `console`; `prelude` is a function that adds to the class's prototype.
bool node_define(JSContext *context, JSValueConst prelude) {
    static const JSClassDef definition = {.class_name = "Node", .finalizer = finalize_node};
    JS_NewClassID(&node_class);
    if (JS_NewClass(guest.runtime, node_class, &definition) != 0) return false;
    name_atoms(context);
    const JSValue prototype = JS_NewObject(context);
    JS_SetPropertyFunctionList(context, prototype, node_functions, COUNT(node_functions));
    JS_SetClassProto(context, node_class, JS_DupValue(context, prototype));
    const JSValue global = JS_GetGlobalObject(context);
    const JSValue console = JS_NewObject(context);
    JS_SetPropertyFunctionList(context, console, console_functions, COUNT(console_functions));
    JS_SetPropertyStr(context, global, "console", console);
    JS_FreeValue(context, global);
    const JSValue done = JS_Call(context, prelude, JS_UNDEFINED, 1, (JSValueConst *)&prototype);
    JS_FreeValue(context, prototype);
    const bool defined = !JS_IsException(done);
    guest.prelude = done;
    return defined;
}
