#include "theory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "scalesim/solve.h"

#define PATH_BYTES 256u
#define DESIGN_BYTES 65536u
#define WIDEST 0.1 /* an interval wider than this tests nothing */
#define SOLVE_TOLERANCE 1e-4 /* of quadratures and chains that were cut off */

/// Solves the design too. A design that cannot be solved is no failure: theory does not know all.
static void solve(theory *self) {
    simulation *run = &self->simulation;
    if (!run->design || ss_solve(run->design, &run->allocator, run->diagnostics, &self->solution)) {
        return;
    }
    ss_text text = ss_text_create(&run->allocator);
    SS_CHECK(ss_solution_write_json(self->solution, &text) == SS_OK);
    SS_CHECK(ss_json_parse(text.bytes, text.length, &run->allocator, run->diagnostics,
                           &self->solved) == SS_OK);
    ss_text_destroy(&text);
}

static void forget(theory *self) {
    ss_json_document_destroy(self->solved);
    ss_solution_destroy(self->solution);
    self->solved = NULL;
    self->solution = NULL;
    simulation_close(&self->simulation);
}

void theory_open(theory *self, const char *json) {
    forget(self);
    self->simulation = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&self->simulation);
    solve(self);
}

void theory_run(theory *self, const char *design, ...) {
    char *text = malloc(DESIGN_BYTES);
    va_list values;
    va_start(values, design);
    (void)vsnprintf(text, DESIGN_BYTES, design, values);
    va_end(values);
    forget(self);
    self->simulation = simulate("%s", text);
    free(text);
    solve(self);
}

unsigned theory_seed(const theory *self) {
    unsigned hash = 2166136261u; // FNV-1a
    for (const char *at = self->name; *at; at++) hash = (hash ^ (unsigned char)*at) * 16777619u;
    return hash % 1000000u;
}

void theory_station(theory *self, double duration_s, const char *load, const char *station) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {%s}},"
               " 's': {'type': 'station', %s}},"
               " 'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"
               " 'run': {'duration': %.17g, 'warmup': %.17g, 'seed': %u}}",
               load, station, duration_s, duration_s / 50.0, theory_seed(self));
}

/// The relative half-width of the interval that says how well a number is known: its own where it
/// is a mean; of the mean beside it for a quantile; of the mean time behind a mean number (Little's
/// law).
static double relative_half_width(theory *self, const char *path) {
    const char *const behind[][2] = {{".in_system", ".response"}, {".in_queue", ".wait"},
                                     {".mean", ""}, {".sd", ""}, {".p50", ""}, {".p90", ""},
                                     {".p95", ""}, {".p99", ""}, {".p999", ""}};
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        const size_t tail = strlen(behind[i][0]);
        if (length < tail || strcmp(path + length - tail, behind[i][0]) != 0) continue;
        char beside[PATH_BYTES];
        const int stem = (int)(length - tail);
        (void)snprintf(beside, sizeof beside, "%.*s%s.ci95", stem, path, behind[i][1]);
        const double width = simulation_metric(&self->simulation, beside);
        (void)snprintf(beside, sizeof beside, "%.*s%s.mean", stem, path, behind[i][1]);
        const double mean = simulation_metric(&self->simulation, beside);
        return isfinite(width) && mean > 0.0 ? width / mean : 0.0;
    }
    return 0.0;
}

static void expect(theory *self, const char *path, double expected, double tolerance) {
    if (!self->simulation.results) {
        SS_CHECK(self->simulation.results != NULL);
        return;
    }
    const double actual = simulation_metric(&self->simulation, path);
    SS_CHECK(isfinite(actual) && tolerance <= WIDEST * fabs(expected));
    if (getenv("SCALESIM_THEORY_SHOW")) {
        printf("%-40s %-44s %12.6g %12.6g %+8.3f %% (of %.3f %%)\n", self->name, path, actual,
               expected, 100.0 * (actual / expected - 1.0), 100.0 * tolerance / fabs(expected));
    }
    if (fabs(actual - expected) <= tolerance) return;
    printf("%s: %s is %.9g, theory (%s) says %.9g, %.3g %% away where %.3g %% may be\n", self->name,
           path, actual, self->source, expected, 100.0 * fabs(actual / expected - 1.0),
           100.0 * tolerance / fabs(expected));
    SS_CHECK(fabs(actual - expected) <= tolerance);
}

/// Whether `scalesim solve` calls the means of the path's node exact.
static bool is_exact(const theory *self, const char *path) {
    if (!self->solved || strncmp(path, "nodes.", 6) != 0) return false;
    char id[PATH_BYTES];
    (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(path + 6, "."), path + 6);
    const ss_json *nodes = ss_json_get(ss_json_root(self->solved), "nodes");
    const ss_json *node = nodes ? ss_json_get(nodes, id) : NULL;
    const ss_json *exact = node ? ss_json_get(node, "exact") : NULL;
    return exact && ss_json_kind_of(exact) == SS_JSON_TRUE;
}

/// What it calls exact must be what our own formulas say; counts are of a run alone.
static void expect_of_solve(theory *self, const char *path, double expected) {
    double value = NAN;
    if (!is_exact(self, path) || strstr(path, ".arrivals")) return;
    if (ss_solution_metric(self->solution, path, self->simulation.diagnostics, &value)) return;
    if (!isfinite(value) || fabs(value - expected) <= SOLVE_TOLERANCE * fabs(expected)) return;
    printf("%s: scalesim solve says %s is exactly %.9g, theory (%s) says %.9g\n", self->name, path,
           value, self->source, expected);
    SS_CHECK(fabs(value - expected) <= SOLVE_TOLERANCE * fabs(expected));
}

void theory_expect(theory *self, const char *path, double expected) {
    expect_of_solve(self, path, expected);
    const double width = self->simulation.results ? relative_half_width(self, path) : 0.0;
    expect(self, path, expected, fmax(width, THEORY_TOLERANCE) * fabs(expected));
}

void theory_expect_within(theory *self, const char *path, double expected, double tolerance) {
    expect(self, path, expected, tolerance * fabs(expected));
}

void theory_end(theory *self) {
    forget(self);
}
