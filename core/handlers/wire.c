/// Bytes of the protocol between the engine and a sandbox.
#include <string.h>

#include "handlers/internal.h"

void ss__put_u8(ss_text *out, uint32_t value) {
    ss_text_add_char(out, (char)(unsigned char)value);
}

void ss__put_u32(ss_text *out, uint32_t value) {
    const unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8u),
                                    (unsigned char)(value >> 16u), (unsigned char)(value >> 24u)};
    ss_text_add_bytes(out, bytes, sizeof bytes);
}

void ss__put_u64(ss_text *out, uint64_t value) {
    ss__put_u32(out, (uint32_t)value);
    ss__put_u32(out, (uint32_t)(value >> 32u));
}

void ss__put_text(ss_text *out, const char *bytes, size_t length) {
    ss__put_u32(out, (uint32_t)length);
    if (length > 0u) ss_text_add_bytes(out, bytes, length);
}

void ss__begin_input(ss_handlers *handlers, ss_input_kind kind) {
    handlers->input.length = 0;
    handlers->origin = (ss_input_origin){0};
    ss__put_u8(&handlers->input, (uint32_t)kind);
    ss__put_u64(&handlers->input, (uint64_t)handlers->sim->now_ns);
}

static const uint8_t *take(ss_wire *wire, size_t count) {
    if ((size_t)(wire->end - wire->at) < count) {
        wire->is_broken = true;
        wire->at = wire->end;
        return NULL;
    }
    const uint8_t *at = wire->at;
    wire->at += count;
    return at;
}

uint32_t ss__take_u8(ss_wire *wire) {
    const uint8_t *at = take(wire, 1);
    return at ? at[0] : 0u;
}

uint32_t ss__take_u32(ss_wire *wire) {
    const uint8_t *at = take(wire, 4);
    if (!at) return 0;
    return (uint32_t)at[0] | ((uint32_t)at[1] << 8u) | ((uint32_t)at[2] << 16u) |
           ((uint32_t)at[3] << 24u);
}

uint64_t ss__take_u64(ss_wire *wire) {
    const uint64_t low = ss__take_u32(wire);
    return low | ((uint64_t)ss__take_u32(wire) << 32u);
}

ss_wire_text ss__take_text(ss_wire *wire) {
    const uint32_t length = ss__take_u32(wire);
    const uint8_t *at = take(wire, length);
    return at ? (ss_wire_text){(const char *)at, length} : (ss_wire_text){"", 0};
}

static double take_double(ss_wire *wire) {
    const uint64_t bits = ss__take_u64(wire);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// The fields of each kind, in the order of protocol.h.
static void take_fields(ss_wire *wire, ss_said *said) {
    switch ((ss_output_kind)said->kind) {
    case SS_OUTPUT_CALL:
        said->token = ss__take_u32(wire);
        said->target = ss__take_text(wire);
        said->operation = ss__take_text(wire);
        said->time_ns = (int64_t)ss__take_u64(wire);
        said->body = ss__take_text(wire);
        break;
    case SS_OUTPUT_SEND:
        said->target = ss__take_text(wire);
        said->operation = ss__take_text(wire);
        said->body = ss__take_text(wire);
        break;
    case SS_OUTPUT_PUBLISH:
        said->token = ss__take_u32(wire);
        said->target = ss__take_text(wire);
        said->operation = ss__take_text(wire);
        said->key = ss__take_text(wire);
        said->body = ss__take_text(wire);
        break;
    case SS_OUTPUT_SLEEP:
        said->token = ss__take_u32(wire);
        said->time_ns = (int64_t)ss__take_u64(wire);
        break;
    case SS_OUTPUT_CPU:
        said->time_ns = (int64_t)ss__take_u64(wire);
        break;
    case SS_OUTPUT_REPLY:
        said->body = ss__take_text(wire);
        break;
    case SS_OUTPUT_ERROR:
        said->target = ss__take_text(wire);
        said->body = ss__take_text(wire);
        break;
    case SS_OUTPUT_LOG:
        said->level = ss__take_u8(wire);
        said->line = ss__take_u32(wire);
        said->target = ss__take_text(wire);
        break;
    case SS_OUTPUT_METRIC:
        said->target = ss__take_text(wire);
        said->value = take_double(wire);
        break;
    case SS_OUTPUT_SETTLED:
    case SS_OUTPUT_LOADED:
    case SS_OUTPUT_TIMER:
    case SS_OUTPUT_CANCEL:
        break;
    }
}

ss_said ss__take_said(ss_wire *wire) {
    ss_said said = {.target = {"", 0}, .operation = {"", 0}, .key = {"", 0}, .body = {"", 0}};
    if (wire->at == wire->end) return said;
    said.kind = ss__take_u8(wire);
    if (said.kind == SS_OUTPUT_LOADED || said.kind == SS_OUTPUT_CANCEL ||
        said.kind == SS_OUTPUT_TIMER) {
        said.token = ss__take_u32(wire);
        if (said.kind == SS_OUTPUT_TIMER) said.time_ns = (int64_t)ss__take_u64(wire);
    } else {
        said.activity = ss__take_u32(wire);
        take_fields(wire, &said);
    }
    if (wire->is_broken || said.kind > SS_OUTPUT_METRIC) said.kind = 0;
    return said;
}

// --- Envelopes -----------------------------------------------------------------------------------

uint32_t ss__seal(ss_handlers *handlers, ss_envelope envelope) {
    ss_text *text = &handlers->scratch;
    text->length = 0;
    ss__put_u8(text, envelope.is_message);
    ss__put_text(text, envelope.operation.bytes, envelope.operation.length);
    ss__put_text(text, envelope.from.bytes, envelope.from.length);
    ss__put_text(text, envelope.key.bytes, envelope.key.length);
    ss__put_text(text, envelope.body.bytes, envelope.body.length);
    if (text->failed) {
        handlers->sim->status = SS_ERROR_MEMORY;
        return 0;
    }
    return ss_payload_create(handlers->sim, (const uint8_t *)text->bytes, text->length);
}

ss_envelope ss__unseal(ss_handlers *handlers, uint32_t payload) {
    ss_envelope envelope = {.operation = {"", 0}, .from = {"", 0}, .key = {"", 0}, .body = {"", 0}};
    const uint32_t bytes = ss_payload_bytes(handlers->sim, payload);
    if (bytes == 0u) return envelope;
    ss_text *text = &handlers->scratch;
    text->length = 0;
    while (text->length < bytes && !text->failed) { // make room; what stands there is overwritten
        static const char room[64];
        ss_text_add_bytes(text, room, sizeof room);
    }
    if (text->failed) {
        handlers->sim->status = SS_ERROR_MEMORY;
        return envelope;
    }
    ss_payload_read(handlers->sim, payload, (uint8_t *)text->bytes);
    ss_wire wire = {(const uint8_t *)text->bytes, (const uint8_t *)text->bytes + bytes, false};
    envelope.is_message = ss__take_u8(&wire);
    envelope.operation = ss__take_text(&wire);
    envelope.from = ss__take_text(&wire);
    envelope.key = ss__take_text(&wire);
    envelope.body = ss__take_text(&wire);
    return envelope;
}
