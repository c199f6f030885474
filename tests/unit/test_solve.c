/// Solving whole designs: against textbook networks, against Markov chains solved by brute force,
/// against laws that always hold, and against the simulation of the same design.
#include "scalesim/solve.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "failing_allocator.h"
#include "random_design.h"
#include "simulate.h"
#include "unit.h"

/// The solution of a design that simulation_open has loaded.
static ss_solution *solve(simulation *self) {
    ss_solution *solution = NULL;
    if (self->design) {
        const ss_status status =
            ss_solve(self->design, &self->allocator, self->diagnostics, &solution);
        SS_CHECK_EQUAL(status, SS_OK);
    }
    return solution;
}

static double value_of(simulation *self, const ss_solution *solution, const char *path) {
    double value = SS_NAN;
    SS_CHECK_EQUAL(ss_solution_metric(solution, path, self->diagnostics, &value), SS_OK);
    return value;
}

static void close_both(simulation *self, ss_solution *solution) {
    ss_solution_destroy(solution);
    simulation_close(self);
}

/// Whether the text of the solution has this in it.
static bool says(const ss_solution *solution, const char *part) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    SS_CHECK_EQUAL(ss_solution_write_json(solution, &text), SS_OK);
    const bool found = text.bytes && strstr(text.bytes, part);
    ss_text_destroy(&text);
    return found;
}

// --- Open networks -------------------------------------------------------------------------------

SS_TEST(solve_mm1_has_its_percentiles) {
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':'80/s'}},"
        "'s':{'type':'station','service_time':'exp(10ms)'}},"
        "'edges':[{'from':'c','to':'s','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.response.mean"), 0.05, 1e-12);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.response.p50"), 0.05 * 0.6931471805599453,
                  1e-9);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.c.response.p99"), 0.05 * 4.605170185988091,
                  1e-8);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.in_queue"), 3.2, 1e-12);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.utilization"), 0.8, 1e-12);
    SS_CHECK(says(solution, "\"saturation_rate\":100,\"why\""));
    SS_CHECK(says(solution, "\"exact\":true,\"nodes\""));
    close_both(&self, solution);
}

SS_TEST(solve_a_jackson_network_with_feedback) {
    // Kleinrock 1975, sec. 4.8: rates from the traffic equations, each node then M/M/c. Here
    // cpu = 10 + disk/2, disk = 0.8 cpu: 50/3 and 40/3.
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':10}},"
        "'cpu':{'type':'station','service_time':'exp(40ms)'},"
        "'disk':{'type':'station','concurrency':2,'service_time':'exp(90ms)'}},"
        "'edges':[{'from':'c','to':'cpu','kind':'forward'},"
        "{'from':'cpu','to':'disk','kind':'forward','probability':0.8},"
        "{'from':'disk','to':'cpu','kind':'forward','probability':0.5}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    const double cpu = 0.04 / (1.0 - 50.0 / 3.0 * 0.04);
    const double load = 40.0 / 3.0 * 0.09; // 1.2 Erlang on two servers: C = a²/(2+a) = 0.45
    const double disk = 0.09 + 0.45 * 0.09 / (2.0 - load);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.cpu.response.mean"), cpu, 1e-12);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.disk.response.mean"), disk, 1e-12);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.c.response.mean"),
                  5.0 / 3.0 * cpu + 4.0 / 3.0 * disk, 1e-11);
    SS_CHECK(says(solution, "\"exact\":true,\"nodes\""));
    close_both(&self, solution);
}

SS_TEST(solve_priorities_of_cobham) {
    // Two classes of equal exponential service: W0 = ρ S, W1 = W0/(1-ρ1), W2 = W1/(1-ρ).
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':8},"
        "'operations':{'a':1,'b':1}},'s':{'type':'station','discipline':'priority','operations':{"
        "'a':{'priority':1,'service_time':'exp(100ms)'},"
        "'b':{'priority':2,'service_time':'exp(100ms)'}}}},"
        "'edges':[{'from':'c','to':'s','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.operations.a.wait.mean"), 0.08 / 0.6, 1e-12);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.operations.b.wait.mean"), 0.08 / 0.12, 1e-12);
    close_both(&self, solution);
}

SS_TEST(solve_saturation_is_told_not_guessed) {
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':30}},"
        "'a':{'type':'service','concurrency':50,'service_time':'exp(1ms)'},"
        "'b':{'type':'service','concurrency':2,'service_time':'exp(100ms)'}},"
        "'edges':[{'from':'c','to':'a'},{'from':'a','to':'b'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.utilization"), 1.0, 0.0);
    SS_CHECK(!ss_is_finite(value_of(&self, solution, "nodes.b.response.mean")));
    SS_CHECK(!ss_is_finite(value_of(&self, solution, "nodes.c.response.mean")));
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.throughput"), 20.0, 1e-9);
    SS_CHECK(says(solution, "\"bottleneck\":{\"node\":\"b\""));
    SS_CHECK(says(solution, "None: it waits for a saturated node"));
    close_both(&self, solution);
}

SS_TEST(solve_a_saturated_node_holds_back_what_follows) {
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':30}},"
        "'a':{'type':'station','service_time':'exp(50ms)'},"
        "'b':{'type':'station','service_time':'exp(40ms)'}},"
        "'edges':[{'from':'c','to':'a','kind':'forward'},"
        "{'from':'a','to':'b','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK(!ss_is_finite(value_of(&self, solution, "nodes.a.response.mean")));
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.utilization"), 0.8, 1e-9); // 20 a second
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.response.mean"), 0.2, 1e-9);
    close_both(&self, solution);
}

SS_TEST(solve_calls_that_come_back) {
    // s = 10 ms + t, t = 10 ms + s/2: 40 ms and 30 ms.
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':1}},"
        "'s':{'type':'service','concurrency':'inf','service_time':'10ms'},"
        "'t':{'type':'service','concurrency':'inf','service_time':'10ms'}},"
        "'edges':[{'from':'c','to':'s'},{'from':'s','to':'t'},"
        "{'from':'t','to':'s','probability':0.5}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.c.response.mean"), 0.04, 1e-9);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.throughput"), 2.0, 1e-9);
    SS_CHECK(says(solution, "calls that come back to a waiting caller"));
    close_both(&self, solution);
}

SS_TEST(solve_retries_of_random_errors) {
    // Three attempts of 20 % failures: 1 + 0.2 + 0.04 calls, and 0.8 % fail in the end.
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':10}},"
        "'a':{'type':'service','concurrency':'inf','service_time':'exp(1ms)'},"
        "'b':{'type':'service','concurrency':'inf','error_rate':0.2,'service_time':'exp(1ms)'}},"
        "'edges':[{'from':'c','to':'a'},{'from':'a','to':'b','retry':{'max':2}}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.throughput"), 12.4 * 0.8, 1e-9);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.c.error_ratio"), 0.008, 1e-12);
    SS_CHECK(says(solution, "\"a->b\":{\"rate\":12.4"));
    close_both(&self, solution);
}

SS_TEST(solve_says_which_service_time_is_missing) {
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':10}},"
        "'s':{'type':'station','service_time':'exp(1ms)'}},"
        "'edges':[{'from':'c','to':'s'}]}");
    const char *text =
        "{\"format\":\"scalesim/1\",\"nodes\":{\"c\":{\"type\":\"client\",\"load\":{\"rate\":10},"
        "\"operations\":{\"x\":1}},\"s\":{\"type\":\"station\",\"service_time\":"
        "{\"y\":\"exp(1ms)\"}}},\"edges\":[{\"from\":\"c\",\"to\":\"s\"}]}";
    ss_design *design = NULL;
    SS_REQUIRE(!ss_design_load(text, strlen(text), self.catalog, &self.allocator, self.diagnostics,
                               &design));
    ss_solution *solution = NULL;
    SS_CHECK_EQUAL(ss_solve(design, &self.allocator, self.diagnostics, &solution), SS_ERROR_INPUT);
    SS_CHECK(solution == NULL);
    SS_CHECK(simulation_finding(&self, "E302") != NULL);
    ss_design_destroy(design);
    simulation_close(&self);
}

// --- Closed networks against Markov chains -------------------------------------------------------

/// Two kinds of users share a processor: the chain of how many of each are there, by sweeps.
static void shared_processor(const double *users, const double *think, const double *service,
                             double *throughput) {
    enum { MOST = 12 };
    static double p[MOST + 1][MOST + 1];
    const int n = (int)users[0];
    const int m = (int)users[1];
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) p[i][j] = 1.0;
    }
    for (int round = 0; round < 4000; round++) {
        double sum = 0.0;
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= m; j++) {
                const double all = (double)(i + j);
                double out = (n - i) / think[0] + (m - j) / think[1];
                if (i + j > 0) out += i / all / service[0] + j / all / service[1];
                double in = 0.0;
                if (i > 0) in += p[i - 1][j] * (n - i + 1) / think[0];
                if (j > 0) in += p[i][j - 1] * (m - j + 1) / think[1];
                if (i < n) in += p[i + 1][j] * (i + 1) / (all + 1.0) / service[0];
                if (j < m) in += p[i][j + 1] * (j + 1) / (all + 1.0) / service[1];
                p[i][j] = in / out;
                sum += p[i][j];
            }
        }
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= m; j++) p[i][j] /= sum;
        }
    }
    throughput[0] = throughput[1] = 0.0;
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) {
            throughput[0] += p[i][j] * (n - i) / think[0];
            throughput[1] += p[i][j] * (m - j) / think[1];
        }
    }
}

SS_TEST(solve_two_closed_classes_as_their_markov_chain) {
    const double users[2] = {7.0, 4.0};
    const double think[2] = {1.0, 0.3};
    const double service[2] = {0.08, 0.15};
    double expected[2];
    shared_processor(users, think, service, expected);
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{"
        "'a':{'type':'client','load':{'users':7,'think':'exp(1s)'},'operations':{'x':1}},"
        "'b':{'type':'client','load':{'users':4,'think':'uniform(0s, 600ms)'},"
        "'operations':{'y':1}},"
        "'cpu':{'type':'station','discipline':'ps',"
        "'service_time':{'x':'exp(80ms)','y':'exp(150ms)'}}},"
        "'edges':[{'from':'a','to':'cpu'},{'from':'b','to':'cpu'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.a.throughput"), expected[0], 1e-8);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.throughput"), expected[1], 1e-8);
    const double response = value_of(&self, solution, "nodes.a.response.mean");
    SS_CHECK_NEAR(response, 7.0 / expected[0] - 1.0, 1e-7);
    SS_CHECK(says(solution, "\"exact\":true,\"nodes\""));
    close_both(&self, solution);
}

SS_TEST(solve_load_dependent_closed_station_by_birth_and_death) {
    // 12 users think 1 s and share 3 servers of 0.4 s: p(n) by hand.
    double weight = 1.0;
    double sum = 1.0;
    double number = 0.0;
    for (int n = 0; n < 12; n++) {
        weight *= (12 - n) / 1.0 * 0.4 / (n + 1 < 3 ? n + 1 : 3);
        sum += weight;
        number += weight * (n + 1);
    }
    number /= sum;
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'u':{'type':'client','load':{'users':12,"
        "'think':'exp(1s)'}},'s':{'type':'station','concurrency':3,'service_time':'exp(400ms)'}},"
        "'edges':[{'from':'u','to':'s','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.in_system"), number, 1e-10);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.throughput"), 12.0 - number, 1e-10);
    close_both(&self, solution);
}

/// Closed users and open arrivals at one M/M/1: the chain of both numbers, open ones cut off at
/// 200.
static double mixed_throughput(int users, double think, double service, double rate) {
    enum { MOST = 200 };
    static double p[11][MOST + 1];
    for (int i = 0; i <= users; i++) {
        for (int m = 0; m <= MOST; m++) p[i][m] = 1e-3;
    }
    for (int round = 0; round < 3000; round++) {
        double sum = 0.0;
        for (int i = 0; i <= users; i++) {
            for (int m = 0; m <= MOST; m++) {
                double out = (users - i) / think + (m < MOST ? rate : 0.0);
                if (i + m > 0) out += 1.0 / service;
                double in = 0.0;
                if (i > 0) in += p[i - 1][m] * (users - i + 1) / think;
                if (m > 0) in += p[i][m - 1] * rate;
                if (i < users) in += p[i + 1][m] * (i + 1.0) / (i + m + 1.0) / service;
                if (m < MOST) in += p[i][m + 1] * (m + 1.0) / (i + m + 1.0) / service;
                p[i][m] = in / out;
                sum += p[i][m];
            }
        }
        for (int i = 0; i <= users; i++) {
            for (int m = 0; m <= MOST; m++) p[i][m] /= sum;
        }
    }
    double away = 0.0;
    for (int i = 0; i <= users; i++) {
        for (int m = 0; m <= MOST; m++) away += p[i][m] * (users - i);
    }
    return away / think;
}

SS_TEST(solve_a_mixed_network_as_its_markov_chain) {
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'u':{'type':'client','load':{'users':6,"
        "'think':'exp(1s)'}},'o':{'type':'client','load':{'rate':3}},"
        "'s':{'type':'station','service_time':'exp(100ms)'}},"
        "'edges':[{'from':'u','to':'s','kind':'forward'},{'from':'o','to':'s','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    const double expected = mixed_throughput(6, 1.0, 0.1, 3.0);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.throughput"), expected, 1e-6);
    close_both(&self, solution);
}

SS_TEST(solve_large_populations_come_close_to_exact_ones) {
    // Beyond the exact solution's reach the approximation takes over; at the asymptote both are
    // the bottleneck's rate.
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'u':{'type':'client','load':{'users':5000,"
        "'think':'exp(1s)'}},'s':{'type':'station','concurrency':4,'service_time':'exp(100ms)'},"
        "'t':{'type':'station','service_time':'exp(10ms)'}},"
        "'edges':[{'from':'u','to':'s','kind':'forward'},{'from':'s','to':'t','kind':'forward'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.throughput"), 40.0, 0.05);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.response.mean"), 5000.0 / 40.0 - 1.0, 0.2);
    SS_CHECK(says(solution, "Schweitzer"));
    close_both(&self, solution);
}

SS_TEST(solve_closed_clients_share_what_they_saturate) {
    // 60 users think 0.1 s and press on 4 places of 50 ms (not exponential: no product form): 80 a
    // second in all, by their numbers, and the rest of each cycle is waiting.
    simulation self = simulation_open(
        "{'format':'scalesim/1','nodes':{'u':{'type':'client','load':{'users':40,"
        "'think':'exp(100ms)'}},'v':{'type':'client','load':{'users':20,'think':'exp(100ms)'}},"
        "'a':{'type':'service','concurrency':4,'service_time':'lognormal(mean=50ms, cv=1)'}},"
        "'edges':[{'from':'u','to':'a'},{'from':'v','to':'a'}]}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.throughput"), 160.0 / 3.0, 0.1);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.v.throughput"), 80.0 / 3.0, 0.1);
    SS_CHECK_NEAR(value_of(&self, solution, "nodes.u.response.mean"), 0.65, 0.005);
    close_both(&self, solution);
}

SS_TEST(solve_bounds_hold_what_they_bound) {
    for (int users = 1; users <= 64; users *= 4) {
        simulation self = simulation_open(
            "{'format':'scalesim/1','nodes':{'u':{'type':'client','load':{'users':%d,"
            "'think':'exp(500ms)'}},'s':{'type':'station','service_time':'exp(60ms)'},"
            "'t':{'type':'station','service_time':'exp(30ms)'}},'edges':["
            "{'from':'u','to':'s','kind':'forward'},{'from':'s','to':'t','kind':'forward'}]}",
            users);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        ss_text text = ss_text_create(&self.allocator);
        SS_CHECK_EQUAL(ss_solution_write_json(solution, &text), SS_OK);
        ss_json_document *document = NULL;
        SS_REQUIRE(!ss_json_parse(text.bytes, text.length, &self.allocator, self.diagnostics,
                                  &document));
        const ss_json *bounds = ss_json_get(ss_json_root(document), "bounds");
        const ss_json *range = ss_json_first(ss_json_get(bounds, "throughput"));
        const double rate = value_of(&self, solution, "nodes.u.throughput");
        SS_CHECK(ss_json_number(range) <= rate * (1.0 + 1e-12));
        SS_CHECK(ss_json_number(ss_json_next(range)) >= rate * (1.0 - 1e-12));
        ss_json_document_destroy(document);
        ss_text_destroy(&text);
        close_both(&self, solution);
    }
}

// --- Laws that always hold -----------------------------------------------------------------------

static const char *const examples[] = {"mm1", "mm3", "jackson", "ecommerce", "chat"};

static simulation open_example(const char *name) {
    char path[128];
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_text_add_format(&text, "examples/%s/%s.scalesim.json", name, name);
    strncpy(path, text.bytes, sizeof path - 1u);
    path[sizeof path - 1u] = '\0';
    ss_text_destroy(&text);
    size_t length;
    char *json = ss_test_read_file(path, &length);
    simulation self = simulation_open_json(json ? json : "{}", ss_run_options_default());
    free(json);
    return self;
}

/// The value of one of a node's statistics.
static double node_value(simulation *self, const ss_solution *solution, const char *node,
                         const char *statistic) {
    ss_text path = ss_text_create(&self->allocator);
    ss_text_add_format(&path, "nodes.%s.%s", node, statistic);
    const double value = value_of(self, solution, path.bytes);
    ss_text_destroy(&path);
    return value;
}

SS_TEST(solve_keeps_littles_law_everywhere) {
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        simulation self = open_example(examples[i]);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        for (uint32_t j = 0; j < self.design->node_count; j++) {
            const char *id = self.design->nodes[j].id;
            const double rate = node_value(&self, solution, id, "throughput");
            const double response = node_value(&self, solution, id, "response.mean");
            const double number = node_value(&self, solution, id, "in_system");
            SS_CHECK_NEAR(number, rate * response, 1e-9 * (1.0 + number));
        }
        close_both(&self, solution);
    }
}

SS_TEST(solve_without_load_is_the_service_time) {
    static const char *const disciplines[] = {"fifo", "lifo", "random", "ps", "priority",
                                              "priority-preemptive", "sjf", "srpt", "edf"};
    for (size_t i = 0; i < sizeof disciplines / sizeof disciplines[0]; i++) {
        simulation self = simulation_open(
            "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':'0.001/s'}},"
            "'s':{'type':'station','discipline':'%s','service_time':"
            "'lognormal(mean=100ms, cv=1.5)'}},'edges':[{'from':'c','to':'s','kind':'forward'}]}",
            disciplines[i]);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.response.mean"), 0.1, 1e-4);
        close_both(&self, solution);
    }
}

SS_TEST(solve_one_of_many_places_is_one_place) {
    static const char *const stations[] = {
        "'concurrency':1", "'replicas':1,'balance':'round-robin'", "'replicas':1,'balance':'p2c'",
        "'replicas':1,'balance':'random'", "'queue':100000"};
    for (size_t i = 0; i < sizeof stations / sizeof stations[0]; i++) {
        simulation self = simulation_open(
            "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':7}},"
            "'s':{'type':'station','service_time':'exp(100ms)',%s}},"
            "'edges':[{'from':'c','to':'s','kind':'forward'}]}", stations[i]);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.response.mean"), 0.1 / 0.3, 1e-9);
        close_both(&self, solution);
    }
}

// --- Beside the simulation -----------------------------------------------------------------------

/// Compares every node's mean response with the simulated one.
static void compare(simulation *self, const ss_solution *solution, double tolerance) {
    for (uint32_t i = 0; i < self->design->node_count; i++) {
        const char *id = self->design->nodes[i].id;
        ss_text path = ss_text_create(&self->allocator);
        ss_text_add_format(&path, "nodes.%s.response.mean", id);
        const double solved = value_of(self, solution, path.bytes);
        const double simulated = simulation_metric(self, path.bytes);
        SS_CHECK_NEAR(solved, simulated, tolerance * simulated);
        path.length = 0;
        ss_text_add_format(&path, "nodes.%s.throughput", id);
        SS_CHECK_NEAR(value_of(self, solution, path.bytes), simulation_metric(self, path.bytes),
                      0.02 * simulation_metric(self, path.bytes));
        ss_text_destroy(&path);
    }
}

SS_TEST(solve_agrees_with_the_run_of_the_examples) {
    static const struct {
        const char *name;
        const char *change;
        double tolerance;
    } cases[] = {
        {"mm1", NULL, 0.04},
        {"mm3", NULL, 0.02},
        {"jackson", NULL, 0.03},
        {"chat", NULL, 0.02},
        // The example itself runs at 96 % of its bottleneck, where no short run is precise.
        {"ecommerce", "nodes.orders.replicas=4", 0.03},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        simulation self = open_example(cases[i].name);
        if (cases[i].change) {
            ss_text changed = ss_text_create(&self.allocator);
            SS_CHECK_EQUAL(ss_design_override(self.text, strlen(self.text), &cases[i].change, 1,
                                              &self.allocator, self.diagnostics, &changed), SS_OK);
            simulation_close(&self);
            self = simulation_open_json(changed.bytes, ss_run_options_default());
            ss_text_destroy(&changed);
        }
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        simulation_finish(&self);
        compare(&self, solution, cases[i].tolerance);
        close_both(&self, solution);
    }
}

SS_TEST(solve_agrees_with_the_run_of_layers) {
    // Callers that hold their places, few enough to be felt by whom they call.
    simulation self = simulate(
        "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{'rate':60}},"
        "'app':{'type':'service','concurrency':16,'service_time':'exp(10ms)'},"
        "'db':{'type':'database','connections':4,'service_time':'exp(50ms)'}},"
        "'edges':[{'from':'c','to':'app'},{'from':'app','to':'db'}],"
        "'run':{'duration':'30m','warmup':'1m'}}");
    ss_solution *solution = solve(&self);
    SS_REQUIRE(solution);
    compare(&self, solution, 0.05);
    SS_CHECK(says(solution, "no more requests come than the callers have places"));
    close_both(&self, solution);
}

SS_TEST(solve_is_sane_for_random_designs) {
    static const char *const shares[] = {"utilization", "error_ratio"};
    static const char *const amounts[] = {"throughput", "in_system", "in_queue", "wait.mean",
                                          "service.mean", "response.mean", "response.p99"};
    const ss_allocator allocator = ss_allocator_default();
    for (uint64_t seed = 1; seed <= 150; seed++) {
        ss_text text = ss_text_create(&allocator);
        random_design_write(seed, &text);
        simulation self = simulation_open_json(text.bytes, ss_run_options_default());
        ss_text_destroy(&text);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        for (uint32_t i = 0; i < self.design->node_count; i++) {
            const char *id = self.design->nodes[i].id;
            for (size_t j = 0; j < sizeof shares / sizeof shares[0]; j++) {
                const double share = node_value(&self, solution, id, shares[j]);
                SS_CHECK(!ss_is_finite(share) || (share >= 0.0 && share <= 1.0 + 1e-9));
            }
            for (size_t j = 0; j < sizeof amounts / sizeof amounts[0]; j++) {
                const double amount = node_value(&self, solution, id, amounts[j]);
                SS_CHECK(!ss_is_finite(amount) || amount >= 0.0);
            }
        }
        close_both(&self, solution);
    }
}

SS_TEST(solve_stations_with_habits_as_the_literature) {
    // Vacations (Levy & Yechiali 1975): the wait of M/G/1 and E[V²]/2E[V]. Batches of 1 or 3 (Gross
    // & Harris 1985, sec. 5.1): more by E[X(X-1)]S/2E[X](1-ρ). Set-up (Welch 1964).
    static const struct {
        const char *station, *load;
        double response;
    } cases[] = {
        {"'vacation':'exp(80ms)'", "'rate':6", 0.1 + 0.15 + 0.08},
        {"'setup':'100ms'", "'rate':6", 0.1 + 0.15 + (0.2 + 0.06) / 3.2},
        {"'priority':0", "'rate':3,'batch':'empirical(1: 1, 3: 1)'", 0.1 + 0.15 + 0.75 * 0.1 / 0.4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        simulation self = simulation_open(
            "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{%s}},"
            "'s':{'type':'station','service_time':'exp(100ms)',%s}},"
            "'edges':[{'from':'c','to':'s','kind':'forward'}]}",
            cases[i].load, cases[i].station);
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        SS_CHECK_NEAR(value_of(&self, solution, "nodes.s.response.mean"), cases[i].response, 1e-9);
        close_both(&self, solution);
    }
}

SS_TEST(solve_load_dependent_speed_is_many_servers) {
    // Speeds 1, 2, 3 are three servers, open and closed.
    static const char *const loads[] = {"'rate':20", "'users':9,'think':'exp(200ms)'"};
    for (size_t i = 0; i < 2u; i++) {
        double response[2];
        for (size_t j = 0; j < 2u; j++) {
            simulation self = simulation_open(
                "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{%s}},"
                "'s':{'type':'station','service_time':'exp(100ms)','concurrency':3%s}},"
                "'edges':[{'from':'c','to':'s','kind':'forward'}]}",
                loads[i], j == 0u ? "" : ",'speedup':[1,2,3]");
            ss_solution *solution = solve(&self);
            SS_REQUIRE(solution);
            response[j] = value_of(&self, solution, "nodes.s.response.mean");
            close_both(&self, solution);
        }
        SS_CHECK_NEAR(response[1], response[0], 1e-10);
    }
}

SS_TEST(solve_agrees_with_the_run_of_irregular_flows) {
    // Constant service makes what follows it wait less, bursts make it wait more.
    static const char *const loads[] = {
        "'rate':8", "'mmpp':[{'rate':4,'for':'exp(1s)'},{'rate':16,'for':'exp(500ms)'}]"};
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        simulation self = simulate(
            "{'format':'scalesim/1','nodes':{'c':{'type':'client','load':{%s}},"
            "'a':{'type':'station','service_time':'%s'},"
            "'b':{'type':'station','service_time':'exp(100ms)'}},"
            "'edges':[{'from':'c','to':'a','kind':'forward'},"
            "{'from':'a','to':'b','kind':'forward'}],'run':{'duration':'3h','warmup':'1m'}}",
            loads[i], i == 0u ? "100ms" : "exp(60ms)");
        ss_solution *solution = solve(&self);
        SS_REQUIRE(solution);
        const double solved = value_of(&self, solution, "nodes.a.response.mean");
        const double simulated = simulation_metric(&self, "nodes.a.response.mean");
        SS_CHECK_NEAR(solved, simulated, 0.05 * simulated);
        SS_CHECK(says(solution, i == 0u ? "Pollaczek" : "MMPP/M/1"));
        if (i == 0u) {
            const double second = simulation_metric(&self, "nodes.b.response.mean");
            SS_CHECK_NEAR(value_of(&self, solution, "nodes.b.response.mean"), second,
                          0.1 * second);
        }
        close_both(&self, solution);
    }
}

// --- Memory --------------------------------------------------------------------------------------

SS_TEST(solve_survives_every_refused_allocation) {
    simulation self = open_example("ecommerce");
    SS_REQUIRE(self.design);
    for (size_t refuse_at = 1;; refuse_at++) {
        failing_allocator state = {.refuse_at = refuse_at};
        const ss_allocator allocator = failing_allocator_of(&state);
        ss_solution *solution = NULL;
        ss_text text = ss_text_create(&allocator);
        ss_status status = ss_solve(self.design, &allocator, self.diagnostics, &solution);
        if (!status) status = ss_solution_write_json(solution, &text);
        SS_CHECK(status == SS_OK || status == SS_ERROR_MEMORY);
        ss_text_destroy(&text);
        ss_solution_destroy(solution);
        SS_CHECK_EQUAL(state.blocks, 0);
        if (state.requests < refuse_at) break;
    }
    simulation_close(&self);
}
