/// Where the fuel of a node's code goes, by line and by call.
///
/// A sample of the inputs is traced before it is given: the sandbox is put back, so that the run
/// is the same with and without. An input is due once the fuel burnt since the last traced one is
/// SHARE times what tracing that one cost. Which of the inputs after that moment it is, is drawn:
/// where large and small ones alternate the same kind would come after each large one.
#include <string.h>

#include "base/cells.h"
#include "base/random.h"
#include "base/text.h"
#include "handlers/internal.h"
#include "handlers/trace.h"

#define SHARE 12u
#define FIRST_INPUTS 8u /* traced in any case */
#define DRAW_ONE_IN 4u
#define HOT_LINES 5u    /* of a node, for people */
#define HOT_LINE_BYTES_MAX 60u

ss_status ss__profile_allocate(ss_handlers *handlers) {
    uint32_t profiles = 0, lines = 0;
    for (uint32_t i = 0; i < handlers->sim->node_count; i++) {
        ss_code_node *node = &handlers->nodes[i];
        if (!node->code || strcmp(ss_object_get(node->code, "language")->text, "javascript") != 0) {
            continue;
        }
        node->profile1 = ++profiles;
        node->line_first = lines;
        node->line_count = 2u; // there is no line 0; the last has no newline behind it
        for (const char *at = node->source; *at; at++) node->line_count += *at == '\n';
        lines += node->line_count;
    }
    handlers->profile_count = profiles;
    handlers->profile_line_count = lines;
    handlers->profiles =
        ss_arena_allocate(handlers->arena, (profiles + 1u) * sizeof(ss_code_profile));
    handlers->profile_lines =
        ss_arena_allocate(handlers->arena, (lines + 1u) * sizeof(ss_profile_line));
    return handlers->profiles && handlers->profile_lines ? SS_OK : SS_ERROR_MEMORY;
}

static ss_code_profile *profile_of(const ss_handlers *handlers, uint32_t node) {
    const uint32_t profile1 = handlers->nodes[node].profile1;
    return profile1 ? &handlers->profiles[profile1 - 1u] : NULL;
}

void ss__profile_reset(ss_handlers *handlers, uint32_t node) {
    const ss_code_node *code = &handlers->nodes[node];
    ss_code_profile *profile = profile_of(handlers, node);
    if (!profile) return;
    memset(profile, 0, sizeof *profile);
    memset(&handlers->profile_lines[code->line_first], 0,
           code->line_count * sizeof(ss_profile_line));
}

void ss__profile_move(ss_handlers *handlers, const ss_handlers *old, uint32_t node) {
    const ss_code_node *code = &handlers->nodes[node];
    const ss_code_node *had = &old->nodes[node];
    if (!code->profile1 || !had->profile1 || strcmp(code->source, had->source) != 0) return;
    *profile_of(handlers, node) = *profile_of(old, node);
    memcpy(&handlers->profile_lines[code->line_first], &old->profile_lines[had->line_first],
           code->line_count * sizeof(ss_profile_line));
}

// --- Adding a trace ------------------------------------------------------------------------------

/// Finds a function or adds it; what is beyond the limit counts as the last.
static uint32_t find_function(ss_code_profile *profile, const ss_trace_record *record) {
    ss_profile_function wanted = {.line = record->a};
    const size_t bytes = sizeof *record - offsetof(ss_trace_record, b);
    _Static_assert(sizeof wanted.name >= sizeof *record - offsetof(ss_trace_record, b), "fits");
    memcpy(wanted.name, &record->b, bytes);
    uint32_t at = 0;
    while (at < profile->function_count &&
           memcmp(&profile->functions[at], &wanted, sizeof wanted) != 0) {
        at++;
    }
    if (at == SS_PROFILE_FUNCTIONS_MAX) return at - 1u;
    if (at == profile->function_count) profile->functions[profile->function_count++] = wanted;
    return at;
}

/// Finds a node of the tree or adds it; what is beyond the limit counts as its caller.
static uint32_t find_node(ss_code_profile *profile, uint32_t parent1, uint32_t function) {
    uint32_t at = 0;
    while (at < profile->node_count && (profile->nodes[at].parent1 != parent1 ||
                                        profile->nodes[at].function != function)) {
        at++;
    }
    if (at == SS_PROFILE_NODES_MAX) return parent1 ? parent1 - 1u : 0u;
    if (at == profile->node_count) {
        profile->nodes[profile->node_count++] =
            (ss_profile_node){.parent1 = parent1, .function = function};
    }
    return at;
}

/// Adds a record; `own1` says which place of the profile each record before it has, from 1.
static void add_record(ss_handlers *handlers, uint32_t node, ss_code_profile *profile,
                       const ss_trace_record *record, uint32_t *own1, uint32_t index) {
    const ss_code_node *code = &handlers->nodes[node];
    if (record->kind == SS_TRACE_FUNCTION) {
        own1[index] = find_function(profile, record) + 1u;
    } else if (record->kind == SS_TRACE_LINE && record->a < code->line_count) {
        ss_profile_line *line = &handlers->profile_lines[code->line_first + record->a];
        line->hits += record->b;
        line->fuel += record->x;
        own1[index] = record->a;
    } else if (record->kind == SS_TRACE_NODE && record->a < index && record->b < index &&
               own1[record->b] != 0u) {
        const uint32_t at = find_node(profile, own1[record->a], own1[record->b] - 1u);
        profile->nodes[at].calls += record->c;
        profile->nodes[at].fuel += record->x;
        own1[index] = at + 1u;
    }
}

static ss_status add_trace(ss_handlers *handlers, uint32_t node,
                           const ss_sandbox_answer *answer) {
    ss_code_profile *profile = profile_of(handlers, node);
    const uint32_t count = (uint32_t)(answer->output_bytes / sizeof(ss_trace_record));
    if (count == 0u) return SS_OK; // it was stopped before it began
    uint32_t *own1 = ss_allocate_zeroed(&handlers->allocator, count * sizeof *own1);
    if (!own1) return SS_ERROR_MEMORY;
    ss_trace_head head;
    memcpy(&head, answer->output, sizeof head);
    for (uint32_t i = 1; i < count; i++) {
        ss_trace_record record;
        memcpy(&record, answer->output + i * sizeof record, sizeof record);
        add_record(handlers, node, profile, &record, own1, i);
    }
    profile->inputs++;
    profile->fuel += answer->fuel;
    // After a breach the line at work has burnt the rest.
    const bool is_breach = answer->outcome != SS_SANDBOX_OK && answer->fuel > head.accounted;
    if (is_breach && head.step_count < count && head.stop_step1 < count) {
        const uint64_t rest = answer->fuel - head.accounted;
        const uint32_t line = own1[head.stop_step1];
        if (line) handlers->profile_lines[handlers->nodes[node].line_first + line].fuel += rest;
        if (own1[head.step_count]) profile->nodes[own1[head.step_count] - 1u].fuel += rest;
    }
    ss_deallocate(&handlers->allocator, own1, count * sizeof *own1);
    return SS_OK;
}

static bool is_due(const ss_code_profile *profile) {
    if (profile->inputs < FIRST_INPUTS) return true;
    if (profile->since <= profile->wanted) return false;
    return ss_hash_bytes(&profile->seen, sizeof profile->seen) % DRAW_ONE_IN == 0u;
}

ss_status ss__profile_input(ss_handlers *handlers, uint32_t node, uint32_t group) {
    ss_code_profile *profile = profile_of(handlers, node);
    const ss_text *input = &handlers->input;
    if (!profile || input->bytes[0] == SS_INPUT_LOAD || input->bytes[0] == SS_INPUT_RELOAD) {
        return SS_OK;
    }
    profile->seen++;
    if (!is_due(profile)) return SS_OK;
    const ss_trace_request request = {.mode = SS_TRACE_PROFILE};
    ss_sandbox_answer answer;
    const ss_status status =
        ss_sandbox_trace(handlers->sandboxes[group], (const uint8_t *)input->bytes, input->length,
                         &request, &answer);
    if (status) return status;
    profile->since = 0;
    profile->wanted = SHARE * answer.cost;
    return add_trace(handlers, node, &answer);
}

void ss__profile_burnt(ss_handlers *handlers, uint32_t node, uint64_t fuel) {
    ss_code_profile *profile = profile_of(handlers, node);
    if (profile) profile->since += fuel;
}

// --- Results -------------------------------------------------------------------------------------

static void write_lines(const ss_handlers *handlers, const ss_code_node *code,
                        const ss_code_profile *profile, ss_json_writer *json) {
    ss_json_add_key(json, "lines");
    ss_json_open_array(json);
    for (uint32_t i = 1; i < code->line_count; i++) {
        const ss_profile_line *line = &handlers->profile_lines[code->line_first + i];
        if (line->hits == 0u && line->fuel == 0u) continue;
        ss_json_open_object(json);
        ss_json_member(json, "line", i);
        ss_json_member(json, "hits", (double)line->hits);
        ss_json_member(json, "fuel", (double)line->fuel);
        ss_json_member(json, "share",
                       profile->fuel > 0u ? (double)line->fuel / (double)profile->fuel : 0.0);
        ss_json_close(json);
    }
    ss_json_close(json);
}

/// Whether one of the callers is of the same function: its fuel counts there already.
static bool is_recursive(const ss_code_profile *profile, uint32_t node) {
    const uint32_t function = profile->nodes[node].function;
    for (uint32_t at1 = profile->nodes[node].parent1; at1;) {
        if (profile->nodes[at1 - 1u].function == function) return true;
        at1 = profile->nodes[at1 - 1u].parent1;
    }
    return false;
}

static void write_name(const ss_profile_function *function, ss_json_writer *json) {
    ss_json_add_key(json, "name");
    ss_json_add_string(json, ss_trace_function_name(function->name));
    ss_json_member(json, "line", function->line);
}

static void write_functions(const ss_code_profile *profile, const uint64_t *totals,
                            ss_json_writer *json) {
    ss_json_add_key(json, "functions");
    ss_json_open_array(json);
    for (uint32_t f = 0; f < profile->function_count; f++) {
        uint64_t calls = 0, self = 0, total = 0;
        for (uint32_t i = 0; i < profile->node_count; i++) {
            if (profile->nodes[i].function != f) continue;
            calls += profile->nodes[i].calls;
            self += profile->nodes[i].fuel;
            if (!is_recursive(profile, i)) total += totals[i];
        }
        ss_json_open_object(json);
        write_name(&profile->functions[f], json);
        ss_json_member(json, "calls", (double)calls);
        ss_json_member(json, "self", (double)self);
        ss_json_member(json, "total", (double)total);
        ss_json_close(json);
    }
    ss_json_close(json);
}

void ss__profile_write(const ss_handlers *handlers, uint32_t node, ss_json_writer *json) {
    const ss_code_profile *profile = profile_of(handlers, node);
    if (!profile) return;
    uint64_t totals[SS_PROFILE_NODES_MAX] = {0};
    for (uint32_t i = profile->node_count; i > 0u; i--) { // callers come before what they call
        const ss_profile_node *at = &profile->nodes[i - 1u];
        totals[i - 1u] += at->fuel;
        if (at->parent1) totals[at->parent1 - 1u] += totals[i - 1u];
    }
    ss_json_add_key(json, "profile");
    ss_json_open_object(json);
    ss_json_member(json, "inputs", (double)profile->inputs);
    ss_json_member(json, "fuel", (double)profile->fuel);
    write_lines(handlers, &handlers->nodes[node], profile, json);
    write_functions(profile, totals, json);
    ss_json_add_key(json, "tree");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const ss_profile_node *at = &profile->nodes[i];
        ss_json_open_object(json);
        write_name(&profile->functions[at->function], json);
        ss_json_member(json, "parent", (double)at->parent1 - 1.0);
        ss_json_member(json, "calls", (double)at->calls);
        ss_json_member(json, "self", (double)at->fuel);
        ss_json_member(json, "total", (double)totals[i]);
        ss_json_close(json);
    }
    ss_json_close(json);
    ss_json_close(json);
}

// --- For people ----------------------------------------------------------------------------------

/// The line of the source, without its indentation and what is beyond a width.
static void add_source_line(const char *source, uint32_t number, ss_text *out) {
    for (uint32_t line = 1; line < number && *source; source++) line += *source == '\n';
    while (*source == ' ' || *source == '\t') source++;
    for (uint32_t i = 0; i < HOT_LINE_BYTES_MAX && source[i] && source[i] != '\n';) {
        const size_t length = ss_utf8_sequence_length((const unsigned char *)source + i, 4);
        if (length == 0u) break;
        ss_text_add_bytes(out, source + i, length);
        i += (uint32_t)length;
    }
}

static void write_hot_lines(const ss_handlers *handlers, uint32_t node, ss_text *out) {
    const ss_code_node *code = &handlers->nodes[node];
    const ss_code_profile *profile = profile_of(handlers, node);
    const ss_profile_line *lines = &handlers->profile_lines[code->line_first];
    ss_text_add_format(out, "\nFuel of %s by line (of %llu inputs traced)\n",
                       handlers->design->nodes[node].id, (unsigned long long)profile->inputs);
    uint32_t last = 0; // lines are told from the hottest on, equal ones in their order
    for (uint32_t shown = 0; shown < HOT_LINES; shown++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < code->line_count; i++) {
            const bool is_after = last == 0u || lines[i].fuel < lines[last].fuel ||
                                  (lines[i].fuel == lines[last].fuel && i > last);
            if (is_after && lines[i].fuel > (best ? lines[best].fuel : 0u)) best = i;
        }
        if (best == 0u) return;
        ss_cell_add_value(out, best, SS_CELL_NUMBER, 6);
        ss_cell_add_value(out, (double)lines[best].fuel / (double)profile->fuel, SS_CELL_SHARE, 9);
        ss_text_add(out, "   ");
        add_source_line(code->source, best, out);
        ss_text_add_char(out, '\n');
        last = best;
    }
}

void ss_handlers_write_hot_lines(const ss_handlers *handlers, ss_text *out) {
    for (uint32_t i = 0; handlers && i < handlers->sim->node_count; i++) {
        const ss_code_profile *profile = profile_of(handlers, i);
        if (profile && profile->fuel > 0u) write_hot_lines(handlers, i, out);
    }
}
