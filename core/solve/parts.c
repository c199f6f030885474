/// Strongly connected parts of a graph (Tarjan 1972), without recursion: a chain of 10,000 nodes
/// must not use 10,000 frames.
#include "solve/internal.h"

typedef struct search {
    const uint32_t *first, *targets;
    uint32_t *number;  ///< order of discovery, from 1; 0 = not seen
    uint32_t *low;     ///< smallest number known to be reachable within the part
    uint32_t *at;      ///< next edge to look at
    uint32_t *path;    ///< vertices being explored
    uint32_t *waiting; ///< vertices whose part is not complete
    uint32_t path_length, waiting_length, seen, placed;
    ss__parts *out;
} search;

static void enter(search *state, uint32_t vertex) {
    state->number[vertex] = state->low[vertex] = ++state->seen;
    state->at[vertex] = state->first[vertex];
    state->path[state->path_length++] = vertex;
    state->waiting[state->waiting_length++] = vertex;
}

/// All that waits above a part's first vertex is the part.
static void close_part(search *state, uint32_t vertex) {
    ss__parts *out = state->out;
    out->first[out->count] = state->placed;
    uint32_t member;
    do {
        member = state->waiting[--state->waiting_length];
        out->part[member] = out->count;
        out->members[state->placed++] = member;
    } while (member != vertex);
    out->count++;
}

static void explore(search *state, uint32_t root) {
    enter(state, root);
    while (state->path_length > 0u) {
        const uint32_t vertex = state->path[state->path_length - 1u];
        if (state->at[vertex] < state->first[vertex + 1u]) {
            const uint32_t target = state->targets[state->at[vertex]++];
            if (state->number[target] == 0u) {
                enter(state, target);
            } else if (state->out->part[target] == UINT32_MAX &&
                       state->number[target] < state->low[vertex]) {
                state->low[vertex] = state->number[target];
            }
            continue;
        }
        state->path_length--;
        if (state->path_length > 0u) {
            const uint32_t parent = state->path[state->path_length - 1u];
            if (state->low[vertex] < state->low[parent]) state->low[parent] = state->low[vertex];
        }
        if (state->low[vertex] == state->number[vertex]) close_part(state, vertex);
    }
}

ss_status ss__parts_find(ss_arena *arena, uint32_t count, const uint32_t *first,
                         const uint32_t *targets, ss__parts *out) {
    const size_t bytes = ((size_t)count + 1u) * sizeof(uint32_t);
    uint32_t *block = ss_arena_allocate(arena, 8u * bytes);
    if (!block) return SS_ERROR_MEMORY;
    const size_t step = (size_t)count + 1u;
    *out = (ss__parts){.part = block, .first = block + step, .members = block + 2u * step};
    search state = {
        .first = first, .targets = targets, .number = block + 3u * step, .low = block + 4u * step,
        .at = block + 5u * step, .path = block + 6u * step, .waiting = block + 7u * step,
        .out = out,
    };
    for (uint32_t i = 0; i < count; i++) out->part[i] = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (state.number[i] == 0u) explore(&state, i);
    }
    out->first[out->count] = state.placed;
    return SS_OK;
}
