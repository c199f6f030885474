#include "sim/event_queue.h"

#include <assert.h>

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

// --- The calendar's memory -----------------------------------------------------------------------

#define CHUNK_SLOTS 4u
#define CHUNKS_FIRST 256u

static size_t day_bytes(const ss_calendar *calendar) {
    return ((size_t)calendar->day_mask + 1u) * sizeof(uint32_t);
}

static size_t occupied_bytes(const ss_calendar *calendar) {
    return ((size_t)calendar->day_mask + 1u) / 8u;
}

static void close_days(ss_calendar *calendar, const ss_allocator *allocator) {
    if (!calendar->days) return;
    ss_deallocate(allocator, calendar->days, day_bytes(calendar));
    ss_deallocate(allocator, calendar->occupied, occupied_bytes(calendar));
    calendar->days = NULL;
    calendar->occupied = NULL;
}

static bool grow_chunks(ss_calendar *calendar, const ss_allocator *allocator) {
    const uint32_t had = calendar->chunk_capacity;
    const uint32_t capacity = had ? had * 2u : CHUNKS_FIRST;
    if (capacity > SS_EVENT_INDEX_MAX / CHUNK_SLOTS) return false;
    uint32_t *before = ss_allocate(allocator, capacity * sizeof(uint32_t));
    if (!before) return false;
    ss_event *slots = ss_reallocate_lines(allocator, calendar->slots,
                                          (size_t)had * CHUNK_SLOTS * sizeof(ss_event),
                                          (size_t)capacity * CHUNK_SLOTS * sizeof(ss_event));
    if (!slots) {
        ss_deallocate(allocator, before, capacity * sizeof(uint32_t));
        return false;
    }
    if (had > 0u) memcpy(before, calendar->before, had * sizeof(uint32_t));
    ss_deallocate(allocator, calendar->before, had * sizeof(uint32_t));
    calendar->before = before;
    calendar->slots = slots;
    calendar->chunk_capacity = capacity;
    return true;
}

static void clear_days(ss_calendar *calendar) {
    for (uint32_t day = 0; calendar->days && day <= calendar->day_mask; day++) {
        calendar->days[day] = SS_CHUNK_FULL;
    }
    if (calendar->days) memset(calendar->occupied, 0, occupied_bytes(calendar));
    calendar->chunk_count = 1; // chunk 0 is not used
    calendar->chunk_free = 0;
    calendar->count = 0;
}

/// Makes an empty calendar of so many days (a power of two, at least 64).
static bool open_days(ss_calendar *calendar, const ss_allocator *allocator, uint32_t days) {
    if (!calendar->days || calendar->day_mask + 1u != days) {
        close_days(calendar, allocator);
        calendar->day_mask = days - 1u;
        calendar->days = ss_allocate(allocator, day_bytes(calendar));
        calendar->occupied = ss_allocate(allocator, occupied_bytes(calendar));
        if (!calendar->days || !calendar->occupied) {
            ss_deallocate(allocator, calendar->days, day_bytes(calendar));
            ss_deallocate(allocator, calendar->occupied, occupied_bytes(calendar));
            calendar->days = NULL;
            calendar->occupied = NULL;
            return false;
        }
    }
    clear_days(calendar);
    return true;
}

bool ss__calendar_begin_chunk(ss_calendar *calendar, const ss_allocator *allocator, uint32_t day) {
    uint32_t chunk = calendar->chunk_free;
    if (chunk != 0u) {
        calendar->chunk_free = calendar->before[chunk];
    } else {
        const bool is_full = calendar->chunk_count == calendar->chunk_capacity;
        if (is_full && !grow_chunks(calendar, allocator)) return false;
        chunk = calendar->chunk_count++;
    }
    calendar->before[chunk] = calendar->days[day];
    calendar->days[day] = chunk * CHUNK_SLOTS;
    calendar->occupied[day / 64u] |= UINT64_C(1) << (day % 64u);
    return true;
}

void ss__event_queue_destroy(ss_event_queue *queue, const ss_allocator *allocator) {
    ss_calendar *calendar = &queue->calendar;
    close_days(calendar, allocator);
    ss_deallocate(allocator, calendar->before, calendar->chunk_capacity * sizeof(uint32_t));
    ss_deallocate_lines(allocator, calendar->slots,
                        (size_t)calendar->chunk_capacity * CHUNK_SLOTS * sizeof(ss_event));
    ss_deallocate(allocator, queue->block, queue->block_bytes);
    *queue = (ss_event_queue){0};
}

// --- From the calendar into the heap -------------------------------------------------------------

static bool reserve(ss_event_queue *queue, const ss_allocator *allocator, uint32_t count) {
    while (queue->capacity < count) {
        if (!ss__event_queue_grow(queue, allocator)) return false;
    }
    return true;
}

/// Takes a day's events, of all turns, out of the calendar. Those before end_ns are put behind what
/// the heap holds, in no order; the others stay, also where memory is refused, which is false.
static bool move_day(ss_event_queue *queue, const ss_allocator *allocator, uint32_t day,
                     int64_t end_ns) {
    ss_calendar *calendar = &queue->calendar;
    bool has_room = true;
    uint32_t slot = calendar->days[day];
    calendar->days[day] = SS_CHUNK_FULL;
    calendar->occupied[day / 64u] &= ~(UINT64_C(1) << (day % 64u));
    while (slot != SS_CHUNK_FULL) {
        const uint32_t chunk = slot / CHUNK_SLOTS;
        ss_event events[CHUNK_SLOTS];
        const uint32_t count = slot % CHUNK_SLOTS + 1u;
        memcpy(events, calendar->slots + (size_t)chunk * CHUNK_SLOTS, sizeof events);
        slot = calendar->before[chunk];
        calendar->before[chunk] = calendar->chunk_free;
        calendar->chunk_free = chunk;
        calendar->count -= count;
        if (has_room) has_room = reserve(queue, allocator, queue->count + CHUNK_SLOTS);
        for (uint32_t i = 0; i < count; i++) {
            if (events[i].time_ns < end_ns && has_room) {
                queue->events[queue->count++] = events[i];
            } else { // into a chunk that was just freed: memory cannot be refused
                (void)ss__calendar_put(calendar, allocator, events[i]);
            }
        }
    }
    return has_room;
}

/// Makes a heap of events in no order (Floyd 1964).
static void make_heap(ss_event_queue *queue) {
    if (queue->count < 2u) return;
    for (uint32_t parent = (queue->count - 2u) / 4u + 1u; parent-- > 0u;) {
        ss__event_sift_down(queue->events, queue->count, parent, queue->events[parent]);
    }
}

#define KEYS_TOGETHER 4u

/// How many keys are less than the given one. There is a multiple of KEYS_TOGETHER of them, so that
/// few branches depend on how many a day has.
static inline uint32_t count_less(const uint64_t *keys, uint32_t count, uint64_t key) {
    uint32_t less = 0;
    for (uint32_t i = 0; i < count; i += KEYS_TOGETHER) {
        for (uint32_t j = 0; j < KEYS_TOGETHER; j++) less += keys[i + j] < key;
    }
    return less;
}

/// Brings a day's events, which are all the heap has, into their order: each by how many come
/// before it. A key is the time within the day, then the schedule order: less the number to come
/// next, the numbers of older events are less. False when there are none, or too many, or the day
/// is too long.
static bool sort_day(ss_event_queue *queue) {
    const uint32_t count = queue->count;
    const uint32_t shift = queue->calendar.day_shift;
    const uint32_t padded = (count + KEYS_TOGETHER - 1u) / KEYS_TOGETHER * KEYS_TOGETHER;
    uint64_t keys[SS_TODAY_MAX];
    if (count == 0u || count > SS_TODAY_MAX || shift > 31u) return false;
    const int64_t begin_ns = queue->near_end_ns - (INT64_C(1) << shift);
    for (uint32_t i = 0; i < count; i++) {
        const ss_event event = queue->events[i];
        keys[i] = ((uint64_t)(event.time_ns - begin_ns) << 32u) | (event.seq - queue->next_seq);
    }
    ss_event *today = queue->today + (SS_TODAY_MAX - count);
    for (uint32_t i = count; i < padded; i++) keys[i] = UINT64_MAX;
    for (uint32_t i = 0; i < count; i++) {
        today[count_less(keys, padded, keys[i])] = queue->events[i];
    }
    queue->events[0] = today[0];
    queue->count = 1;
    queue->today_left = count - 1u;
    return true;
}

/// Days from the given one to the next that perhaps has events, it included; at most a whole turn.
static uint32_t days_to_next(const ss_calendar *calendar, uint32_t day) {
    const uint32_t words = (calendar->day_mask + 1u) / 64u;
    uint32_t word = day / 64u;
    uint64_t bits = calendar->occupied[word] & ~UINT64_C(0) << (day % 64u);
    for (uint32_t i = 0; i <= words; i++) {
        if (bits) {
            const uint32_t found = word * 64u + (uint32_t)__builtin_ctzll(bits);
            return (found - day) & calendar->day_mask;
        }
        word = word + 1u == words ? 0u : word + 1u;
        bits = calendar->occupied[word];
    }
    return calendar->day_mask + 1u;
}

/// Brings everything into the heap, and leaves the calendar unused. False when memory is refused.
static bool gather(ss_event_queue *queue, const ss_allocator *allocator) {
    ss_calendar *calendar = &queue->calendar;
    const uint32_t pending = queue->count + queue->today_left + calendar->count;
    if (!reserve(queue, allocator, pending + CHUNK_SLOTS)) return false;
    while (queue->today_left > 0u) {
        queue->events[queue->count++] = queue->today[SS_TODAY_MAX - queue->today_left--];
    }
    uint32_t day = 0;
    while (calendar->count > 0u) {
        day = (day + days_to_next(calendar, day)) & calendar->day_mask;
        (void)move_day(queue, allocator, day, INT64_MAX);
    }
    queue->near_end_ns = INT64_MAX;
    make_heap(queue);
    return true;
}

void ss__event_feed(ss_event_queue *queue) {
    const ss_event next = queue->today[SS_TODAY_MAX - queue->today_left--];
    ss__event_fill_root(queue->events, queue->count, next);
}

/// Whether what was scheduled since the last turn mostly went into the calendar, not into the heap:
/// only then does it pay that today's events are in order.
static bool is_mostly_ahead(const ss_event_queue *queue) {
    const ss_calendar *calendar = &queue->calendar;
    const uint32_t scheduled = queue->next_seq - calendar->turn_seq;
    const uint32_t ahead = calendar->count - calendar->turn_count;
    return ahead >= scheduled - scheduled / 4u;
}

static void begin_day(ss_event_queue *queue) {
    queue->calendar.turn_seq = queue->next_seq;
    queue->calendar.turn_count = queue->calendar.count;
}

bool ss__event_queue_turn(ss_event_queue *queue, const ss_allocator *allocator) {
    ss_calendar *calendar = &queue->calendar;
    const bool is_sorted = is_mostly_ahead(queue);
    int64_t day = queue->near_end_ns >> calendar->day_shift; // the first that is not in the heap
    const int64_t turn_end = day + calendar->day_mask + 1;
    for (;;) {
        day += days_to_next(calendar, (uint32_t)day & calendar->day_mask);
        if (day >= turn_end) return gather(queue, allocator); // nothing for a whole turn
        queue->near_end_ns = (day + 1) << calendar->day_shift;
        const uint32_t at = (uint32_t)day & calendar->day_mask;
        const bool has_room = move_day(queue, allocator, at, queue->near_end_ns);
        if (!has_room || queue->count > 0u) {
            if (!is_sorted || !sort_day(queue)) make_heap(queue);
            calendar->turns++;
            calendar->sorted_turns += is_sorted ? 1u : 0u;
            begin_day(queue);
            return has_room;
        }
        day++;
    }
}

// --- How long a day is ---------------------------------------------------------------------------

#define CALENDAR_EVENTS_MIN 320u  /* fewer are quicker in the heap alone (measured: 200 to 600) */
#define EVENTS_A_DAY 32.0         /* at least, up to twice as many (measured: 8 to 64) */
#define SORTED_A_DAY 8.0          /* likewise where days are sorted (measured: 2 to 32) */
#define TURN_LEADS 4.0            /* a whole turn, in mean times that events are scheduled ahead */
#define TUNE_EVENTS 4096u         /* between two looks at the length of days */
#define DAYS_MAX (1u << 22)
#define DAY_SHIFT_MAX 50u

/// Spreads what the heap holds over days of 2^shift ns. Where memory is refused, the heap goes on.
static void spread(ss_event_queue *queue, const ss_allocator *allocator, uint32_t days,
                   uint32_t shift) {
    ss_calendar *calendar = &queue->calendar;
    const uint32_t count = queue->count;
    if (!reserve(queue, allocator, count + CHUNK_SLOTS)) return; // so that gather cannot fail below
    if (!open_days(calendar, allocator, days)) return;
    if (calendar->chunk_capacity == 0u && !grow_chunks(calendar, allocator)) return;
    calendar->day_shift = shift;
    const int64_t end_ns = ((queue->events[0].time_ns >> shift) + 1) << shift;
    queue->near_end_ns = end_ns;
    queue->count = 0;
    bool has_room = true;
    for (uint32_t i = 0; i < count; i++) {
        const ss_event event = queue->events[i];
        const bool is_soon = event.time_ns < end_ns || !has_room;
        if (!is_soon) has_room = ss__calendar_put(calendar, allocator, event);
        if (is_soon || !has_room) ss__event_sift_up(queue->events, queue->count++, event);
    }
    begin_day(queue);
    if (!has_room) (void)gather(queue, allocator);
}

/// A day has a few of the events that are about to come; the calendar reaches a few times as far as
/// events are scheduled ahead on average, which is, by Little's law, pending events / rate.
void ss__event_queue_tune(ss_event_queue *queue, const ss_allocator *allocator, uint64_t events,
                          int64_t now_ns) {
    ss_calendar *calendar = &queue->calendar;
    const uint64_t taken = events - calendar->tuned_events;
    const int64_t elapsed_ns = now_ns - calendar->tuned_ns;
    if (taken < TUNE_EVENTS || elapsed_ns <= 0) return;
    calendar->tuned_events = events;
    calendar->tuned_ns = now_ns;
    const bool is_used = queue->near_end_ns != INT64_MAX;
    const uint32_t pending = queue->count + queue->today_left + calendar->count;
    if (pending < CALENDAR_EVENTS_MIN) {
        if (is_used) (void)gather(queue, allocator);
        return;
    }
    const bool is_sorted = 2u * calendar->sorted_turns > calendar->turns;
    const double a_day = is_sorted ? SORTED_A_DAY : EVENTS_A_DAY;
    calendar->turns = calendar->sorted_turns = 0;
    const double day_ns = a_day * (double)elapsed_ns / (double)taken;
    uint32_t shift = 0;
    while (shift < DAY_SHIFT_MAX && (double)(UINT64_C(1) << shift) < day_ns) shift++;
    const double wanted_days = TURN_LEADS * (double)pending / a_day;
    uint32_t days = 64;
    while (days < wanted_days && days < DAYS_MAX) days *= 2u;
    const bool fits = calendar->day_shift + 1u >= shift && calendar->day_shift <= shift + 1u &&
                      calendar->day_mask + 1u >= days / 2u && calendar->day_mask < days * 4u;
    if (is_used && fits) return;
    if (is_used && !gather(queue, allocator)) return;
    spread(queue, allocator, days, shift);
}

// --- For others ----------------------------------------------------------------------------------

int64_t ss__time_from_any_seconds(double seconds) {
    if (!(seconds > 0.0)) return 0;
    if (seconds >= 4.611686018e9) return SS_TIME_MAX;
    return (int64_t)(seconds * 1e9); // whole already, beyond 2^52
}

bool ss_sim_reserve_events(ss_sim *sim) {
    return ss__event_queue_grow(&sim->queue, &sim->allocator);
}

bool ss_sim_gather_events(ss_sim *sim) {
    assert(!sim->queue.has_hole);
    return sim->queue.near_end_ns == INT64_MAX || gather(&sim->queue, &sim->allocator);
}

void ss_sim_clear_calendar(ss_sim *sim) {
    clear_days(&sim->queue.calendar);
    sim->queue.today_left = 0;
    sim->queue.calendar.tuned_events = sim->events;
    sim->queue.calendar.tuned_ns = sim->now_ns;
    sim->queue.near_end_ns = INT64_MAX;
}
