/// A run with code that went back to its very beginning, before any input, gave its first activity
/// the number that stands for none, and ended; its first payload likewise, and what was said first
/// was lost. And what a finished run had found out about itself was read from a list that was no
/// more after somebody had looked at its past.
#include <stdlib.h>
#include <string.h>

#include "simulate.h"
#include "unit.h"

SS_TEST(bug_rewind_to_the_beginning_with_code) {
    simulation s = simulation_open(
        "{'format': 'scalesim/1', 'name': 'back', 'nodes': {"
        "'c': {'type': 'client', 'load': {'trace': [[1], [2], [3]]}},"
        "'api': {'type': 'service', 'code': {'source': 'function onStart(node) {"
        " node.setTimer(`1500ms`); } function onTimer(timer, node) { node.log(`late`); }"
        " function onRequest(request) { if (request.id === 2) throw new Error(`two`); }'}}},"
        "'edges': [{'from': 'c', 'to': 'api'}], 'run': {'duration': '5s', 'warmup': 0}}");
    SS_CHECK(!ss_run_keep_history(s.run, 1u << 20));
    simulation_finish(&s);
    char *whole = simulation_json(&s);
    SS_CHECK(strstr(whole, "W403") != NULL);
    ss_snapshot *end = NULL;
    SS_CHECK(!ss_run_snapshot(s.run, &end));
    SS_CHECK(!ss_run_rewind(s.run, 0.0));
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 2.5));
    SS_CHECK(!ss_run_rewind(s.run, 0.0));
    SS_CHECK(!ss_run_restore(s.run, end));
    char *again = simulation_json(&s);
    SS_CHECK_TEXT(again, whole);
    free(again);
    SS_CHECK(!ss_run_rewind(s.run, 0.0));
    SS_CHECK(!ss_run_advance(s.run, UINT64_MAX, 1e9));
    again = simulation_json(&s);
    SS_CHECK_TEXT(again, whole);
    free(whole);
    free(again);
    ss_snapshot_destroy(end);
    simulation_close(&s);
}
