/// What results say of a node's code.
#include "handlers/internal.h"

static void add_payload(const ss_handlers *handlers, const char *key, uint32_t payload,
                        ss_json_writer *json) {
    const uint32_t bytes = ss_payload_bytes(handlers->sim, payload);
    ss_text raw = ss_text_create(&handlers->allocator);
    ss_text text = ss_text_create(&handlers->allocator);
    for (uint32_t i = 0; i < bytes; i++) ss_text_add_char(&raw, '\0');
    if (!raw.failed && bytes > 0u) ss_payload_read(handlers->sim, payload, (uint8_t *)raw.bytes);
    ss_text_add_json_string(&text, raw.bytes ? raw.bytes : "", raw.failed ? 0u : bytes);
    ss_json_add_key(json, key);
    ss_json_add_raw(json, text.bytes ? text.bytes : "\"\"");
    ss_text_destroy(&raw);
    ss_text_destroy(&text);
}

static void add_number(ss_json_writer *json, const char *key, double value) {
    ss_json_add_key(json, key);
    ss_json_add_number(json, value);
}

static void write_metrics(const ss_handlers *handlers, const ss_code_stats *stats,
                          ss_json_writer *json) {
    ss_json_add_key(json, "metrics");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < stats->metric_count; i++) {
        const ss_code_metric *metric = &stats->metrics[i];
        ss_json_open_object(json);
        add_payload(handlers, "name", metric->name, json);
        add_number(json, "count", (double)metric->count);
        add_number(json, "sum", metric->sum);
        add_number(json, "min", metric->min);
        add_number(json, "max", metric->max);
        add_number(json, "last", metric->last);
        ss_json_close(json);
    }
    ss_json_close(json);
}

static void write_log(const ss_handlers *handlers, uint32_t node, ss_json_writer *json) {
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    const ss_code_node *code = &handlers->nodes[node];
    const uint64_t count = handlers->stats[node].log_count;
    const uint64_t first = count > code->log_lines ? count - code->log_lines : 0u;
    ss_json_add_key(json, "log");
    ss_json_open_array(json);
    for (uint64_t i = first; i < count; i++) {
        const ss_log_line *line = &handlers->logs[code->log_first + i % code->log_lines];
        ss_json_open_object(json);
        add_number(json, "time_s", (double)line->time_ns / 1e9);
        ss_json_add_key(json, "level");
        ss_json_add_string(json, levels[line->level & 3u]);
        add_number(json, "replica", line->replica);
        add_number(json, "request", (double)line->request);
        add_number(json, "n", (double)line->input);
        add_number(json, "line", line->line);
        add_payload(handlers, "text", line->text, json);
        ss_json_close(json);
    }
    ss_json_close(json);
}

void ss_handlers_write(const ss_handlers *handlers, uint32_t node, ss_json_writer *json) {
    if (!handlers || !handlers->nodes[node].code) return;
    const ss_code_stats *stats = &handlers->stats[node];
    ss_json_add_key(json, "handlers");
    ss_json_open_object(json);
    add_number(json, "invocations", (double)stats->invocations);
    add_number(json, "fuel", (double)stats->fuel);
    add_number(json, "cpu_s", stats->cpu_s);
    add_number(json, "memory_bytes", (double)stats->memory_pages * 65536.0);
    add_number(json, "errors", (double)stats->errors);
    ss_json_add_key(json, "breaches");
    ss_json_open_object(json);
    add_number(json, "handler_budget", (double)stats->breaches[SS_SANDBOX_FUEL - 1]);
    add_number(json, "handler_memory", (double)stats->breaches[SS_SANDBOX_MEMORY - 1]);
    add_number(json, "handler_stack", (double)stats->breaches[SS_SANDBOX_STACK - 1]);
    add_number(json, "handler_fault", (double)stats->breaches[SS_SANDBOX_FAULT - 1]);
    ss_json_close(json);
    ss__profile_write(handlers, node, json);
    write_metrics(handlers, stats, json);
    add_number(json, "log_lines", (double)stats->log_count);
    write_log(handlers, node, json);
    ss_json_close(json);
}

/// Adds a warning that quotes a payload.
static void warn(const ss_handlers *handlers, ss_diagnostics *diagnostics, const char *code,
                 uint32_t node, uint32_t payload, int64_t time_ns, uint64_t count) {
    char quoted[200] = {0};
    uint8_t bytes[4096];
    const uint32_t length = ss_payload_bytes(handlers->sim, payload);
    if (length > 0u && length <= sizeof bytes) {
        ss_payload_read(handlers->sim, payload, bytes);
        const uint32_t kept = length < sizeof quoted - 1u ? length : (uint32_t)sizeof quoted - 1u;
        for (uint32_t i = 0; i < kept; i++) quoted[i] = bytes[i] < 0x20u ? ' ' : (char)bytes[i];
    }
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(pointer, sizeof pointer, handlers->design->nodes[node].object.pointer,
                         "code");
    ss_text when = ss_text_create(&handlers->allocator);
    ss_text_add_number(&when, (double)(time_ns / 1000000) / 1e3);
    const char *id = handlers->design->nodes[node].id;
    if (code[3] == '2') {
        ss_diagnostics_add(diagnostics, code, pointer,
                           "The code of \"%s\" went over a limit %llu times, first at %s s: %s. "
                           "Let it do less at a time, or raise fuel_per_event or memory.",
                           id, (unsigned long long)count, when.bytes ? when.bytes : "", quoted);
    } else {
        ss_diagnostics_add(diagnostics, code, pointer,
                           "The code of \"%s\" failed %llu times, first at %s s: %s.", id,
                           (unsigned long long)count, when.bytes ? when.bytes : "", quoted);
    }
    ss_text_destroy(&when);
}

void ss_handlers_report(const ss_handlers *handlers, ss_diagnostics *diagnostics) {
    for (uint32_t i = 0; handlers && i < handlers->sim->node_count; i++) {
        const ss_code_stats *stats = &handlers->stats[i];
        if (!handlers->nodes[i].code) continue;
        uint64_t breaches = 0;
        for (uint32_t k = 0; k < 4u; k++) breaches += stats->breaches[k];
        if (breaches > 0u) {
            warn(handlers, diagnostics, "W402", i, stats->first_breach, stats->first_breach_ns,
                 breaches);
        }
        if (stats->errors > 0u) {
            warn(handlers, diagnostics, "W403", i, stats->first_error, stats->first_error_ns,
                 stats->errors);
        }
    }
}
