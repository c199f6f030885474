/// The recorder: what an input does, by line and by call, from the moments that engine_trace.c
/// finds.
///
/// What it writes lies in one text from the beginning on, so that the host finds it also after a
/// stop: first a header, then, by its mode, records of 32 bytes (a profile) or steps. core's
/// handlers/trace.c reads them. Recording burns no fuel of the input: it is given back.
#include <stdlib.h>
#include <string.h>

#include "guest.h"

/// What a trap itself costs, beside what is done at it: the second dispatch, mostly. Measured.
#define TRAP_FUEL 36
#define STEP_BYTES_MAX (4u << 20) /* of all steps; what comes after is cut off */
#define NODES_MAX 2048u           /* of the tree of calls; deeper ones count as their callers */
#define SPENT_MAX 4000000000u     /* fuel of observing itself, some 0.4 s: then it is cut off */
#define CONDITION_FUEL 5000000
#define CONDITION_BYTES_MAX 8192u
#define NAME_BYTES_MAX 60u
#define NOWHERE UINT32_MAX

typedef ss_trace_record record;

typedef struct seen {
    JSAtom name;
    uint32_t hash;
} seen;

typedef struct call {
    const void *frame, *function;
    uint32_t number; ///< record of the function
    uint32_t node;
    uint32_t line, last_pc;
    uint32_t loop_pc; ///< where this visit of a line jumped back to
    bool is_last;    ///< it has called what it returns: nothing more is seen of it …
    bool calls_code; ///< … and that is told by a step of its own
    seen *variables;
    uint32_t variable_count;
} call;

typedef struct stop {
    uint32_t line;
    wire_text condition;
    JSValue function; ///< compiled for the variables that `names` is the hash of
    uint32_t names;
} stop;

/// Of the tree of calls; numbers of nodes, 0 where there is none.
typedef struct node {
    uint32_t record, child, sibling;
} node;

static struct {
    uint32_t mode, steps_max;
    int64_t budget, mark; ///< fuel at the beginning, and left at the last moment
    bool is_busy, is_over;
    guest_text out;
    call *calls;
    uint32_t depth, capacity;
    stop *stops;
    uint32_t stop_count;
    uint32_t state_hash;
    struct {
        char bytes[GUEST_PREVIEW_BYTES_MAX];
        size_t length;
        uint32_t depth; ///< of the call
    } returned; ///< what the last call returned or threw
    uint32_t *lines; ///< record of each line
    uint32_t line_count;
    node *nodes; ///< the first is the one above all
    uint32_t node_count, node_capacity;
} trace;

// --- The text ------------------------------------------------------------------------------------

static ss_trace_head *head(void) { return (ss_trace_head *)(void *)trace.out.bytes; }
static record *record_at(uint32_t index) { return (record *)(void *)trace.out.bytes + index; }

static uint32_t add_record(record made) {
    const uint32_t index = (uint32_t)(trace.out.length / sizeof made);
    memcpy(guest_text_add(&trace.out, sizeof made), &made, sizeof made);
    return index;
}

static void write_bytes(const void *bytes, size_t length) {
    memcpy(guest_text_add(&trace.out, length), bytes, length);
}

static void write_u8(uint32_t value) { *guest_text_add(&trace.out, 1) = (uint8_t)value; }
static void write_u32(uint32_t value) { write_bytes(&value, sizeof value); }

static void write_short(const char *text, size_t length) {
    write_u8((uint32_t)length);
    write_bytes(text, length);
}

static uint32_t hash_of(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash;
}

// --- Profile -------------------------------------------------------------------------------------

static uint32_t record_of_line(uint32_t line) {
    if (line >= trace.line_count) {
        const uint32_t count = line + 256u;
        trace.lines = realloc(trace.lines, count * sizeof *trace.lines);
        memset(trace.lines + trace.line_count, 0, (count - trace.line_count) * sizeof(uint32_t));
        trace.line_count = count;
    }
    if (trace.lines[line] == 0) {
        trace.lines[line] = add_record((record){.kind = SS_TRACE_LINE, .a = line});
    }
    return trace.lines[line];
}

static uint32_t record_of_function(const guest_moment *moment) {
    if (*moment->number != 0) return *moment->number;
    record made = {.kind = SS_TRACE_FUNCTION, .a = guest_function_line(moment->function)};
    guest_function_name(moment->context, moment->function, (char *)&made.b,
                        sizeof made - offsetof(record, b));
    *moment->number = add_record(made);
    return *moment->number;
}

static uint32_t add_node(uint32_t parent, uint32_t function) {
    if (trace.node_count == trace.node_capacity) {
        trace.node_capacity = trace.node_capacity ? trace.node_capacity * 2u : 32u;
        trace.nodes = realloc(trace.nodes, trace.node_capacity * sizeof *trace.nodes);
    }
    const uint32_t made = trace.node_count++;
    trace.nodes[made] = (node){0};
    if (made == 0) return made; // the one above all
    trace.nodes[made].sibling = trace.nodes[parent].child;
    trace.nodes[parent].child = made;
    trace.nodes[made].record = add_record((record){
        .kind = SS_TRACE_NODE, .a = trace.nodes[parent].record, .b = function});
    return made;
}

/// The node of a call, made at its first.
static uint32_t node_of(uint32_t parent, uint32_t function) {
    if (trace.node_count == 0) add_node(0, 0);
    if (parent != 0 && record_at(trace.nodes[parent].record)->b == function) return parent;
    uint32_t at = trace.nodes[parent].child;
    while (at != 0 && record_at(trace.nodes[at].record)->b != function) {
        at = trace.nodes[at].sibling;
    }
    if (at != 0) return at;
    return trace.node_count < NODES_MAX ? add_node(parent, function) : parent;
}

/// What was burnt since the last moment is of the line at work.
static void charge(int64_t fuel) {
    const uint64_t burnt = trace.mark > fuel ? (uint64_t)(trace.mark - fuel) : 0u;
    head()->accounted = (uint64_t)(trace.budget - fuel);
    if (trace.depth == 0 || trace.mode != SS_TRACE_PROFILE) return;
    const call *const at = &trace.calls[trace.depth - 1u];
    if (at->line != 0) record_at(record_of_line(at->line))->x += burnt;
    if (at->node != 0) record_at(trace.nodes[at->node].record)->x += burnt;
}

/// Says what is at work now, for a stop that nobody comes back from.
static void note_work(void) {
    if (trace.mode != SS_TRACE_PROFILE) return;
    const call *const at = trace.depth > 0 ? &trace.calls[trace.depth - 1u] : NULL;
    const uint32_t line = at && at->line != 0 ? record_of_line(at->line) : 0u;
    head()->step_count = at ? trace.nodes[at->node].record : 0u;
    head()->stop_step1 = line;
}

// --- Steps ---------------------------------------------------------------------------------------

/// Whether a variable's preview is news in this call.
static bool is_news(call *in, const guest_variable *variable, const char *preview, size_t length) {
    const uint32_t hash = hash_of(preview, length);
    if (!in->variables) in->variables = malloc(GUEST_VARIABLES_MAX * sizeof *in->variables);
    uint32_t at = 0;
    while (at < in->variable_count && in->variables[at].name != variable->name) at++;
    if (at == in->variable_count) {
        if (variable->is_local && JS_IsUndefined(variable->value)) return false;
        if (at == GUEST_VARIABLES_MAX) return false;
        in->variable_count++;
    } else if (in->variables[at].hash == hash) {
        return false;
    }
    in->variables[at] = (seen){variable->name, hash};
    return true;
}

static void write_variables(const guest_moment *moment, call *in) {
    char preview[GUEST_PREVIEW_BYTES_MAX];
    char name[NAME_BYTES_MAX];
    guest_variable variables[GUEST_VARIABLES_MAX];
    const uint32_t count = moment ? guest_moment_variables(moment, variables) : 0u;
    const size_t at = trace.out.length;
    uint32_t written = 0;
    write_u8(0);
    for (uint32_t i = 0; i < count; i++) {
        const guest_variable *const variable = &variables[i];
        const size_t length =
            guest_preview(moment->context, variable->value, preview, sizeof preview);
        if (!is_news(in, variable, preview, length)) continue;
        write_short(name, guest_atom_text(moment->context, variable->name, name, sizeof name));
        write_short(preview, length);
        written++;
    }
    const size_t length = guest_preview(guest.context, guest.state, preview, sizeof preview);
    const uint32_t hash = hash_of(preview, length);
    if (hash != trace.state_hash) {
        trace.state_hash = hash;
        write_short("node.state", 10);
        write_short(preview, length);
        written++;
    }
    trace.out.bytes[at] = (uint8_t)written;
}

/// One step of the call on top; with `has_value`, what it returns or throws is in trace.returned.
/// Without a moment nothing is known but that it is over.
static void step(const guest_moment *moment, uint32_t flags, bool has_value) {
    ss_trace_head *const summary = head();
    if (summary->step_count >= trace.steps_max || trace.out.length > STEP_BYTES_MAX ||
        summary->spent > SPENT_MAX) {
        summary->is_cut = 1;
        trace.is_over = true;
        return;
    }
    summary->step_count++;
    if (trace.mode != SS_TRACE_STEPS) return;
    call *const in = &trace.calls[trace.depth - 1u];
    char name[NAME_BYTES_MAX];
    const uint64_t burnt = summary->accounted;
    write_u8(SS_TRACE_STEP);
    write_u32(in->line);
    write_u32(trace.depth - 1u);
    write_bytes(&burnt, sizeof burnt);
    write_u8(flags | (has_value ? SS_TRACE_HAS_VALUE : 0u));
    write_short(name, guest_function_name(guest.context, in->function, name, sizeof name));
    if (has_value) write_short(trace.returned.bytes, trace.returned.length);
    write_variables(moment, in);
}

/// The last step of the call on top.
static void step_out(const guest_moment *moment, uint32_t flags) {
    if (trace.mode == SS_TRACE_STEPS) {
        trace.returned.length = guest_preview(moment->context, moment->value,
                                              trace.returned.bytes, sizeof trace.returned.bytes);
    }
    trace.returned.depth = trace.depth;
    step(moment, flags, true);
}

// --- Stops ---------------------------------------------------------------------------------------

static void complain(JSContext *context, uint32_t index) {
    char text[GUEST_PREVIEW_BYTES_MAX];
    const JSValue error = JS_GetException(context);
    const size_t length = guest_preview(context, error, text, sizeof text);
    JS_FreeValue(context, error);
    head()->bad_stop1 = (uint8_t)(index + 1u);
    write_u8(SS_TRACE_COMPLAINT);
    write_short(text, length);
    trace.is_over = true;
}

typedef struct names {
    char bytes[CONDITION_BYTES_MAX];
    size_t length;
} names;

static bool add_text(names *to, const char *text, size_t length) {
    if (length > sizeof to->bytes - to->length) return false;
    memcpy(to->bytes + to->length, text, length);
    to->length += length;
    return true;
}

/// Makes a function of the condition, whose parameters are the variables in scope.
static bool compile(JSContext *context, stop *at, const guest_variable *variables, uint32_t count) {
    static const char begins[] = "(function(", returns[] = "){return(\n", ends[] = "\n)})";
    names source = {.length = 0};
    bool fits = add_text(&source, begins, sizeof begins - 1u);
    for (uint32_t i = 0; i < count; i++) {
        char name[NAME_BYTES_MAX * 2u];
        const size_t length = guest_atom_text(context, variables[i].name, name, sizeof name);
        fits = fits && (i == 0 || add_text(&source, ",", 1)) && add_text(&source, name, length);
    }
    const uint32_t hash = hash_of(source.bytes, source.length);
    if (hash == at->names) return true;
    fits = fits && add_text(&source, returns, sizeof returns - 1u) &&
           add_text(&source, at->condition.bytes, at->condition.length) &&
           add_text(&source, ends, sizeof ends); // with its NUL
    if (!fits) {
        JS_ThrowTypeError(context, "the condition is too long");
        return false;
    }
    JS_FreeValue(context, at->function);
    at->function = JS_Eval(context, source.bytes, source.length - 1u, "<condition>",
                           JS_EVAL_TYPE_GLOBAL);
    at->names = hash;
    return !JS_IsException(at->function);
}

static bool holds(const guest_moment *moment, uint32_t index) {
    JSContext *const context = moment->context;
    stop *const at = &trace.stops[index];
    if (at->condition.length == 0) return true;
    guest_variable variables[GUEST_VARIABLES_MAX];
    JSValueConst values[GUEST_VARIABLES_MAX];
    const uint32_t count = guest_moment_variables(moment, variables);
    for (uint32_t i = 0; i < count; i++) values[i] = variables[i].value;
    head()->evaluating1 = (uint8_t)(index + 1u);
    const int64_t fuel = guest_read_fuel();
    guest_write_fuel(CONDITION_FUEL);
    JSValue result = JS_EXCEPTION;
    if (compile(context, at, variables, count)) {
        result = JS_Call(context, at->function, JS_UNDEFINED, (int)count, values);
    }
    head()->spent += (uint64_t)(CONDITION_FUEL - guest_read_fuel());
    guest_write_fuel(fuel);
    head()->evaluating1 = 0;
    if (JS_IsException(result)) {
        complain(context, index);
        return false;
    }
    const int is_true = JS_ToBool(context, result);
    JS_FreeValue(context, result);
    return is_true > 0;
}

/// Whether a stop is at the line just reached.
static bool is_stop(const guest_moment *moment) {
    for (uint32_t i = 0; i < trace.stop_count && !trace.is_over; i++) {
        if (trace.stops[i].line == moment->line && holds(moment, i)) return true;
    }
    return false;
}

// --- Moments -------------------------------------------------------------------------------------

static bool has_steps(void) { return trace.mode != SS_TRACE_PROFILE; }

static void pop(void) {
    trace.depth -= 1u;
    free(trace.calls[trace.depth].variables);
}

static void push(const guest_moment *moment) {
    if (trace.depth == trace.capacity) {
        trace.capacity = trace.capacity ? trace.capacity * 2u : 16u;
        trace.calls = realloc(trace.calls, trace.capacity * sizeof *trace.calls);
    }
    const uint32_t above = trace.depth > 0 ? trace.calls[trace.depth - 1u].node : 0u;
    call made = {.frame = moment->frame, .function = moment->function, .loop_pc = NOWHERE};
    if (!has_steps()) {
        made.number = record_of_function(moment);
        made.node = node_of(above, made.number);
        if (made.node != 0) record_at(trace.nodes[made.node].record)->c += 1u;
    }
    trace.calls[trace.depth++] = made;
}

/// Forgets calls that are over; true when the moment's is on top then.
static bool settle(const guest_moment *moment) {
    while (trace.depth > 0) {
        const call *const top = &trace.calls[trace.depth - 1u];
        const bool is_it = top->frame == moment->frame && top->function == moment->function;
        if (is_it && !top->is_last) return true;
        if (!is_it && guest_is_called_by(moment->frame, top->frame, top->function)) return false;
        if (has_steps()) {
            const bool is_known = top->calls_code && trace.returned.depth == trace.depth + 1u;
            trace.returned.depth = is_known ? trace.depth : 0u;
            step(NULL, SS_TRACE_LEAVES, is_known);
        }
        pop();
    }
    return false;
}

static bool is_new_line(call *at, const guest_moment *moment) {
    const bool is_back = moment->pc <= at->last_pc;
    at->last_pc = moment->pc;
    if (at->line != moment->line) {
        at->line = moment->line;
        at->loop_pc = NOWHERE;
        return true;
    }
    if (!is_back) return false;
    if (at->loop_pc == moment->pc) return true; // the line's own loop comes round again
    at->loop_pc = moment->pc;
    return false;
}

static void reach(const guest_moment *moment) {
    uint32_t flags = 0;
    if (!settle(moment)) {
        push(moment);
        flags = moment->pc == 0 ? SS_TRACE_ENTERS : SS_TRACE_RESUMES;
    }
    call *const at = &trace.calls[trace.depth - 1u];
    if (is_new_line(at, moment) || flags != 0) {
        if (has_steps()) {
            if (is_stop(moment)) {
                if (head()->stop_step1 == 0) head()->stop_step1 = head()->step_count + 1u;
                flags |= SS_TRACE_STOPS;
                trace.is_over = trace.mode == SS_TRACE_FIND;
            }
            if (head()->bad_stop1 == 0) step(moment, flags, false);
        } else {
            record_at(record_of_line(moment->line))->b += 1u;
        }
    }
    if (moment->kind == GUEST_MOMENT_REACHES) return;
    if (moment->kind == GUEST_MOMENT_CALLS_LAST) {
        trace.calls[trace.depth - 1u].is_last = true;
        trace.calls[trace.depth - 1u].calls_code = moment->calls_code;
        return;
    }
    if (has_steps() && !trace.is_over) {
        if (moment->kind == GUEST_MOMENT_WAITS) step(moment, SS_TRACE_WAITS, false);
        else step_out(moment, SS_TRACE_LEAVES);
    }
    pop();
}

static void throws(const guest_moment *moment) {
    call *const top = trace.depth > 0 ? &trace.calls[trace.depth - 1u] : NULL;
    if (top && top->frame == moment->frame && top->function == moment->function) {
        top->is_last = false; // what it called last has thrown
    }
    if (!settle(moment)) return;
    if (has_steps()) step_out(moment, SS_TRACE_THROWS);
    pop();
}

void guest_trace_moment(const guest_moment *moment, int64_t fuel) {
    if (trace.is_busy) return; // a condition's own calls
    const int64_t left = fuel + (moment->kind == GUEST_MOMENT_THROWS ? 0 : TRAP_FUEL);
    if (!trace.is_over) {
        trace.is_busy = true;
        guest_lend_memory(true);
        charge(fuel);
        if (moment->kind == GUEST_MOMENT_THROWS) throws(moment);
        else reach(moment);
        note_work();
        guest_post_trace(trace.out.bytes, trace.out.length);
        guest_lend_memory(false);
        trace.is_busy = false;
        trace.mark = left;
        const int64_t now = guest_read_fuel();
        if (now < fuel) head()->spent += (uint64_t)(fuel - now);
    }
    guest_write_fuel(left);
}

// --- Request -------------------------------------------------------------------------------------

static wire_text copy_of(wire_text text) {
    char *const copy = malloc(text.length + 1u);
    memcpy(copy, text.bytes, text.length);
    return (wire_text){copy, text.length};
}

/// Traces the input that comes next, as a request asks that lies in the mailbox: uint8_t mode,
/// uint32_t steps_max, uint64_t fuel of the input, uint32_t count of stops, for each uint32_t line
/// and text condition. Returns 0 when it makes sense.
int guest_trace_begin(wire_reader *reader) {
    const int64_t fuel = guest_read_fuel();
    guest_lend_memory(true);
    trace.mode = wire_read_u8(reader);
    trace.steps_max = wire_read_u32(reader);
    trace.budget = trace.mark = (int64_t)wire_read_u64(reader);
    trace.stop_count = wire_read_u32(reader);
    if (reader->failed || trace.stop_count > SS_TRACE_STOPS_MAX) return 1;
    trace.stops = calloc(trace.stop_count + 1u, sizeof *trace.stops);
    for (uint32_t i = 0; i < trace.stop_count; i++) {
        trace.stops[i].line = wire_read_u32(reader);
        trace.stops[i].condition = copy_of(wire_read_text(reader));
        trace.stops[i].function = JS_UNDEFINED;
    }
    if (reader->failed) return 1;
    const ss_trace_head made = {.mode = (uint8_t)trace.mode};
    write_bytes(&made, sizeof made);
    guest_post_trace(trace.out.bytes, trace.out.length);
    guest_trace_is_on = true;
    guest_trace_watch(guest.context, guest.file);
    guest_lend_memory(false);
    head()->spent = (uint64_t)(fuel - guest_read_fuel());
    return 0;
}
