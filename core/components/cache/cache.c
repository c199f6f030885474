/// A cache: a fixed hit ratio, or real keys of Zipf popularity in a store of limited capacity.
///
/// A miss of a cache with out-edges takes them (read-through); otherwise the answer tells the
/// caller, whose flow may have a `miss` branch (cache-aside). Either way the key is in the cache
/// afterwards.
#include <string.h>

#include "base/math.h"
#include "components/component.h"
#include "sim/code.h"

typedef enum cache_policy { POLICY_LRU, POLICY_FIFO, POLICY_RANDOM } cache_policy;

typedef struct cache_setup {
    double hit_ratio;
    const double *cumulative; ///< Zipf's law over the keys; NULL = fixed hit ratio
    uint32_t keys, capacity;
    int64_t ttl_ns; ///< 0 = never
    cache_policy policy;
} cache_setup;

/// One per key: where it is in the store, and when it was put there.
typedef struct cache_key {
    int64_t stored_ns;
    uint32_t newer, older; ///< 1-based keys, the recency list
    uint32_t slot1;        ///< 1-based place in `slots`; 0 = not stored
    uint32_t reserved;
} cache_key;

/// Followed in the node's state by `keys` cache_key and `capacity` slots (1-based keys).
typedef struct cache_state {
    ss_random random;
    uint32_t newest, oldest; ///< 1-based keys
    uint32_t stored;
    uint32_t reserved;
} cache_state;

static cache_key *keys_of(cache_state *state) {
    return (cache_key *)(state + 1);
}

static uint32_t *slots_of(cache_state *state, const cache_setup *setup) {
    return (uint32_t *)(keys_of(state) + setup->keys);
}

static void unlink_key(cache_state *state, uint32_t key1) {
    cache_key *keys = keys_of(state);
    const cache_key *key = &keys[key1 - 1u];
    if (key->newer) keys[key->newer - 1u].older = key->older; else state->newest = key->older;
    if (key->older) keys[key->older - 1u].newer = key->newer; else state->oldest = key->newer;
}

static void link_newest(cache_state *state, uint32_t key1) {
    cache_key *keys = keys_of(state);
    keys[key1 - 1u].older = state->newest;
    keys[key1 - 1u].newer = 0;
    if (state->newest) keys[state->newest - 1u].newer = key1; else state->oldest = key1;
    state->newest = key1;
}

static void evict(cache_state *state, const cache_setup *setup) {
    uint32_t *slots = slots_of(state, setup);
    const uint32_t victim = setup->policy == POLICY_RANDOM
                                ? slots[ss_random_below(&state->random, state->stored)]
                                : state->oldest;
    const uint32_t slot = keys_of(state)[victim - 1u].slot1 - 1u;
    unlink_key(state, victim);
    keys_of(state)[victim - 1u].slot1 = 0;
    const uint32_t last = slots[--state->stored]; // the last one fills the gap
    slots[slot] = last;
    if (last != victim) keys_of(state)[last - 1u].slot1 = slot + 1u;
}

static void store(cache_state *state, const cache_setup *setup, uint32_t key1, int64_t now_ns) {
    if (state->stored == setup->capacity) evict(state, setup);
    slots_of(state, setup)[state->stored++] = key1;
    keys_of(state)[key1 - 1u].slot1 = state->stored;
    keys_of(state)[key1 - 1u].stored_ns = now_ns;
    link_newest(state, key1);
}

/// Draws a key by its popularity (binary search in the cumulative law).
static uint32_t draw_key1(cache_state *state, const cache_setup *setup) {
    const double u = ss_random_unit(&state->random);
    uint32_t low = 0;
    uint32_t high = setup->keys - 1u;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2u;
        if (u < setup->cumulative[middle]) high = middle; else low = middle + 1u;
    }
    return low + 1u;
}

static bool look_up(cache_state *state, const cache_setup *setup, int64_t now_ns) {
    if (!setup->cumulative) return ss_random_unit(&state->random) < setup->hit_ratio;
    const uint32_t key1 = draw_key1(state, setup);
    cache_key *key = &keys_of(state)[key1 - 1u];
    if (key->slot1 == 0u) {
        store(state, setup, key1, now_ns);
        return false;
    }
    const bool is_fresh = setup->ttl_ns == 0 || now_ns - key->stored_ns <= setup->ttl_ns;
    if (!is_fresh) key->stored_ns = now_ns;
    if (setup->policy == POLICY_LRU || !is_fresh) {
        unlink_key(state, key1);
        link_newest(state, key1);
    }
    return is_fresh;
}

/// The look-up: a hit ends the request, a miss goes on with the out-edges.
bool ss_cache_step(ss_sim *sim, uint32_t task, uint32_t argument) {
    const uint32_t node = sim->classes[sim->tasks[task].class_index].node;
    // Code asks for keys of its own, which are there or not; others are drawn.
    const uint32_t found = sim->code ? sim->code->tasks[task].found : 0u;
    const bool is_hit = found != 0u ? found == 1u
                                    : look_up(ss_sim_state(sim, node), ss_sim_setup(sim, node),
                                              sim->now_ns);
    if (is_hit) {
        sim->tasks[task].pc = argument;
    } else {
        sim->tasks[task].waiting = SS_TASK_MISSED;
    }
    return true;
}

/// A flush, or a crash, empties the store. (A fixed hit ratio has no store to empty.)
void ss_cache_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins, double factor) {
    (void)factor;
    const cache_setup *setup = ss_sim_setup(sim, node);
    const bool empties = (kind == SS_FAULT_FLUSH || kind == SS_FAULT_CRASH) && begins;
    if (!empties || !setup->cumulative) return;
    cache_state *state = ss_sim_state(sim, node);
    memset(keys_of(state), 0, setup->keys * sizeof(cache_key));
    state->newest = state->oldest = state->stored = 0;
}

SS_COMPONENT_NO_TIMER(cache)
SS_COMPONENT_NO_END(cache)

/// Cumulative Zipf weights 1/rank^skew, of 1.
static const double *zipf_table(ss_arena *arena, uint32_t keys, double skew) {
    double *table = ss_arena_allocate(arena, (size_t)keys * sizeof(double));
    if (!table) return NULL;
    double sum = 0.0;
    for (uint32_t i = 0; i < keys; i++) {
        sum += ss_exp(-skew * ss_log((double)i + 1.0));
        table[i] = sum;
    }
    for (uint32_t i = 0; i < keys; i++) table[i] /= sum;
    table[keys - 1u] = 1.0;
    return table;
}

static ss_status bind(ss_builder *builder, uint32_t node) {
    const ss_object *object = &ss_builder_node(builder, node)->object;
    cache_setup *setup = ss_arena_allocate(ss_builder_arena(builder), sizeof *setup);
    if (!setup) return SS_ERROR_MEMORY;
    ss_status status = ss_builder_station(builder, node, "concurrency");
    if (status) return status;
    setup->hit_ratio = ss_object_get(object, "hit_ratio")->number;
    const ss_value *keys = ss_object_get(object, "keys");
    size_t bytes = sizeof(cache_state);
    if (keys->is_set) {
        setup->keys = (uint32_t)keys->number;
        setup->capacity = (uint32_t)ss_object_get(object, "capacity")->number;
        setup->policy = (cache_policy)ss_object_get(object, "policy")->number;
        const ss_value *ttl = ss_object_get(object, "ttl");
        setup->ttl_ns = ttl->is_set ? ss_time_from_seconds(ttl->number) : 0;
        setup->cumulative = zipf_table(ss_builder_arena(builder), setup->keys,
                                       ss_object_get(object, "skew")->number);
        if (!setup->cumulative) return SS_ERROR_MEMORY;
        bytes +=
            (size_t)setup->keys * sizeof(cache_key) + (size_t)setup->capacity * sizeof(uint32_t);
    }
    status = ss_builder_reserve_state(builder, node, bytes);
    if (status) return status;
    ss_builder_set_setup(builder, node, setup);
    cache_state *state = ss_sim_state(ss_builder_sim(builder), node);
    state->random = ss_builder_random(builder, node, SS_PURPOSE_KEY);
    return SS_OK;
}

static ss_status program(ss_builder *builder, uint32_t class_index) {
    ss_status status = ss_builder_compute(builder, class_index);
    if (status) return status;
    const uint32_t hook = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_HOOK});
    if (hook == SS_NO_INDEX) return SS_ERROR_MEMORY;
    status = ss_builder_out_edges(builder, class_index);
    if (status) return status;
    // A hit jumps to an END of its own: out_edges may have ended with a FORWARD.
    const uint32_t end = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END});
    if (end == SS_NO_INDEX) return SS_ERROR_MEMORY;
    ss_builder_instruction(builder, hook)->first = end;
    return SS_OK;
}

const ss_component ss_component_cache = {.bind = bind, .program = program};
