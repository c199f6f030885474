// The wrong designs: each file of tests/unit/wrong_designs has exactly the findings that
// expected.tsv lists for it, in document order.

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scalesim/model.h"
#include "unit.h"

#define FOLDER "tests/unit/wrong_designs/"

/// What the loader finds in a file, as the lines of expected.tsv.
static void add_findings(const ss_catalog *catalog, const char *name, ss_text *out) {
    const ss_allocator allocator = ss_allocator_default();
    char path[300];
    snprintf(path, sizeof path, FOLDER "%s", name);
    size_t length = 0;
    char *text = ss_test_read_file(path, &length);
    if (!text) return;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_design *design = NULL;
    const ss_status status =
        ss_design_load(text, length, catalog, &allocator, diagnostics, &design);
    const bool has_errors = ss_diagnostics_error_count(diagnostics) > 0u;
    SS_CHECK((status == SS_ERROR_INPUT) == has_errors);
    SS_CHECK((design == NULL) == has_errors);
    ss_text json = ss_text_create(&allocator);
    ss_diagnostics_write_json(diagnostics, &json); // puts them into document order
    ss_json_document *document = NULL;
    SS_CHECK(ss_json_parse(json.bytes, json.length, &allocator, diagnostics, &document) == SS_OK);
    const ss_json *c = document ? ss_json_first(ss_json_root(document)) : NULL;
    for (; c; c = ss_json_next(c)) {
        ss_text_add_format(out, "%s\t%s\t%s\n", name, ss_json_string(ss_json_get(c, "code")),
                           ss_json_string(ss_json_get(c, "pointer")));
        const char *message = ss_json_string(ss_json_get(c, "message"));
        const char last = message[0] ? message[strlen(message) - 1u] : ' ';
        SS_CHECK(last == '.' || last == '?');
        SS_CHECK(ss_json_number(ss_json_get(c, "line")) >= 1.0);
        SS_CHECK(ss_json_number(ss_json_get(c, "column")) >= 1.0);
    }
    ss_json_document_destroy(document);
    ss_text_destroy(&json);
    ss_design_destroy(design);
    ss_diagnostics_destroy(diagnostics);
    free(text);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_designs(char **names, size_t capacity) {
    DIR *folder = opendir(SS_TEST_ROOT "/" FOLDER);
    if (!folder) return 0;
    size_t count = 0;
    for (struct dirent *entry; count < capacity && (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && strcmp(dot, ".json") == 0) names[count++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, count, sizeof *names, compare_names);
    return count;
}

SS_TEST(design_wrong_designs_have_their_findings) {
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog = NULL;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    char *names[400];
    const size_t count = list_designs(names, sizeof names / sizeof *names);
    SS_CHECK(count >= 60u);
    ss_text actual = ss_text_create(&allocator);
    for (size_t i = 0; i < count; i++) {
        add_findings(catalog, names[i], &actual);
        free(names[i]);
    }
    size_t length = 0;
    char *expected = ss_test_read_file(FOLDER "expected.tsv", &length);
    // Line by line, so that a failure shows one finding and not all of them.
    const char *a = actual.bytes ? actual.bytes : "";
    const char *e = expected ? expected : "";
    while (*a || *e) {
        char left[512], right[512];
        const size_t n = strcspn(a, "\n");
        const size_t m = strcspn(e, "\n");
        snprintf(left, sizeof left, "%.*s", (int)n, a);
        snprintf(right, sizeof right, "%.*s", (int)m, e);
        if (!SS_CHECK_TEXT(left, right)) break;
        a += n + (a[n] == '\n');
        e += m + (e[m] == '\n');
    }
    free(expected);
    ss_text_destroy(&actual);
    ss_catalog_destroy(catalog);
}
