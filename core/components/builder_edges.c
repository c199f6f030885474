/// Edges: latency, bandwidth, time-outs, retries, breakers, hedging.
#include <string.h>

#include "components/builder_internal.h"

static int64_t nanoseconds_of(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_get(object, name);
    if (!value->is_set) return 0;
    const int64_t ns = ss_time_from_seconds(value->number);
    return ns > 0 ? ns : 1; // a bound of less than a nanosecond is still a bound
}

static void set_retry(ss_sim_edge *edge, const ss_object *retry) {
    edge->retry_max = (uint32_t)ss_object_get(retry, "max")->number;
    edge->backoff_ns = ss_time_from_seconds(ss_object_get(retry, "backoff")->number);
    edge->backoff_multiplier = ss_object_get(retry, "multiplier")->number;
    edge->jitter = ss_object_get(retry, "jitter")->number;
    const ss_value *budget = ss_object_get(retry, "budget");
    edge->has_budget = budget->is_set ? 1u : 0u;
    edge->budget = budget->is_set ? budget->number : 0.0;
    edge->budget_tokens = 1.0;
}

static void set_breaker(ss_sim_edge *edge, const ss_object *breaker) {
    edge->breaker_errors = ss_object_get(breaker, "errors")->number;
    edge->breaker_slice_ns = nanoseconds_of(breaker, "window") / (int64_t)SS_BREAKER_SLICES;
    if (edge->breaker_slice_ns < 1) edge->breaker_slice_ns = 1;
    edge->breaker_min_calls = (uint32_t)ss_object_get(breaker, "min_calls")->number;
    edge->breaker_open_ns = nanoseconds_of(breaker, "open_for");
}

void ss__builder_set_edge(ss_builder *builder, const ss_edge *from, ss_sim_edge *edge) {
    const ss_object *object = &from->object;
    const uint64_t hash = ss_hash_bytes(from->name, strlen(from->name));
    edge->from = from->from;
    edge->to = from->to;
    const ss_value *latency = ss_object_get(object, "latency");
    const bool is_zero = !latency->dist || (latency->dist->kind == SS_DIST_CONSTANT &&
                                            !(latency->dist->a > 0.0));
    edge->latency = is_zero ? NULL : latency->dist;
    edge->loss = ss_object_get(object, "loss")->number;
    edge->timeout_ns = nanoseconds_of(object, "timeout");
    const ss_value *bandwidth = ss_object_get(object, "bandwidth");
    if (bandwidth->is_set) {
        edge->request_ns = ss_object_get(object, "request_size")->number / bandwidth->number * 1e9;
        edge->response_ns =
            ss_object_get(object, "response_size")->number / bandwidth->number * 1e9;
    }
    const ss_value *retry = ss_object_get(object, "retry");
    if (retry->is_written && retry->objects) set_retry(edge, retry->objects);
    const ss_value *breaker = ss_object_get(object, "breaker");
    if (breaker->is_written && breaker->objects) set_breaker(edge, breaker->objects);
    const ss_value *hedge = ss_object_get(object, "hedge");
    if (hedge->is_written && hedge->objects) {
        edge->hedge_after_ns = nanoseconds_of(hedge->objects, "after");
        edge->hedge_max = ss_builder_count(ss_object_get(hedge->objects, "max"));
        builder->built->sim.needs_side = 1;
    }
    edge->propagates_deadline = ss_object_get(object, "deadline")->number > 0.0 ? 1u : 0u;
    if (edge->propagates_deadline) builder->built->sim.needs_side = 1;
    ss_sim_update_edge(edge);
    edge->latency_random = ss_random_create(builder->seed, hash, SS_PURPOSE_LATENCY);
    edge->retry_random = ss_random_create(builder->seed, hash, SS_PURPOSE_RETRY);
    edge->loss_random = ss_random_create(builder->seed, hash, SS_PURPOSE_LOSS);
}
