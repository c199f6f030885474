/// A generation target, as its folder describes it.
#ifndef SS_CODEGEN_TARGET_H
#define SS_CODEGEN_TARGET_H

#include "base/json.h"
#include "codegen/codegen_internal.h"
#include "codegen/plan.h"

/// One target.json, parsed and checked (README.md of the targets' folder says what it may hold).
typedef struct ss__target {
    const char *name, *title, *text;
    const char *folder; ///< "core/codegen/targets/NAME/", not NUL-terminated
    size_t folder_length;
    const ss_json *json;
    ss_json_document *document;
    ss_json_document *partials; ///< object of name → text
} ss__target;

size_t ss__target_count(void);
ss_status ss__target_load(size_t index, const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss__target *out);
void ss__target_destroy(ss__target *target);

/// The role a target gives to a behaviour, SS__ROLE_NONE where it has none.
ss__role ss__target_role(const ss__target *target, const char *behaviour);

/// A list of files that owns their paths and bytes.
typedef struct ss__file_list {
    ss__zip_file *files;
    size_t count, capacity;
    ss_allocator allocator;
} ss__file_list;

/// Adds a copy. SS_ERROR_MEMORY or SS_ERROR_LIMIT.
ss_status ss__file_list_add(ss__file_list *list, const char *path, const char *bytes, size_t length,
                            bool is_executable);
/// Sorts by path, bytewise. Returns a path that is there twice, or NULL.
const char *ss__file_list_sort(ss__file_list *list);
void ss__file_list_destroy(ss__file_list *list);

/// Renders all files of a target over a context (files.c). Paths get `prefix` in front.
ss_status ss__target_render(const ss__target *target, const ss_json *context, const char *prefix,
                            const ss_allocator *allocator, ss_diagnostics *diagnostics,
                            ss__file_list *out);

#endif
