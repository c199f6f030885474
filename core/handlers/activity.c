/// Activities: one input at a time, computed at the node, then what the code said takes effect.
#include <assert.h>

#include "handlers/internal.h"

#define ACTIVITIES_FIRST 64u
#define INDEX_MASK ((1u << SS_ACTIVITY_INDEX_BITS) - 1u)

/// Where a class's program goes on with its next input (builder_code.c writes it so).
static uint32_t go_on_pc(const ss_sim *sim, uint32_t class_index) {
    return sim->classes[class_index].program + 1u;
}

// --- The pool ------------------------------------------------------------------------------------

static bool grow(ss_handlers *handlers) {
    const uint32_t had = handlers->activity_capacity;
    const uint32_t capacity = had ? had * 2u : ACTIVITIES_FIRST;
    if (capacity > INDEX_MASK) {
        handlers->sim->status = SS_ERROR_LIMIT;
        return false;
    }
    ss_activity *activities =
        ss_reallocate(&handlers->allocator, handlers->activities, had * sizeof *activities,
                      capacity * sizeof *activities);
    if (!activities) {
        handlers->sim->status = SS_ERROR_MEMORY;
        return false;
    }
    if (had == 0u) {
        activities[0] = (ss_activity){0};
        handlers->numbers.activity_count = 1;
    }
    handlers->activities = activities;
    handlers->activity_capacity = capacity;
    return true;
}

static ss_activity *create(ss_handlers *handlers, ss_activity_kind kind, uint32_t task,
                           uint32_t node, uint32_t group) {
    ss_handlers_numbers *numbers = &handlers->numbers;
    uint32_t index = numbers->activity_free;
    uint32_t generation = 1;
    if (index != 0u) {
        numbers->activity_free = handlers->activities[index].next_free;
        generation = handlers->activities[index].generation + 1u;
    } else {
        if (numbers->activity_count == handlers->activity_capacity || !handlers->activities) {
            if (!grow(handlers)) return NULL;
        }
        if (numbers->activity_count == 0u) numbers->activity_count = 1; // back before the first one
        index = numbers->activity_count++;
    }
    ss_activity *activity = &handlers->activities[index];
    *activity = (ss_activity){.generation = generation, .task = task, .node = node,
                              .group = group, .kind = (uint8_t)kind};
    handlers->sim->code->tasks[task].activity = ss__activity_id(handlers, activity);
    return activity;
}

uint32_t ss__activity_id(const ss_handlers *handlers, const ss_activity *activity) {
    const uint32_t index = (uint32_t)(activity - handlers->activities);
    return (activity->generation << SS_ACTIVITY_INDEX_BITS) | index;
}

ss_activity *ss__activity_find(ss_handlers *handlers, uint32_t id) {
    const uint32_t index = id & INDEX_MASK;
    if (index == 0u || index >= handlers->numbers.activity_count) return NULL;
    ss_activity *activity = &handlers->activities[index];
    const bool is_alive = (activity->generation & 1u) != 0u;
    return is_alive && ss__activity_id(handlers, activity) == id ? activity : NULL;
}

void ss__activity_end(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    ss_payload_release(sim, activity->outputs);
    ss_payload_release(sim, activity->answer);
    while (activity->inbox_head != 0u) {
        const uint32_t branch = activity->inbox_head;
        activity->inbox_head = sim->tasks[branch].next;
        ss_sim_free_branch(sim, branch);
    }
    activity->outputs = activity->answer = 0;
    activity->generation++; // even: over
    activity->next_free = handlers->numbers.activity_free;
    handlers->numbers.activity_free = (uint32_t)(activity - handlers->activities);
}

// --- Inputs --------------------------------------------------------------------------------------

/// The code went over its budget: its request fails, what it said is void.
static void breach(ss_handlers *handlers, ss_activity *activity, const ss_sandbox_answer *answer) {
    static const char *const names[] = {"", "handler_budget", "handler_memory", "handler_stack",
                                        "handler_fault"};
    ss_code_stats *stats = &handlers->stats[activity->node];
    const char *name = names[answer->outcome];
    stats->breaches[answer->outcome - 1u]++;
    if (stats->first_breach == 0u) {
        stats->first_breach =
            ss_payload_create(handlers->sim, (const uint8_t *)name, __builtin_strlen(name));
        stats->first_breach_ns = handlers->sim->now_ns;
    }
    activity->is_settled = activity->has_failed = 1;
    activity->pending = 0; // nobody is left to be told
}

/// Gives the input that was begun to the activity's replica and computes what it costs. True when
/// it cost nothing: the task goes on at once.
static bool run_input(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    const uint32_t task = activity->task;
    const uint32_t id = ss__activity_id(handlers, activity);
    ss_sandbox_answer answer;
    activity->is_idle = 0;
    handlers->origin.activity = id;
    sim->tasks[task].pc = go_on_pc(sim, sim->tasks[task].class_index);
    if (!ss__invoke(handlers, activity->node, activity->group, &answer)) return false;
    activity = ss__activity_find(handlers, id);
    assert(activity);
    activity->input = handlers->numbers.inputs;
    if (activity->first_input == 0u) activity->first_input = activity->input;
    double work_ns = (double)answer.fuel * handlers->nodes[activity->node].ns_per_fuel;
    if (answer.outcome == SS_SANDBOX_OK) {
        activity->outputs = ss_payload_create(sim, answer.output, answer.output_bytes);
        work_ns += ss__asked_cpu_ns(
            (ss_wire){answer.output, answer.output + answer.output_bytes, false});
    } else {
        breach(handlers, activity, &answer);
    }
    handlers->stats[activity->node].cpu_s += work_ns * 1e-9;
    if (!(work_ns > 0.0)) return true;
    ss_sim_compute_for(sim, task, work_ns);
    return false;
}

/// The id of the node that a task was sent by; empty when nobody waits for it.
static ss_wire_text sender_of(const ss_handlers *handlers, const ss_task *task) {
    const ss_sim *sim = handlers->sim;
    if (task->parent == 0u) return (ss_wire_text){"", 0};
    const uint32_t class_index = task->parent & SS_PARENT_IS_CLASS
                                     ? task->parent & ~SS_PARENT_IS_CLASS
                                     : sim->tasks[task->parent].class_index;
    const char *id = handlers->design->nodes[sim->classes[class_index].node].id;
    return (ss_wire_text){id, (uint32_t)__builtin_strlen(id)};
}

static bool comes_from_broker(const ss_handlers *handlers, const ss_task *task) {
    const ss_sim *sim = handlers->sim;
    if (task->parent == 0u || (task->parent & SS_PARENT_IS_CLASS)) return false;
    const uint32_t node = sim->classes[sim->tasks[task->parent].class_index].node;
    return (handlers->design->nodes[node].type->traits & SS_TRAIT_BROKER) != 0u;
}

/// What a broker knows of a message it hands over.
static void put_delivery(ss_handlers *handlers, const ss_task *task, bool is_brokered) {
    const ss_sim *sim = handlers->sim;
    const ss_task *message = is_brokered ? &sim->tasks[task->parent] : NULL;
    const bool is_branch = message && message->group == SS_NO_INDEX - 1u;
    ss__put_u32(&handlers->input, is_branch ? (uint32_t)message->sent_ns : 0u);
    ss__put_u64(&handlers->input, is_brokered ? sim->code->tasks[task->parent].token : 0u);
    ss__put_u32(&handlers->input, message ? message->waiting + 1u : 1u);
}

static void write_request(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    const ss_task *task = &sim->tasks[activity->task];
    const ss_envelope envelope = ss__unseal(handlers, sim->code->tasks[activity->task].body);
    const char *name = handlers->operations[task->class_index];
    const bool is_named = envelope.operation.length > 0u;
    const ss_wire_text operation =
        is_named ? envelope.operation : (ss_wire_text){name, (uint32_t)__builtin_strlen(name)};
    const ss_wire_text from = envelope.from.length > 0u ? envelope.from : sender_of(handlers, task);
    const bool is_message = activity->kind == SS_ACTIVITY_MESSAGE;
    ss_text *input = &handlers->input;
    activity->request =
        is_message ? ++handlers->numbers.next_message : ++handlers->numbers.next_request;
    ss__begin_input(handlers, is_message ? SS_INPUT_MESSAGE : SS_INPUT_REQUEST);
    handlers->origin.cause = sim->code->tasks[activity->task].cause;
    ss__put_u32(input, ss__activity_id(handlers, activity));
    ss__put_u64(input, activity->request);
    ss__put_text(input, operation.bytes, operation.length);
    ss__put_text(input, from.bytes, from.length);
    if (is_message) {
        ss__put_text(input, envelope.key.bytes, envelope.key.length);
        put_delivery(handlers, task, comes_from_broker(handlers, task));
    }
    ss__put_text(input, envelope.body.bytes, envelope.body.length);
}

/// What has come is of a kind that the code has no function for.
static void count_missing(ss_handlers *handlers, uint32_t node, bool is_message) {
    ss_code_stats *stats = &handlers->stats[node];
    const char *said = is_message ? "a message came, and there is no onMessage"
                                  : "a request came, and there is no onRequest";
    stats->errors++;
    if (stats->first_error != 0u) return;
    stats->first_error =
        ss_payload_create(handlers->sim, (const uint8_t *)said, __builtin_strlen(said));
    stats->first_error_ns = handlers->sim->now_ns;
}

/// Whether nobody asked: it was published, sent one way, or handed over by a broker. A request
/// whose caller has given up meanwhile is a request nevertheless.
static bool is_told(ss_handlers *handlers, uint32_t index) {
    const ss_task *task = &handlers->sim->tasks[index];
    const uint32_t body = handlers->sim->code->tasks[index].body;
    if (body != 0u && ss__unseal(handlers, body).is_message != 0u) return true;
    const uint32_t left_by1 = handlers->sim->code->tasks[index].left_by1;
    if (task->parent != 0u || left_by1 == 0u) {
        return task->parent == 0u || comes_from_broker(handlers, task);
    }
    const uint32_t node = handlers->sim->classes[left_by1 - 1u].node;
    return (handlers->design->nodes[node].type->traits & SS_TRAIT_BROKER) != 0u;
}

static bool begin(ss_handlers *handlers, uint32_t index) {
    ss_sim *sim = handlers->sim;
    const ss_task *task = &sim->tasks[index];
    const uint32_t node = sim->classes[task->class_index].node;
    const uint32_t group = task->group;
    const bool is_message = is_told(handlers, index);
    const uint32_t needed = is_message ? 4u : 2u;
    if (!(handlers->replicas[group].callbacks & needed)) {
        count_missing(handlers, node, is_message);
        ss_sim_fail(sim, index, SS_OUTCOME_FAILED);
        return false;
    }
    ss_activity *activity = create(handlers, is_message ? SS_ACTIVITY_MESSAGE : SS_ACTIVITY_REQUEST,
                                   index, node, group);
    if (!activity) return false;
    write_request(handlers, activity);
    return run_input(handlers, activity);
}

// --- Timers --------------------------------------------------------------------------------------

void ss__start_timer(ss_handlers *handlers, uint32_t group, uint32_t number, int64_t at_ns) {
    ss_sim *sim = handlers->sim;
    const uint32_t class_index = handlers->nodes[sim->groups[group].node].local_class;
    const uint32_t task =
        ss_sim_create_branch(sim, class_index, sim->classes[class_index].program);
    if (task == 0u) return;
    sim->code->tasks[task].token = number;
    sim->code->tasks[task].home1 = group + 1u;
    ss_replica *replica = &handlers->replicas[group];
    sim->side[task].next = replica->timer_head;
    sim->side[task].previous = 0;
    if (replica->timer_head) sim->side[replica->timer_head].previous = task;
    replica->timer_head = task;
    ss_sim_resume_at(sim, task, at_ns);
}

void ss__unlink_timer(ss_handlers *handlers, uint32_t group, uint32_t task) {
    ss_sim *sim = handlers->sim;
    const uint32_t next = sim->side[task].next;
    const uint32_t previous = sim->side[task].previous;
    if (previous) sim->side[previous].next = next; else handlers->replicas[group].timer_head = next;
    if (next) sim->side[next].previous = previous;
    sim->side[task].next = sim->side[task].previous = 0;
}

static bool on_timer(ss_handlers *handlers, uint32_t index) {
    ss_sim *sim = handlers->sim;
    const uint32_t group = sim->code->tasks[index].home1 - 1u;
    const uint32_t number = sim->code->tasks[index].token;
    ss__unlink_timer(handlers, group, index);
    ss_activity *activity =
        create(handlers, SS_ACTIVITY_LOCAL, index, sim->groups[group].node, group);
    if (!activity) return false;
    ss__begin_input(handlers, number == 0u ? SS_INPUT_START : SS_INPUT_TIMER);
    handlers->origin.cause = sim->code->tasks[index].cause;
    ss__put_u32(&handlers->input, ss__activity_id(handlers, activity));
    if (number != 0u) ss__put_u32(&handlers->input, number);
    return run_input(handlers, activity);
}

// --- Going on ------------------------------------------------------------------------------------

void ss__wake(ss_handlers *handlers, ss_activity *activity) {
    if (!activity->is_idle) return; // it looks for itself when its computing is over
    activity->is_idle = 0;
    ss_sim_resume(handlers->sim, activity->task);
}

void ss__settle(ss_handlers *handlers, uint32_t branch) {
    ss_sim *sim = handlers->sim;
    ss_activity *activity = ss__activity_find(handlers, sim->code->tasks[branch].activity);
    if (!activity || activity->has_failed) { // nobody is left to be told
        ss_sim_free_branch(sim, branch);
        return;
    }
    ss_sim_hold(sim, branch);
    sim->tasks[branch].next = 0;
    if (activity->inbox_tail != 0u && activity->inbox_head != 0u) {
        sim->tasks[activity->inbox_tail].next = branch;
    } else {
        activity->inbox_head = branch;
    }
    activity->inbox_tail = branch;
    ss__wake(handlers, activity);
}

/// The next thing that it awaited has come.
static bool take_settled(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    const uint32_t branch = activity->inbox_head;
    activity->inbox_head = sim->tasks[branch].next;
    activity->pending--;
    const ss_task_code *code = &sim->code->tasks[branch];
    const uint32_t bytes = ss_payload_bytes(sim, code->answer);
    ss_text *input = &handlers->input;
    ss__begin_input(handlers, SS_INPUT_SETTLE);
    handlers->origin.asked = code->cause;
    handlers->origin.cause = code->answered != 0u ? code->answered : code->cause;
    handlers->origin.branch = branch;
    ss__put_u32(input, code->token);
    ss__put_u8(input, code->outcome);
    ss__put_u32(input, bytes);
    const size_t at = input->length;
    for (uint32_t i = 0; i < bytes; i++) ss_text_add_char(input, '\0');
    if (!input->failed && bytes > 0u) {
        ss_payload_read(sim, code->answer, (uint8_t *)input->bytes + at);
    }
    ss_sim_free_branch(sim, branch);
    return run_input(handlers, activity);
}

/// The request is answered, but its handler has more to do: it goes on without the place.
static void detach(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    const uint32_t class_index = handlers->nodes[activity->node].local_class;
    const uint32_t task = ss_sim_create_branch(sim, class_index, go_on_pc(sim, class_index));
    if (task == 0u) return;
    sim->code->tasks[activity->task].activity = 0;
    sim->code->tasks[task].activity = ss__activity_id(handlers, activity);
    sim->code->tasks[task].home1 = activity->group + 1u;
    activity->task = task;
    activity->kind = SS_ACTIVITY_LOCAL;
    activity->is_idle = 1;
    if (activity->inbox_head != 0u) ss__wake(handlers, activity);
}

/// The task's part is done: it answers, or it was nobody's and is gone. True when its program goes
/// on to its end.
static bool finish(ss_handlers *handlers, ss_activity *activity) {
    ss_sim *sim = handlers->sim;
    const uint32_t task = activity->task;
    const bool is_local = activity->kind == SS_ACTIVITY_LOCAL;
    const bool has_failed = activity->has_failed != 0u;
    if (!is_local) {
        sim->code->tasks[task].answered = activity->input;
        ss_payload_release(sim, sim->code->tasks[task].answer);
        sim->code->tasks[task].answer = activity->answer;
        activity->answer = 0;
    }
    if (activity->is_settled && (activity->pending == 0u || has_failed)) {
        ss__activity_end(handlers, activity);
    } else {
        detach(handlers, activity);
    }
    sim->code->tasks[task].activity = 0;
    if (is_local) {
        ss_sim_free_branch(sim, task);
        return false;
    }
    if (!has_failed) return true;
    ss_sim_fail(sim, task, SS_OUTCOME_FAILED);
    return false;
}

static bool go_on(ss_handlers *handlers, uint32_t index) {
    ss_sim *sim = handlers->sim;
    const uint32_t id = sim->code->tasks[index].activity;
    ss_activity *activity = ss__activity_find(handlers, id);
    assert(activity && activity->task == index);
    const uint32_t outputs = activity->outputs;
    activity->outputs = 0;
    if (handlers->journal) ss__journal_done(handlers->journal, activity->input);
    handlers->speaking_group = activity->group;
    sim->code->speaking = activity->input;
    ss__apply(handlers, activity->group, outputs);
    sim->code->speaking = 0;
    ss_payload_release(sim, outputs);
    activity = ss__activity_find(handlers, id);
    const bool is_request = activity->kind != SS_ACTIVITY_LOCAL;
    const bool is_over = activity->is_settled && (is_request || activity->pending == 0u);
    if (is_over || (is_request && activity->is_answered)) return finish(handlers, activity);
    if (activity->inbox_head != 0u) return take_settled(handlers, activity);
    sim->tasks[index].pc = go_on_pc(sim, sim->tasks[index].class_index);
    activity->is_idle = 1;
    ss_sim_hold(sim, index);
    return false;
}

bool ss__handler_step(void *context, ss_sim *sim, uint32_t task, ss_handler_step step) {
    ss_handlers *handlers = context;
    switch (step) {
    case SS_HANDLER_BEGIN:
        return begin(handlers, task);
    case SS_HANDLER_TIMER:
        return on_timer(handlers, task);
    case SS_HANDLER_GO_ON:
        return go_on(handlers, task);
    case SS_HANDLER_SETTLED:
        sim->code->tasks[task].outcome = SS_OUTCOME_OK; // of an earlier attempt
        ss__settle(handlers, task);
        return false;
    case SS_HANDLER_FAILED:
        ss__settle(handlers, task);
        return false;
    case SS_HANDLER_DATA:
        ss__store_answer(handlers, task);
        return true;
    }
    return true;
}

// --- Crashes -------------------------------------------------------------------------------------

/// The engine has freed the node's tasks, timers and branches with them.
static void on_crash(ss_handlers *handlers, uint32_t node) {
    for (uint32_t i = 1; i < handlers->numbers.activity_count; i++) {
        ss_activity *activity = &handlers->activities[i];
        if (!(activity->generation & 1u) || activity->node != node) continue;
        activity->inbox_head = 0;
        ss__activity_end(handlers, activity);
    }
    const ss_sim_node *at = &handlers->sim->nodes[node];
    for (uint32_t i = 0; i < at->group_count; i++) {
        handlers->replicas[at->group_first + i].timer_head = 0;
    }
}

void ss__handlers_crashed(void *context, ss_sim *sim, uint32_t node, bool begins) {
    ss_handlers *handlers = context;
    const ss_sim_node *at = &sim->nodes[node];
    const ss_code_node *code = &handlers->nodes[node];
    if (!code->source) return;
    if (begins && !code->is_store) on_crash(handlers, node);
    if (begins) return;
    const bool forgets = !code->is_store ||
                         (handlers->design->nodes[node].type->traits & SS_TRAIT_CACHE) != 0u;
    for (uint32_t i = 0; forgets && i < at->group_count; i++) {
        const uint32_t group = at->group_first + i;
        if (handlers->sandboxes[group] && !ss__load(handlers, group, NULL)) return;
        if (!code->is_store && (handlers->replicas[group].callbacks & 1u)) {
            ss__start_timer(handlers, group, 0, sim->now_ns);
        }
    }
}
