/// The event queue by itself: its order is that of (time, schedule order), whatever it keeps where.
/// And the times of events: whole nanoseconds from seconds.
#include <math.h>
#include <stdlib.h>

#include "failing_allocator.h"
#include "sim/event_queue.h"
#include "unit.h"

#define PENDING 2000u
#define TAKEN 30000u

/// A queue that is driven as the engine drives it, beside a plain array of what it must hold.
typedef struct driven {
    ss_event_queue queue;
    ss_allocator allocator;
    ss_random random;
    ss_event held[PENDING];
    uint32_t held_count;
    int64_t now_ns;
    uint64_t taken;
    uint32_t near_percent; ///< of the events: at once or soon
    uint32_t time_shift;   ///< times are multiples of 2^this ns
    uint32_t sorted, unsorted; ///< days that began so
} driven;

static driven *drive(const ss_allocator *allocator, uint32_t near_percent, uint32_t time_shift) {
    driven *self = calloc(1, sizeof *self);
    self->allocator = *allocator;
    self->near_percent = near_percent;
    self->time_shift = time_shift;
    self->random = ss_random_create(1, 2, SS_PURPOSE_TEST);
    self->queue.next_seq = UINT32_MAX - 5000u; // it wraps on the way
    self->queue.near_end_ns = INT64_MAX;
    return self;
}

static void stop(driven *self) {
    ss__event_queue_destroy(&self->queue, &self->allocator);
    free(self);
}

/// How far ahead the next event is: near ones that often meet, and a few from another age.
static int64_t ahead(driven *self) {
    const uint32_t kind = ss_random_below(&self->random, 100);
    const uint32_t ages = 40u - self->time_shift;
    if (kind == 99u) return INT64_C(1) << (20u + ss_random_below(&self->random, ages));
    if (kind < self->near_percent / 5u) return 0;
    return ss_random_below(&self->random, kind < self->near_percent ? 500u : 50000u);
}

static bool push(driven *self) {
    const int64_t time_ns = self->now_ns + (ahead(self) << self->time_shift);
    const ss_event event = {.time_ns = time_ns, .seq = self->queue.next_seq++};
    if (!ss__event_push(&self->queue, &self->allocator, event)) return false;
    self->held[self->held_count++] = event;
    return true;
}

/// Takes the next event, which must be the least of those held.
static void take(driven *self) {
    ss_event_queue *queue = &self->queue;
    uint32_t least = 0;
    for (uint32_t i = 1; i < self->held_count; i++) {
        if (ss__event_before(self->held[i], self->held[least])) least = i;
    }
    const ss_event expected = self->held[least];
    const ss_event event = queue->events[0];
    SS_CHECK_EQUAL(event.time_ns, expected.time_ns);
    SS_CHECK_EQUAL(event.seq, expected.seq);
    self->held[least] = self->held[--self->held_count];
    queue->has_hole = 1;
    self->now_ns = event.time_ns;
    self->taken++;
}

static bool settle(driven *self) {
    ss_event_queue *queue = &self->queue;
    ss__event_close_hole(queue);
    if (queue->count > 0u || queue->calendar.count == 0u) return true;
    if (!ss__event_queue_turn(queue, &self->allocator)) return false;
    if (queue->today_left > 0u) self->sorted++;
    if (queue->count > 1u) self->unsorted++;
    return true;
}

/// Events that it holds, but for a hole.
static uint32_t held_by(const ss_event_queue *queue) {
    return queue->count - queue->has_hole + queue->today_left + queue->calendar.count;
}

static bool run(driven *self) {
    while (self->held_count < PENDING) {
        if (!push(self)) return false;
    }
    for (uint32_t i = 0; i < TAKEN; i++) {
        if (!settle(self)) return false;
        if (i % 500u == 0u) {
            ss__event_queue_tune(&self->queue, &self->allocator, self->taken, self->now_ns);
        }
        take(self);
        if (!push(self)) return false;
    }
    return settle(self);
}

/// Drives a queue to its end; returns it for a look at what it did.
static driven *drive_all(uint32_t near_percent, uint32_t time_shift) {
    const ss_allocator allocator = ss_allocator_default();
    driven *self = drive(&allocator, near_percent, time_shift);
    SS_CHECK(run(self));
    SS_CHECK(self->queue.near_end_ns != INT64_MAX);
    SS_CHECK(self->queue.calendar.count > 0u);
    SS_CHECK_EQUAL(held_by(&self->queue), PENDING);
    while (self->held_count > 0u) { // to the last one: over empty days, into the heap again
        take(self);
        SS_CHECK(settle(self));
        if (self->held_count % 500u == 0u) {
            ss__event_queue_tune(&self->queue, &self->allocator, self->taken, self->now_ns);
        }
    }
    SS_CHECK_EQUAL(held_by(&self->queue), 0);
    return self;
}

SS_TEST(event_queue_keeps_the_order_of_events_that_are_soon) {
    driven *self = drive_all(50, 0);
    SS_CHECK(self->unsorted > 100u);
    stop(self);
}

SS_TEST(event_queue_keeps_the_order_of_events_that_are_far_ahead) {
    driven *self = drive_all(5, 0);
    SS_CHECK(self->sorted > 100u);
    stop(self);
}

SS_TEST(event_queue_keeps_the_order_of_days_too_long_to_sort) {
    driven *self = drive_all(5, 28);
    SS_CHECK(self->queue.calendar.day_shift > 31u);
    SS_CHECK(self->unsorted > 100u);
    stop(self);
}

SS_TEST(event_queue_loses_nothing_when_memory_is_refused) {
    failing_allocator state = {0};
    const ss_allocator allocator = failing_allocator_of(&state);
    driven *whole = drive(&allocator, 20, 0);
    SS_CHECK(run(whole));
    stop(whole);
    const unsigned requests = (unsigned)state.requests;
    SS_CHECK(requests > 8u);
    unsigned stopped = 0;
    for (unsigned nth = 1; nth <= requests; nth++) {
        state = (failing_allocator){.refuse_at = nth};
        driven *self = drive(&allocator, 20, 0);
        if (run(self)) { // it did without: the calendar can wait
            SS_CHECK_EQUAL(held_by(&self->queue), PENDING);
        } else {
            stopped++;
            SS_CHECK_EQUAL(held_by(&self->queue), self->held_count);
        }
        stop(self);
        SS_CHECK_EQUAL(state.blocks, 0);
    }
    SS_CHECK(stopped > 0u);
    SS_CHECK(stopped < requests);
}

SS_TEST(times_are_the_nearest_nanoseconds) {
    static const struct {
        double seconds;
        int64_t ns;
    } cases[] = {
        {0.0, 0}, {-0.0, 0}, {-1e-300, 0}, {-3e-9, 0}, {-1e300, 0}, {-INFINITY, 0}, {NAN, 0},
        {1e-300, 0}, {4e-10, 0}, {6e-10, 1}, {1.4e-9, 1}, {1.6e-9, 2}, {0.1, 100000000},
        {0x1p-10, 976562}, // 976,562.5: to the even one
        {0x3p-10, 2929688}, // 2,929,687.5
        {1e6, INT64_C(1000000000000000)},
        {4503599.627370495, INT64_C(4503599627370495)}, // 2^52 - 1 ns: 52 days
        {4503599.627370496, INT64_C(4503599627370496)},
        {1e8, INT64_C(100000000000000000)},
        {4.6e9, INT64_C(4600000000000000000)},
        {4.7e9, SS_TIME_MAX}, {1e300, SS_TIME_MAX}, {INFINITY, SS_TIME_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SS_CHECK_EQUAL(ss_time_from_seconds(cases[i].seconds), cases[i].ns);
    }
}
