/// A journal as JSON: what is seen is written at once, a record of fixed size at the end.
#include <string.h>

#include "handlers/journal_internal.h"

#define BODY_BYTES 200u
#define TEXT_BYTES 1000u
#define SAID_BYTES (256u << 10u) /* of one input; what it says beyond is left out */

// --- Texts ---------------------------------------------------------------------------------------

/// Adds a text as JSON, cut at a character's boundary.
static void add_preview(ss_text *out, ss_wire_text text, uint32_t most) {
    if (text.length <= most) {
        ss_text_add_json_string(out, text.bytes, text.length);
        return;
    }
    uint32_t kept = most;
    while (kept > 0u && ((unsigned char)text.bytes[kept] & 0xc0u) == 0x80u) kept--;
    ss_text_add_json_string(out, text.bytes, kept);
    if (out->failed) return;
    out->length--; // the quote
    ss_text_add(out, "\xe2\x80\xa6\"");
}

uint32_t ss__journal_keep(ss_journal *journal, ss_wire_text text, uint32_t most) {
    if (text.length == 0u) return 0;
    const size_t at = journal->texts.length;
    add_preview(&journal->texts, text, most);
    ss_text_add_char(&journal->texts, '\0');
    return (uint32_t)at + 1u;
}

static void add_number(ss_text *out, const char *key, int64_t number) {
    ss_text_add_format(out, ",\"%s\":%lld", key, (long long)number);
}

static void add_text(ss_text *out, const char *key, ss_wire_text text, uint32_t most) {
    if (text.length == 0u) return;
    ss_text_add_format(out, ",\"%s\":", key);
    add_preview(out, text, most);
}

// --- What an input said --------------------------------------------------------------------------

static const char *const said_kinds[] = {
    [SS_OUTPUT_LOADED] = "loaded",   [SS_OUTPUT_CALL] = "call",   [SS_OUTPUT_SEND] = "send",
    [SS_OUTPUT_PUBLISH] = "publish", [SS_OUTPUT_SLEEP] = "sleep", [SS_OUTPUT_TIMER] = "timer",
    [SS_OUTPUT_CANCEL] = "cancel",   [SS_OUTPUT_CPU] = "cpu",     [SS_OUTPUT_REPLY] = "reply",
    [SS_OUTPUT_SETTLED] = "settled", [SS_OUTPUT_ERROR] = "error", [SS_OUTPUT_LOG] = "log",
    [SS_OUTPUT_METRIC] = "metric",
};
static const char *const levels[] = {"debug", "info", "warn", "error"};

static void add_said(ss_text *out, const ss_said *said) {
    const bool is_text = said->kind >= SS_OUTPUT_ERROR; // an error, a line, a metric
    ss_text_add_format(out, "{\"kind\":\"%s\"", said_kinds[said->kind]);
    add_text(out, is_text ? "text" : "target", said->target, is_text ? TEXT_BYTES : BODY_BYTES);
    add_text(out, "operation", said->operation, BODY_BYTES);
    add_text(out, "key", said->key, BODY_BYTES);
    add_text(out, said->kind == SS_OUTPUT_ERROR ? "stack" : "body", said->body,
             said->kind == SS_OUTPUT_ERROR ? TEXT_BYTES : BODY_BYTES);
    switch ((ss_output_kind)said->kind) {
    case SS_OUTPUT_CALL:
        add_number(out, "token", said->token);
        if (said->time_ns > 0) add_number(out, "timeout_ns", said->time_ns);
        break;
    case SS_OUTPUT_PUBLISH:
        add_number(out, "token", said->token);
        break;
    case SS_OUTPUT_SLEEP:
        add_number(out, "token", said->token);
        add_number(out, "delay_ns", said->time_ns);
        break;
    case SS_OUTPUT_TIMER:
        add_number(out, "timer", said->token);
        add_number(out, "delay_ns", said->time_ns);
        break;
    case SS_OUTPUT_CANCEL:
        add_number(out, "timer", said->token);
        break;
    case SS_OUTPUT_CPU:
        add_number(out, "delay_ns", said->time_ns);
        break;
    case SS_OUTPUT_LOG:
        ss_text_add_format(out, ",\"level\":\"%s\"", levels[said->level & 3u]);
        add_number(out, "line", said->line);
        break;
    case SS_OUTPUT_METRIC:
        ss_text_add(out, ",\"value\":");
        ss_text_add_number(out, said->value);
        break;
    default:
        break;
    }
    ss_text_add_char(out, '}');
}

uint32_t ss__journal_keep_said(ss_journal *journal, ss_wire wire, uint32_t *error1) {
    ss_text *out = &journal->scratch;
    out->length = 0;
    ss_text_add_char(out, '[');
    for (;;) {
        const ss_said said = ss__take_said(&wire);
        if (said.kind == 0u) break;
        if (said.kind == SS_OUTPUT_ERROR && *error1 == 0u) {
            *error1 = ss__journal_keep(journal, said.target, TEXT_BYTES);
        }
        if (out->length > SAID_BYTES) continue;
        if (out->length > 1u) ss_text_add_char(out, ',');
        add_said(out, &said);
    }
    ss_text_add_char(out, ']');
    const size_t at = journal->texts.length;
    if (out->failed) journal->has_failed = true;
    else ss_text_add_bytes(&journal->texts, out->bytes, out->length);
    ss_text_add_char(&journal->texts, '\0');
    return (uint32_t)at + 1u;
}

// --- Records -------------------------------------------------------------------------------------

static const char *const input_kinds[] = {
    [SS_INPUT_LOAD] = "load",       [SS_INPUT_START] = "start", [SS_INPUT_REQUEST] = "request",
    [SS_INPUT_MESSAGE] = "message", [SS_INPUT_TIMER] = "timer", [SS_INPUT_SETTLE] = "settle",
    [SS_INPUT_ABANDON] = "abandon", [SS_INPUT_RELOAD] = "load",
};
static const char *const input_outcomes[] = {
    [SS_SANDBOX_OK] = "ok",                 [SS_SANDBOX_FUEL] = "handler_budget",
    [SS_SANDBOX_MEMORY] = "handler_memory", [SS_SANDBOX_STACK] = "handler_stack",
    [SS_SANDBOX_FAULT] = "handler_fault",   [SS__INPUT_CRASHED] = "crashed",
};
static const char *const ends[] = {"ok",   "timeout",  "rejected", "failed", "breaker-open",
                                   "lost", "abandoned"};
static const char *const message_kinds[] = {"request", "reply", "message"};

static void add_kept(const ss_journal *journal, ss_text *out, const char *key, uint32_t kept1) {
    if (kept1 == 0u) return;
    ss_text_add_format(out, ",\"%s\":%s", key, journal->texts.bytes + (kept1 - 1u));
}

/// A number that counts from 1; null when it is 0.
static void add_or_null(ss_text *out, const char *key, uint64_t number) {
    if (number != 0u) add_number(out, key, (int64_t)number);
    else ss_text_add_format(out, ",\"%s\":null", key);
}

static void add_time(ss_text *out, const char *key, int64_t time_ns) {
    if (time_ns != SS__NEVER) add_number(out, key, time_ns);
    else ss_text_add_format(out, ",\"%s\":null", key);
}

/// A replica's number, of which 0 says that it is not known.
static void add_replica(ss_text *out, const char *key, uint32_t replica1) {
    if (replica1 != 0u) add_number(out, key, (int64_t)replica1 - 1);
    else ss_text_add_format(out, ",\"%s\":null", key);
}

static void add_node(const ss_journal *journal, ss_text *out, const char *key, uint32_t node) {
    const char *id = journal->design->nodes[node].id;
    ss_text_add_format(out, "\"%s\":", key);
    ss_text_add_json_string(out, id, strlen(id));
}

static void write_input(const ss_journal *journal, const ss__input_record *input, ss_text *out) {
    ss_text_add_format(out, "\"n\":%lld", (long long)input->n);
    add_number(out, "at_ns", input->at_ns);
    add_time(out, "done_ns", input->done_ns);
    ss_text_add_char(out, ',');
    add_node(journal, out, "node", input->node);
    add_number(out, "replica", input->replica);
    ss_text_add_format(out, ",\"kind\":\"%s\"", input_kinds[input->kind]);
    add_or_null(out, "activity", input->activity);
    add_or_null(out, "cause", input->cause);
    if (input->request != 0u) add_number(out, "request", (int64_t)input->request);
    add_kept(journal, out, "operation", input->operation1);
    add_kept(journal, out, "from", input->from1);
    add_kept(journal, out, "key", input->key1);
    if (input->deliveries > 0u) add_number(out, "deliveries", input->deliveries);
    if (input->is_duplicate) ss_text_add(out, ",\"duplicate\":true");
    if (input->kind == SS_INPUT_TIMER) add_number(out, "timer", input->number);
    if (input->kind == SS_INPUT_SETTLE) {
        add_or_null(out, "asked", input->asked);
        add_number(out, "token", input->number);
        ss_text_add_format(out, ",\"settled\":\"%s\"", ends[input->settled % SS_OUTCOME_COUNT]);
    }
    add_kept(journal, out, "body", input->body1);
    add_number(out, "fuel", (int64_t)input->fuel);
    ss_text_add_format(out, ",\"outcome\":\"%s\"", input_outcomes[input->outcome]);
    add_kept(journal, out, "error", input->error1);
    if (input->said1 != 0u) add_kept(journal, out, "said", input->said1);
    else ss_text_add(out, ",\"said\":[]");
}

/// Whether it came to a node that was down.
static bool came_to_nobody(const ss_journal *journal, const ss__message_record *message) {
    if (message->kind == SS__MESSAGE_REPLY || message->to_input != 0u) return false;
    for (uint32_t i = 0; i < journal->crash_count; i++) {
        const ss__crash_record *crash = &journal->crashes[i];
        if (crash->node != message->to || message->arrives_ns < crash->from_ns) continue;
        if (crash->to_ns == SS__NEVER || message->arrives_ns < crash->to_ns) return true;
    }
    return false;
}

static void write_message(const ss_journal *journal, const ss__message_record *message,
                          ss_text *out) {
    ss_text_add_char(out, '{');
    add_node(journal, out, "from", message->from);
    add_replica(out, "from_replica", message->from_replica1);
    ss_text_add_char(out, ',');
    add_node(journal, out, "to", message->to);
    add_replica(out, "to_replica", message->to_replica1);
    add_number(out, "edge", message->edge);
    ss_text_add_format(out, ",\"kind\":\"%s\"", message_kinds[message->kind]);
    add_kept(journal, out, "operation", message->operation1);
    add_number(out, "sent_ns", message->sent_ns);
    add_time(out, "arrived_ns", message->arrives_ns);
    const bool is_vain = message->end == SS_OUTCOME_OK && came_to_nobody(journal, message);
    ss_text_add_format(out, ",\"end\":\"%s\"", ends[is_vain ? SS_OUTCOME_FAILED : message->end]);
    if (message->attempt > 0u) add_number(out, "attempt", message->attempt);
    if (message->is_duplicate) ss_text_add(out, ",\"duplicate\":true");
    add_or_null(out, "cause", message->cause);
    add_or_null(out, "to_input", message->to_input);
    ss_text_add_char(out, '}');
}

static void write_crash(const ss_journal *journal, const ss__crash_record *crash, ss_text *out) {
    ss_text_add_char(out, '{');
    add_node(journal, out, "node", crash->node);
    add_number(out, "from_ns", crash->from_ns);
    add_time(out, "to_ns", crash->to_ns);
    ss_text_add_char(out, '}');
}

ss_status ss_journal_write_first(const ss_journal *journal, ss_text *out) {
    if (journal->has_failed || journal->texts.failed) return SS_ERROR_MEMORY;
    if (journal->input_count > 0u) write_input(journal, &journal->inputs[0], out);
    return ss_text_status(out);
}

ss_status ss_journal_write(const ss_journal *journal, ss_text *out) {
    if (journal->has_failed || journal->texts.failed) return SS_ERROR_MEMORY;
    ss_text_add(out, "\"inputs\":[");
    for (uint32_t i = 0; i < journal->input_count; i++) {
        ss_text_add(out, i > 0u ? ",{" : "{");
        write_input(journal, &journal->inputs[i], out);
        ss_text_add_char(out, '}');
    }
    ss_text_add(out, "],\"messages\":[");
    for (uint32_t i = 0; i < journal->message_count; i++) {
        if (i > 0u) ss_text_add_char(out, ',');
        write_message(journal, &journal->messages[i], out);
    }
    ss_text_add(out, "],\"crashes\":[");
    for (uint32_t i = 0; i < journal->crash_count; i++) {
        if (i > 0u) ss_text_add_char(out, ',');
        write_crash(journal, &journal->crashes[i], out);
    }
    ss_text_add_char(out, ']');
    return ss_text_status(out);
}
