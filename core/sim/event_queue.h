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

/// Puts an event where the root's hole is and restores the heap below it.
static inline void ss__event_sift_down(ss_event *heap, uint32_t count, ss_event event) {
    uint32_t hole = 0;
    for (;;) {
        const uint32_t child = 4u * hole + 1u;
        uint32_t least;
        if (child + 3u < count) {
            const uint32_t left = child + ss__event_before(heap[child + 1u], heap[child]);
            const uint32_t right =
                child + 2u + ss__event_before(heap[child + 3u], heap[child + 2u]);
            least = ss__event_before(heap[right], heap[left]) ? right : left;
        } else {
            if (child >= count) break;
            least = child;
            for (uint32_t other = child + 1u; other < count; other++) {
                if (ss__event_before(heap[other], heap[least])) least = other;
            }
        }
        if (!ss__event_before(heap[least], event)) break;
        heap[hole] = heap[least];
        hole = least;
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
