/// Places that serve several requests at once.
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define SERVER(properties) "'s': {'type': 'station', " properties "}"
#define CALL "{'from': 'c', 'to': 's'}"

/// Three come while the first is served: two of them share the next service.
SS_TEST(batch_takes_as_many_as_it_may) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0.1, 'b'], [0.2, 'd'], [0.3, 'e']") ", "
        SERVER("'service_time': '1s', 'batch': {'max': 2}"), CALL, "10"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.9);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.8);
    EXPECT(s, "nodes.c.operations.e.response.mean", 2.7);
    EXPECT(s, "nodes.s.utilization", 0.3);
    EXPECT(s, "nodes.s.service.mean", 1.0);
    EXPECT(s, "nodes.s.wait.mean", (0.9 + 0.8 + 1.7) / 4.0);
    simulation_close(&s);
}

SS_TEST(batch_waits_for_its_least) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [2, 'b'], [3, 'd'], [4, 'e']") ", "
        SERVER("'service_time': '1s', 'batch': {'max': 8, 'min': 3}"), CALL, "10"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 4.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 2.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.0);
    EXPECT(s, "nodes.s.completions", 3);
    EXPECT(s, "nodes.s.in_queue", (3.0 + 1.0 + 6.0) / 10.0);
    simulation_close(&s);
}

/// The first waits for half a second at most, and the place for whoever comes meanwhile.
SS_TEST(batch_begins_after_its_wait) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0.2, 'b'], [5, 'd'], [5, 'd']") ", "
        SERVER("'service_time': '1s', 'batch': {'max': 2, 'min': 2, 'wait': '500ms'}"),
        CALL, "10"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.2); // two are enough
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.0);
    simulation_close(&s);
    s = simulate(SCENARIO(TRACE("c", "[0, 'a'], [4, 'b']") ", "
                          SERVER("'service_time': '1s',"
                                 "'batch': {'max': 2, 'min': 2, 'wait': '500ms'}"), CALL, "10"));
    EXPECT(s, "nodes.c.response.mean", 1.5);
    EXPECT(s, "nodes.s.utilization", 0.2);
    simulation_close(&s);
}

/// What each calls after the service it does alone; the place is free when the last is back.
SS_TEST(batch_keeps_its_place_until_the_last_is_back) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0, 'b'], [1, 'd']") ", "
        SERVER("'service_time': '2s', 'batch': {'max': 3, 'min': 2, 'wait': '500ms'}") ", "
        "'t': {'type': 'station', 'service_time': '1s'}",
        CALL ", {'from': 's', 'to': 't'}", "20"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 3.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 4.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 6.0); // begins at 4, ends at 6, back at 7
    EXPECT(s, "nodes.s.utilization", 7.0 / 20.0);
    simulation_close(&s);
}

/// Two begin at once, so one waiting place is enough for two more and the third is turned away.
SS_TEST(batch_counts_waiting_places) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0, 'a'], [0.5, 'b'], [0.6, 'd']") ", "
        SERVER("'service_time': '1s', 'queue': 1, 'batch': {'max': 2, 'min': 2}"), CALL, "10"));
    EXPECT(s, "nodes.c.operations.a.completions", 2);
    EXPECT(s, "nodes.c.operations.b.completions", 0); // waits for another for ever
    EXPECT(s, "nodes.c.operations.d.errors.rejected", 1);
    EXPECT(s, "nodes.s.in_system", (2.0 * 1.0 + 9.5) / 10.0);
    simulation_close(&s);
}

SS_TEST(batch_dies_in_a_crash_and_begins_anew) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a'], [0, 'a'], [2, 'b']") ", "
        SERVER("'service_time': '1s', 'batch': {'max': 2}"), CALL, "10",
        ", 'faults': [{'kind': 'crash', 'target': 's', 'at': 0.5, 'for': 1}]"));
    EXPECT(s, "nodes.c.operations.a.errors.failed", 2);
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.0);
    EXPECT(s, "nodes.s.utilization", (0.5 + 1.0) / 10.0);
    simulation_close(&s);
}

SS_TEST(batch_stands_still_in_a_pause) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a'], [0.2, 'b']") ", "
        SERVER("'service_time': '1s', 'batch': {'max': 2, 'min': 2}"), CALL, "10",
        ", 'faults': [{'kind': 'pause', 'target': 's', 'at': 0.5, 'for': 2}]"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 3.2);
    EXPECT(s, "nodes.c.operations.b.response.mean", 3.0);
    simulation_close(&s);
}

/// What cannot be together is said, with what to write instead.
SS_TEST(batch_is_refused_where_it_makes_no_sense) {
    static const char *const wrong[] = {
        "'service_time': 1, 'discipline': 'ps'", "'service_time': 1, 'discipline': 'srpt'",
        "'service_time': 1, 'concurrency': 'inf'", "'service_time': 1, 'setup': '1s'",
        "'service_time': 1, 'vacation': '1s'", "'service_time': 1, 'speedup': [1, 2]",
        "'operations': {'default': {'flow': [{'compute': 1}]}}",
    };
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog;
    SS_CHECK(ss_catalog_create(&allocator, &catalog) == SS_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[1024];
        const int length = snprintf(text, sizeof text,
                                    SCENARIO("'c': {'type': 'client', 'load': {'rate': 1}}, "
                                             SERVER("%s, 'batch': {'max': 4}"), CALL, "10"),
                                    wrong[i]);
        for (char *at = text; *at; at++) *at = *at == '\'' ? '"' : *at;
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_design *design = NULL;
        ss_run *run = NULL;
        SS_CHECK(ss_design_load(text, (size_t)length, catalog, &allocator, diagnostics,
                                &design) == SS_OK);
        SS_CHECK(ss_run_create(design, ss_run_options_default(), &allocator, diagnostics, &run) ==
                 SS_ERROR_INPUT);
        bool is_said = false;
        for (size_t k = 0; k < ss_diagnostics_count(diagnostics); k++) {
            is_said = is_said || strcmp(ss_diagnostics_get(diagnostics, k)->code, "E304") == 0;
        }
        SS_CHECK(is_said);
        ss_run_destroy(run);
        ss_design_destroy(design);
        ss_diagnostics_destroy(diagnostics);
    }
    ss_catalog_destroy(catalog);
}
