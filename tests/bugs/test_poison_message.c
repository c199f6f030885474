/// Each delivery reset the count of deliveries, so that a message whose consumer always failed was
/// delivered for ever.
#include "scenario.h"

#define POISON(more)                                                                               \
    SCENARIO(TRACE("c", "[0, 'a']") ", 'q': {'type': 'queue', 'service_time': '1ms',"              \
             " 'max_deliveries': 3" more "}, 'w': {'type': 'service', 'service_time': '10ms',"     \
             " 'error_rate': 1}", "{'from': 'c', 'to': 'q', 'kind': 'publish'},"                   \
             "{'from': 'q', 'to': 'w'}", "10")

SS_TEST(bug_poison_message_is_given_up) {
    simulation s = simulate(POISON(""));
    EXPECT(s, "nodes.w.arrivals", 3);
    EXPECT(s, "nodes.q.errors.failed", 1);
    EXPECT(s, "nodes.q.in_queue", 0);
    simulation_close(&s);
    s = simulate(POISON(", 'delivery': 'broadcast', 'partitions': 4"));
    EXPECT(s, "nodes.w.arrivals", 3);
    simulation_close(&s);
}
