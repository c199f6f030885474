/// Reads what quickjs/trace.c wrote, step by step.
#include "handlers/trace.h"

#include <string.h>

#define NAME_BYTES 256u

typedef struct reader {
    const uint8_t *at, *end;
    bool is_over; ///< read past the end: a stop came in the middle of an entry
} reader;

static uint64_t take(reader *from, size_t bytes) {
    uint64_t value = 0;
    if ((size_t)(from->end - from->at) < bytes) {
        from->is_over = true;
        return 0;
    }
    memcpy(&value, from->at, bytes); // all hosts are little-endian
    from->at += bytes;
    return value;
}

typedef struct piece {
    const char *bytes;
    size_t length;
} piece;

static piece take_short(reader *from) {
    const size_t length = (size_t)take(from, 1);
    if ((size_t)(from->end - from->at) < length) {
        from->is_over = true;
        return (piece){"", 0};
    }
    const piece text = {(const char *)from->at, length};
    from->at += length;
    return text;
}

static bool read_head(const uint8_t *trace, size_t bytes, ss_trace_head *head) {
    if (bytes < sizeof *head) return false;
    memcpy(head, trace, sizeof *head);
    return true;
}

typedef struct entry {
    uint32_t line, depth, flags, variable_count;
    uint64_t fuel;
    piece function, value;
    reader variables; ///< a short name and a short preview each
} entry;

/// The next step; false at the end. A complaint on the way goes to `complaint`.
static bool take_step(reader *from, entry *out, piece *complaint) {
    while (from->at < from->end && !from->is_over) {
        const uint64_t kind = take(from, 1);
        if (kind == SS_TRACE_COMPLAINT) {
            *complaint = take_short(from);
            continue;
        }
        out->line = (uint32_t)take(from, 4);
        out->depth = (uint32_t)take(from, 4);
        out->fuel = take(from, 8);
        out->flags = (uint32_t)take(from, 1);
        out->function = take_short(from);
        out->value = out->flags & SS_TRACE_HAS_VALUE ? take_short(from) : (piece){"", 0};
        out->variable_count = (uint32_t)take(from, 1);
        out->variables = *from;
        for (uint32_t i = 0; i < 2u * out->variable_count; i++) take_short(from);
        return !from->is_over;
    }
    return false;
}

bool ss_trace_summarise(const uint8_t *trace, size_t bytes, ss_trace_summary *out) {
    static const char endless[] = "the condition does not end, or calls too deep";
    ss_trace_head head;
    *out = (ss_trace_summary){.complaint = ""};
    if (!read_head(trace, bytes, &head) || head.mode == SS_TRACE_PROFILE) return false;
    out->step_count = head.step_count;
    out->stop_step1 = head.stop_step1;
    out->is_cut = head.is_cut != 0u;
    out->bad_stop1 = head.bad_stop1;
    if (head.evaluating1 != 0u) {
        out->bad_stop1 = head.evaluating1;
        out->complaint = endless;
        out->complaint_bytes = sizeof endless - 1u;
        return true;
    }
    reader from = {trace + sizeof head, trace + bytes, false};
    piece complaint = {"", 0};
    entry step;
    while (out->bad_stop1 != 0u && take_step(&from, &step, &complaint)) {}
    out->complaint = complaint.bytes;
    out->complaint_bytes = complaint.length;
    return true;
}

// --- JSON ----------------------------------------------------------------------------------------

static void add_text(ss_json_writer *json, piece text) {
    ss_text quoted = ss_text_create(&json->out->allocator);
    ss_text_add_json_string(&quoted, text.bytes, text.length);
    ss_json_add_raw(json, quoted.bytes ? quoted.bytes : "\"\"");
    if (quoted.failed) json->out->failed = true;
    ss_text_destroy(&quoted);
}

static void add_name(ss_json_writer *json, piece name) {
    char key[NAME_BYTES];
    memcpy(key, name.bytes, name.length); // a short is at most 255
    key[name.length] = '\0';
    ss_json_add_key(json, key);
}

const char *ss_trace_function_name(const char *name) {
    if (name[0] == '\0') return "(anonymous)";
    return name[0] == '<' ? "(module)" : name;
}

static void write_step(const entry *step, ss_json_writer *json) {
    char function[NAME_BYTES];
    memcpy(function, step->function.bytes, step->function.length);
    function[step->function.length] = '\0';
    ss_json_open_object(json);
    ss_json_member(json, "line", step->line);
    ss_json_add_key(json, "function");
    ss_json_add_string(json, ss_trace_function_name(function));
    ss_json_member(json, "depth", step->depth);
    ss_json_member(json, "fuel", (double)step->fuel);
    static const struct {
        uint32_t flag;
        const char *name;
    } marks[] = {{SS_TRACE_ENTERS, "enter"},
                 {SS_TRACE_RESUMES, "resume"},
                 {SS_TRACE_WAITS, "await"},
                 {SS_TRACE_STOPS, "stop"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!(step->flags & marks[i].flag)) continue;
        ss_json_add_key(json, marks[i].name);
        ss_json_add_bool(json, true);
    }
    if (step->flags & (SS_TRACE_LEAVES | SS_TRACE_THROWS)) {
        ss_json_add_key(json, step->flags & SS_TRACE_LEAVES ? "leave" : "throws");
        add_text(json, step->value);
    }
    if (step->variable_count > 0u) {
        reader from = step->variables;
        ss_json_add_key(json, "set");
        ss_json_open_object(json);
        for (uint32_t i = 0; i < step->variable_count; i++) {
            add_name(json, take_short(&from));
            add_text(json, take_short(&from));
        }
        ss_json_close(json);
    }
    ss_json_close(json);
}

void ss_trace_write_steps(const uint8_t *trace, size_t bytes, ss_json_writer *json) {
    ss_trace_head head = {0};
    const bool is_trace = read_head(trace, bytes, &head) && head.mode == SS_TRACE_STEPS;
    ss_json_add_key(json, "steps");
    ss_json_open_array(json);
    if (is_trace) {
        reader from = {trace + sizeof head, trace + bytes, false};
        piece complaint;
        entry step;
        while (take_step(&from, &step, &complaint)) write_step(&step, json);
    }
    ss_json_close(json);
    ss_json_add_key(json, "cut");
    ss_json_add_bool(json, head.is_cut != 0u);
}
