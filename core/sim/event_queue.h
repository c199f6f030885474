/// The event queue: an implicit 4-ary heap of 16-byte events ordered by (time, schedule order).
///
/// Chosen by measurement (tools/bench, "pending events"): branch-free minimum of four siblings that
/// share a cache line, and a lazy pop, so that the first event scheduled while another is handled
/// takes its place at the root in one sift instead of a removal and an insertion.
#ifndef SS_SIM_EVENT_QUEUE_H
#define SS_SIM_EVENT_QUEUE_H

#include <string.h>

#include "scalesim/sim.h"

/// Sequence numbers wrap; those of events pending at one instant are never 2^31 apart.
static inline bool ss__event_before(ss_event a, ss_event b) {
    return (a.time_ns < b.time_ns) |
           ((a.time_ns == b.time_ns) & ((int32_t)(a.seq - b.seq) < 0));
}

/// The least of up to four siblings by time and order.
static inline uint32_t ss__event_least(const ss_event *siblings, uint32_t count) {
    uint32_t least = 0;
    for (uint32_t other = 1; other < count; other++) {
        if (ss__event_before(siblings[other], siblings[least])) least = other;
    }
    return least;
}

/// Puts an event where the root's hole is and restores the heap below it. Times are compared alone,
/// without branches; where two of them are equal, the order of scheduling is asked for.
static inline void ss__event_sift_down(ss_event *heap, uint32_t count, ss_event event) {
    uint32_t hole = 0;
    for (;;) {
        const uint32_t child = 4u * hole + 1u;
        const ss_event *siblings = heap + child;
        uint32_t least;
        int64_t least_ns;
        if (__builtin_expect(child + 3u < count, 1)) {
            const int64_t a = siblings[0].time_ns;
            const int64_t b = siblings[1].time_ns;
            const int64_t c = siblings[2].time_ns;
            const int64_t d = siblings[3].time_ns;
            const int64_t first = b < a ? b : a;
            const int64_t second = d < c ? d : c;
            const uint32_t in_second = second < first;
            least_ns = second < first ? second : first;
            least = ((b < a) & (in_second - 1u)) | ((2u + (d < c)) & (0u - in_second));
            if (__builtin_expect((a == b) | (c == d) | (first == second), 0)) {
                least = ss__event_least(siblings, 4);
            }
        } else {
            if (child >= count) break;
            least = ss__event_least(siblings, count - child);
            least_ns = siblings[least].time_ns;
        }
        if (least_ns > event.time_ns) break;
        if (__builtin_expect(least_ns == event.time_ns, 0) &&
            !ss__event_before(siblings[least], event)) {
            break;
        }
        heap[hole] = siblings[least];
        hole = child + least;
    }
    heap[hole] = event;
}

static inline void ss__event_sift_up(ss_event *heap, uint32_t hole, ss_event event) {
    while (hole > 0u) {
        const uint32_t parent = (hole - 1u) >> 2u;
        if (!ss__event_before(event, heap[parent])) break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = event;
}

/// Doubles the capacity; false when memory is refused.
bool ss__event_queue_grow(ss_event_queue *queue, const ss_allocator *allocator);

static inline bool ss__event_push(ss_event_queue *queue, const ss_allocator *allocator,
                                  ss_event event) {
    if (queue->has_hole) {
        queue->has_hole = 0;
        ss__event_sift_down(queue->events, queue->count, event);
        return true;
    }
    if (__builtin_expect(queue->count == queue->capacity, 0)) {
        if (!ss__event_queue_grow(queue, allocator)) return false;
    }
    ss__event_sift_up(queue->events, queue->count++, event);
    return true;
}

/// Closes the root's hole if the event taken from it scheduled nothing.
static inline void ss__event_close_hole(ss_event_queue *queue) {
    if (!queue->has_hole) return;
    queue->has_hole = 0;
    queue->count--;
    if (queue->count > 0u) {
        ss__event_sift_down(queue->events, queue->count, queue->events[queue->count]);
    }
}

#endif
