/// The state of all handlers as bytes: for snapshots and forks.
///
/// First the engine's share (payloads, what tasks carry), then the arrays of this module, then each
/// sandbox. Sizes that can differ are written before what they measure.
#include <string.h>

#include "handlers/internal.h"
#include "handlers/probe.h"

typedef struct part {
    void *start;
    size_t bytes;
} part;
#define PARTS 10u

/// What has always the same size, and what has as many elements as is written beside it.
static void list_parts(ss_handlers *handlers, part *parts) {
    ss_code *code = handlers->sim->code;
    const ss_handlers_numbers *numbers = &handlers->numbers;
    const part all[PARTS] = {
        {&handlers->numbers, sizeof handlers->numbers},
        {handlers->replicas, handlers->group_count * sizeof(ss_replica)},
        {handlers->stats, handlers->sim->node_count * sizeof(ss_code_stats)},
        {handlers->logs, handlers->log_count * sizeof(ss_log_line)},
        {handlers->profiles, handlers->profile_count * sizeof(ss_code_profile)},
        {handlers->profile_lines, handlers->profile_line_count * sizeof(ss_profile_line)},
        {handlers->activities, numbers->activity_count * sizeof(ss_activity)},
        {code->tasks, handlers->sim->task_count * sizeof(ss_task_code)},
        {code->chunks, code->chunk_count * sizeof(ss_payload_chunk)},
        {NULL, 0},
    };
    memcpy(parts, all, sizeof all);
}

/// The numbers that say how large the parts are.
typedef struct head {
    uint32_t activity_count, chunk_count, chunk_free, payloads_live;
} head;

uint64_t ss_handlers_inputs_of(const uint8_t *state) {
    ss_handlers_numbers numbers; // the first part
    memcpy(&numbers, state + sizeof(head), sizeof numbers);
    return numbers.inputs;
}

static head head_of(const ss_handlers *handlers) {
    const ss_code *code = handlers->sim->code;
    return (head){handlers->numbers.activity_count, code->chunk_count, code->chunk_free,
                  code->payloads_live};
}

size_t ss_handlers_state_bytes(ss_handlers *handlers) {
    if (!handlers) return 0;
    part parts[PARTS];
    list_parts(handlers, parts);
    size_t bytes = sizeof(head);
    for (uint32_t i = 0; i < PARTS; i++) bytes += parts[i].bytes;
    for (uint32_t i = 0; i < handlers->group_count; i++) {
        if (!handlers->sandboxes[i]) continue;
        bytes += sizeof(uint64_t) + ss_sandbox_state_bytes(handlers->sandboxes[i]);
    }
    return bytes;
}

void ss_handlers_write_state(ss_handlers *handlers, uint8_t *out) {
    if (!handlers) return;
    part parts[PARTS];
    list_parts(handlers, parts);
    const head sizes = head_of(handlers);
    memcpy(out, &sizes, sizeof sizes);
    out += sizeof sizes;
    for (uint32_t i = 0; i < PARTS; i++) {
        if (parts[i].bytes > 0u) memcpy(out, parts[i].start, parts[i].bytes);
        out += parts[i].bytes;
    }
    for (uint32_t i = 0; i < handlers->group_count; i++) {
        if (!handlers->sandboxes[i]) continue;
        const uint64_t bytes = ss_sandbox_state_bytes(handlers->sandboxes[i]);
        memcpy(out, &bytes, sizeof bytes);
        out += sizeof bytes;
        ss_sandbox_write_state(handlers->sandboxes[i], out);
        out += bytes;
    }
}

/// Sets how many there are. The arrays have only grown since they were written.
static void set_counts(ss_handlers *handlers, const head *sizes) {
    ss_code *code = handlers->sim->code;
    handlers->numbers.activity_count = sizes->activity_count;
    code->chunk_count = sizes->chunk_count;
    code->chunk_free = sizes->chunk_free;
    code->payloads_live = sizes->payloads_live;
}

ss_status ss_handlers_read_state(ss_handlers *handlers, const uint8_t *state, size_t bytes) {
    if (!handlers) return SS_OK;
    const uint8_t *end = state + bytes;
    head sizes;
    memcpy(&sizes, state, sizeof sizes);
    state += sizeof sizes;
    set_counts(handlers, &sizes);
    part parts[PARTS];
    list_parts(handlers, parts);
    for (uint32_t i = 0; i < PARTS; i++) {
        if (parts[i].bytes > 0u) memcpy(parts[i].start, state, parts[i].bytes);
        state += parts[i].bytes;
    }
    for (uint32_t i = 0; i < handlers->group_count; i++) {
        if (!handlers->sandboxes[i]) continue;
        uint64_t size;
        memcpy(&size, state, sizeof size);
        state += sizeof size;
        const ss_status status =
            ss_sandbox_read_state(handlers->sandboxes[i], state, (size_t)size);
        if (status) return status;
        state += size;
    }
    return state == end ? SS_OK : SS_ERROR_INPUT;
}

void ss__handlers_reset(void *context) {
    ss_handlers *handlers = context;
    for (uint32_t i = 0; i < handlers->sim->node_count; i++) {
        ss_code_stats *stats = &handlers->stats[i];
        ss_payload_release(handlers->sim, stats->first_error);
        ss_payload_release(handlers->sim, stats->first_breach);
        for (uint32_t k = 0; k < stats->metric_count; k++) {
            ss_payload_release(handlers->sim, stats->metrics[k].name);
        }
        ss__profile_reset(handlers, i);
        const uint64_t log_count = stats->log_count; // the ring is what was said last
        *stats = (ss_code_stats){.log_count = log_count};
    }
}

// --- Forks ---------------------------------------------------------------------------------------

static ss_status grow(const ss_allocator *allocator, void **array, uint32_t *capacity,
                      uint32_t wanted, size_t element) {
    if (*capacity >= wanted) return SS_OK;
    void *larger = ss_reallocate(allocator, *array, *capacity * element, wanted * element);
    if (!larger) return SS_ERROR_MEMORY;
    *array = larger;
    *capacity = wanted;
    return SS_OK;
}

/// Copies a sandbox's state from one run to the other.
static ss_status move_sandbox(const ss_handlers *handlers, ss_sandbox *from, ss_sandbox *into) {
    const size_t bytes = ss_sandbox_state_bytes(from);
    uint8_t *state = ss_allocate(&handlers->allocator, bytes + 1u);
    if (!state) return SS_ERROR_MEMORY;
    ss_sandbox_write_state(from, state);
    const ss_status status = ss_sandbox_read_state(into, state, bytes);
    ss_deallocate(&handlers->allocator, state, bytes + 1u);
    return status;
}

static ss_status move_groups(ss_handlers *handlers, ss_handlers *old, const uint32_t *groups,
                             uint32_t group_count) {
    for (uint32_t i = 0; i < group_count; i++) {
        const uint32_t to = groups[i];
        if (i >= old->group_count || !old->sandboxes[i]) continue;
        const ss_status status = move_sandbox(handlers, old->sandboxes[i], handlers->sandboxes[to]);
        if (status) return status;
        const uint32_t number = handlers->replicas[to].number;
        handlers->replicas[to] = old->replicas[i];
        handlers->replicas[to].number = number;
    }
    return SS_OK;
}

static ss_status move_arrays(ss_handlers *handlers, const ss_handlers *old) {
    ss_code *code = handlers->sim->code;
    const ss_code *from = old->sim->code;
    ss_status status =
        grow(&handlers->allocator, (void **)&code->tasks, &code->task_capacity,
             from->task_capacity, sizeof(ss_task_code));
    if (!status) {
        status = grow(&handlers->allocator, (void **)&code->chunks, &code->chunk_capacity,
                      from->chunk_capacity, sizeof(ss_payload_chunk));
    }
    if (!status) {
        status = grow(&handlers->allocator, (void **)&handlers->activities,
                      &handlers->activity_capacity, old->activity_capacity, sizeof(ss_activity));
    }
    if (status) return status;
    memcpy(code->tasks, from->tasks, old->sim->task_count * sizeof(ss_task_code));
    if (from->chunk_count > 0u) {
        memcpy(code->chunks, from->chunks, from->chunk_count * sizeof(ss_payload_chunk));
    }
    if (old->numbers.activity_count > 0u) {
        memcpy(handlers->activities, old->activities,
               old->numbers.activity_count * sizeof(ss_activity));
    }
    memcpy(handlers->stats, old->stats, old->sim->node_count * sizeof(ss_code_stats));
    for (uint32_t i = 0; i < old->sim->node_count; i++) ss__profile_move(handlers, old, i);
    const head sizes = head_of(old);
    handlers->numbers = old->numbers;
    set_counts(handlers, &sizes);
    return SS_OK;
}

/// Logs move line by line where a ring has another size now.
static void move_logs(ss_handlers *handlers, const ss_handlers *old) {
    for (uint32_t n = 0; n < handlers->sim->node_count; n++) {
        const ss_code_node *had = &old->nodes[n];
        const ss_code_node *has = &handlers->nodes[n];
        const uint64_t count = handlers->stats[n].log_count;
        const uint64_t first = count > had->log_lines ? count - had->log_lines : 0u;
        for (uint64_t i = first; i < count; i++) {
            const ss_log_line *line = &old->logs[had->log_first + i % had->log_lines];
            if (has->log_lines == 0u || count - i > has->log_lines) {
                ss_payload_release(handlers->sim, line->text);
            } else {
                handlers->logs[has->log_first + i % has->log_lines] = *line;
            }
        }
    }
}

ss_status ss_handlers_move(ss_handlers *handlers, ss_handlers *old, const uint32_t *groups,
                           uint32_t group_count) {
    if (!handlers || !old) return SS_OK;
    ss_status status = ss__open_further_groups(handlers);
    if (!status) status = move_arrays(handlers, old);
    if (!status) status = move_groups(handlers, old, groups, group_count);
    if (status) return status;
    move_logs(handlers, old);
    for (uint32_t i = 1; i < handlers->numbers.activity_count; i++) {
        ss_activity *activity = &handlers->activities[i];
        if (activity->group < group_count) activity->group = groups[activity->group];
    }
    for (uint32_t i = 1; i < handlers->sim->task_count; i++) {
        ss_task_code *task = &handlers->sim->code->tasks[i];
        if (task->home1 != 0u) task->home1 = groups[task->home1 - 1u] + 1u;
    }
    return ss__reload_changed(handlers, old);
}
