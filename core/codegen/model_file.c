/// The design as a file of the project, and its hash, which ties the project to the model.
#include "codegen/context.h"

#include <string.h>

#define LINE_MAX 100u /* a container that fits into a line stays on it */

static void add_indent(ss_text *out, uint32_t depth) {
    while (depth-- > 0u) ss_text_add(out, "  ");
}

static bool is_container(const ss_json *value) {
    const ss_json_kind kind = ss_json_kind_of(value);
    return kind == SS_JSON_ARRAY || kind == SS_JSON_OBJECT;
}

/// Writes on one line, with blanks after colons and commas.
static void write_line(const ss_json *value, ss_text *out) {
    if (!is_container(value)) {
        ss_json_write(value, out);
        return;
    }
    const bool is_object = ss_json_kind_of(value) == SS_JSON_OBJECT;
    const ss_json *child = ss_json_first(value);
    ss_text_add(out, is_object ? child ? "{ " : "{" : "[");
    for (; child; child = ss_json_next(child)) {
        if (is_object) {
            ss_text_add_json_string(out, ss_json_key(child), strlen(ss_json_key(child)));
            ss_text_add(out, ": ");
        }
        write_line(child, out);
        if (ss_json_next(child)) ss_text_add(out, ", ");
    }
    ss_text_add(out, is_object ? ss_json_first(value) ? " }" : "}" : "]");
}

/// Tries a container on one line; takes it back when the line gets too long.
static bool write_if_short(const ss_json *value, uint32_t column, ss_text *out) {
    const size_t before = out->length;
    write_line(value, out);
    if (out->failed || out->length - before + column <= LINE_MAX) return true;
    out->length = before;
    out->bytes[before] = '\0';
    return false;
}

static void write_value(const ss_json *value, uint32_t depth, uint32_t column, ss_text *out) {
    // The document itself, and its lists of parts, read better spread out.
    const bool may_be_short = depth > 1u || !is_container(value);
    if (!is_container(value) || !ss_json_first(value) ||
        (may_be_short && write_if_short(value, column, out))) {
        if (!is_container(value) || !ss_json_first(value)) write_line(value, out);
        return;
    }
    const bool is_object = ss_json_kind_of(value) == SS_JSON_OBJECT;
    ss_text_add(out, is_object ? "{\n" : "[\n");
    for (const ss_json *child = ss_json_first(value); child; child = ss_json_next(child)) {
        add_indent(out, depth + 1u);
        uint32_t inner = 2u * (depth + 1u);
        if (is_object) {
            const size_t length = strlen(ss_json_key(child));
            ss_text_add_json_string(out, ss_json_key(child), length);
            ss_text_add(out, ": ");
            inner += (uint32_t)length + 4u;
        }
        write_value(child, depth + 1u, inner, out);
        ss_text_add(out, ss_json_next(child) ? ",\n" : "\n");
    }
    add_indent(out, depth);
    ss_text_add(out, is_object ? "}" : "]");
}

void ss__pretty_write(const ss_json *value, ss_text *out) {
    write_value(value, 0, 0, out);
    ss_text_add(out, "\n");
}

// --- SHA-256 -------------------------------------------------------------------------------------

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned by) {
    return x >> by | x << (32u - by);
}

static void sha256_block(uint32_t state[8], const unsigned char *block) {
    uint32_t w[64];
    for (unsigned i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[i - 7] +
               (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                            ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
        const uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                            ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) state[i] += v[i];
}

void ss__sha256_hex(const char *bytes, size_t length, char out[65]) {
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    size_t at = 0;
    for (; at + 64 <= length; at += 64) sha256_block(state, (const unsigned char *)bytes + at);
    unsigned char tail[128] = {0};
    const size_t left = length - at;
    if (left > 0) memcpy(tail, bytes + at, left);
    tail[left] = 0x80;
    const size_t tail_length = left < 56 ? 64 : 128;
    const uint64_t bits = (uint64_t)length * 8u;
    for (unsigned i = 0; i < 8; i++) tail[tail_length - 1 - i] = (unsigned char)(bits >> 8 * i);
    for (size_t i = 0; i < tail_length; i += 64) sha256_block(state, tail + i);
    for (unsigned i = 0; i < 64; i++) {
        out[i] = "0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 15u];
    }
    out[64] = '\0';
}
