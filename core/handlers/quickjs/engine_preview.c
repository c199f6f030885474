/// Values as short texts for people: engine.c includes this, engine_trace.c shows them. Runs no
/// code of a handler: no getters, no toString, no proxies.
#define PREVIEW_DEPTH_MAX 3
#define PREVIEW_ROPE_DEPTH_MAX 40
#define PREVIEW_CHAIN_MAX 8 /* prototypes looked through for a name */

typedef struct preview {
    char *at, *end;
    bool is_full;
} preview;

static void preview_bytes(preview *out, const char *bytes, size_t length) {
    if (out->is_full) return;
    if ((size_t)(out->end - out->at) < length) {
        out->is_full = true;
        return;
    }
    memcpy(out->at, bytes, length);
    out->at += length;
}

static void preview_text(preview *out, const char *text) { preview_bytes(out, text, strlen(text)); }

static void preview_character(preview *out, uint32_t character) {
    char bytes[UTF8_CHAR_LEN_MAX];
    preview_bytes(out, bytes, (size_t)unicode_to_utf8((uint8_t *)bytes, character));
}

static void preview_string(preview *out, const JSString *string) {
    for (uint32_t i = 0; i < string->len && !out->is_full; i++) {
        uint32_t character = string->is_wide_char ? string->u.str16[i] : string->u.str8[i];
        if (character >= 0xd800u && character < 0xe000u) {
            const uint32_t next = i + 1u < string->len ? string->u.str16[i + 1u] : 0u;
            const bool is_pair = character < 0xdc00u && next >= 0xdc00u && next < 0xe000u;
            character = is_pair ? 0x10000u + ((character - 0xd800u) << 10u) + (next - 0xdc00u)
                                : 0xfffdu;
            i += is_pair;
        }
        if (character == '\n') preview_text(out, "\\n");
        else preview_character(out, character < 0x20u ? ' ' : character);
    }
}

static void preview_rope(preview *out, JSValueConst value, int depth) {
    if (JS_VALUE_GET_TAG(value) == JS_TAG_STRING) {
        preview_string(out, JS_VALUE_GET_STRING(value));
    } else if (depth < PREVIEW_ROPE_DEPTH_MAX && !out->is_full) {
        const JSStringRope *const rope = JS_VALUE_GET_STRING_ROPE(value);
        preview_rope(out, rope->left, depth + 1);
        preview_rope(out, rope->right, depth + 1);
    } else {
        out->is_full = true;
    }
}

static bool preview_is_string(JSValueConst value) {
    const int tag = JS_VALUE_GET_TAG(value);
    return tag == JS_TAG_STRING || tag == JS_TAG_STRING_ROPE;
}

static void preview_atom(JSContext *context, preview *out, JSAtom atom) {
    if (__JS_AtomIsTaggedInt(atom)) {
        char digits[16];
        preview_bytes(out, digits, u32toa(digits, __JS_AtomToUInt32(atom)));
    } else if (atom != JS_ATOM_NULL) {
        preview_string(out, context->rt->atom_array[atom]);
    }
}

static void preview_number(preview *out, double number) {
    char digits[64];
    JSDTOATempMem memory;
    if (number == 0 && signbit(number)) preview_text(out, "-");
    preview_bytes(out, digits,
                  (size_t)js_dtoa(digits, number, 10, 0, JS_DTOA_FORMAT_FREE, &memory));
}

/// A property's value if it is plain data of the object itself; undefined otherwise.
static JSValueConst preview_own(const JSObject *object, JSAtom name) {
    JSProperty *property;
    const JSShapeProperty *const shape = find_own_property(&property, (JSObject *)object, name);
    if (!shape || (shape->flags & JS_PROP_TMASK) != JS_PROP_NORMAL) return JS_UNDEFINED;
    return property->u.value;
}

/// The same, or of the nearest prototype that has it.
static JSValueConst preview_inherited(const JSObject *object, JSAtom name) {
    for (int i = 0; object && i < PREVIEW_CHAIN_MAX; i++) {
        const JSValueConst value = preview_own(object, name);
        if (!JS_IsUndefined(value)) return value;
        object = object->shape->proto;
    }
    return JS_UNDEFINED;
}

static void preview_value(JSContext *context, preview *out, JSValueConst value, int depth);

static void preview_function(JSContext *context, preview *out, const JSObject *function) {
    const JSValueConst name = preview_own(function, JS_ATOM_name);
    preview_text(out, "ƒ ");
    if (preview_is_string(name)) preview_rope(out, name, 0);
    else if (js_class_has_bytecode(function->class_id)) {
        preview_atom(context, out, function->u.func.function_bytecode->func_name);
    }
}

static void preview_items(JSContext *context, preview *out, const JSObject *array, int depth) {
    preview_text(out, "[");
    for (uint32_t i = 0; i < array->u.array.count && !out->is_full; i++) {
        if (i > 0) preview_text(out, ", ");
        preview_value(context, out, array->u.array.u.values[i], depth);
    }
    preview_text(out, "]");
}

static void preview_records(JSContext *context, preview *out, const JSObject *object, int depth) {
    const JSMapState *const map = object->u.map_state;
    const bool is_map = object->class_id == JS_CLASS_MAP;
    char digits[16];
    preview_text(out, is_map ? "Map(" : "Set(");
    preview_bytes(out, digits, u32toa(digits, map->record_count));
    preview_text(out, ") {");
    struct list_head *at;
    bool is_first = true;
    list_for_each(at, &map->records) {
        const JSMapRecord *const record = list_entry(at, JSMapRecord, link);
        if (out->is_full) break;
        if (record->empty) continue;
        if (!is_first) preview_text(out, ", ");
        is_first = false;
        preview_value(context, out, record->key, depth);
        if (!is_map) continue;
        preview_text(out, " => ");
        preview_value(context, out, record->value, depth);
    }
    preview_text(out, "}");
}

static void preview_error(preview *out, const JSObject *error) {
    const JSValueConst name = preview_inherited(error, JS_ATOM_name);
    const JSValueConst message = preview_inherited(error, JS_ATOM_message);
    if (preview_is_string(name)) preview_rope(out, name, 0);
    else preview_text(out, "Error");
    if (!preview_is_string(message)) return;
    preview_text(out, ": ");
    preview_rope(out, message, 0);
}

static void preview_promise(JSContext *context, preview *out, const JSObject *object, int depth) {
    const JSPromiseData *const promise = object->u.promise_data;
    preview_text(out, "Promise {");
    if (!promise || promise->promise_state == JS_PROMISE_PENDING) {
        preview_text(out, "pending");
    } else {
        if (promise->promise_state == JS_PROMISE_REJECTED) preview_text(out, "rejected: ");
        preview_value(context, out, promise->promise_result, depth);
    }
    preview_text(out, "}");
}

static void preview_members(JSContext *context, preview *out, const JSObject *object, int depth) {
    const JSShape *const shape = object->shape;
    bool is_first = true;
    preview_text(out, "{");
    for (int i = 0; i < shape->prop_count && !out->is_full; i++) {
        const JSShapeProperty *const property = &shape->prop[i];
        if (property->atom == JS_ATOM_NULL || !(property->flags & JS_PROP_ENUMERABLE)) continue;
        if (!is_first) preview_text(out, ", ");
        is_first = false;
        preview_atom(context, out, property->atom);
        preview_text(out, ": ");
        if ((property->flags & JS_PROP_TMASK) != JS_PROP_NORMAL) preview_text(out, "(getter)");
        else preview_value(context, out, object->prop[i].u.value, depth);
    }
    preview_text(out, "}");
}

/// What an object is an instance of, where that is more than an object.
static void preview_class(JSContext *context, preview *out, const JSObject *object) {
    if (object->class_id != JS_CLASS_OBJECT) {
        preview_atom(context, out, context->rt->class_array[object->class_id].class_name);
        preview_text(out, " ");
        return;
    }
    const JSObject *const plain = JS_VALUE_GET_OBJ(context->class_proto[JS_CLASS_OBJECT]);
    if (!object->shape->proto || object->shape->proto == plain) return;
    const JSValueConst made = preview_inherited(object, JS_ATOM_constructor);
    if (JS_VALUE_GET_TAG(made) != JS_TAG_OBJECT) return;
    const JSValueConst name = preview_own(JS_VALUE_GET_OBJ(made), JS_ATOM_name);
    if (!preview_is_string(name)) return;
    preview_rope(out, name, 0);
    preview_text(out, " ");
}

static bool preview_is_function(const JSObject *object) {
    return js_class_has_bytecode(object->class_id) || object->class_id == JS_CLASS_C_FUNCTION ||
           object->class_id == JS_CLASS_C_FUNCTION_DATA ||
           object->class_id == JS_CLASS_BOUND_FUNCTION;
}

static void preview_object(JSContext *context, preview *out, const JSObject *object, int depth) {
    const bool is_deep = depth == 0;
    switch (object->class_id) {
    case JS_CLASS_ARRAY:
        if (is_deep || !object->fast_array) preview_text(out, "[…]");
        else preview_items(context, out, object, depth - 1);
        return;
    case JS_CLASS_MAP:
    case JS_CLASS_SET:
        if (is_deep) preview_text(out, object->class_id == JS_CLASS_MAP ? "Map" : "Set");
        else preview_records(context, out, object, depth - 1);
        return;
    case JS_CLASS_ERROR: preview_error(out, object); return;
    case JS_CLASS_PROMISE:
        if (is_deep) preview_text(out, "Promise");
        else preview_promise(context, out, object, depth - 1);
        return;
    case JS_CLASS_PROXY: preview_text(out, "Proxy"); return;
    case JS_CLASS_DATE:
        preview_text(out, "Date ");
        preview_value(context, out, object->u.object_data, 0);
        return;
    default: break;
    }
    if (preview_is_function(object)) {
        preview_function(context, out, object);
        return;
    }
    preview_class(context, out, object);
    if (is_deep) preview_text(out, "{…}");
    else preview_members(context, out, object, depth - 1);
}

static void preview_value(JSContext *context, preview *out, JSValueConst value, int depth) {
    char digits[24];
    if (out->is_full) return;
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_INT:
        preview_bytes(out, digits, i32toa(digits, JS_VALUE_GET_INT(value)));
        break;
    case JS_TAG_FLOAT64: preview_number(out, JS_VALUE_GET_FLOAT64(value)); break;
    case JS_TAG_BOOL: preview_text(out, JS_VALUE_GET_BOOL(value) ? "true" : "false"); break;
    case JS_TAG_NULL: preview_text(out, "null"); break;
    case JS_TAG_UNDEFINED: preview_text(out, "undefined"); break;
    case JS_TAG_SHORT_BIG_INT:
        preview_bytes(out, digits, i64toa(digits, JS_VALUE_GET_SHORT_BIG_INT(value)));
        preview_text(out, "n");
        break;
    case JS_TAG_BIG_INT: preview_text(out, "(a large BigInt)"); break;
    case JS_TAG_SYMBOL: preview_text(out, "Symbol"); break;
    case JS_TAG_STRING:
    case JS_TAG_STRING_ROPE:
        preview_text(out, "\"");
        preview_rope(out, value, 0);
        preview_text(out, "\"");
        break;
    case JS_TAG_OBJECT: preview_object(context, out, JS_VALUE_GET_OBJ(value), depth); break;
    default: preview_text(out, "?"); break;
    }
}

size_t guest_preview(JSContext *context, JSValueConst value, char *out, size_t capacity) {
    static const char more[] = "…";
    const size_t more_bytes = sizeof more - 1u;
    preview into = {out, out + capacity - more_bytes, false};
    preview_value(context, &into, value, PREVIEW_DEPTH_MAX);
    if (into.is_full) {
        memcpy(into.at, more, more_bytes);
        into.at += more_bytes;
    }
    return (size_t)(into.at - out);
}
