/// Code generation: a design becomes a project ("capsule") that builds, tests and runs.
#ifndef SCALESIM_CODEGEN_H
#define SCALESIM_CODEGEN_H

#include "scalesim/model.h"

/// Generates the capsule of the named targets (all suitable ones when count is 0) as a zip archive
/// whose bytes depend on the design and the targets alone (fixed dates, sorted names). Unknown
/// targets and nodes a target cannot express are diagnostics.
ss_status ss_generate_zip(const ss_design *design, const char *const *targets, size_t count,
                          const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss_text *zip);

/// Called once a generated file, in path order; returns false to stop (then SS_ERROR_IO).
typedef bool (*ss_generated_file)(void *context, const char *path, const char *bytes,
                                  size_t length, bool executable);
ss_status ss_generate_files(const ss_design *design, const char *const *targets, size_t count,
                            const ss_allocator *allocator, ss_diagnostics *diagnostics,
                            ss_generated_file each, void *context);

/// Writes the targets that exist, for `scalesim catalog` and the page, as a JSON array of
/// {"name", "title", "text"}.
ss_status ss_targets_write_json(const ss_allocator *allocator, ss_text *out);

/// Writes the whole catalog as ss_catalog_write_json does, with the targets as a last member
/// "targets": what `scalesim catalog --json` prints.
ss_status ss_targets_write_catalog(const ss_catalog *catalog, const ss_allocator *allocator,
                                   ss_text *out);

/// Renders a Mustache 1.x template (interpolation, sections, inverted, comments, partials,
/// set-delimiters) over JSON. `escape` names the escaping of {{name}}: "none", "html", "json",
/// "yaml", "shell", "js", "markdown"… Errors are diagnostics with the template's line and column.
ss_status ss_mustache_render(const char *template_text, size_t length, const ss_json *context,
                             const ss_json *partials_or_null, const char *escape,
                             const ss_allocator *allocator, ss_diagnostics *diagnostics,
                             ss_text *out);

#endif
