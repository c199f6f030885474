/// The C library's functions that would otherwise reach the host: the module imports nothing.
///
/// Memory, time and text formatting are answered here, from what the host has put into the module.
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "guest.h"

#define PAGE_BYTES 65536u
/// Simulated time 0, in seconds since 1970: 2026-01-01T00:00:00Z.
#define EPOCH_S 1767225600

// --- Stopping ------------------------------------------------------------------------------------

static guest_stop_reason stopped;
static size_t memory_limit_bytes = SIZE_MAX;
static bool is_lent;
static int64_t now_ns;

_Noreturn void guest_stop(guest_stop_reason reason) {
    stopped = reason;
    __builtin_trap();
}

GUEST_EXPORT(guest_reason) int guest_reason(void) { return (int)stopped; }

/// Called by QuickJS (as tools/guest patches it) where it would throw a catchable error: code that
/// catches it and goes on would make the depth reached part of its behaviour.
_Noreturn void guest_stop_stack(void) { guest_stop(GUEST_STOP_STACK); }

/// What the C library's abort ends in.
_Noreturn void _Exit(int status) {
    (void)status;
    __builtin_trap();
}

// --- Memory --------------------------------------------------------------------------------------

GUEST_EXPORT(guest_limit_memory) void guest_limit_memory(size_t bytes) {
    memory_limit_bytes = bytes;
}

void guest_lend_memory(bool is_lent_now) { is_lent = is_lent_now; }

extern unsigned char __heap_base;

/// Grows the heap to the byte, and the memory by whole pages. Beyond the limit the module stops at
/// once: no code can go on, or lie about it, after an allocation failed.
void *sbrk(intptr_t increment) {
    static uintptr_t top;
    if (top == 0) top = (uintptr_t)&__heap_base;
    const uintptr_t before = top;
    if (increment <= 0) return (void *)before; // dlmalloc never gives back here
    if (is_lent && memory_limit_bytes < SIZE_MAX / 2u) memory_limit_bytes += (size_t)increment;
    if ((size_t)increment > memory_limit_bytes || before > memory_limit_bytes - (size_t)increment) {
        guest_stop(GUEST_STOP_MEMORY);
    }
    const uintptr_t after = (before + (uintptr_t)increment + 15u) & ~(uintptr_t)15u;
    const size_t pages = __builtin_wasm_memory_size(0);
    const size_t wanted = (after + PAGE_BYTES - 1u) / PAGE_BYTES;
    if (wanted > pages && __builtin_wasm_memory_grow(0, wanted - pages) == SIZE_MAX) {
        guest_stop(GUEST_STOP_MEMORY);
    }
    top = after;
    return (void *)before;
}

// --- Time ----------------------------------------------------------------------------------------

void guest_set_now(int64_t time_ns) { now_ns = time_ns; }
int64_t guest_now(void) { return now_ns; }

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    (void)zone;
    out->tv_sec = (time_t)(EPOCH_S + now_ns / 1000000000);
    out->tv_usec = (suseconds_t)(now_ns % 1000000000 / 1000);
    return 0;
}

/// Everybody lives in UTC here; QuickJS asks for nothing but the offset.
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict out) {
    (void)time;
    memset(out, 0, sizeof *out);
    return out;
}

// --- Text formatting -----------------------------------------------------------------------------

typedef struct writer {
    char *out;
    size_t capacity, length;
} writer;

typedef struct directive {
    bool zero, plus, minus;
    int width, precision;
    int longs;
} directive;

static void put(writer *to, char character) {
    if (to->length + 1u < to->capacity) to->out[to->length] = character;
    to->length += 1u;
}

static void put_padded(writer *to, const directive *with, const char *text, size_t length,
                       const char *sign) {
    const size_t signs = strlen(sign);
    const size_t used = length + signs;
    const size_t width = with->width > 0 ? (size_t)with->width : 0u;
    size_t padding = width > used ? width - used : 0u;
    if (!with->minus && !with->zero) {
        for (; padding > 0; padding--) put(to, ' ');
    }
    for (size_t i = 0; i < signs; i++) put(to, sign[i]);
    if (with->zero && !with->minus) {
        for (; padding > 0; padding--) put(to, '0');
    }
    for (size_t i = 0; i < length; i++) put(to, text[i]);
    for (; padding > 0; padding--) put(to, ' ');
}

static void put_number(writer *to, const directive *with, uint64_t magnitude, unsigned base,
                       bool capital, const char *sign) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        const unsigned digit = (unsigned)(magnitude % base);
        digits[--at] = (char)(digit < 10u ? '0' + digit : (capital ? 'A' : 'a') + digit - 10u);
        magnitude /= base;
    } while (magnitude > 0);
    put_padded(to, with, digits + at, sizeof digits - at, sign);
}

static const char *read_directive(const char *format, directive *out, va_list *arguments) {
    for (;; format++) {
        if (*format == '0') out->zero = true;
        else if (*format == '+') out->plus = true;
        else if (*format == '-') out->minus = true;
        else break;
    }
    if (*format == '*') {
        out->width = va_arg(*arguments, int);
        format++;
    }
    while (*format >= '0' && *format <= '9') out->width = out->width * 10 + (*format++ - '0');
    if (*format == '.') {
        format++;
        out->precision = 0;
        if (*format == '*') {
            out->precision = va_arg(*arguments, int);
            format++;
        }
        while (*format >= '0' && *format <= '9') {
            out->precision = out->precision * 10 + (*format++ - '0');
        }
    }
    for (; *format == 'l' || *format == 'z'; format++) out->longs += *format == 'l';
    return format;
}

static void put_directive(writer *to, char kind, const directive *with, va_list *arguments) {
    if (kind == 's') {
        const char *text = va_arg(*arguments, const char *);
        const size_t most = with->precision >= 0 ? (size_t)with->precision : SIZE_MAX;
        size_t length = 0;
        while (length < most && text[length] != '\0') length++;
        directive plain = *with;
        plain.zero = false;
        put_padded(to, &plain, text, length, "");
    } else if (kind == 'c') {
        const char character = (char)va_arg(*arguments, int);
        put_padded(to, with, &character, 1u, "");
    } else if (kind == 'd') {
        const int64_t value =
            with->longs > 1 ? va_arg(*arguments, long long) : va_arg(*arguments, int);
        const uint64_t magnitude = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
        put_number(to, with, magnitude, 10u, false, value < 0 ? "-" : with->plus ? "+" : "");
    } else if (kind == 'u' || kind == 'x' || kind == 'X' || kind == 'p') {
        const uint64_t value =
            with->longs > 1 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned);
        put_number(to, with, value, kind == 'u' ? 10u : 16u, kind == 'X', "");
    } else {
        put(to, kind); // "%%"; QuickJS formats no floating point this way
    }
}

int vsnprintf(char *restrict out, size_t capacity, const char *restrict format,
              va_list given_arguments) {
    writer to = {out, capacity, 0};
    va_list arguments;
    va_copy(arguments, given_arguments);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&to, *format);
            continue;
        }
        directive with = {.precision = -1};
        format = read_directive(format + 1, &with, &arguments);
        put_directive(&to, *format, &with, &arguments);
    }
    va_end(arguments);
    if (capacity > 0) out[to.length < capacity ? to.length : capacity - 1u] = '\0';
    return (int)to.length;
}

int snprintf(char *restrict out, size_t capacity, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(out, capacity, format, arguments);
    va_end(arguments);
    return length;
}

/// QuickJS prints only from debugging functions that are not linked.
int printf(const char *restrict format, ...) {
    (void)format;
    return 0;
}
