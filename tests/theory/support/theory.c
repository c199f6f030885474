#include "theory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 256u
#define DESIGN_BYTES 65536u

void theory_run(theory *self, const char *design, ...) {
    char *text = malloc(DESIGN_BYTES);
    va_list values;
    va_start(values, design);
    (void)vsnprintf(text, DESIGN_BYTES, design, values);
    va_end(values);
    simulation_close(&self->simulation);
    self->simulation = simulate("%s", text);
    free(text);
}

void theory_station(theory *self, double duration_s, const char *load, const char *station) {
    theory_run(self,
               "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {%s}},"
               " 's': {'type': 'station', %s}},"
               " 'edges': [{'from': 'c', 'to': 's', 'kind': 'forward'}],"
               " 'run': {'duration': %.17g, 'warmup': %.17g, 'seed': 1}}",
               load, station, duration_s, duration_s / 50.0);
}

/// The half-width that stands beside a mean in the results; 0 where there is none.
static double half_width(theory *self, const char *path) {
    char beside[PATH_BYTES];
    const size_t length = strlen(path);
    if (length < 5u || strcmp(path + length - 5u, ".mean") != 0) return 0.0;
    (void)snprintf(beside, sizeof beside, "%.*sci95", (int)(length - 4u), path);
    const double width = simulation_metric(&self->simulation, beside);
    return isfinite(width) ? width : 0.0;
}

static void expect(theory *self, const char *path, double expected, double tolerance) {
    if (!self->simulation.results) {
        SS_CHECK(!"the run has results");
        return;
    }
    const double actual = simulation_metric(&self->simulation, path);
    if (getenv("SCALESIM_THEORY_SHOW")) {
        printf("%-40s %-44s %12.6g %12.6g %+8.3f %% (of %.3f %%)\n", self->name, path, actual,
               expected, 100.0 * (actual / expected - 1.0), 100.0 * tolerance / fabs(expected));
    }
    if (fabs(actual - expected) <= tolerance) return;
    printf("%s: %s is %.9g, theory (%s) says %.9g, %.3g %% away where %.3g %% may be\n", self->name,
           path, actual, self->source, expected, 100.0 * fabs(actual / expected - 1.0),
           100.0 * tolerance / fabs(expected));
    SS_CHECK(!"simulation agrees with theory");
}

void theory_expect(theory *self, const char *path, double expected) {
    const double width = self->simulation.results ? half_width(self, path) : 0.0;
    expect(self, path, expected, fmax(width, THEORY_TOLERANCE * fabs(expected)));
}

void theory_expect_within(theory *self, const char *path, double expected, double tolerance) {
    expect(self, path, expected, tolerance * fabs(expected));
}

void theory_end(theory *self) {
    simulation_close(&self->simulation);
}
