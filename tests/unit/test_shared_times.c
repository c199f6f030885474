/// Where a client, its call and the station that it calls take equally long, their times are
/// counted once. What is told of them must be what separate counting tells: that is how it is
/// counted as soon as a second client, even an idle one, could call the station.
#include <stdlib.h>

#include "run/internal.h"
#include "scenario.h"

#define DESIGN(idle_node, idle_edge)                                                               \
    "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load': {%s}},"                    \
    " 's': {'type': 'station', %s}" idle_node "},"                                                 \
    " 'edges': [{'from': 'c', 'to': 's'}" idle_edge "], 'faults': [%s],"                           \
    " 'run': {'duration': '100s', 'warmup': '7500ms', 'seed': 3, 'sample_interval': '1s'}}"
#define SHARED DESIGN("", "")
#define APART                                                                                      \
    DESIGN(", 'idle': {'type': 'client', 'load': {'interarrival': '1000000s'}}",                   \
           ", {'from': 'idle', 'to': 's'}")

static bool shares(const simulation *s) {
    const ss_sim *sim = &s->run->built.sim;
    return sim->classes[0].responses != 0u;
}

static void check_results(simulation *shared, simulation *apart) {
    char *text = simulation_json(shared);
    ss_json_document *document = NULL;
    SS_REQUIRE(ss_json_parse(text, strlen(text), &shared->allocator, shared->diagnostics,
                             &document) == SS_OK);
    const ss_json *nodes = ss_json_get(ss_json_root(document), "nodes");
    const ss_json *edges = ss_json_get(ss_json_root(document), "edges");
    SS_CHECK(simulation_check_numbers(apart, ss_json_get(nodes, "c"), "nodes.c") > 40u);
    SS_CHECK(simulation_check_numbers(apart, ss_json_get(nodes, "s"), "nodes.s") > 40u);
    SS_CHECK(simulation_check_numbers(apart, ss_json_get(edges, "c->s"), "edges.c->s") > 10u);
    ss_json_document_destroy(document);
    free(text);
}

/// The columns of the idle client come last.
static void check_timelines(const simulation *shared, const simulation *apart) {
    const size_t columns = 1u + 2u * SS_NODE_COLUMNS + SS_CLIENT_COLUMNS;
    SS_CHECK_EQUAL(columns, ss_run_timeline_columns(shared->run));
    SS_REQUIRE(ss_run_timeline_rows(shared->run) == 100u);
    SS_REQUIRE(ss_run_timeline_rows(apart->run) == 100u);
    for (size_t i = 0; i < 100u; i++) {
        const double *row = ss_run_timeline_row(shared->run, i);
        const double *other = ss_run_timeline_row(apart->run, i);
        SS_CHECK(memcmp(row, other, columns * sizeof(double)) == 0);
    }
    SS_CHECK(shared->run->edge_samples[0].calls == apart->run->edge_samples[0].calls);
}

static void check_load(const char *load, const char *station, const char *faults) {
    simulation shared = simulate(SHARED, load, station, faults);
    simulation apart = simulate(APART, load, station, faults);
    SS_REQUIRE(shared.run && apart.run);
    check_results(&shared, &apart);
    check_timelines(&shared, &apart);
    simulation_close(&apart);
    simulation_close(&shared);
}

static void check_faults(const char *faults) {
    check_load("'rate': '80/s'", "'service_time': 'exp(10ms)'", faults);
    check_load("'users': 20, 'think': 'exp(100ms)'",
               "'service_time': 'erlang(2, 10ms)', 'concurrency': 2, 'queue': 10", faults);
}

SS_TEST(shared_times_are_shared) {
    simulation shared = simulation_open(SHARED, "'rate': '80/s'", "'service_time': '1ms'", "");
    simulation apart = simulation_open(APART, "'rate': '80/s'", "'service_time': '1ms'", "");
    SS_REQUIRE(shared.run && apart.run);
    SS_CHECK(shares(&shared));
    SS_CHECK(!shares(&apart));
    simulation_close(&apart);
    simulation_close(&shared);
}

SS_TEST(shared_times_are_those_of_separate_counting) {
    check_faults("");
    check_load("'rate': '1/s'", "'service_time': 'exp(6s)', 'concurrency': 9", ""); // long ones
    check_load("'rate': '80/s'", "'service_time': 'exp(10ms)', 'error_rate': 0.1", "");
    check_load("'rate': '80/s'", "'service_time': 'exp(10ms)', 'patience': 'exp(50ms)'", "");
}

/// Where they begin to differ, each goes on by itself from what they had in common.
SS_TEST(shared_times_part_where_an_edge_is_struck) {
    check_faults("{'kind': 'latency', 'target': 'c->s', 'latency': '3ms', 'at': '20s',"
                 " 'for': '9s'}");
    check_faults("{'kind': 'latency', 'target': 'c->s', 'latency': '3ms', 'at': '3s',"
                 " 'for': '9s'}");
    check_faults("{'kind': 'loss', 'target': 'c->s', 'rate': 0.3, 'mtbf': '20s', 'mttr': '5s'}");
    check_faults("{'kind': 'partition', 'target': 'c->s', 'direction': 'reply', 'at': '50s',"
                 " 'for': '2s'}");
}

SS_TEST(shared_times_stay_shared_through_faults_of_nodes) {
    check_faults("{'kind': 'crash', 'target': 's', 'mtbf': '20s', 'mttr': '2s'}");
    check_faults("{'kind': 'errors', 'target': 's', 'rate': 0.5, 'at': '20s', 'for': '9s'}");
    check_faults("{'kind': 'slow', 'target': 's', 'factor': 3, 'at': '20s', 'for': '5s'}");
    check_faults("{'kind': 'pause', 'target': 's', 'at': '20s', 'for': '5s'}");
    check_faults("{'kind': 'pause', 'target': 'c', 'at': '20s', 'for': '5s'}");
    check_faults("{'kind': 'spike', 'target': 'c', 'factor': 3, 'at': '20s', 'for': '5s'}");
}

/// Back before the moment at which they parted, they are shared again.
SS_TEST(shared_times_come_back_with_a_snapshot) {
    simulation s = simulation_open(SHARED, "'rate': '80/s'", "'service_time': 'exp(10ms)'",
                                   "{'kind': 'loss', 'target': 'c->s', 'rate': 0.1, 'at': '30s'}");
    SS_REQUIRE(s.run != NULL);
    simulation_advance(&s, 20.0);
    ss_snapshot *snapshot = NULL;
    SS_REQUIRE(!ss_run_snapshot(s.run, &snapshot));
    simulation_finish(&s);
    SS_CHECK(!shares(&s));
    char *first = simulation_json(&s);
    SS_REQUIRE(!ss_run_restore(s.run, snapshot));
    SS_CHECK(shares(&s));
    SS_CHECK(ss_run_advance(s.run, UINT64_MAX, 1e9) == SS_OK);
    ss_results *again = NULL;
    SS_CHECK(ss_run_results(s.run, &again) == SS_OK);
    ss_text second = ss_text_create(&s.allocator);
    SS_CHECK(ss_results_write_json(again, &second) == SS_OK);
    SS_CHECK_TEXT(second.bytes, first);
    ss_text_destroy(&second);
    ss_results_destroy(again);
    ss_snapshot_destroy(snapshot);
    free(first);
    simulation_close(&s);
}
