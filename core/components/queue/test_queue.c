/// A queue: publishers do not wait, consumers take what they can, failures come again.
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/queue/example.scalesim.json"

SS_TEST(queue_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    // Bursts wait for seconds in the queue, and no buyer notices.
    SS_CHECK(simulation_metric(&s, "nodes.mails.response.mean") > 1.0);
    SS_CHECK(simulation_metric(&s, "nodes.buyers.response.p99") < 0.05);
    simulation_close(&s);
    free(json);
}

/// A publisher, a queue and its consumers.
#define QUEUED(queue, consumer, edges)                                                           \
    "{'format': 'scalesim/1', 'name': 'queue', 'nodes': {"                                       \
    "'c': {'type': 'client', 'load': {'rate': '100/s'}},"                                        \
    "'q': {'type': 'queue', 'service_time': '1ms'" queue "}, 'w': {'type': 'service'" consumer   \
    "},"                                                                                         \
    "'v': {'type': 'service', 'concurrency': 'inf', 'service_time': '1ms'}},"                    \
    "'edges': [{'from': 'c', 'to': 'q', 'kind': 'publish'}, {'from': 'q', 'to': 'w'}" edges "]," \
    "'run': {'duration': '1000s', 'warmup': '10s'}}"

SS_TEST(queue_delivers_every_message_once) {
    simulation s =
        simulate(QUEUED("", ", 'concurrency': 16, 'service_time': 'exp(20ms)'", ""));
    const double published = simulation_metric(&s, "nodes.q.arrivals");
    SS_CHECK_NEAR(published, 99000.0, 4.0 * 315.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.arrivals"), published, 30.0);
    simulation_close(&s);
}

/// A prefetch of one over a consumer is a single server: M/M/1 at 0.5, waiting in the queue.
SS_TEST(queue_prefetch_limits_what_is_under_way) {
    simulation s = simulate(QUEUED(", 'prefetch': 1",
                                   ", 'concurrency': 16, 'service_time': 'exp(5ms)'", ""));
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.in_system"), 0.5, 0.01);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.response.mean"), 0.005, 0.0001);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.q.in_queue"), 0.5, 0.06);
    simulation_close(&s);
}

SS_TEST(queue_consumers_compete_or_each_get_all) {
    simulation s = simulate(QUEUED(", 'delivery': 'compete'",
                                   ", 'concurrency': 'inf', 'service_time': '1ms'",
                                   ", {'from': 'q', 'to': 'v'}"));
    const double published = simulation_metric(&s, "nodes.q.arrivals");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.arrivals") +
                      simulation_metric(&s, "nodes.v.arrivals"),
                  published, 10.0);
    simulation_close(&s);
    s = simulate(QUEUED(", 'delivery': 'broadcast'",
                        ", 'concurrency': 'inf', 'service_time': '1ms'",
                        ", {'from': 'q', 'to': 'v'}"));
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.arrivals"),
                  simulation_metric(&s, "nodes.q.arrivals"), 10.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.v.arrivals"),
                  simulation_metric(&s, "nodes.q.arrivals"), 10.0);
    simulation_close(&s);
}

/// A consumer that fails half the time gets a message 1 + 1/2 + 1/4 + 1/8 times when four
/// deliveries are the most.
SS_TEST(queue_delivers_again_what_failed) {
    simulation s = simulate(QUEUED(", 'max_deliveries': 4",
                                   ", 'concurrency': 'inf', 'service_time': '1ms',"
                                   " 'error_rate': 0.5",
                                   ""));
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.arrivals") /
                      simulation_metric(&s, "nodes.q.arrivals"),
                  1.875, 0.02);
    simulation_close(&s);
}

/// A full queue refuses: M/M/1/K between the queue's places and its consumer.
SS_TEST(queue_refuses_what_does_not_fit) {
    simulation s = simulate(QUEUED(", 'capacity': 10, 'prefetch': 1",
                                   ", 'concurrency': 1, 'service_time': '20ms'", ""));
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.w.throughput"), 50.0, 0.1); // all it can do
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.q.errors.rejected") / 990.0, 50.0, 1.5);
    SS_CHECK(simulation_metric(&s, "nodes.q.in_queue") <= 11.0);
    simulation_close(&s);
}
