#include "invariants.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/internal.h"
#include "sim/internal.h"

#define SENTENCE_BYTES 256u
/// Sums of nanoseconds as doubles, in two orders.
#define RELATIVE_ERROR 1e-9

/// What is counted by walking over all live tasks.
typedef struct census {
    int64_t in_system, queued, held, with_place;
    double ages_ns; ///< since arrival, of those in the system
} census;

struct invariants {
    const ss_run *run;
    bool is_warm;          ///< the statistics began before the last look
    bool has_begun;        ///< and the offsets are known
    int64_t *in_system_before; ///< per node: requests there when the statistics began
    double *ages_before;       ///< per node: ns they had been there
    census *nodes;
    int64_t *edge_tasks;  ///< per edge: tasks on their way
    uint32_t *group_busy, *group_queued;
    char sentence[SENTENCE_BYTES];
};

invariants *invariants_create(const ss_run *run) {
    const ss_sim *sim = &run->built.sim;
    invariants *made = calloc(1, sizeof *made);
    made->run = run;
    made->is_warm = run->is_warm;
    made->has_begun = true;
    made->in_system_before = calloc(sim->node_count + 1u, sizeof(int64_t));
    made->ages_before = calloc(sim->node_count + 1u, sizeof(double));
    made->nodes = calloc(sim->node_count + 1u, sizeof(census));
    made->edge_tasks = calloc(sim->edge_count + 1u, sizeof(int64_t));
    made->group_busy = calloc(sim->group_count + 1u, sizeof(uint32_t));
    made->group_queued = calloc(sim->group_count + 1u, sizeof(uint32_t));
    return made;
}

void invariants_destroy(invariants *watched) {
    if (!watched) return;
    free(watched->in_system_before);
    free(watched->ages_before);
    free(watched->nodes);
    free(watched->edge_tasks);
    free(watched->group_busy);
    free(watched->group_queued);
    free(watched);
}

static const char *broken(invariants *watched, const char *format, ...) SS_PRINTF_LIKE(2, 3);
static const char *broken(invariants *watched, const char *format, ...) {
    const int used = snprintf(watched->sentence, SENTENCE_BYTES, "at %.9f s: ",
                              (double)watched->run->time_ns * 1e-9);
    va_list values;
    va_start(values, format);
    (void)vsnprintf(watched->sentence + used, SENTENCE_BYTES - (size_t)used, format, values);
    va_end(values);
    return watched->sentence;
}

static const char *name_of(const invariants *watched, uint32_t node) {
    return watched->run->design->nodes[node].id;
}

// --- Census ------------------------------------------------------------------------------------

/// Of those who share a place one is counted for it: the one with the least index.
static bool stands_for_its_place(const ss_sim *sim, uint32_t index) {
    if (!sim->needs_side || !sim->side[index].is_batched) return true;
    for (uint32_t at = sim->side[index].next; at != index; at = sim->side[at].next) {
        if (at < index) return false;
    }
    return true;
}

/// Counts a live task where it stands; what a task says of others must be said by them too.
static const char *count_task(invariants *watched, uint32_t index) {
    const ss_sim *sim = &watched->run->built.sim;
    const ss_task *task = &sim->tasks[index];
    const ss_task_state state = ss_task_state_of(task);
    const uint32_t node = sim->classes[task->class_index].node;
    census *there = &watched->nodes[node];
    if (state == SS_TASK_READY) return broken(watched, "a task of %s is left ready",
                                              name_of(watched, node));
    // What a handler holds, it holds itself: its activity knows it.
    const bool is_local = sim->code && task->group == SS_GROUP_BRANCH && task->parent == 0u;
    const bool is_handled = is_local || (sim->code && sim->code->tasks[index].activity != 0u);
    if (state == SS_TASK_HELD && !is_handled) there->held++;
    if (state == SS_TASK_CALLING && task->child != 0u &&
        (sim->tasks[task->child].parent != index ||
         ss_task_state_of(&sim->tasks[task->child]) == SS_TASK_FREE)) {
        return broken(watched, "%s waits for a call that is not its own", name_of(watched, node));
    }
    if (task->parent & SS_PARENT_IS_CLASS) { // its client waits without a task of its own
        const uint32_t client = sim->classes[task->parent & ~SS_PARENT_IS_CLASS].node;
        watched->nodes[client].in_system++;
        watched->nodes[client].ages_ns += (double)(watched->run->time_ns - task->sent_ns);
    }
    if (is_local) return NULL;
    if (task->group == SS_GROUP_BRANCH) {
        if (ss_task_state_of(&sim->tasks[task->parent]) == SS_TASK_JOINING) return NULL;
        return broken(watched, "a branch of %s has no parent that waits", name_of(watched, node));
    }
    if (state == SS_TASK_TRANSIT) {
        if (task->edge1 == 0u) return broken(watched, "a request travels on no edge");
        watched->edge_tasks[task->edge1 - 1u]++;
        return NULL;
    }
    if (state == SS_TASK_REPLYING) return NULL;
    there->in_system++;
    there->ages_ns += (double)(watched->run->time_ns - task->arrived_ns);
    if (state == SS_TASK_QUEUED) {
        there->queued++;
        watched->group_queued[task->group]++;
    } else if (ss__task_has_place(task) && stands_for_its_place(sim, index)) {
        there->with_place++;
        watched->group_busy[task->group]++;
    }
    return NULL;
}

static const char *take_census(invariants *watched) {
    const ss_sim *sim = &watched->run->built.sim;
    memset(watched->nodes, 0, sim->node_count * sizeof(census));
    memset(watched->edge_tasks, 0, sim->edge_count * sizeof(int64_t));
    memset(watched->group_busy, 0, sim->group_count * sizeof(uint32_t));
    memset(watched->group_queued, 0, sim->group_count * sizeof(uint32_t));
    uint32_t live = 0;
    for (uint32_t i = 1; i < sim->task_count; i++) {
        if (ss_task_state_of(&sim->tasks[i]) == SS_TASK_FREE) continue;
        live++;
        const char *wrong = count_task(watched, i);
        if (wrong) return wrong;
    }
    if (live != sim->tasks_live) {
        return broken(watched, "%u tasks are alive, %u are counted", live, sim->tasks_live);
    }
    return NULL;
}

// --- What must hold ----------------------------------------------------------------------------

static const char *check_levels(invariants *watched, uint32_t index) {
    const ss_sim_node *node = &watched->run->built.sim.nodes[index];
    const census *there = &watched->nodes[index];
    if ((int64_t)node->now[SS_LEVEL_SYSTEM] != there->in_system) {
        return broken(watched, "%s says %lld are in it, %lld are", name_of(watched, index),
                      (long long)node->now[SS_LEVEL_SYSTEM], (long long)there->in_system);
    }
    if ((int64_t)node->now[SS_LEVEL_QUEUE] != there->queued + there->held) {
        return broken(watched, "%s says %lld wait, %lld do", name_of(watched, index),
                      (long long)node->now[SS_LEVEL_QUEUE],
                      (long long)(there->queued + there->held));
    }
    int64_t busy = there->with_place;
    if (node->discipline == SS_PS) { // whose busy places are the cores at work
        busy = 0;
        for (uint32_t i = 0; i < node->group_count; i++) {
            const ss_group *group = &watched->run->built.sim.groups[node->group_first + i];
            busy += group->active < group->cores ? group->active : group->cores;
        }
    }
    if ((int64_t)node->now[SS_LEVEL_BUSY] != busy) {
        return broken(watched, "%s says %lld places are busy, %lld are", name_of(watched, index),
                      (long long)node->now[SS_LEVEL_BUSY], (long long)busy);
    }
    return NULL;
}

/// Work conservation: nobody waits beside a free place, and no place serves two.
static const char *check_group(invariants *watched, uint32_t index) {
    const ss_group *group = &watched->run->built.sim.groups[index];
    const char *name = name_of(watched, group->node);
    if (group->busy != watched->group_busy[index] ||
        group->queue_length != watched->group_queued[index]) {
        return broken(watched, "a replica of %s miscounts: %u of %u busy, %u of %u waiting", name,
                      group->busy, watched->group_busy[index], group->queue_length,
                      watched->group_queued[index]);
    }
    const bool has_code = watched->run->built.sim.code != NULL; // some then compute without a place
    if (group->busy + group->away > group->places ||
        (group->active > group->busy && !has_code)) {
        return broken(watched, "%s serves %u (%u share) in %u places, %u of them away", name,
                      group->busy, group->active, group->places, group->away);
    }
    if (group->queue_length > group->queue_capacity) {
        return broken(watched, "%u wait at %s where %u may", group->queue_length, name,
                      group->queue_capacity);
    }
    const bool stands_still =
        (watched->run->built.sim.nodes[group->node].flags & SS_NODE_IS_PAUSED) != 0u;
    if (group->is_down && group->busy + group->queue_length + group->active > 0u) {
        return broken(watched, "%u are served or wait at %s, which is down",
                      group->busy + group->queue_length, name);
    }
    const ss_sim_node *node = &watched->run->built.sim.nodes[group->node];
    const bool gathers = (node->flags & SS_NODE_BATCHES) && group->queue_length < node->batch_min;
    const bool has_free_place = group->busy + group->away < group->places;
    if (group->queue_length > 0u && has_free_place && !stands_still && !gathers) {
        return broken(watched, "%u wait at %s while a place is free", group->queue_length, name);
    }
    return NULL;
}

static uint64_t errors_of(const ss_class *stats) {
    uint64_t errors = 0;
    for (uint32_t i = 1; i < SS_OUTCOME_COUNT; i++) errors += stats->outcomes[i];
    return errors;
}

static const char *check_counts(invariants *watched, uint32_t index, const ss_class *stats) {
    const ss_sim_node *node = &watched->run->built.sim.nodes[index];
    const int64_t stayed = (int64_t)(stats->arrivals - stats->outcomes[SS_OUTCOME_OK]) -
                           (int64_t)errors_of(stats);
    const int64_t at_node = (int64_t)node->now[SS_LEVEL_SYSTEM];
    if (!watched->has_begun) watched->in_system_before[index] = at_node - stayed;
    if (at_node != watched->in_system_before[index] + stayed ||
        watched->in_system_before[index] < 0) {
        return broken(watched, "%s: %llu came, %llu went well, %llu badly, %lld more are there",
                      name_of(watched, index), (unsigned long long)stats->arrivals,
                      (unsigned long long)stats->outcomes[SS_OUTCOME_OK],
                      (unsigned long long)errors_of(stats),
                      (long long)(at_node - watched->in_system_before[index]));
    }
    const ss_series *response = ss__response_series(watched->run, index);
    if (response->tally.count != stats->outcomes[SS_OUTCOME_OK]) {
        return broken(watched, "%s: a response time for each completion", name_of(watched, index));
    }
    const ss_sim *sim = &watched->run->built.sim;
    if (ss_sim_series(sim, node->node_stats, SS_SERIES_WAIT)->tally.count !=
        ss_sim_series(sim, node->node_stats, SS_SERIES_SERVICE)->tally.count) {
        return broken(watched, "%s: a wait for each service", name_of(watched, index));
    }
    return NULL;
}

/// Little's law as an identity: the time integral of the number in the system is the sum of the
/// times spent, of those who left and of those still there. Times of failures are not kept.
static const char *check_little(invariants *watched, uint32_t index, const ss_class *stats) {
    const ss_sim_node *node = &watched->run->built.sim.nodes[index];
    const double area = ss__node_area(node, SS_LEVEL_SYSTEM, watched->run->time_ns);
    const ss_tally *tally = &ss__response_series(watched->run, index)->tally;
    const double ended_ns = tally->sum + (double)tally->count * tally->origin;
    const double spent = ended_ns + watched->nodes[index].ages_ns;
    if (!watched->has_begun) watched->ages_before[index] = spent - area;
    const double expected = spent - watched->ages_before[index];
    if (errors_of(stats) > 0u) return NULL;
    if (fabs(area - expected) > RELATIVE_ERROR * (fabs(area) + fabs(spent)) + 1000.0) {
        return broken(watched, "%s: Little's law: integral %.17g, times %.17g ns",
                      name_of(watched, index), area, expected);
    }
    return NULL;
}

/// A node's arrivals are what its in-edges carried: calls less those lost and those on the way.
static const char *check_edges(invariants *watched) {
    const ss_sim *sim = &watched->run->built.sim;
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        const ss_sim_edge *edge = &sim->edges[i];
        if ((int64_t)edge->in_flight != watched->edge_tasks[i]) {
            return broken(watched, "edge %u says %u are on it, %lld are", i, edge->in_flight,
                          (long long)watched->edge_tasks[i]);
        }
    }
    if (watched->is_warm && watched->run->warmup_ns > 0) return NULL; // some were on the way
    for (uint32_t n = 0; n < sim->node_count; n++) {
        const ss_class *stats = ss__node_stats(watched->run, n);
        if (!stats || (sim->nodes[n].flags & SS_NODE_IS_CLIENT)) continue;
        uint64_t sent = 0;
        uint64_t lost = 0;
        for (uint32_t i = 0; i < sim->edge_count; i++) {
            if (sim->edges[i].to != n) continue;
            sent += ss_sim_calls(sim, i) - sim->edges[i].in_flight;
            lost += sim->edges[i].lost; // of requests and of replies
        }
        if (stats->arrivals > sent || stats->arrivals + lost < sent) {
            return broken(watched, "%s: %llu arrived, its edges carried %llu and lost %llu",
                          name_of(watched, n), (unsigned long long)stats->arrivals,
                          (unsigned long long)sent, (unsigned long long)lost);
        }
    }
    return NULL;
}

/// Users of a closed client are thinking or have one request under way.
static const char *check_users(invariants *watched, uint32_t index) {
    const ss_sim *sim = &watched->run->built.sim;
    const ss_value *load = ss_object_find(&watched->run->design->nodes[index].object, "load");
    if (!load || !load->objects) return NULL;
    const ss_value *users = ss_object_get(load->objects, "users");
    if (!users->is_set) return NULL;
    if (!ss__run_gather_events(watched->run)) return broken(watched, "no memory for events");
    int64_t thinking = 0;
    const uint32_t payload = ((uint32_t)SS_EVENT_NODE << 28u) | index;
    for (uint32_t i = 0; i < sim->queue.count; i++) {
        thinking += sim->queue.events[i].payload == payload ? 1 : 0;
    }
    const int64_t asking = (int64_t)sim->nodes[index].now[SS_LEVEL_SYSTEM];
    if (thinking + asking == (int64_t)users->number) return NULL;
    return broken(watched, "%s: %lld users think, %lld wait, of %lld", name_of(watched, index),
                  (long long)thinking, (long long)asking, (long long)users->number);
}

const char *invariants_broken(invariants *watched) {
    const ss_run *run = watched->run;
    const ss_sim *sim = &run->built.sim;
    if (run->is_warm && !watched->is_warm) { // begun since the last look, somewhere in between
        watched->is_warm = true;
        watched->has_begun = false;
    }
    if (watched->sentence[0] != '\0') return watched->sentence; // once broken, for good
    const char *wrong = take_census(watched);
    for (uint32_t i = 0; !wrong && i < sim->group_count; i++) wrong = check_group(watched, i);
    for (uint32_t i = 0; !wrong && i < sim->node_count; i++) {
        const ss_class *stats = ss__node_stats(run, i);
        wrong = check_levels(watched, i);
        if (!wrong && stats) wrong = check_counts(watched, i, stats);
        if (!wrong && stats) wrong = check_little(watched, i, stats);
        if (!wrong) wrong = check_users(watched, i);
    }
    if (!wrong) wrong = check_edges(watched);
    watched->has_begun = true;
    return wrong;
}
