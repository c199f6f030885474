/// What designs with code on a node need of the engine: payloads, and tasks that are a handler's.
#include "sim/internal.h"
#include "sim/watcher.h"

#define CHUNKS_FIRST 256u

// --- Payloads: bytes in chained chunks, counted references ---------------------------------------

static bool chunks_grow(ss_sim *sim) {
    ss_code *code = sim->code;
    const uint32_t capacity = code->chunk_capacity ? code->chunk_capacity * 2u : CHUNKS_FIRST;
    const size_t bytes = (size_t)capacity * sizeof(ss_payload_chunk);
    if (capacity < code->chunk_capacity || bytes > sim->memory_max / 2u) {
        sim->status = SS_ERROR_LIMIT;
        return false;
    }
    ss_payload_chunk *chunks =
        ss_reallocate(&sim->allocator, code->chunks,
                      (size_t)code->chunk_capacity * sizeof(ss_payload_chunk), bytes);
    if (!chunks) {
        sim->status = SS_ERROR_MEMORY;
        return false;
    }
    code->chunks = chunks;
    code->chunk_capacity = capacity;
    if (code->chunk_count == 0u) {
        chunks[0] = (ss_payload_chunk){0};
        code->chunk_count = 1u;
    }
    return true;
}

static uint32_t take_chunk(ss_sim *sim) {
    ss_code *code = sim->code;
    uint32_t index = code->chunk_free;
    if (index != 0u) {
        code->chunk_free = code->chunks[index].next;
    } else {
        if (code->chunk_count == code->chunk_capacity && !chunks_grow(sim)) return 0;
        if (code->chunk_count == 0u) code->chunk_count = 1; // back before the first payload
        index = code->chunk_count++;
    }
    code->chunks[index] = (ss_payload_chunk){0}; // its unused bytes too are part of a snapshot
    return index;
}

uint32_t ss_payload_create(ss_sim *sim, const uint8_t *bytes, size_t count) {
    if (count == 0u || count > UINT32_MAX) return 0;
    uint32_t first = 0;
    uint32_t last = 0;
    for (size_t done = 0; done < count; done += SS_PAYLOAD_CHUNK_BYTES) {
        const uint32_t index = take_chunk(sim);
        if (index == 0u) {
            if (first != 0u) ss_payload_release(sim, first);
            return 0;
        }
        ss_payload_chunk *chunk = &sim->code->chunks[index];
        const size_t left = count - done;
        memcpy(chunk->data, bytes + done,
               left < SS_PAYLOAD_CHUNK_BYTES ? left : SS_PAYLOAD_CHUNK_BYTES);
        if (first == 0u) {
            first = index;
            chunk->references = 1;
            chunk->bytes = (uint32_t)count;
            sim->code->payloads_live++;
        } else {
            sim->code->chunks[last].next = index;
        }
        last = index;
    }
    return first;
}

uint32_t ss_payload_retain(ss_sim *sim, uint32_t payload) {
    if (payload != 0u) sim->code->chunks[payload].references++;
    return payload;
}

void ss_payload_release(ss_sim *sim, uint32_t payload) {
    if (payload == 0u) return;
    ss_code *code = sim->code;
    assert(code->chunks[payload].references > 0u);
    if (--code->chunks[payload].references > 0u) return;
    code->payloads_live--;
    uint32_t last = payload;
    while (code->chunks[last].next != 0u) last = code->chunks[last].next;
    code->chunks[last].next = code->chunk_free;
    code->chunk_free = payload;
}

uint32_t ss_payload_bytes(const ss_sim *sim, uint32_t payload) {
    return payload != 0u ? sim->code->chunks[payload].bytes : 0u;
}

void ss_payload_read(const ss_sim *sim, uint32_t payload, uint8_t *out) {
    size_t left = ss_payload_bytes(sim, payload);
    for (uint32_t at = payload; left > 0u; at = sim->code->chunks[at].next) {
        const size_t part = left < SS_PAYLOAD_CHUNK_BYTES ? left : SS_PAYLOAD_CHUNK_BYTES;
        memcpy(out, sim->code->chunks[at].data, part);
        out += part;
        left -= part;
    }
}

// --- What tasks carry ----------------------------------------------------------------------------

bool ss__code_grow(ss_sim *sim, uint32_t task_capacity) {
    ss_code *code = sim->code;
    ss_task_code *tasks = ss_reallocate(&sim->allocator, code->tasks,
                                        (size_t)code->task_capacity * sizeof(ss_task_code),
                                        (size_t)task_capacity * sizeof(ss_task_code));
    if (!tasks) {
        sim->status = SS_ERROR_MEMORY;
        return false;
    }
    code->tasks = tasks;
    code->task_capacity = task_capacity;
    if (sim->task_count <= 1u) tasks[0] = (ss_task_code){0};
    return true;
}

void ss__code_begin(ss_sim *sim, uint32_t index) {
    ss_code *code = sim->code;
    const uint32_t parent = sim->tasks[index].parent;
    const bool has_parent = parent != 0u && !(parent & SS_PARENT_IS_CLASS);
    code->tasks[index] =
        (ss_task_code){.cause = has_parent ? code->tasks[parent].cause : code->speaking};
    if (sim->watcher) sim->watcher->created(sim->watcher, sim, index);
}

void ss__code_let_go(ss_sim *sim, uint32_t index) {
    ss_task_code *task = &sim->code->tasks[index];
    ss_payload_release(sim, task->body);
    ss_payload_release(sim, task->answer);
    *task = (ss_task_code){0};
}

void ss__code_close(ss_sim *sim) {
    ss_code *code = sim->code;
    ss_deallocate(&sim->allocator, code->tasks,
                  (size_t)code->task_capacity * sizeof(ss_task_code));
    ss_deallocate(&sim->allocator, code->chunks,
                  (size_t)code->chunk_capacity * sizeof(ss_payload_chunk));
    code->tasks = NULL;
    code->chunks = NULL;
}

void ss__code_carry_body(ss_sim *sim, uint32_t from, uint32_t to) {
    sim->code->tasks[to].body = ss_payload_retain(sim, sim->code->tasks[from].body);
    sim->code->tasks[to].cause = sim->code->tasks[from].cause;
}

void ss__code_carry_answer(ss_sim *sim, uint32_t from, uint32_t to) {
    ss_task_code *into = &sim->code->tasks[to];
    ss_payload_release(sim, into->answer);
    into->answer = sim->code->tasks[from].answer; // moved: the reply is about to be freed
    sim->code->tasks[from].answer = 0;
    if (sim->code->tasks[from].answered != 0u) into->answered = sim->code->tasks[from].answered;
}

// --- What handlers do ----------------------------------------------------------------------------

void ss_sim_compute_for(ss_sim *sim, uint32_t task, double work_ns) {
    const ss_sim_node *node = &sim->nodes[sim->classes[sim->tasks[task].class_index].node];
    sim->side[task].work_ns = work_ns * node->time_factor;
    ss__compute(sim, task, NULL);
}

uint32_t ss_sim_create_branch(ss_sim *sim, uint32_t class_index, uint32_t pc) {
    const uint32_t index = ss__task_create(sim, class_index, 0);
    if (index == 0u) return 0;
    sim->tasks[index].pc = pc;
    sim->tasks[index].group = SS_GROUP_BRANCH;
    ss__task_set_state(&sim->tasks[index], SS_TASK_HELD);
    return index;
}

void ss_sim_resume_at(ss_sim *sim, uint32_t task, int64_t time_ns) {
    assert(ss_task_state_of(&sim->tasks[task]) == SS_TASK_HELD);
    sim->tasks[task].event_seq = ss_sim_schedule(sim, time_ns, SS_EVENT_TASK, task);
}

void ss_sim_free_branch(ss_sim *sim, uint32_t task) {
    ss__task_free(sim, task);
}

void ss_sim_send_message(ss_sim *sim, uint32_t class_index, uint32_t edge, uint32_t body) {
    const uint32_t message = ss__task_create(sim, class_index, 0);
    if (message == 0u) return;
    sim->code->tasks[message].body = body;
    ss__send(sim, message, edge, true);
}

void ss_sim_trace(ss_sim *sim, uint64_t word) {
    sim->trace_hash = (sim->trace_hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    sim->trace_hash ^= sim->trace_hash >> 29u;
}
