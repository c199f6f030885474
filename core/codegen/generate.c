#include <string.h>

#include "codegen/context.h"
#include "codegen/target.h"

#define SUBJECTS_MAX 4u /* named in one note; the rest is counted */

typedef struct generation {
    const ss_design *design;
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    ss__file_list files;
} generation;

// --- What a target cannot do ---------------------------------------------------------------------

/// Gives every node its role. A node without one is a diagnostic, unless `quiet`.
static bool assign_roles(const generation *g, const ss__target *target, bool quiet,
                         ss__role *roles) {
    bool suits = true;
    for (uint32_t n = 0; n < g->design->node_count; n++) {
        const ss_node *node = &g->design->nodes[n];
        roles[n] = ss__target_role(target, node->type->behaviour);
        if (roles[n] != SS__ROLE_NONE) continue;
        suits = false;
        if (quiet) continue;
        ss_diagnostics_add(g->diagnostics, "E503", node->object.pointer,
                           "target %s cannot generate \"%s\": it has nothing for a %s; replace the "
                           "node or choose another target", target->name, node->id,
                           node->type->title);
    }
    return suits;
}

static void note(const generation *g, ss_json_writer *notes, const char *code, const char *pointer,
                 const char *subject, const char *text) {
    ss_text sentence = ss_text_create(g->allocator);
    ss_text_add_format(&sentence, "%s: %s", subject, text);
    if (sentence.failed) {
        notes->out->failed = true;
    } else {
        ss_diagnostics_add(g->diagnostics, code, pointer, "%s", sentence.bytes);
        ss_json_add_string(notes, sentence.bytes);
    }
    ss_text_destroy(&sentence);
}

/// Visits the objects of one kind: nodes, or edges.
static const ss_object *object_at(const generation *g, bool is_edge, uint32_t index,
                                  const char **name) {
    if (is_edge) {
        *name = g->design->edges[index].name;
        return &g->design->edges[index].object;
    }
    *name = g->design->nodes[index].id;
    return &g->design->nodes[index].object;
}

/// Says once which property the project does not carry, and of whom.
static void note_omission(const generation *g, const ss_json *omit, ss_json_writer *notes) {
    const bool is_edge = strcmp(ss_json_string(ss_json_get(omit, "of")), "edge") == 0;
    const char *property = ss_json_string(ss_json_get(omit, "property"));
    const uint32_t count = is_edge ? g->design->edge_count : g->design->node_count;
    uint32_t found = 0;
    char pointer[SS_JSON_POINTER_MAX];
    ss_text subject = ss_text_create(g->allocator);
    for (uint32_t i = 0; i < count; i++) {
        const char *name;
        const ss_object *object = object_at(g, is_edge, i, &name);
        const ss_value *value = ss_object_find(object, property);
        if (!value || !value->is_written) continue;
        if (found == 0) ss_json_pointer_join(pointer, sizeof pointer, object->pointer, property);
        if (found < SUBJECTS_MAX) ss_text_add_format(&subject, "%s%s", found ? ", " : "", name);
        found++;
    }
    if (found > SUBJECTS_MAX) {
        ss_text_add_format(&subject, " and %u more", (unsigned)(found - SUBJECTS_MAX));
    }
    if (subject.failed) notes->out->failed = true;
    if (found > 0 && !subject.failed) {
        note(g, notes, "W501", pointer, subject.bytes, ss_json_string(ss_json_get(omit, "text")));
    }
    ss_text_destroy(&subject);
}

/// Writes what differs between the design and the project, as diagnostics and as a JSON array.
static ss_status write_notes(const generation *g, const ss__target *target, const ss__role *roles,
                             ss_text *out) {
    ss_json_writer notes = ss_json_writer_create(out);
    const ss_json *substitutes = ss_json_get(target->json, "substitutes");
    const ss_json *omits = ss_json_get(target->json, "omits");
    ss_json_open_array(&notes);
    for (uint32_t n = 0; n < g->design->node_count; n++) {
        const ss_node *node = &g->design->nodes[n];
        const ss_json *substitute = ss__context_substitute(substitutes, node->type->name);
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, node->object.pointer, "type");
        if (substitute) {
            note(g, &notes, "W500", pointer, node->id,
                 ss_json_string(ss_json_get(substitute, "text")));
        }
    }
    for (const ss_json *omit = omits ? ss_json_first(omits) : NULL; omit;
         omit = ss_json_next(omit)) {
        note_omission(g, omit, &notes);
    }
    for (uint32_t e = 0; e < g->design->edge_count; e++) {
        const ss_edge *edge = &g->design->edges[e];
        const bool has_no_consumer =
            roles[edge->from] == SS__ROLE_QUEUE && roles[edge->to] != SS__ROLE_SERVICE;
        if (has_no_consumer || roles[edge->from] == SS__ROLE_STORE) {
            note(g, &notes, "W501", edge->object.pointer, edge->name,
                 "not generated: only a service can take messages and call others; put a service "
                 "between");
        }
    }
    ss_json_close(&notes);
    return ss_text_status(out);
}

// --- One target ----------------------------------------------------------------------------------

static ss_status render_context(generation *g, const ss__target *target, const ss__role *roles,
                                const ss_json *notes, const char *prefix) {
    ss__plan plan;
    ss_status status = ss__plan_create(g->design, roles, g->allocator, g->diagnostics, &plan);
    const ss_json *port = ss_json_get(target->json, "first_port");
    const ss__context_options options = {
        .target_name = target->name, .target_title = target->title,
        .first_port = port ? (uint32_t)ss_json_number(port) : 8000u,
        .substitutes = ss_json_get(target->json, "substitutes"),
        .stand_ins = ss_json_get(target->json, "stand_ins"), .notes = notes};
    ss_text text = ss_text_create(g->allocator);
    ss_json_document *context = NULL;
    if (!status) status = ss__context_write(&plan, &options, g->allocator, &text);
    if (!status) {
        status = ss_json_parse(text.bytes, text.length, g->allocator, g->diagnostics, &context);
    }
    ss_text_destroy(&text);
    if (!status) {
        status = ss__target_render(target, ss_json_root(context), prefix, g->allocator,
                                   g->diagnostics, &g->files);
    }
    ss_json_document_destroy(context);
    ss__plan_destroy(&plan);
    return status;
}

static ss_status generate_target(generation *g, const ss__target *target, const ss__role *roles,
                                 const char *prefix) {
    ss_text text = ss_text_create(g->allocator);
    ss_json_document *notes = NULL;
    ss_status status = write_notes(g, target, roles, &text);
    if (!status) {
        status = ss_json_parse(text.bytes, text.length, g->allocator, g->diagnostics, &notes);
    }
    ss_text_destroy(&text);
    if (!status) status = render_context(g, target, roles, ss_json_root(notes), prefix);
    ss_json_document_destroy(notes);
    return status;
}

// --- All targets ---------------------------------------------------------------------------------

static bool is_chosen(const char *const *targets, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(targets[i], name) == 0) return true;
    }
    return count == 0;
}

/// Every name that was asked for must exist.
static ss_status check_names(const generation *g, const char *const *targets, size_t count) {
    ss_text known = ss_text_create(g->allocator);
    ss_status status = SS_OK;
    uint64_t found = 0;
    for (size_t t = 0; t < ss__target_count() && !status; t++) {
        ss__target target;
        status = ss__target_load(t, g->allocator, g->diagnostics, &target);
        if (!status) {
            ss_text_add_format(&known, "%s%s", t > 0 ? ", " : "", target.name);
            for (size_t i = 0; i < count && i < 64; i++) {
                if (strcmp(targets[i], target.name) == 0) found |= UINT64_C(1) << i;
            }
        }
        ss__target_destroy(&target);
    }
    if (!status) status = ss_text_status(&known);
    for (size_t i = 0; i < count && !status; i++) {
        if (i < 64 && (found >> i & 1u)) continue;
        ss_diagnostics_add(g->diagnostics, "E502", "",
                           "no target is named \"%s\"; write one of: %s", targets[i],
                           known.bytes ? known.bytes : "");
        status = SS_ERROR_INPUT;
    }
    ss_text_destroy(&known);
    return status;
}

/// With one target the project is the archive; with several each has a folder of its own.
static ss_status generate_chosen(generation *g, const char *const *targets, size_t count,
                                 ss__role *roles) {
    size_t done = 0;
    const bool has_folders = count > 1 || (count == 0 && ss__target_count() > 1);
    ss_status status = SS_OK;
    for (size_t t = 0; t < ss__target_count() && !status; t++) {
        ss__target target;
        status = ss__target_load(t, g->allocator, g->diagnostics, &target);
        ss_text prefix = ss_text_create(g->allocator);
        if (!status && is_chosen(targets, count, target.name)) {
            if (has_folders) ss_text_add_format(&prefix, "%s/", target.name);
            if (!status) status = ss_text_status(&prefix);
            const bool suits = assign_roles(g, &target, count == 0, roles);
            if (suits && !status) {
                status = generate_target(g, &target, roles, prefix.bytes ? prefix.bytes : "");
                done++;
            } else if (count > 0 && !status) {
                status = SS_ERROR_INPUT;
            }
        }
        ss_text_destroy(&prefix);
        ss__target_destroy(&target);
    }
    if (!status && done == 0) {
        ss_diagnostics_add(g->diagnostics, "E504", "",
                           "no generation target suits this design; name one (--target NAME) to "
                           "see which nodes it cannot express");
        status = SS_ERROR_INPUT;
    }
    return status;
}

static ss_status generate_list(generation *g, const char *const *targets, size_t count) {
    ss_status status = check_names(g, targets, count);
    if (status) return status;
    const size_t role_bytes = (g->design->node_count + 1u) * sizeof(ss__role);
    ss__role *roles = ss_allocate_zeroed(g->allocator, role_bytes);
    if (!roles) return SS_ERROR_MEMORY;
    status = generate_chosen(g, targets, count, roles);
    ss_deallocate(g->allocator, roles, role_bytes);
    const char *twice = status ? NULL : ss__file_list_sort(&g->files);
    if (twice) {
        ss_diagnostics_add(g->diagnostics, "E505", "", "two files have the path %s", twice);
        status = SS_ERROR_INPUT;
    }
    return status;
}

ss_status ss_generate_zip(const ss_design *design, const char *const *targets, size_t count,
                          const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss_text *zip) {
    generation g = {.design = design, .allocator = allocator, .diagnostics = diagnostics,
                    .files = {.allocator = *allocator}};
    ss_status status = generate_list(&g, targets, count);
    if (!status) status = ss__zip_write(g.files.files, g.files.count, allocator, zip);
    ss__file_list_destroy(&g.files);
    return status;
}

ss_status ss_generate_files(const ss_design *design, const char *const *targets, size_t count,
                            const ss_allocator *allocator, ss_diagnostics *diagnostics,
                            ss_generated_file each, void *context) {
    generation g = {.design = design, .allocator = allocator, .diagnostics = diagnostics,
                    .files = {.allocator = *allocator}};
    ss_status status = generate_list(&g, targets, count);
    for (size_t i = 0; i < g.files.count && !status; i++) {
        const ss__zip_file *file = &g.files.files[i];
        if (!each(context, file->path, file->bytes, file->length, file->is_executable)) {
            status = SS_ERROR_IO;
        }
    }
    ss__file_list_destroy(&g.files);
    return status;
}
