/// Orders of service beyond first come, first served: waiting heaps, processor sharing, preemption.
#include "sim/internal.h"

#include "base/math.h"

// --- Waiting heap: a pairing heap by (key, order) (Fredman et al. 1986) --------------------------

static bool comes_before(const ss_task_side *a, const ss_task_side *b) {
    return a->key < b->key || (!(b->key < a->key) && a->order < b->order);
}

/// Joins two heaps; the roots' own sibling links are undefined before and null after.
static uint32_t meld(ss_sim *sim, uint32_t a, uint32_t b) {
    if (a == 0u) return b;
    if (b == 0u) return a;
    ss_task_side *side = sim->side;
    if (comes_before(&side[b], &side[a])) {
        const uint32_t swap = a;
        a = b;
        b = swap;
    }
    side[b].next = side[a].child;
    if (side[a].child) side[side[a].child].previous = b;
    side[b].previous = a; // of a first child: its parent
    side[a].child = b;
    side[a].next = side[a].previous = 0;
    return a;
}

/// Melds a list of siblings pairwise, then the pairs from the last to the first.
static uint32_t combine_siblings(ss_sim *sim, uint32_t first) {
    ss_task_side *side = sim->side;
    uint32_t pairs = 0; // linked backwards by next
    while (first) {
        const uint32_t a = first;
        const uint32_t b = side[a].next;
        first = b ? side[b].next : 0u;
        side[a].next = side[a].previous = 0;
        if (b) side[b].next = side[b].previous = 0;
        const uint32_t pair = meld(sim, a, b);
        side[pair].next = pairs;
        pairs = pair;
    }
    uint32_t root = 0;
    while (pairs) {
        const uint32_t next = side[pairs].next;
        side[pairs].next = 0;
        root = meld(sim, root, pairs);
        pairs = next;
    }
    return root;
}

void ss__heap_insert(ss_sim *sim, uint32_t *root, uint32_t index) {
    ss_task_side *task = &sim->side[index];
    task->child = task->next = task->previous = 0;
    *root = meld(sim, *root, index);
}

void ss__heap_remove(ss_sim *sim, uint32_t *root, uint32_t index) {
    ss_task_side *side = sim->side;
    ss_task_side *task = &side[index];
    if (*root == index) {
        *root = combine_siblings(sim, task->child);
    } else {
        ss_task_side *before = &side[task->previous];
        if (before->child == index) before->child = task->next; else before->next = task->next;
        if (task->next) side[task->next].previous = task->previous;
        *root = meld(sim, *root, combine_siblings(sim, task->child));
    }
    task->child = task->next = task->previous = 0;
}

// --- Processor sharing ---------------------------------------------------------------------------
// Everyone is served at the same speed, so a task ends when the service given to each (virtual_ns)
// has grown by its work: the heap is ordered by that virtual finishing time, which never changes.

/// Speed of each of the group's active tasks.
static double sharing_speed(const ss_sim *sim, const ss_group *group) {
    const ss_sim_node *node = &sim->nodes[group->node];
    const double active = (double)group->active;
    if (node->speedup) {
        const uint32_t at =
            group->active < node->speedup_count ? group->active : node->speedup_count;
        return node->speedup[at - 1u] / active;
    }
    return group->active <= group->cores ? 1.0 : (double)group->cores / active;
}

static void sharing_catch_up(ss_sim *sim, ss_group *group) {
    if (group->active > 0u && !(sim->nodes[group->node].flags & SS_NODE_IS_PAUSED)) {
        group->virtual_ns += (double)(sim->now_ns - group->since_ns) * sharing_speed(sim, group);
    }
    group->since_ns = sim->now_ns;
}

static void sharing_schedule(ss_sim *sim, uint32_t group_index) {
    ss_group *group = &sim->groups[group_index];
    group->event_seq = 0;
    if (group->active == 0u) {
        group->virtual_ns = 0.0; // nobody's finishing time refers to it: keep the number small
        return;
    }
    if (sim->nodes[group->node].flags & SS_NODE_IS_PAUSED) return;
    const double left = ss_max(0.0, sim->side[group->first].key - group->virtual_ns);
    const double wait_ns = left / sharing_speed(sim, group);
    const int64_t at_ns = wait_ns >= 4.0e18 ? SS_TIME_MAX : sim->now_ns + (int64_t)(wait_ns + 0.5);
    group->event_seq = ss_sim_schedule(sim, at_ns, SS_EVENT_GROUP, group_index);
}

/// Counts the cores at work. On a processor-sharing node they are its busy places.
static void sharing_count_busy(ss_sim *sim, const ss_group *group, uint32_t before) {
    ss_sim_node *node = &sim->nodes[group->node];
    const int64_t was = before < group->cores ? before : group->cores;
    const int64_t is = group->active < group->cores ? group->active : group->cores;
    if (is == was) return;
    ss_level_add(&node->cores_busy, is - was, sim->now_ns);
    if (node->discipline == SS_PS) ss_node_count(node, SS_LEVEL_BUSY, is - was, sim->now_ns);
}

void ss__sharing_join(ss_sim *sim, uint32_t index, double work_ns) {
    const uint32_t group_index = ss__sharing_group(sim, index);
    ss_group *group = &sim->groups[group_index];
    sharing_catch_up(sim, group);
    sim->side[index].key = group->virtual_ns + work_ns;
    sim->side[index].order = sim->next_order++;
    ss__heap_insert(sim, &group->first, index);
    sharing_count_busy(sim, group, group->active++);
    sharing_schedule(sim, group_index);
}

void ss__sharing_leave(ss_sim *sim, uint32_t index) {
    const uint32_t group_index = ss__sharing_group(sim, index);
    ss_group *group = &sim->groups[group_index];
    sharing_catch_up(sim, group);
    ss__heap_remove(sim, &group->first, index);
    sharing_count_busy(sim, group, group->active--);
    sharing_schedule(sim, group_index);
}

void ss__sharing_event(ss_sim *sim, uint32_t group_index) {
    ss_group *group = &sim->groups[group_index];
    const uint32_t index = group->first;
    sharing_catch_up(sim, group);
    group->virtual_ns = sim->side[index].key; // what rounding to whole nanoseconds left out
    ss__heap_remove(sim, &group->first, index);
    sharing_count_busy(sim, group, group->active--);
    sharing_schedule(sim, group_index);
    ss__run(sim, index);
}

void ss__sharing_pause(ss_sim *sim, uint32_t group_index, bool begins) {
    ss_group *group = &sim->groups[group_index];
    if (begins) {
        group->event_seq = 0; // the caller has not yet marked the node paused: the clock stops here
        sharing_catch_up(sim, group);
    } else {
        group->since_ns = sim->now_ns;
        sharing_schedule(sim, group_index);
    }
}

// --- Preemption ----------------------------------------------------------------------------------

void ss__running_add(ss_sim *sim, uint32_t index) {
    ss_group *group = &sim->groups[sim->tasks[index].group];
    ss_task_side *task = &sim->side[index];
    task->previous = 0;
    task->next = group->first;
    if (group->first) sim->side[group->first].previous = index;
    group->first = index;
}

void ss__served(ss_sim *sim, uint32_t index) {
    sim->side[index].work_ns = -1.0;
    const ss_task *task = &sim->tasks[index];
    if (!ss__task_has_place(task)) return;
    const uint32_t discipline = sim->nodes[sim->groups[task->group].node].discipline;
    if (discipline == SS_PRIORITY_PREEMPTIVE || discipline == SS_SRPT)
        ss__running_remove(sim, index);
}

void ss__running_remove(ss_sim *sim, uint32_t index) {
    ss_group *group = &sim->groups[sim->tasks[index].group];
    ss_task_side *task = &sim->side[index];
    if (task->previous) sim->side[task->previous].next = task->next; else group->first = task->next;
    if (task->next) sim->side[task->next].previous = task->previous;
    task->next = task->previous = 0;
}

/// How much later a served task would come by the discipline than any other: its key as of now.
static double key_now(const ss_sim *sim, const ss_group *group, uint32_t index) {
    const ss_task_side *task = &sim->side[index];
    if (sim->nodes[group->node].discipline != SS_SRPT) return task->key;
    return task->work_ns - (double)(sim->now_ns - task->resumed_ns);
}

uint32_t ss__preemption_victim(const ss_sim *sim, const ss_group *group, uint32_t index) {
    uint32_t worst = 0;
    double worst_key = sim->side[index].key;
    for (uint32_t at = group->first; at; at = sim->side[at].next) {
        const double key = key_now(sim, group, at);
        if (key > worst_key) {
            worst = at;
            worst_key = key;
        }
    }
    return worst;
}
