/// Reads a module's sections and walks its code, instruction by instruction.
///
/// Follows the binary format of the WebAssembly core specification 2.0, chapter 5. The module is
/// valid already, so this does not type it; but it reads no byte out of bounds whatever it is
/// given.
#include <string.h>

#include "meter/scan.h"

enum {
    SECTION_CUSTOM = 0,
    SECTION_TYPE = 1,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_TABLE = 4,
    SECTION_MEMORY = 5,
    SECTION_GLOBAL = 6,
    SECTION_EXPORT = 7,
    SECTION_START = 8,
    SECTION_CODE = 10,
    SECTION_TAG = 13,
};

#define TYPES_MAX 100000u
#define MEMORY_PAGES_MAX 65536u /* all that 32 bits can address */
#define OUTSIDE UINT32_MAX

/// One type's parameters, for the stack that its functions take.
typedef struct signature {
    uint32_t count;
    uint32_t bytes;
} signature;

typedef struct scanner {
    const uint8_t *bytes;
    size_t at;
    size_t end; ///< of the section being read
    const ss_meter_options *options;
    const ss_allocator *allocator;
    ss__meter_scan *out;
    ss_meter_finding finding; ///< the first; once set, nothing more is read
    uint32_t function;        ///< being read
    uint32_t opcode;
    signature *signatures;
    uint32_t signature_count;
    uint32_t *type_of; ///< of each function with a body
    uint32_t memories;
    uint32_t sections; ///< a bit for each that was read
    bool out_of_memory;
} scanner;

static bool has_failed(const scanner *s) { return s->finding.refusal || s->out_of_memory; }

static void refuse(scanner *s, ss_meter_refusal refusal, size_t at) {
    if (has_failed(s)) return;
    s->finding = (ss_meter_finding){refusal, at, s->function, s->opcode};
}

static uint8_t read_byte(scanner *s) {
    if (has_failed(s)) return 0;
    if (s->at >= s->end) {
        refuse(s, SS_METER_MALFORMED, s->at);
        return 0;
    }
    return s->bytes[s->at++];
}

/// An unsigned LEB128 of at most 32 bits.
static uint32_t read_u32(scanner *s) {
    uint32_t value = 0;
    for (uint32_t shift = 0; shift < 35; shift += 7) {
        const uint8_t byte = read_byte(s);
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
    refuse(s, SS_METER_MALFORMED, s->at);
    return 0;
}

static void skip_leb(scanner *s) {
    for (uint32_t i = 0; i < 10; i++) {
        if (!(read_byte(s) & 0x80)) return;
    }
    refuse(s, SS_METER_MALFORMED, s->at);
}

static void skip_bytes(scanner *s, size_t count) {
    if (has_failed(s)) return;
    if (count > s->end - s->at) {
        refuse(s, SS_METER_MALFORMED, s->at);
        return;
    }
    s->at += count;
}

/// Skips a name; Binaryen cannot hold one with a zero byte.
static void skip_name(scanner *s) {
    const uint32_t length = read_u32(s);
    const size_t at = s->at;
    skip_bytes(s, length);
    if (!has_failed(s) && memchr(s->bytes + at, 0, length)) refuse(s, SS_METER_NAME_ZERO, at);
}

/// The count of a vector whose items take at least one byte each.
static uint32_t read_count(scanner *s, uint32_t maximum) {
    const size_t at = s->at;
    const uint32_t count = read_u32(s);
    if (has_failed(s)) return 0;
    if (count > s->end - s->at) refuse(s, SS_METER_MALFORMED, at);
    if (count > maximum) refuse(s, SS_METER_TOO_LARGE, at);
    return has_failed(s) ? 0 : count;
}

/// Bytes of stack of a value type; refuses the types of later proposals.
static uint32_t read_value_type(scanner *s) {
    const size_t at = s->at;
    switch (read_byte(s)) {
    case 0x7f:
    case 0x7e:
    case 0x7d:
    case 0x7c:
    case 0x70:
    case 0x6f: return 8;
    case 0x7b: return 16;
    default: refuse(s, SS_METER_GC, at); return 0;
    }
}

static bool read_limits(scanner *s, uint32_t *minimum, uint32_t *maximum) {
    const size_t at = s->at;
    const uint8_t flags = read_byte(s);
    if (flags & 4) refuse(s, SS_METER_MEMORY64, at);
    if (flags & 2) refuse(s, SS_METER_THREADS, at);
    if (flags > 1) refuse(s, SS_METER_UNKNOWN, at);
    *minimum = read_u32(s);
    if (flags & 1) *maximum = read_u32(s);
    return !has_failed(s);
}

static void read_memory(scanner *s) {
    const size_t at = s->at;
    uint32_t pages = 0, pages_max = MEMORY_PAGES_MAX;
    if (!read_limits(s, &pages, &pages_max)) return;
    if (s->memories++ > 0) refuse(s, SS_METER_SEVERAL_MEMORIES, at);
    if (s->options->is_closed && pages > SS_METER_PAGES_MAX) refuse(s, SS_METER_TOO_LARGE, at);
    s->out->has_memory = true;
    s->out->memory_pages = pages;
    s->out->memory_pages_max = pages_max;
}

static void read_table(scanner *s) {
    const size_t at = s->at;
    uint32_t entries = 0, entries_max = 0;
    (void)read_value_type(s);
    if (!read_limits(s, &entries, &entries_max)) return;
    if (entries > SS_METER_TABLE_ENTRIES_MAX) refuse(s, SS_METER_TOO_LARGE, at);
}

static void *allocate_zeroed(scanner *s, size_t count, size_t size) {
    if (has_failed(s) || count == 0) return NULL;
    void *block = ss_allocate_zeroed(s->allocator, count * size);
    if (!block) s->out_of_memory = true;
    return block;
}

static void scan_types(scanner *s) {
    s->signature_count = read_count(s, TYPES_MAX);
    s->signatures = allocate_zeroed(s, s->signature_count, sizeof *s->signatures);
    for (uint32_t i = 0; i < s->signature_count && !has_failed(s); i++) {
        const size_t at = s->at;
        if (read_byte(s) != 0x60) refuse(s, SS_METER_GC, at);
        const uint32_t parameters = read_count(s, SS_METER_LOCALS_MAX);
        uint32_t bytes = 0;
        for (uint32_t k = 0; k < parameters; k++) bytes += read_value_type(s);
        const uint32_t results = read_count(s, SS_METER_LOCALS_MAX);
        for (uint32_t k = 0; k < results; k++) (void)read_value_type(s);
        if (!has_failed(s)) s->signatures[i] = (signature){parameters, bytes};
    }
}

static void scan_imports(scanner *s) {
    const uint32_t count = read_count(s, SS_METER_FUNCTIONS_MAX);
    s->out->import_count = count;
    for (uint32_t i = 0; i < count && !has_failed(s); i++) {
        const size_t at = s->at;
        if (s->options->is_closed) refuse(s, SS_METER_IMPORTS, at);
        skip_name(s);
        skip_name(s);
        switch (read_byte(s)) {
        case 0:
            (void)read_u32(s);
            s->out->function_imports++;
            break;
        case 1: read_table(s); break;
        case 2:
            read_memory(s);
            s->out->memory_is_imported = true;
            break;
        case 3:
            (void)read_value_type(s);
            (void)read_byte(s);
            break;
        case 4: refuse(s, SS_METER_EXCEPTIONS, at); break;
        default: refuse(s, SS_METER_UNKNOWN, at); break;
        }
    }
}

static void scan_functions(scanner *s) {
    const uint32_t count = read_count(s, SS_METER_FUNCTIONS_MAX);
    s->out->functions = allocate_zeroed(s, count, sizeof *s->out->functions);
    s->type_of = allocate_zeroed(s, count, sizeof *s->type_of);
    s->out->function_count = count;
    for (uint32_t i = 0; i < count && !has_failed(s); i++) {
        const size_t at = s->at;
        s->type_of[i] = read_u32(s);
        if (s->type_of[i] >= s->signature_count) refuse(s, SS_METER_MALFORMED, at);
    }
}

/// Notes that the host may call a function.
static void mark_entered(scanner *s, uint32_t index) {
    if (has_failed(s) || index < s->out->function_imports) return;
    const uint32_t own = index - s->out->function_imports;
    if (own < s->out->function_count) s->out->functions[own].is_exported = true;
}

/// Refuses a name of ours, which ends where we are.
static void refuse_taken_name(scanner *s, size_t at) {
    static const char taken[] = "scalesim_";
    for (; at + sizeof taken - 1 <= s->at; at++) {
        if (s->bytes[at] != taken[0]) continue; // the length comes first
        if (memcmp(s->bytes + at, taken, sizeof taken - 1) == 0) refuse(s, SS_METER_NAME_TAKEN, at);
        return;
    }
}

static void scan_exports(scanner *s) {
    const uint32_t count = read_count(s, SS_METER_FUNCTIONS_MAX);
    for (uint32_t i = 0; i < count && !has_failed(s); i++) {
        const size_t at = s->at;
        skip_name(s);
        if (has_failed(s)) return;
        refuse_taken_name(s, at);
        const uint8_t kind = read_byte(s);
        const uint32_t index = read_u32(s);
        if (kind == 0) mark_entered(s, index);
        if (kind == 1 && index > 0) refuse(s, SS_METER_TABLE_EXPORT, at);
    }
}

static void skip_memory_argument(scanner *s) {
    const size_t at = s->at;
    if (read_u32(s) >= 32) refuse(s, SS_METER_SEVERAL_MEMORIES, at); // bit 6: a memory index
    (void)read_u32(s);
}

static void skip_block_type(scanner *s) {
    const size_t at = s->at;
    const uint8_t byte = read_byte(s);
    switch (byte) {
    case 0x40:
    case 0x7f:
    case 0x7e:
    case 0x7d:
    case 0x7c:
    case 0x7b:
    case 0x70:
    case 0x6f: return;
    default: break;
    }
    if ((byte & 0xc0) == 0x40) refuse(s, SS_METER_GC, at); // another one-byte type
    if (has_failed(s)) return;
    s->at = at;
    const uint32_t type = read_u32(s);
    if (type >= s->signature_count)
        refuse(s, SS_METER_MALFORMED, at);
    else if (s->signatures[type].count > 0)
        refuse(s, SS_METER_BLOCK_PARAMETERS, at);
}

/// What changes a state that is in no memory and no global.
static void refuse_hidden(scanner *s, size_t at) {
    if (s->options->is_closed) refuse(s, SS_METER_HIDDEN_STATE, at);
}

/// The instructions behind 0xfc: saturating truncation, bulk memory and tables.
static void skip_prefixed_fc(scanner *s, size_t at) {
    const uint32_t number = read_u32(s);
    s->opcode = 0xfcu << 16 | number;
    if (number <= 7) return;
    switch (number) {
    case 8: // memory.init
        (void)read_u32(s);
        (void)read_u32(s);
        return;
    case 9: // data.drop
        refuse_hidden(s, at);
        (void)read_u32(s);
        return;
    case 10: // memory.copy
        (void)read_u32(s);
        (void)read_u32(s);
        return;
    case 11: (void)read_u32(s); return; // memory.fill
    case 15:                            // table.grow
        refuse_hidden(s, at);
        (void)read_u32(s);
        return;
    case 16: (void)read_u32(s); return; // table.size
    case 12:
    case 13:
    case 14:
    case 17: refuse(s, SS_METER_UNSUPPORTED_BULK, at); return;
    default: refuse(s, SS_METER_UNKNOWN, at); return;
    }
}

/// The instructions behind 0xfd: vectors.
static void skip_prefixed_fd(scanner *s, size_t at) {
    const uint32_t number = read_u32(s);
    s->opcode = 0xfdu << 16 | number;
    if (number >= 0x100) {
        refuse(s, SS_METER_RELAXED_SIMD, at);
    } else if (number <= 11 || number == 92 || number == 93) {
        skip_memory_argument(s);
    } else if (number >= 84 && number <= 91) {
        skip_memory_argument(s);
        (void)read_byte(s);
    } else if (number == 12 || number == 13) {
        skip_bytes(s, 16);
    } else if (number >= 21 && number <= 34) {
        (void)read_byte(s);
    }
}

static void skip_branch_table(scanner *s) {
    const uint32_t count = read_count(s, UINT32_MAX);
    for (uint32_t i = 0; i <= count && !has_failed(s); i++) (void)read_u32(s);
}

/// What an instruction below 0x20 holds after its opcode.
static void skip_control(scanner *s, size_t at, ss__meter_function *function) {
    switch (s->opcode) {
    case 0x00:
    case 0x01:
    case 0x05:
    case 0x0b:
    case 0x0f:
    case 0x1a:
    case 0x1b: return;
    case 0x02:
    case 0x03:
    case 0x04: skip_block_type(s); return;
    case 0x0c:
    case 0x0d: (void)read_u32(s); return;
    case 0x0e: skip_branch_table(s); return;
    case 0x10:
        function->has_calls = true;
        (void)read_u32(s);
        return;
    case 0x11:
        function->has_calls = true;
        (void)read_u32(s);
        (void)read_u32(s);
        return;
    case 0x12:
    case 0x13:
    case 0x15: refuse(s, SS_METER_TAIL_CALLS, at); return;
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x09:
    case 0x0a:
    case 0x18:
    case 0x19:
    case 0x1f: refuse(s, SS_METER_EXCEPTIONS, at); return;
    case 0x1c: {
        const uint32_t count = read_count(s, 16);
        for (uint32_t i = 0; i < count; i++) (void)read_value_type(s);
        return;
    }
    default: refuse(s, s->opcode == 0x14 ? SS_METER_GC : SS_METER_UNKNOWN, at); return;
    }
}

static void skip_instruction(scanner *s, ss__meter_function *function) {
    const size_t at = s->at;
    const uint32_t opcode = read_byte(s);
    s->opcode = opcode;
    if (has_failed(s)) return;
    if (opcode == 0x26) refuse_hidden(s, at); // table.set
    if (opcode < 0x20)
        skip_control(s, at, function);
    else if (opcode <= 0x26)
        (void)read_u32(s); // locals, globals, table.get and table.set
    else if (opcode >= 0x28 && opcode <= 0x3e)
        skip_memory_argument(s);
    else if (opcode == 0x3f || opcode == 0x40)
        (void)read_byte(s);
    else if (opcode == 0x41 || opcode == 0x42)
        skip_leb(s);
    else if (opcode == 0x43)
        skip_bytes(s, 4);
    else if (opcode == 0x44)
        skip_bytes(s, 8);
    else if (opcode >= 0x45 && opcode <= 0xc4)
        return; // arithmetic
    else if (opcode == 0xd0)
        (void)read_value_type(s);
    else if (opcode == 0xd1)
        return;
    else if (opcode == 0xd2)
        (void)read_u32(s);
    else if (opcode == 0xfc)
        skip_prefixed_fc(s, at);
    else if (opcode == 0xfd)
        skip_prefixed_fd(s, at);
    else if (opcode == 0xfe)
        refuse(s, SS_METER_THREADS, at);
    else
        refuse(s, opcode >= 0xd3 && opcode <= 0xfb ? SS_METER_GC : SS_METER_UNKNOWN, at);
}

static void scan_locals(scanner *s, ss__meter_function *function) {
    const size_t at = s->at;
    const uint32_t groups = read_count(s, SS_METER_LOCALS_MAX);
    for (uint32_t i = 0; i < groups && !has_failed(s); i++) {
        const uint32_t count = read_u32(s);
        const uint32_t bytes = read_value_type(s);
        if (count > SS_METER_LOCALS_MAX - function->local_count) refuse(s, SS_METER_TOO_LARGE, at);
        if (has_failed(s)) return;
        function->local_count += count;
        function->local_bytes += count * bytes;
    }
}

static void scan_body(scanner *s, uint32_t index) {
    ss__meter_function *function = &s->out->functions[index];
    const signature parameters = s->signatures[s->type_of[index]];
    function->local_count = parameters.count;
    function->local_bytes = parameters.bytes;
    const size_t section_end = s->end;
    const uint32_t bytes = read_count(s, UINT32_MAX);
    if (has_failed(s)) return;
    s->end = s->at + bytes;
    s->function = s->out->function_imports + index;
    scan_locals(s, function);
    uint32_t nesting = 1;
    while (nesting > 0 && !has_failed(s)) {
        const size_t at = s->at;
        skip_instruction(s, function);
        if (s->opcode >= 0x02 && s->opcode <= 0x04) nesting++;
        if (s->opcode == 0x0b) nesting--;
        if (nesting > SS_METER_NESTING_MAX) refuse(s, SS_METER_TOO_DEEP, at);
    }
    if (s->at != s->end) refuse(s, SS_METER_MALFORMED, s->at);
    s->function = OUTSIDE;
    s->opcode = 0;
    s->end = section_end;
}

static void scan_globals(scanner *s) {
    const uint32_t count = read_count(s, SS_METER_GLOBALS_MAX);
    for (uint32_t i = 0; i < count && !has_failed(s); i++) {
        const size_t at = s->at;
        const uint8_t type = s->at < s->end ? s->bytes[s->at] : 0;
        (void)read_value_type(s);
        const bool is_integer = type >= 0x7e;
        if (read_byte(s) && !is_integer && s->options->is_closed) {
            refuse(s, SS_METER_HIDDEN_STATE, at);
        }
        ss__meter_function none = {0};
        do skip_instruction(s, &none);
        while (!has_failed(s) && s->opcode != 0x0b);
        s->opcode = 0;
    }
}

static void scan_section(scanner *s, uint8_t id, size_t begin) {
    const size_t at = s->at;
    if (id > SECTION_TAG) refuse(s, SS_METER_UNKNOWN, begin);
    if (id != SECTION_CUSTOM && (s->sections & 1u << (id & 31)))
        refuse(s, SS_METER_MALFORMED, begin);
    s->sections |= 1u << (id & 31);
    switch (id) {
    case SECTION_TYPE: scan_types(s); return;
    case SECTION_IMPORT: scan_imports(s); return;
    case SECTION_FUNCTION: scan_functions(s); return;
    case SECTION_EXPORT: scan_exports(s); return;
    case SECTION_GLOBAL: scan_globals(s); return;
    case SECTION_TABLE: {
        const uint32_t count = read_count(s, SS_METER_TABLE_ENTRIES_MAX);
        for (uint32_t i = 0; i < count && !has_failed(s); i++) read_table(s);
        return;
    }
    case SECTION_MEMORY: {
        const uint32_t count = read_count(s, SS_METER_FUNCTIONS_MAX);
        for (uint32_t i = 0; i < count && !has_failed(s); i++) read_memory(s);
        return;
    }
    case SECTION_START:
        s->out->has_start = true;
        s->out->start = read_u32(s);
        mark_entered(s, s->out->start);
        return;
    case SECTION_CODE: {
        const uint32_t count = read_count(s, SS_METER_FUNCTIONS_MAX);
        if (count != s->out->function_count) refuse(s, SS_METER_MALFORMED, at);
        for (uint32_t i = 0; i < count && !has_failed(s); i++) scan_body(s, i);
        return;
    }
    case SECTION_TAG: refuse(s, SS_METER_EXCEPTIONS, begin); return;
    default:
        s->at = s->end; // custom, globals, elements, data: nothing that we must know
        return;
    }
}

static void scan_sections(scanner *s, size_t bytes) {
    static const uint8_t header[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (bytes > SS_METER_MODULE_BYTES_MAX)
        refuse(s, SS_METER_TOO_LARGE, 0);
    else if (bytes < sizeof header || memcmp(s->bytes, header, sizeof header) != 0) {
        refuse(s, SS_METER_MALFORMED, 0);
    }
    s->at = sizeof header;
    while (s->at < bytes && !has_failed(s)) {
        const size_t begin = s->at;
        s->end = bytes;
        const uint8_t id = read_byte(s);
        const uint32_t length = read_count(s, UINT32_MAX);
        s->end = s->at + length;
        if (has_failed(s)) return;
        scan_section(s, id, begin);
        if (s->at != s->end) refuse(s, SS_METER_MALFORMED, s->at);
    }
}

ss_status ss__meter_scan_module(const uint8_t *module, size_t bytes,
                                const ss_meter_options *options, const ss_allocator *allocator,
                                ss__meter_scan *out, ss_meter_finding *finding) {
    *out = (ss__meter_scan){0};
    scanner s = {.bytes = module,
                 .end = bytes,
                 .options = options,
                 .allocator = allocator,
                 .out = out,
                 .function = OUTSIDE};
    scan_sections(&s, bytes);
    ss_deallocate(allocator, s.type_of, out->function_count * sizeof *s.type_of);
    ss_deallocate(allocator, s.signatures, s.signature_count * sizeof *s.signatures);
    if (!has_failed(&s)) return SS_OK;
    ss__meter_scan_destroy(out, allocator);
    *finding = s.finding;
    return s.out_of_memory ? SS_ERROR_MEMORY : SS_ERROR_INPUT;
}

static bool is_kept(const scanner *s, uint8_t id, bool keep_names, bool keep_start) {
    static const uint8_t names[5] = {4, 'n', 'a', 'm', 'e'};
    if (id == SECTION_START) return keep_start;
    if (id != SECTION_CUSTOM) return true;
    return keep_names && s->end - s->at >= sizeof names &&
           memcmp(s->bytes + s->at, names, sizeof names) == 0;
}

size_t ss__meter_strip(const uint8_t *module, size_t bytes, bool keep_names, bool keep_start,
                       uint8_t *out) {
    scanner s = {.bytes = module, .at = 8, .end = bytes};
    size_t written = 8;
    memcpy(out, module, written);
    while (s.at < bytes) {
        const size_t begin = s.at;
        s.end = bytes;
        const uint8_t id = read_byte(&s);
        const uint32_t length = read_u32(&s);
        s.end = s.at + length;
        if (is_kept(&s, id, keep_names, keep_start)) {
            memcpy(out + written, module + begin, s.end - begin);
            written += s.end - begin;
        }
        s.at = s.end;
    }
    return written;
}

void ss__meter_scan_destroy(ss__meter_scan *scan, const ss_allocator *allocator) {
    ss_deallocate(allocator, scan->functions, scan->function_count * sizeof *scan->functions);
    *scan = (ss__meter_scan){0};
}
