/// Shared within core/codegen.
#ifndef SS_CODEGEN_INTERNAL_H
#define SS_CODEGEN_INTERNAL_H

#include "scalesim/codegen.h"

#define SS__SCOPE_MAX 4u /* design, service, operation, and one to spare */

// --- Escaping ------------------------------------------------------------------------------------

/// How {{name}} is written into a file; each makes the value safe inside one kind of literal.
typedef enum ss__escape {
    SS__ESCAPE_NONE,
    SS__ESCAPE_HTML,     ///< element content and quoted attributes
    SS__ESCAPE_JSON,     ///< inside a double-quoted JSON string
    SS__ESCAPE_YAML,     ///< inside a double-quoted YAML scalar
    SS__ESCAPE_JS,       ///< inside a '…', "…" or `…` literal
    SS__ESCAPE_SHELL,    ///< inside '…' of a POSIX shell
    SS__ESCAPE_SQL,      ///< inside '…'
    SS__ESCAPE_MARKDOWN, ///< running text and table cells
} ss__escape;
#define SS__ESCAPE_NAMES "none, html, json, yaml, js, shell, sql, markdown"

bool ss__escape_find(const char *name, ss__escape *out);
void ss__escape_write(ss__escape escape, const char *text, size_t length, ss_text *out);

/// Writes a number as ECMAScript's String() does ("0.000001", "1e-7", "1e+21"; no "-0").
void ss__add_script_number(ss_text *out, double number);

/// What a template sees: its contexts, outermost first, and its partials.
typedef struct ss__scope {
    const ss_json *contexts[SS__SCOPE_MAX];
    size_t count;
    const ss_json *partials; ///< object of name → template; or NULL
} ss__scope;

/// As ss_mustache_render; `name` stands in messages.
ss_status ss__mustache_render_named(const char *name, const char *template_text, size_t length,
                                    const ss__scope *scope, ss__escape escape,
                                    const ss_allocator *allocator, ss_diagnostics *diagnostics,
                                    ss_text *out);

// --- Archive -------------------------------------------------------------------------------------

typedef struct ss__zip_file {
    const char *path; ///< UTF-8, "/" between folders, relative
    const char *bytes;
    size_t length;
    bool is_executable;
} ss__zip_file;

/// Appends a zip archive of the files, in the order given. SS_ERROR_LIMIT beyond 65,535 files or
/// 2 GiB.
ss_status ss__zip_write(const ss__zip_file *files, size_t count, const ss_allocator *allocator,
                        ss_text *out);

#endif
