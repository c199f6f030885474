/// The event queue: a heap of what is due soon, and a calendar of what is not.
///
/// The heap is an implicit 4-ary one of 16-byte events ordered by (time, schedule order): a
/// branch-free minimum of four siblings that share a cache line, and a lazy pop, so that the first
/// event scheduled while another is handled takes its place at the root in one sift instead of a
/// removal and an insertion. A few pending events are all in it.
///
/// Where many are pending, a heap costs a chain of loads that wait for each other. So what is not
/// due today stands in a calendar (Brown 1988): an event is put where its day ends, without a look
/// at any other; when the heap is empty, the next day's events move into it, or, where hardly any
/// event is scheduled for the same day, are put in order once and taken one by one. The order is
/// the same with all. Chosen by measurement (tools/bench: "pending events", "in parallel").
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

/// Puts an event where a hole is and restores the heap below it. Times are compared alone, without
/// branches; where two of them are equal, the order of scheduling is asked for.
static inline void ss__event_sift_down(ss_event *heap, uint32_t count, uint32_t hole,
                                       ss_event event) {
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
        } else { // the last siblings, less than four: they have no children
            if (child >= count) break;
            least = ss__event_least(siblings, count - child);
            if (!ss__event_before(siblings[least], event)) break;
            heap[hole] = siblings[least];
            hole = child + least;
            break;
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

/// Fills the root's hole with an event. One other event, as in the smallest models, needs no loop.
SS_ALWAYS_INLINE void ss__event_fill_root(ss_event *heap, uint32_t count, ss_event event) {
    if (count > 2u) {
        ss__event_sift_down(heap, count, 0, event);
        return;
    }
    const bool is_second = count == 2u && ss__event_before(heap[1], event);
    if (is_second) heap[0] = heap[1];
    heap[is_second ? 1 : 0] = event;
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

/// Doubles the heap's capacity; false when memory is refused.
bool ss__event_queue_grow(ss_event_queue *queue, const ss_allocator *allocator);
void ss__event_queue_destroy(ss_event_queue *queue, const ss_allocator *allocator);

// --- The calendar --------------------------------------------------------------------------------

/// A slot with these low bits is the last of its chunk. Chunk 0 holds nothing and is always full:
/// an empty day's last slot is this very number.
#define SS_CHUNK_FULL 3u

/// Begins a chunk for a day whose last one is full; false when memory is refused.
bool ss__calendar_begin_chunk(ss_calendar *calendar, const ss_allocator *allocator, uint32_t day);
/// The heap is empty, the calendar is not: moves the next events into the heap. False when memory
/// is refused.
bool ss__event_queue_turn(ss_event_queue *queue, const ss_allocator *allocator);
/// Fills the root's hole with the next of today's events, of which there is one.
void ss__event_feed(ss_event_queue *queue);
/// Chooses the length of days anew where it does not fit, or begins or ends to use the calendar.
void ss__event_queue_tune(ss_event_queue *queue, const ss_allocator *allocator, uint64_t events,
                          int64_t now_ns);

static inline bool ss__calendar_put(ss_calendar *calendar, const ss_allocator *allocator,
                                    ss_event event) {
    const uint32_t day = (uint32_t)(event.time_ns >> calendar->day_shift) & calendar->day_mask;
    if ((calendar->days[day] & SS_CHUNK_FULL) == SS_CHUNK_FULL) {
        if (!ss__calendar_begin_chunk(calendar, allocator, day)) return false;
    } else {
        calendar->days[day]++;
    }
    calendar->slots[calendar->days[day]] = event;
    calendar->count++;
    return true;
}

// --- Both ----------------------------------------------------------------------------------------

SS_ALWAYS_INLINE bool ss__event_push(ss_event_queue *queue, const ss_allocator *allocator,
                                     ss_event event) {
    if (event.time_ns >= queue->near_end_ns) {
        return ss__calendar_put(&queue->calendar, allocator, event);
    }
    if (queue->has_hole) {
        queue->has_hole = 0;
        if (__builtin_expect(queue->today_left == 0u, 1)) {
            ss__event_fill_root(queue->events, queue->count, event);
            return true;
        }
        ss__event_feed(queue);
    }
    if (__builtin_expect(queue->count == queue->capacity, 0)) {
        if (!ss__event_queue_grow(queue, allocator)) return false;
    }
    ss__event_sift_up(queue->events, queue->count++, event);
    return true;
}

/// Closes the root's hole if the event taken from it scheduled nothing that is due soon.
SS_ALWAYS_INLINE void ss__event_close_hole(ss_event_queue *queue) {
    if (!queue->has_hole) return;
    queue->has_hole = 0;
    ss_event next;
    if (queue->today_left > 0u) {
        next = queue->today[SS_TODAY_MAX - queue->today_left--];
    } else {
        if (--queue->count == 0u) return;
        next = queue->events[queue->count];
    }
    if (queue->count == 1u) {
        queue->events[0] = next;
    } else {
        ss__event_fill_root(queue->events, queue->count, next);
    }
}

#endif
