/// Traps in the code of the handler: how an execution is observed. engine.c includes this.
///
/// While an input is traced, opcodes at which something may be told are replaced by one that no
/// code has: where a line begins, where a jump may lead to another line, where a function returns
/// or waits. The interpreter asks guest_trace_hit which opcode was there and goes on with it, so
/// that nothing but those places costs anything, and runs that are not traced cost nothing. The
/// host puts the whole memory back afterwards: nothing is ever taken back here.
///
/// What is allocated here comes from the C library and not from the interpreter's heap, whose
/// garbage collections would come at other times.
#undef malloc // which quickjs.c forbids itself
#undef free
#define TRACE_TRAP OP_invalid

bool guest_trace_is_on;

typedef struct trace_run {
    uint32_t pc, line; ///< the bytecode from here on is of this line
} trace_run;

typedef struct trace_code {
    JSFunctionBytecode *bytecode;
    uint8_t first;     ///< the opcode that was its first
    uint8_t *original; ///< all that was there; NULL until it is first executed
    trace_run *runs;
    uint32_t run_count;
    uint32_t number; ///< of the recorder; 0: none yet
} trace_code;

/// By the address of the bytecode, half empty.
static struct {
    trace_code **slots;
    uint32_t capacity, count;
} traced;

static trace_code **trace_slot(const JSFunctionBytecode *bytecode) {
    uint32_t at = ((uint32_t)(uintptr_t)bytecode >> 4u) * 2654435761u;
    for (at %= traced.capacity; traced.slots[at] && traced.slots[at]->bytecode != bytecode;) {
        at = at + 1u == traced.capacity ? 0u : at + 1u;
    }
    return &traced.slots[at];
}

static void trace_grow(void) {
    trace_code **const old = traced.slots;
    const uint32_t old_capacity = traced.capacity;
    traced.capacity = old_capacity ? old_capacity * 2u : 64u;
    traced.slots = calloc(traced.capacity, sizeof *traced.slots);
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i]) *trace_slot(old[i]->bytecode) = old[i];
    }
    free(old);
}

// --- Traps ---------------------------------------------------------------------------------------

/// Reads the table of lines: like find_line_num, for all at once.
static void trace_read_lines(trace_code *code) {
    const JSFunctionBytecode *const bytecode = code->bytecode;
    const uint8_t *at = bytecode->debug.pc2line_buf;
    const uint8_t *const end = at + bytecode->debug.pc2line_len;
    uint32_t value = 0, line, pc = 0;
    int32_t difference = 0;
    code->runs = malloc((size_t)(bytecode->debug.pc2line_len + 1) * sizeof *code->runs);
    at += get_leb128(&value, at, end);
    line = value + 1u;
    at += get_leb128(&value, at, end);
    code->runs[0] = (trace_run){0, line};
    code->run_count = 1;
    while (at < end) {
        const unsigned op = *at++;
        if (op == 0) {
            at += get_leb128(&value, at, end);
            at += get_sleb128(&difference, at, end);
            pc += value;
            line += (uint32_t)difference;
        } else {
            pc += (op - PC2LINE_OP_FIRST) / PC2LINE_RANGE;
            line += (op - PC2LINE_OP_FIRST) % PC2LINE_RANGE + (uint32_t)PC2LINE_BASE;
        }
        at += get_sleb128(&difference, at, end); // the column
        trace_run *const last = &code->runs[code->run_count - 1u];
        if (last->line == line) continue;
        if (last->pc == pc) {
            last->line = line; // nothing was of the line before
            continue;
        }
        code->runs[code->run_count++] = (trace_run){pc, line};
    }
}

static uint32_t trace_run_of(const trace_code *code, uint32_t pc) {
    uint32_t low = 0, high = code->run_count;
    while (high - low > 1u) {
        const uint32_t middle = (low + high) / 2u;
        if (code->runs[middle].pc <= pc) low = middle;
        else high = middle;
    }
    return low;
}

static void trace_set(const trace_code *code, uint32_t pc) {
    if (pc < (uint32_t)code->bytecode->byte_code_len) {
        code->bytecode->byte_code_buf[pc] = TRACE_TRAP;
    }
}

/// Where a jump leads to; UINT32_MAX: the opcode jumps nowhere.
static uint32_t trace_jump(const uint8_t *original, uint32_t pc) {
    const uint8_t *const operand = original + pc + 1u;
    switch (short_opcode_info(original[pc]).fmt) {
    case OP_FMT_label: return pc + 1u + get_u32(operand);
    case OP_FMT_label8: return pc + 1u + (uint32_t)(int8_t)*operand;
    case OP_FMT_label16: return pc + 1u + (uint32_t)(int16_t)get_u16(operand);
    default: return UINT32_MAX;
    }
}

static guest_moment_kind trace_kind(uint8_t opcode) {
    switch (opcode) {
    case OP_return:
    case OP_return_undef:
    case OP_return_async: return GUEST_MOMENT_LEAVES;
    case OP_tail_call:
    case OP_tail_call_method: return GUEST_MOMENT_CALLS_LAST;
    case OP_await:
    case OP_yield:
    case OP_yield_star:
    case OP_async_yield_star:
    case OP_initial_yield: return GUEST_MOMENT_WAITS;
    default: return GUEST_MOMENT_REACHES;
    }
}

/// Sets all traps of a function.
static void trace_arm(trace_code *code) {
    JSFunctionBytecode *const bytecode = code->bytecode;
    const uint32_t length = (uint32_t)bytecode->byte_code_len;
    uint8_t *const original = malloc(length);
    bytecode->byte_code_buf[0] = code->first;
    memcpy(original, bytecode->byte_code_buf, length);
    code->original = original;
    trace_read_lines(code);
    for (uint32_t i = 0; i < code->run_count; i++) trace_set(code, code->runs[i].pc);
    uint32_t run = 0;
    for (uint32_t pc = 0; pc < length; pc += short_opcode_info(original[pc]).size) {
        while (run + 1u < code->run_count && code->runs[run + 1u].pc <= pc) run++;
        const guest_moment_kind kind = trace_kind(original[pc]);
        const uint32_t target = trace_jump(original, pc);
        if (kind != GUEST_MOMENT_REACHES) trace_set(code, pc);
        if (kind == GUEST_MOMENT_WAITS) trace_set(code, pc + short_opcode_info(original[pc]).size);
        if (target != UINT32_MAX && (target <= pc || original[pc] == OP_catch ||
                                     trace_run_of(code, target) != run)) {
            trace_set(code, target);
        }
    }
}

static trace_code *trace_add(JSFunctionBytecode *bytecode) {
    if (traced.count * 2u >= traced.capacity) trace_grow();
    trace_code **const slot = trace_slot(bytecode);
    if (*slot) return *slot;
    trace_code *const code = calloc(1, sizeof *code);
    code->bytecode = bytecode;
    code->first = bytecode->byte_code_buf[0];
    // Kept alive: what frees bytecode reads it, and would find the traps.
    bytecode->header.ref_count++;
    bytecode->byte_code_buf[0] = TRACE_TRAP;
    traced.count++;
    *slot = code;
    return code;
}

/// Whether code is of the file, and says where in it: the compiler's own (that sets the fields of a
/// class) does not, and counts where it is called.
static bool trace_is_of(const JSFunctionBytecode *bytecode, JSAtom file) {
    if (!bytecode->has_debug || bytecode->debug.filename != file || !bytecode->debug.pc2line_buf ||
        bytecode->byte_code_len == 0) {
        return false;
    }
    const uint8_t *const lines = bytecode->debug.pc2line_buf;
    return bytecode->debug.pc2line_len > 2 || lines[0] != 0 || lines[1] != 0;
}

void guest_trace_watch(JSContext *context, JSAtom file) {
    struct list_head *at;
    list_for_each(at, &context->rt->gc_obj_list) {
        JSGCObjectHeader *const header = list_entry(at, JSGCObjectHeader, link);
        if (header->gc_obj_type == JS_GC_OBJ_TYPE_FUNCTION_BYTECODE) {
            JSFunctionBytecode *const bytecode = (JSFunctionBytecode *)header;
            if (trace_is_of(bytecode, file)) trace_add(bytecode);
        } else if (header->gc_obj_type == JS_GC_OBJ_TYPE_ASYNC_FUNCTION) {
            // Goes on in the middle: its first opcode would not tell.
            const JSAsyncFunctionState *const waiting = (JSAsyncFunctionState *)header;
            if (waiting->is_completed) continue;
            const JSObject *const function = JS_VALUE_GET_OBJ(waiting->frame.cur_func);
            JSFunctionBytecode *const bytecode = function->u.func.function_bytecode;
            if (!trace_is_of(bytecode, file)) continue;
            trace_code *const code = trace_add(bytecode);
            if (!code->original) trace_arm(code);
        }
    }
}

/// Whether a value is a function that is traced, and runs to its end when it is called.
static bool trace_is_code(JSValueConst value, JSAtom file) {
    if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT) return false;
    const JSObject *const object = JS_VALUE_GET_OBJ(value);
    return object->class_id == JS_CLASS_BYTECODE_FUNCTION &&
           trace_is_of(object->u.func.function_bytecode, file);
}

int guest_trace_hit(JSContext *context, JSStackFrame *frame, const uint8_t *place, JSValue *sp) {
    const int64_t fuel = guest_read_fuel();
    const JSObject *const function = JS_VALUE_GET_OBJ(frame->cur_func);
    const JSFunctionBytecode *const bytecode = function->u.func.function_bytecode;
    trace_code *const code = traced.capacity ? *trace_slot(bytecode) : NULL;
    if (!code) return OP_invalid;
    if (!code->original) trace_arm(code);
    const uint32_t pc = (uint32_t)(place - bytecode->byte_code_buf);
    const uint8_t opcode = code->original[pc];
    guest_moment moment = {.context = context,
                           .frame = frame,
                           .function = function,
                           .number = &code->number,
                           .pc = pc,
                           .line = code->runs[trace_run_of(code, pc)].line,
                           .kind = trace_kind(opcode),
                           .value = JS_UNDEFINED};
    if (opcode == OP_return || opcode == OP_return_async) moment.value = sp[-1];
    if (moment.kind == GUEST_MOMENT_CALLS_LAST) {
        moment.value = sp[-1 - (int)get_u16(code->original + pc + 1u)];
        moment.calls_code = trace_is_code(moment.value, bytecode->debug.filename);
    }
    guest_trace_moment(&moment, fuel);
    return opcode;
}

void guest_trace_thrown(JSContext *context, JSStackFrame *frame) {
    const int64_t fuel = guest_read_fuel();
    const JSObject *const function = JS_VALUE_GET_OBJ(frame->cur_func);
    const guest_moment moment = {.context = context,
                                 .frame = frame,
                                 .function = function,
                                 .kind = GUEST_MOMENT_THROWS,
                                 .value = context->rt->current_exception};
    guest_trace_moment(&moment, fuel);
}

// --- What a moment shows -------------------------------------------------------------------------

bool guest_is_called_by(const void *frame, const void *caller_frame, const void *caller) {
    const JSStackFrame *at = frame;
    while (at && at != caller_frame) at = at->prev_frame;
    return at && JS_VALUE_GET_OBJ(at->cur_func) == caller;
}

uint32_t guest_function_line(const void *function) {
    const JSFunctionBytecode *const bytecode =
        ((const JSObject *)function)->u.func.function_bytecode;
    uint32_t line = 0;
    get_leb128(&line, bytecode->debug.pc2line_buf,
               bytecode->debug.pc2line_buf + bytecode->debug.pc2line_len);
    return line + 1u;
}

size_t guest_atom_text(JSContext *context, JSAtom atom, char *out, size_t capacity) {
    preview into = {out, out + capacity, false};
    preview_atom(context, &into, atom);
    return (size_t)(into.at - out);
}

size_t guest_function_name(JSContext *context, const void *function, char *out, size_t capacity) {
    const JSObject *const object = function;
    // What `const f = () => …` is called is known to the object only.
    const JSValueConst name = preview_own(object, JS_ATOM_name);
    preview into = {out, out + capacity, false};
    if (preview_is_string(name)) preview_rope(&into, name, 0);
    if (into.at == out) preview_atom(context, &into, object->u.func.function_bytecode->func_name);
    return (size_t)(into.at - out);
}

/// Whether a name is one that people wrote; the compiler's own have brackets and dots in them.
static bool trace_is_written(JSContext *context, JSAtom name) {
    if (__JS_AtomIsTaggedInt(name) || name == JS_ATOM_NULL || name == JS_ATOM_this ||
        name == JS_ATOM_arguments) {
        return false;
    }
    const JSString *const text = context->rt->atom_array[name];
    if (text->atom_type != JS_ATOM_TYPE_STRING) return false;
    for (uint32_t i = 0; i < text->len && !text->is_wide_char; i++) {
        const uint8_t c = text->u.str8[i];
        const bool is_letter = (c | 0x20u) >= 'a' && (c | 0x20u) <= 'z';
        const bool is_digit = c >= '0' && c <= '9' && i > 0;
        if (!is_letter && !is_digit && c != '_' && c != '$' && c < 0x80u) return false;
    }
    return text->len > 0;
}

typedef struct trace_shown {
    guest_variable *variables;
    uint32_t count;
} trace_shown;

static void trace_show(JSContext *context, trace_shown *shown, JSAtom name, JSValueConst value,
                       bool is_local) {
    if (JS_IsUninitialized(value) || !trace_is_written(context, name)) return;
    uint32_t at = 0; // an inner variable hides the outer one
    while (at < shown->count && shown->variables[at].name != name) at++;
    if (at == GUEST_VARIABLES_MAX) return;
    if (at == shown->count) shown->count++;
    shown->variables[at] = (guest_variable){name, value, is_local};
}

uint32_t guest_moment_variables(const guest_moment *moment,
                                guest_variable out[GUEST_VARIABLES_MAX]) {
    const JSStackFrame *const frame = moment->frame;
    const JSObject *const function = moment->function;
    const JSFunctionBytecode *const bytecode = function->u.func.function_bytecode;
    trace_shown shown = {out, 0};
    for (int i = 0; i < bytecode->closure_var_count; i++) {
        const JSVarRef *const variable = function->u.func.var_refs[i];
        if (!variable) continue;
        const JSValueConst value = *variable->pvalue;
        // The functions that it calls are no news.
        if (JS_VALUE_GET_TAG(value) == JS_TAG_OBJECT &&
            preview_is_function(JS_VALUE_GET_OBJ(value))) {
            continue;
        }
        trace_show(moment->context, &shown, bytecode->closure_var[i].var_name, value, false);
    }
    for (int i = 0; i < bytecode->arg_count; i++) {
        trace_show(moment->context, &shown, bytecode->vardefs[i].var_name, frame->arg_buf[i],
                   false);
    }
    for (int i = 0; i < bytecode->var_count; i++) {
        trace_show(moment->context, &shown, bytecode->vardefs[bytecode->arg_count + i].var_name,
                   frame->var_buf[i], true);
    }
    return shown.count;
}
