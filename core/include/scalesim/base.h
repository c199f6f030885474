/// ScaleSim base: status codes, allocation, text buffers, diagnostics.
///
/// Everything else in the library stands on these four. Nothing here keeps global state, and
/// nothing aborts on bad input: a function that can fail returns an ss_status and, where a person
/// could mend the cause, adds a diagnostic that says how.
#ifndef SCALESIM_BASE_H
#define SCALESIM_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SS_PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#else
#define SS_PRINTF_LIKE(format_at, first_at)
#endif

/// For what every event passes. A call costs more in WebAssembly than elsewhere (all registers are
/// the caller's to save), and its compilers inline less.
#define SS_ALWAYS_INLINE static inline __attribute__((always_inline))

// --- Status ----------------------------------------------------------------------------------

/// What came of a call. Zero is success, so `if (status)` reads as "if it failed".
typedef enum ss_status {
    SS_OK = 0,
    SS_ERROR_INPUT,  ///< the document or an argument is wrong; diagnostics say where
    SS_ERROR_MEMORY, ///< the allocator refused; the object is unchanged or destroyed, never half
    SS_ERROR_LIMIT,  ///< a named limit was reached (run memory, handler budget, event count)
    SS_ERROR_IO,     ///< reading or writing failed (hosts only; the core does no I/O)
} ss_status;

/// Returns the name of a status as a word fit for a log ("ok", "input", "memory", …).
const char *ss_status_name(ss_status status);

// --- Allocation ------------------------------------------------------------------------------

/// The one allocation function, passed in by the host.
/// `reallocate(context, NULL, 0, n)` allocates, `(p, old, 0)` frees and returns NULL, anything else
/// resizes and keeps the contents. Returns NULL when memory is refused (then `p` is still valid).
/// Blocks are aligned for any C object. Not thread-safe: one allocator per engine.
typedef struct ss_allocator {
    void *(*reallocate)(void *context, void *pointer, size_t old_bytes, size_t new_bytes);
    void *context;
} ss_allocator;

/// Returns the allocator over the C library's realloc and free.
ss_allocator ss_allocator_default(void);

void *ss_allocate(const ss_allocator *allocator, size_t bytes);        ///< contents undefined
void *ss_allocate_zeroed(const ss_allocator *allocator, size_t bytes); ///< contents zero
void *ss_reallocate(const ss_allocator *allocator, void *pointer, size_t old_bytes,
                    size_t new_bytes);
void ss_deallocate(const ss_allocator *allocator, void *pointer, size_t bytes); ///< NULL is fine

#define SS_CACHE_LINE_BYTES 64u
/// Like ss_reallocate, for blocks that begin a cache line; what is new in them is undefined.
void *ss_reallocate_lines(const ss_allocator *allocator, void *pointer, size_t old_bytes,
                          size_t new_bytes);
void *ss_allocate_lines_zeroed(const ss_allocator *allocator, size_t bytes);
void ss_deallocate_lines(const ss_allocator *allocator, void *pointer, size_t bytes);

/// An arena: many small things that live and die together (a parsed document, a compiled model).
typedef struct ss_arena ss_arena;
ss_arena *ss_arena_create(const ss_allocator *allocator); ///< NULL when memory is refused
void ss_arena_destroy(ss_arena *arena);                   ///< NULL is fine
void *ss_arena_allocate(ss_arena *arena, size_t bytes);   ///< zeroed, 16-byte aligned; or NULL
char *ss_arena_copy_text(ss_arena *arena, const char *text, size_t length); ///< NUL-terminated

// --- Text buffers ----------------------------------------------------------------------------

/// A growing byte buffer. After a failed growth `failed` stays true, later writes do nothing, and
/// the writer checks once at the end (ss_text_status).
typedef struct ss_text {
    char *bytes; ///< always NUL-terminated once anything was written; NULL before
    size_t length;
    size_t capacity;
    bool failed;
    ss_allocator allocator;
} ss_text;

ss_text ss_text_create(const ss_allocator *allocator);
void ss_text_destroy(ss_text *text);
ss_status ss_text_status(const ss_text *text);               ///< SS_OK or SS_ERROR_MEMORY
void ss_text_add(ss_text *text, const char *string);         ///< NUL-terminated
void ss_text_add_bytes(ss_text *text, const void *bytes, size_t length);
void ss_text_add_char(ss_text *text, char character);
/// Adds formatted text. Only %s %.*s %c %d %u %zu %x %08x %016llx %lld %llu %% : never floating
/// point (use ss_text_add_number), so the output cannot depend on locale or C library.
void ss_text_add_format(ss_text *text, const char *format, ...) SS_PRINTF_LIKE(2, 3);
/// Adds a double as the shortest decimal that reads back to the same bits, in JSON's grammar
/// ("0", "-2.5", "1e-7", "1.7976931348623157e308"). A NaN or infinity is written as null.
void ss_text_add_number(ss_text *text, double number);
/// Adds a JSON string literal with its quotes; invalid UTF-8 becomes U+FFFD.
void ss_text_add_json_string(ss_text *text, const char *string, size_t length);
/// Adds a number for people: three or four significant digits and an SI-style time unit
/// ("213 ms", "1.25 s", "80 us").
void ss_text_add_duration(ss_text *text, double seconds);

// --- Diagnostics -----------------------------------------------------------------------------

typedef enum ss_severity { SS_SEVERITY_ERROR, SS_SEVERITY_WARNING } ss_severity;

/// One finding about the input. `line` and `column` count from 1 (column in bytes of UTF-8); 0 when
/// the finding is about no place in the text.
typedef struct ss_diagnostic {
    ss_severity severity;
    const char *code;    ///< stable, "E…" or "W…"; see core/base/codes.def
    const char *pointer; ///< RFC 6901 JSON pointer, "" for the whole document
    uint32_t line;
    uint32_t column;
    const char *message; ///< one sentence that says what to write instead
} ss_diagnostic;

/// A list of findings; owns its strings. At most SS_DIAGNOSTICS_MAX are kept, the rest counted.
typedef struct ss_diagnostics ss_diagnostics;
#define SS_DIAGNOSTICS_MAX 1000u /* a page of errors helps nobody more than this */

ss_diagnostics *ss_diagnostics_create(const ss_allocator *allocator);
void ss_diagnostics_destroy(ss_diagnostics *diagnostics);
void ss_diagnostics_clear(ss_diagnostics *diagnostics);
size_t ss_diagnostics_count(const ss_diagnostics *diagnostics);
size_t ss_diagnostics_error_count(const ss_diagnostics *diagnostics);
const ss_diagnostic *ss_diagnostics_get(const ss_diagnostics *diagnostics, size_t index);
/// Adds a finding. The severity is told by the code's first letter. Lines and columns are filled
/// in later by ss_diagnostics_locate.
void ss_diagnostics_add(ss_diagnostics *diagnostics, const char *code, const char *pointer,
                        const char *format, ...) SS_PRINTF_LIKE(4, 5);
/// Fills the line and column of every finding that has none from the document's text, by walking
/// to its pointer (the nearest existing ancestor where the place itself does not exist).
void ss_diagnostics_locate(ss_diagnostics *diagnostics, const char *json, size_t length);
/// Writes the findings as a JSON array, in document order of their places.
void ss_diagnostics_write_json(const ss_diagnostics *diagnostics, ss_text *out);
/// Writes the findings for people: "FILE:line:column: error E104: message", one a line.
void ss_diagnostics_write_text(const ss_diagnostics *diagnostics, const char *file, ss_text *out);

#ifdef __cplusplus
}
#endif
#endif
