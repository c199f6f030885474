/// Events, and what holds those that are pending: sim/event_queue.h says how.
#ifndef SS_SIM_EVENTS_H
#define SS_SIM_EVENTS_H

#include "scalesim/base.h"

typedef struct ss_event {
    int64_t time_ns;
    uint32_t seq;
    uint32_t payload; ///< kind (high 4 bits), index (low 28)
} ss_event;

typedef enum ss_event_kind {
    SS_EVENT_TASK,    ///< a task's own: end of service, back-off over
    SS_EVENT_DELIVER, ///< a request reaches its node
    SS_EVENT_REPLY,   ///< a reply reaches the caller
    SS_EVENT_TIMER,   ///< a task's time-out
    SS_EVENT_NODE,    ///< a behaviour's own timer; index = node
    SS_EVENT_GROUP,   ///< the next end under sharing, of a vacation or of a batch's wait
    SS_EVENT_FAULT,   ///< a fault begins or ends; index = fault
} ss_event_kind;
#define SS_EVENT_INDEX_MAX ((1u << 28) - 1u)

/// The days ahead: events that are not due soon, by the day that they fall on, unordered.
/// `days` goes round: a day holds what falls on it in any turn of the calendar.
typedef struct ss_calendar {
    uint32_t *days;      ///< by day & day_mask: the slot of its last event; see sim/event_queue.h
    uint64_t *occupied;  ///< a bit a day: perhaps it has events
    ss_event *slots;     ///< in chunks of four, each a cache line
    uint32_t *before;    ///< by chunk: the last slot of the chunk that was full before it
    uint32_t day_mask, day_shift; ///< days are 2^day_shift ns long
    uint32_t chunk_count, chunk_capacity, chunk_free;
    uint32_t count;      ///< events in it
    uint32_t turn_seq, turn_count; ///< the next seq and `count` when today began
    uint32_t turns, sorted_turns; ///< to another day, since the length of days was last looked at
    uint64_t tuned_events; ///< when the length of a day was last looked at
    int64_t tuned_ns;
} ss_calendar;

#define SS_TODAY_MAX 32u /* more of a day's events are not put in order, but into the heap */

/// All events before `near_end_ns` are in the heap or in `today`, all others in the calendar. Those
/// in `today` stand in order, and none is before the heap's root: each time that the root is taken,
/// the next of them goes into the heap.
typedef struct ss_event_queue {
    ss_event *events; ///< a 4-ary heap whose sibling groups are 64-byte aligned
    void *block;
    size_t block_bytes;
    int64_t near_end_ns; ///< INT64_MAX: the calendar is not used
    uint32_t count, capacity; ///< of the heap
    uint32_t next_seq;
    uint32_t has_hole; ///< the root was taken and not yet replaced
    uint32_t today_left; ///< so many are in `today`, at its end
    ss_event today[SS_TODAY_MAX];
    ss_calendar calendar;
} ss_event_queue;

#endif
