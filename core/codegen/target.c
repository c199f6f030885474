#include "codegen/target.h"

#include <string.h>

#include "base/embed.h"

#define TARGETS_FOLDER "core/codegen/targets/"
#define DESCRIPTION "/target.json"

static bool is_description(const char *path, size_t *folder_length) {
    const size_t length = strlen(path), tail = sizeof DESCRIPTION - 1;
    if (strncmp(path, TARGETS_FOLDER, sizeof TARGETS_FOLDER - 1) != 0 || length < tail)
        return false;
    if (strcmp(path + length - tail, DESCRIPTION) != 0) return false;
    *folder_length = length - tail + 1;
    // …/targets/NAME/target.json, not a file of the same name among a target's files
    return !memchr(path + sizeof TARGETS_FOLDER - 1, '/',
                   length - tail - (sizeof TARGETS_FOLDER - 1));
}

static const ss_embedded_file *find_description(size_t index, size_t *folder_length) {
    for (size_t i = 0; i < ss__target_file_count; i++) {
        if (is_description(ss__target_files[i].path, folder_length) && index-- == 0) {
            return &ss__target_files[i];
        }
    }
    return NULL;
}

size_t ss__target_count(void) {
    size_t count = 0, folder_length;
    while (find_description(count, &folder_length)) count++;
    return count;
}

static const char *text_member(const ss_json *json, const char *key) {
    const ss_json *value = ss_json_get(json, key);
    return value && ss_json_kind_of(value) == SS_JSON_STRING ? ss_json_string(value) : NULL;
}

static const ss_embedded_file *find_file(const ss__target *target, const char *path) {
    for (size_t i = 0; i < ss__target_file_count; i++) {
        const char *full = ss__target_files[i].path;
        if (strncmp(full, target->folder, target->folder_length) == 0 &&
            strcmp(full + target->folder_length, path) == 0) {
            return &ss__target_files[i];
        }
    }
    return NULL;
}

static ss_status wrong(const ss__target *target, ss_diagnostics *diagnostics, const char *problem,
                       const char *what) {
    ss_diagnostics_add(diagnostics, "E505", "", "%.*starget.json: %s%s",
                       (int)target->folder_length, target->folder, problem, what);
    return SS_ERROR_INPUT;
}

static ss_status load_partials(ss__target *target, const ss_allocator *allocator,
                               ss_diagnostics *diagnostics) {
    ss_text text = ss_text_create(allocator);
    ss_json_writer json = ss_json_writer_create(&text);
    ss_json_open_object(&json);
    const ss_json *partials = ss_json_get(target->json, "partials");
    ss_status status = SS_OK;
    for (const ss_json *at = partials ? ss_json_first(partials) : NULL; at && !status;
         at = ss_json_next(at)) {
        const ss_embedded_file *file = find_file(target, ss_json_string(at));
        if (!file) {
            status = wrong(target, diagnostics, "there is no file ", ss_json_string(at));
            break;
        }
        ss_json_add_key(&json, ss_json_key(at));
        ss_json_add_string(&json, (const char *)file->bytes);
    }
    ss_json_close(&json);
    if (!status) status = ss_text_status(&text);
    if (!status) {
        status = ss_json_parse(text.bytes, text.length, allocator, diagnostics, &target->partials);
    }
    ss_text_destroy(&text);
    return status;
}

ss_status ss__target_load(size_t index, const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss__target *out) {
    *out = (ss__target){0};
    const ss_embedded_file *file = find_description(index, &out->folder_length);
    if (!file) return SS_ERROR_INPUT;
    out->folder = file->path;
    const ss_status status = ss_json_parse((const char *)file->bytes, file->length, allocator,
                                           diagnostics, &out->document);
    if (status) return status;
    out->json = ss_json_root(out->document);
    out->name = text_member(out->json, "name");
    out->title = text_member(out->json, "title");
    out->text = text_member(out->json, "text");
    if (!out->name || !out->title || !out->text || !ss_json_get(out->json, "roles") ||
        !ss_json_get(out->json, "files")) {
        return wrong(out, diagnostics, "write name, title, text, roles and files", "");
    }
    return load_partials(out, allocator, diagnostics);
}

void ss__target_destroy(ss__target *target) {
    ss_json_document_destroy(target->document);
    ss_json_document_destroy(target->partials);
    target->document = target->partials = NULL;
}

ss__role ss__target_role(const ss__target *target, const char *behaviour) {
    static const char *const names[] = {"", "client", "service", "store", "cache", "queue"};
    const char *role = text_member(ss_json_get(target->json, "roles"), behaviour);
    for (unsigned i = 1; role && i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], role) == 0) return (ss__role)i;
    }
    return SS__ROLE_NONE;
}

ss_status ss_targets_write_json(const ss_allocator *allocator, ss_text *out) {
    ss_diagnostics *diagnostics = ss_diagnostics_create(allocator);
    if (!diagnostics) return SS_ERROR_MEMORY;
    ss_json_writer json = ss_json_writer_create(out);
    ss_json_open_array(&json);
    ss_status status = SS_OK;
    for (size_t i = 0; i < ss__target_count() && !status; i++) {
        ss__target target;
        status = ss__target_load(i, allocator, diagnostics, &target);
        if (!status) {
            ss_json_open_object(&json);
            ss_json_add_key(&json, "name");
            ss_json_add_string(&json, target.name);
            ss_json_add_key(&json, "title");
            ss_json_add_string(&json, target.title);
            ss_json_add_key(&json, "text");
            ss_json_add_string(&json, target.text);
            ss_json_close(&json);
        }
        ss__target_destroy(&target);
    }
    ss_json_close(&json);
    ss_diagnostics_destroy(diagnostics);
    return status ? status : ss_text_status(out);
}

ss_status ss_targets_write_catalog(const ss_catalog *catalog, const ss_allocator *allocator,
                                   ss_text *out) {
    const size_t before = out->length;
    ss_catalog_write_json(catalog, out);
    if (ss_text_status(out)) return ss_text_status(out);
    while (out->length > before && out->bytes[out->length - 1] != '}') out->length--;
    if (out->length > before) out->length--; // the catalog's closing brace is written again below
    ss_text_add(out, ",\"targets\":");
    const ss_status status = ss_targets_write_json(allocator, out);
    ss_text_add(out, "}");
    return status ? status : ss_text_status(out);
}

// --- Rendering -----------------------------------------------------------------------------------

typedef struct rendering {
    const ss__target *target;
    const ss_json *entry; ///< of "files"
    const ss_embedded_file *source;
    const char *prefix;
    ss__escape escape;
    bool is_raw, is_executable;
    ss__scope scope;
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    ss__file_list *out;
} rendering;

static ss_status render(const rendering *r, const char *name, const char *text, size_t length,
                        ss__escape escape, ss_text *out) {
    const ss_status status = ss__mustache_render_named(name, text, length, &r->scope, escape,
                                                       r->allocator, r->diagnostics, out);
    if (!status && !out->bytes) ss_text_add(out, ""); // NUL-terminated from here on
    return status ? status : ss_text_status(out);
}

/// A path stays within the project, whatever a design's names are.
static bool is_safe_path(const char *path) {
    if (path[0] == '\0' || path[0] == '/' || strchr(path, '\\')) return false;
    for (const char *part = path; part; part = strchr(part, '/')) {
        if (*part == '/') part++;
        const char *end = strchr(part, '/');
        const size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 0 || (length <= 2 && strncmp(part, "..", length) == 0)) return false;
    }
    return true;
}

static ss_status render_path(const rendering *r, ss_text *path) {
    const char *to = text_member(r->entry, "to");
    ss_text_add(path, r->prefix);
    const ss_status status = render(r, r->source->path, to, strlen(to), SS__ESCAPE_NONE, path);
    if (!status && !is_safe_path(path->bytes)) {
        return wrong(r->target, r->diagnostics,
                     "this is no path within the project: ", path->bytes);
    }
    return status;
}

/// "when" names a flag of the context.
static ss_status is_wanted(const rendering *r, bool *wanted) {
    const char *when = text_member(r->entry, "when");
    *wanted = true;
    if (!when) return SS_OK;
    ss_text template = ss_text_create(r->allocator), answer = ss_text_create(r->allocator);
    ss_text_add_format(&template, "{{#%s}}yes{{/%s}}", when, when);
    ss_status status = ss_text_status(&template);
    if (!status) {
        status = render(r, "when", template.bytes, template.length, SS__ESCAPE_NONE, &answer);
    }
    *wanted = !status && answer.length > 0;
    ss_text_destroy(&template);
    ss_text_destroy(&answer);
    return status;
}

static ss_status render_file(const rendering *r) {
    bool wanted;
    ss_status status = is_wanted(r, &wanted);
    if (status || !wanted) return status;
    ss_text path = ss_text_create(r->allocator), content = ss_text_create(r->allocator);
    const char *bytes = (const char *)r->source->bytes;
    size_t length = r->source->length;
    status = render_path(r, &path);
    if (!status && !r->is_raw) {
        status = render(r, r->source->path, bytes, length, r->escape, &content);
        bytes = content.bytes;
        length = content.length;
    }
    if (!status) status = ss__file_list_add(r->out, path.bytes, bytes, length, r->is_executable);
    ss_text_destroy(&path);
    ss_text_destroy(&content);
    return status;
}

/// Renders once for each item of a list, or of lists within lists ("services.operations").
static ss_status render_each(rendering *r, const char *path) {
    if (!path) return render_file(r);
    const char *dot = strchr(path, '.');
    const size_t length = dot ? (size_t)(dot - path) : strlen(path);
    const ss_json *list = ss_json_first(r->scope.contexts[r->scope.count - 1]);
    while (list && (strlen(ss_json_key(list)) != length ||
                    strncmp(ss_json_key(list), path, length) != 0)) {
        list = ss_json_next(list);
    }
    if (!list || ss_json_kind_of(list) != SS_JSON_ARRAY || r->scope.count == SS__SCOPE_MAX) {
        return wrong(r->target, r->diagnostics, "for_each names no list of the context: ", path);
    }
    ss_status status = SS_OK;
    for (const ss_json *item = ss_json_first(list); item && !status; item = ss_json_next(item)) {
        r->scope.contexts[r->scope.count++] = item;
        status = render_each(r, dot ? dot + 1 : NULL);
        r->scope.count--;
    }
    return status;
}

static bool is_true(const ss_json *entry, const char *key) {
    const ss_json *value = ss_json_get(entry, key);
    return value && ss_json_kind_of(value) == SS_JSON_TRUE;
}

ss_status ss__target_render(const ss__target *target, const ss_json *context, const char *prefix,
                            const ss_allocator *allocator, ss_diagnostics *diagnostics,
                            ss__file_list *out) {
    const ss_json *files = ss_json_get(target->json, "files");
    ss_status status = SS_OK;
    for (const ss_json *entry = ss_json_first(files); entry && !status;
         entry = ss_json_next(entry)) {
        const char *from = text_member(entry, "from"), *to = text_member(entry, "to");
        const char *escape = text_member(entry, "escape");
        rendering r = {.target = target, .entry = entry, .prefix = prefix,
                       .is_raw = is_true(entry, "raw"),
                       .is_executable = is_true(entry, "executable"),
                       .scope = {.contexts = {context}, .count = 1,
                                 .partials = ss_json_root(target->partials)},
                       .allocator = allocator, .diagnostics = diagnostics, .out = out};
        if (!from || !to || (!escape && !r.is_raw)) {
            return wrong(target, diagnostics, "write from, to and escape (or raw) for ",
                         from ? from : "each file");
        }
        if (escape && !ss__escape_find(escape, &r.escape)) {
            return wrong(target, diagnostics, "write one of " SS__ESCAPE_NAMES ", not ", escape);
        }
        r.source = find_file(target, from);
        if (!r.source) return wrong(target, diagnostics, "there is no file ", from);
        status = render_each(&r, text_member(entry, "for_each"));
    }
    return status;
}
