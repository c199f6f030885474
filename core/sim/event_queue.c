#include "sim/event_queue.h"

#define SS_EVENTS_FIRST 256u

bool ss__event_queue_grow(ss_event_queue *queue, const ss_allocator *allocator) {
    const uint32_t capacity = queue->capacity ? queue->capacity * 2u : SS_EVENTS_FIRST;
    if (capacity <= queue->capacity || capacity > SS_EVENT_INDEX_MAX) return false;
    // The siblings 4i+1 … 4i+4 share a cache line when element 1 starts one: 48 bytes of lead-in.
    const size_t bytes = (size_t)capacity * sizeof(ss_event) + 64u + 48u;
    unsigned char *block = ss_allocate(allocator, bytes);
    if (!block) return false;
    const uintptr_t line = ((uintptr_t)block + 63u) & ~(uintptr_t)63u;
    ss_event *events = (ss_event *)(line + 48u);
    if (queue->count > 0u) {
        memcpy(events, queue->events, (size_t)queue->count * sizeof(ss_event));
    }
    ss_deallocate(allocator, queue->block, queue->block_bytes);
    queue->block = block;
    queue->block_bytes = bytes;
    queue->events = events;
    queue->capacity = capacity;
    return true;
}

bool ss_sim_reserve_events(ss_sim *sim) {
    return ss__event_queue_grow(&sim->queue, &sim->allocator);
}
