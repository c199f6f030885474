#include "simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define TEXT_BYTES_MAX 65536u
#define SLICE_EVENTS 5000u

/// Says on which design a check failed: tests make many from one pattern.
static void check(const simulation *self, bool held, const char *what) {
    if (held) return;
    printf("%s\nin the design %s\n", what, self->text);
    ss_text findings = ss_text_create(&self->allocator);
    ss_diagnostics_write_text(self->diagnostics, "design", &findings);
    if (findings.bytes) printf("%s", findings.bytes);
    ss_text_destroy(&findings);
    SS_CHECK(held);
}

simulation simulation_open_json(const char *json, ss_run_options options) {
    simulation made = {.allocator = ss_allocator_default(), .slice_events = SLICE_EVENTS};
    const size_t length = strlen(json);
    made.text = malloc(length + 1u);
    memcpy(made.text, json, length + 1u);
    made.diagnostics = ss_diagnostics_create(&made.allocator);
    check(&made, ss_catalog_create(&made.allocator, &made.catalog) == SS_OK, "no catalog");
    ss_status status = ss_design_load(json, length, made.catalog, &made.allocator,
                                      made.diagnostics, &made.design);
    if (!status) {
        status = ss_run_create(made.design, options, &made.allocator, made.diagnostics, &made.run);
    }
    ss_diagnostics_locate(made.diagnostics, json, length);
    check(&made, status == SS_OK, "the design does not load");
    if (made.run) made.invariants = invariants_create(made.run);
    return made;
}

static simulation open_list(const char *format, va_list values) {
    char *json = malloc(TEXT_BYTES_MAX);
    const int length = vsnprintf(json, TEXT_BYTES_MAX, format, values);
    SS_CHECK(length > 0 && (unsigned)length < TEXT_BYTES_MAX);
    for (char *at = json; *at; at++) {
        if (*at == '\'') *at = '"';
    }
    simulation made = simulation_open_json(json, ss_run_options_default());
    free(json);
    return made;
}

simulation simulation_open(const char *design, ...) {
    va_list values;
    va_start(values, design);
    const simulation made = open_list(design, values);
    va_end(values);
    return made;
}

simulation simulate(const char *design, ...) {
    va_list values;
    va_start(values, design);
    simulation made = open_list(design, values);
    va_end(values);
    simulation_finish(&made);
    return made;
}

void simulation_restart(simulation *self, uint64_t seed) {
    ss_results_destroy(self->results);
    self->results = NULL;
    invariants_destroy(self->invariants);
    self->invariants = NULL;
    ss_run_destroy(self->run);
    self->run = NULL;
    ss_run_options options = ss_run_options_default();
    options.seed = seed;
    options.has_seed = true;
    const ss_status status = ss_run_create(self->design, options, &self->allocator,
                                           self->diagnostics, &self->run);
    check(self, status == SS_OK, "the design does not start again");
    if (self->run) self->invariants = invariants_create(self->run);
}

void simulation_advance(simulation *self, double until_s) {
    while (self->run && !self->has_failed && !ss_run_is_done(self->run)) {
        const uint64_t before = ss_run_events(self->run);
        const ss_status status =
            ss_run_advance(self->run, self->slice_events, until_s);
        check(self, status == SS_OK, "the run failed");
        const char *broken = invariants_broken(self->invariants);
        check(self, broken == NULL, broken ? broken : "");
        if (status || broken) {
            self->has_failed = true;
            return;
        }
        if (ss_run_events(self->run) - before < self->slice_events) return;
    }
}

void simulation_finish(simulation *self) {
    while (self->run && !self->has_failed && !ss_run_is_done(self->run)) {
        const double before_s = ss_run_time_s(self->run);
        const uint64_t before = ss_run_events(self->run);
        simulation_advance(self, INFINITY);
        if (self->has_failed || ss_run_is_done(self->run)) break;
        const bool moved = ss_run_time_s(self->run) > before_s ||
                           ss_run_events(self->run) > before;
        check(self, moved, "the run stands still");
        if (!moved) return;
    }
    ss_results_destroy(self->results);
    self->results = NULL;
    if (!self->run) return;
    check(self, ss_run_results(self->run, &self->results) == SS_OK,
          "no results");
}

double simulation_metric(simulation *self, const char *path) {
    double value = NAN;
    if (!self->results) {
        check(self, false, "there are no results to ask for");
        return value;
    }
    const ss_status status =
        ss_results_metric(self->results, path, self->diagnostics, &value);
    check(self, status == SS_OK, path);
    return value;
}

unsigned simulation_check_numbers(simulation *self, const ss_json *value, const char *path) {
    if (ss_json_kind_of(value) == SS_JSON_NUMBER) {
        SS_CHECK_NEAR(simulation_metric(self, path), ss_json_number(value), 0.0);
        return 1;
    }
    unsigned numbers = 0;
    if (ss_json_kind_of(value) != SS_JSON_OBJECT) return 0;
    for (const ss_json *each = ss_json_first(value); each; each = ss_json_next(each)) {
        char longer[256];
        (void)snprintf(longer, sizeof longer, "%s.%s", path, ss_json_key(each));
        numbers += simulation_check_numbers(self, each, longer);
    }
    return numbers;
}

char *simulation_json(simulation *self) {
    ss_text text = ss_text_create(&self->allocator);
    check(self,
          self->results && ss_results_write_json(self->results, &text) == SS_OK,
          "no results as JSON");
    char *copy = malloc(text.length + 1u);
    if (text.length > 0u) memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    ss_text_destroy(&text);
    return copy;
}

const char *simulation_finding(const simulation *self, const char *code) {
    for (size_t i = 0; i < ss_diagnostics_count(self->diagnostics); i++) {
        const ss_diagnostic *each = ss_diagnostics_get(self->diagnostics, i);
        if (strcmp(each->code, code) == 0) return each->message;
    }
    return NULL;
}

void simulation_close(simulation *self) {
    ss_results_destroy(self->results);
    invariants_destroy(self->invariants);
    ss_run_destroy(self->run);
    ss_design_destroy(self->design);
    ss_catalog_destroy(self->catalog);
    ss_diagnostics_destroy(self->diagnostics);
    free(self->text);
    memset(self, 0, sizeof *self);
}
