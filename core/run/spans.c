/// What requests did, one by one: a stretch of the past is simulated again, an event at a time, and
/// a sample of the requests that begin in it is looked at after each event. The event loop knows
/// nothing of it, so a run that nobody asks about pays nothing.
///
/// A visit that begins and ends within one event (a rejection, work of no time) is seen where it
/// made its caller try again, and otherwise not at all: it took no time.
#include <string.h>

#include "run/look.h"
#include "sim/internal.h"

#define FOLLOWED_MAX 8192u       /* visits at once, of all sampled requests */
#define SPANS_MAX 32768u         /* a few megabytes */
#define PARTS_MAX 131072u
#define REQUESTS_MAX 500u        /* more cannot be looked at */
#define EVENTS_MAX UINT64_C(2000000) /* for the last of them to end; a second or two */

/// How a visit ended, beyond what the engine has a word for.
enum { ENDED_OK, ENDED_ABANDONED = SS_OUTCOME_COUNT, ENDED_LOST, STILL_OPEN };
static const char *const ends[] = {"ok",        "timeout", "rejected", "failed", "breaker-open",
                                   "abandoned", "lost", "open"};

static const char *const part_names[] = {
    [SS_TASK_FREE] = "",           [SS_TASK_TRANSIT] = "travel",
    [SS_TASK_QUEUED] = "wait",     [SS_TASK_READY] = "wait",
    [SS_TASK_COMPUTING] = "serve", [SS_TASK_CALLING] = "call",
    [SS_TASK_BACKOFF] = "backoff", [SS_TASK_JOINING] = "call",
    [SS_TASK_REPLYING] = "reply",  [SS_TASK_HELD] = "hold",
    [SS_TASK_SETTING_UP] = "setup", [SS_TASK_BLOCKED] = "block",
};

/// From `from_ns` to the next part, or the span's end.
typedef struct part_record {
    int64_t from_ns;
    uint32_t next1;
    uint32_t state;
} part_record;

/// One visit of a request to a node, or one attempt of a call.
typedef struct span_record {
    int64_t start_ns, end_ns;
    uint32_t class_index, edge1;
    uint32_t number; ///< within its request
    uint32_t parent; ///< SS_NO_INDEX for the request itself
    uint32_t next1;          ///< of the request
    uint32_t part_first1, part_last1;
    uint8_t attempt, end, is_branch;
} span_record;

typedef struct request_record {
    uint32_t first1, last1, count;
} request_record;

/// A visit that goes on.
typedef struct followed {
    uint32_t task;   ///< 0 = a client that is no task of its own
    uint32_t parent; ///< as its task has it
    uint32_t span, request;
    uint32_t child;  ///< CALLING: the newest copy that is known
    int64_t child_sent_ns, sent_ns;
    uint32_t pc;
    uint8_t state, attempt, outcome, is_over;
} followed;

typedef struct tracing {
    ss_run *run;
    ss_sim *sim;
    ss_span_options options;
    uint32_t client; ///< node, or SS_NO_INDEX for all
    span_record *spans;
    part_record *parts;
    request_record *requests;
    followed *follows;
    uint64_t (*outcomes)[SS_OUTCOME_COUNT]; ///< by class or total, before the event
    uint64_t *arrivals;                     ///< likewise
    uint32_t *watched; ///< whose counts are kept: those of the clients first
    uint32_t *is_watched;
    uint32_t watched_count, client_count;
    uint32_t span_count, part_count, request_count, follow_count;
    uint64_t begun, one_in;
    bool is_cut;
} tracing;

// --- Recording -----------------------------------------------------------------------------------

static void add_part(tracing *tracer, uint32_t span_index, ss_task_state state) {
    span_record *span = &tracer->spans[span_index];
    const uint32_t last1 = span->part_last1;
    if (last1 != 0u) {
        part_record *last = &tracer->parts[last1 - 1u];
        if (part_names[last->state] == part_names[state]) return;
        if (last->from_ns == tracer->sim->now_ns) { // it took no time
            last->state = (uint32_t)state;
            return;
        }
    }
    if (tracer->part_count == PARTS_MAX) {
        tracer->is_cut = true;
        return;
    }
    tracer->parts[tracer->part_count++] =
        (part_record){.from_ns = tracer->sim->now_ns, .state = (uint32_t)state};
    if (last1 != 0u) {
        tracer->parts[last1 - 1u].next1 = tracer->part_count;
    } else {
        span->part_first1 = tracer->part_count;
    }
    span->part_last1 = tracer->part_count;
}

/// Returns its index, or SS_NO_INDEX when there is no room.
static uint32_t add_span(tracing *tracer, uint32_t request_index, uint32_t parent_span,
                         uint32_t class_index, uint32_t edge1) {
    if (tracer->span_count == SPANS_MAX) {
        tracer->is_cut = true;
        return SS_NO_INDEX;
    }
    request_record *request = &tracer->requests[request_index];
    const uint32_t index = tracer->span_count++;
    tracer->spans[index] = (span_record){
        .start_ns = tracer->sim->now_ns,
        .end_ns = tracer->sim->now_ns,
        .class_index = class_index,
        .edge1 = edge1,
        .number = request->count++,
        .parent = parent_span,
        .end = STILL_OPEN,
    };
    if (request->last1 != 0u) {
        tracer->spans[request->last1 - 1u].next1 = index + 1u;
    } else {
        request->first1 = index + 1u;
    }
    request->last1 = index + 1u;
    return index;
}

static void remember_counts(tracing *tracer, uint32_t stats) {
    const ss_class *from = &tracer->sim->classes[stats];
    memcpy(tracer->outcomes[stats], from->outcomes, sizeof tracer->outcomes[stats]);
    tracer->arrivals[stats] = from->arrivals;
}

static void watch(tracing *tracer, uint32_t class_index) {
    if (tracer->is_watched[class_index]) return;
    tracer->is_watched[class_index] = 1;
    tracer->watched[tracer->watched_count++] = class_index;
    remember_counts(tracer, class_index);
}

/// From now on the ends of a class, and of those it calls, are noticed.
static void watch_calls(tracing *tracer, uint32_t class_index) {
    const ss_sim *sim = tracer->sim;
    if (tracer->is_watched[class_index] == 2u) return;
    watch(tracer, class_index);
    tracer->is_watched[class_index] = 2;
    const uint32_t first = sim->classes[class_index].program;
    uint32_t end = sim->program_count;
    for (uint32_t i = 0; i < sim->class_count; i++) {
        const uint32_t other = sim->classes[i].program;
        if (other > first && other < end) end = other;
    }
    for (uint32_t i = first; i < end; i++) {
        if (sim->program[i].opcode == SS_OPCODE_CALL) watch(tracer, sim->program[i].class_index);
    }
}

static followed *follow(tracing *tracer, uint32_t task, uint32_t request_index,
                        uint32_t span_index) {
    if (span_index == SS_NO_INDEX || tracer->follow_count == FOLLOWED_MAX) {
        tracer->is_cut = true;
        return NULL;
    }
    watch_calls(tracer, tracer->spans[span_index].class_index);
    followed *it = &tracer->follows[tracer->follow_count++];
    const ss_task *at = &tracer->sim->tasks[task];
    *it = (followed){.task = task, .parent = at->parent, .span = span_index,
                     .request = request_index, .sent_ns = at->sent_ns};
    return it;
}

static void close_span(tracing *tracer, followed *it, uint32_t end) {
    span_record *span = &tracer->spans[it->span];
    span->end_ns = tracer->sim->now_ns;
    span->end = (uint8_t)end;
    it->is_over = 1;
}

/// How a visit of a class has ended in the last event: what was counted says it.
static uint32_t counted_end(const tracing *tracer, uint32_t class_index) {
    const uint64_t *now = tracer->sim->classes[class_index].outcomes;
    for (uint32_t i = SS_OUTCOME_COUNT; i-- > 0u;) {
        if (now[i] > tracer->outcomes[class_index][i]) return i;
    }
    return ENDED_LOST;
}

// --- Following -----------------------------------------------------------------------------------

static uint32_t called_edge1(const ss_sim *sim, const ss_task *caller) {
    const ss_instruction *instruction = &sim->program[caller->pc];
    return instruction->opcode == SS_OPCODE_CALL ? instruction->edge + 1u : 0u;
}

static void follow_child(tracing *tracer, const followed *caller, uint32_t child) {
    const ss_sim *sim = tracer->sim;
    const ss_task *task = &sim->tasks[child];
    const uint32_t edge1 = task->edge1 != 0u ? task->edge1
                                             : called_edge1(sim, &sim->tasks[caller->task]);
    const uint32_t request_index = caller->request;
    const uint8_t attempt = sim->tasks[caller->task].attempt;
    const uint32_t index =
        add_span(tracer, request_index, caller->span, task->class_index, edge1);
    if (!follow(tracer, child, request_index, index)) return;
    tracer->spans[index].attempt = attempt;
}

static bool is_followed(const tracing *tracer, uint32_t task) {
    for (uint32_t i = 0; i < tracer->follow_count; i++) {
        const followed *it = &tracer->follows[i];
        if (it->task != task || it->is_over) continue;
        if (it->sent_ns == tracer->sim->tasks[task].sent_ns) return true; // and no later one there
    }
    return false;
}

static void follow_branches(tracing *tracer, const followed *caller) {
    const ss_sim *sim = tracer->sim;
    const followed parent = *caller; // the list may not move, but it grows
    for (uint32_t i = 1; i < sim->task_count; i++) {
        const ss_task *task = &sim->tasks[i];
        if (task->group != SS_GROUP_BRANCH || task->parent != parent.task ||
            ss_task_state_of(task) == SS_TASK_FREE || is_followed(tracer, i)) {
            continue;
        }
        const uint32_t index =
            add_span(tracer, parent.request, parent.span, task->class_index, 0);
        if (follow(tracer, i, parent.request, index)) tracer->spans[index].is_branch = 1;
    }
}

static void follow_copies(tracing *tracer, followed *it) {
    const ss_sim *sim = tracer->sim;
    const uint32_t newest = sim->tasks[it->task].child;
    if (newest == it->child &&
        (newest == 0u || sim->tasks[newest].sent_ns == it->child_sent_ns)) {
        return;
    }
    it->child = newest;
    it->child_sent_ns = newest != 0u ? sim->tasks[newest].sent_ns : 0;
    for (uint32_t child = newest; child != 0u;
         child = sim->needs_side ? sim->side[child].sibling : 0u) {
        if (!is_followed(tracer, child)) follow_child(tracer, it, child);
    }
}

/// Whether an attempt on an edge was seen to end in the last event.
static bool has_ended_on(const tracing *tracer, const followed *caller, uint32_t edge1) {
    for (uint32_t i = tracer->span_count; i-- > 0u;) {
        const span_record *each = &tracer->spans[i];
        if (each->parent == caller->span && each->edge1 == edge1 && each->end != STILL_OPEN) {
            return each->end_ns == tracer->sim->now_ns;
        }
    }
    return false;
}

/// Adds an attempt that was over at once: rejected, or refused by the breaker.
static void add_brief_attempt(tracing *tracer, const followed *caller, uint32_t pc,
                              uint32_t attempt, uint32_t otherwise) {
    const ss_instruction *instruction = &tracer->sim->program[pc];
    if (instruction->opcode != SS_OPCODE_CALL) return;
    if (has_ended_on(tracer, caller, instruction->edge + 1u)) return;
    uint32_t end = counted_end(tracer, instruction->class_index);
    if (end == ENDED_OK || end == ENDED_LOST) end = otherwise;
    if (end == ENDED_OK) return;
    const uint32_t index = add_span(tracer, caller->request, caller->span,
                                    instruction->class_index, instruction->edge + 1u);
    if (index == SS_NO_INDEX) return;
    tracer->spans[index].end = (uint8_t)end;
    tracer->spans[index].attempt = (uint8_t)attempt;
}

/// A visit has failed: perhaps by an attempt that was over at once.
static void add_last_attempt(tracing *tracer, const followed *it, uint32_t end) {
    uint32_t pc = it->pc;
    if (it->state == SS_TASK_CALLING) { // the call was answered; it is the next one that failed
        if (!has_ended_on(tracer, it, tracer->sim->program[pc].edge + 1u)) return;
        do pc++; while (pc < tracer->sim->program_count &&
                        tracer->sim->program[pc].opcode < SS_OPCODE_FORWARD &&
                        tracer->sim->program[pc].opcode != SS_OPCODE_CALL);
        if (pc == tracer->sim->program_count) return;
    } else if (it->state != SS_TASK_BACKOFF && it->state != SS_TASK_COMPUTING) {
        return;
    }
    const bool is_retry = it->state == SS_TASK_BACKOFF;
    add_brief_attempt(tracer, it, pc, is_retry ? it->attempt : 0u,
                      end == SS_OUTCOME_BREAKER_OPEN ? end : ENDED_OK);
}

/// Looks at a client that is no task of its own: it is over when its one call is.
static void check_client_end(tracing *tracer, followed *it) {
    const ss_sim *sim = tracer->sim;
    const ss_task *call = &sim->tasks[it->child];
    if (ss_task_state_of(call) != SS_TASK_FREE && call->sent_ns == it->sent_ns) {
        if (call->parent == it->parent) return;
        const uint32_t made = call->parent; // it has become one
        if (made != 0u && !(made & SS_PARENT_IS_CLASS) && sim->tasks[made].child == it->child) {
            for (uint32_t i = 0; i < tracer->follow_count; i++) {
                if (tracer->follows[i].task == it->child) tracer->follows[i].parent = made;
            }
            it->task = made;
            it->parent = 0;
            it->state = SS_TASK_CALLING;
            it->sent_ns = sim->tasks[made].sent_ns;
            it->child_sent_ns = call->sent_ns;
            return;
        }
    }
    close_span(tracer, it, counted_end(tracer, it->parent & ~SS_PARENT_IS_CLASS));
}

/// Whether a visit ended in the last event; if so closes it.
static void check_end(tracing *tracer, followed *it) {
    const ss_sim *sim = tracer->sim;
    if (it->task == 0u) {
        check_client_end(tracer, it);
        return;
    }
    const ss_task *task = &sim->tasks[it->task];
    if (ss_task_state_of(task) != SS_TASK_FREE && task->sent_ns == it->sent_ns &&
        (task->parent == it->parent || task->parent == 0u)) {
        return;
    }
    const span_record *span = &tracer->spans[it->span];
    uint32_t end = it->outcome;
    if (span->is_branch) { // nobody counts these: the visit has heard of it
        end = (uint32_t)sim->tasks[it->parent].bits >> 4u;
    } else if (it->state != SS_TASK_REPLYING) {
        end = counted_end(tracer, span->class_index);
    }
    if (end != ENDED_OK) add_last_attempt(tracer, it, end);
    close_span(tracer, it, end);
}

/// Whether nobody waits for a visit any more; if so closes it: what it does now is for nobody.
static void check_abandoned(tracing *tracer, followed *it) {
    const uint32_t parent = tracer->spans[it->span].parent;
    if (it->task == 0u || parent == SS_NO_INDEX) return;
    if (tracer->spans[parent].end != STILL_OPEN) {
        close_span(tracer, it, ENDED_ABANDONED);
    } else if (tracer->sim->tasks[it->task].parent != it->parent) {
        // Another copy was first, or it took too long.
        const bool is_answered = has_ended_on(tracer, &(followed){.span = parent},
                                              tracer->spans[it->span].edge1);
        close_span(tracer, it, is_answered ? ENDED_ABANDONED : SS_OUTCOME_TIMEOUT);
    }
}

static void move_on(tracing *tracer, followed *it, const ss_task *task) {
    const uint32_t last = it->span;
    close_span(tracer, it, ENDED_OK);
    it->span = add_span(tracer, it->request, tracer->spans[last].parent, task->class_index,
                        task->edge1);
    it->is_over = it->span == SS_NO_INDEX ? 1u : 0u;
    if (it->is_over) it->span = last;
}

/// Looks at what a visit does now.
static void look(tracing *tracer, followed *it) {
    if (it->task == 0u) return;
    const ss_task *task = &tracer->sim->tasks[it->task];
    const ss_task_state state = ss_task_state_of(task);
    if (task->class_index != tracer->spans[it->span].class_index) { // forwarded
        move_on(tracer, it, task);
        if (it->is_over) return;
    }
    const bool is_new_step = state != (ss_task_state)it->state || task->pc != it->pc;
    add_part(tracer, it->span, state);
    if (state == SS_TASK_BACKOFF && is_new_step) {
        add_brief_attempt(tracer, it, task->pc, task->attempt > 0u ? task->attempt - 1u : 0u,
                          SS_OUTCOME_BREAKER_OPEN);
    }
    const uint32_t outcome = task->bits >> 4u;
    if (state == SS_TASK_REPLYING && it->state != SS_TASK_REPLYING && outcome != ENDED_OK) {
        add_last_attempt(tracer, it, outcome);
    }
    it->pc = task->pc;
    it->state = (uint8_t)state;
    it->attempt = task->attempt;
    it->outcome = (uint8_t)outcome;
    if (state == SS_TASK_CALLING) follow_copies(tracer, it);
    if (state == SS_TASK_JOINING && is_new_step) follow_branches(tracer, it);
}

static void look_at_all(tracing *tracer, uint32_t first) {
    for (uint32_t i = tracer->follow_count; i-- > first;) check_end(tracer, &tracer->follows[i]);
    for (uint32_t i = first; i < tracer->follow_count; i++) {
        if (!tracer->follows[i].is_over) check_abandoned(tracer, &tracer->follows[i]);
    }
    for (uint32_t i = first; i < tracer->follow_count; i++) { // it grows by their calls
        if (!tracer->follows[i].is_over) look(tracer, &tracer->follows[i]);
    }
}

// --- Beginning -----------------------------------------------------------------------------------

static bool is_wanted(const tracing *tracer, uint32_t class_index) {
    const ss_class *class = &tracer->sim->classes[class_index];
    if (!(tracer->sim->nodes[class->node].flags & SS_NODE_IS_CLIENT)) return false;
    return tracer->client == SS_NO_INDEX || tracer->client == class->node;
}

/// Follows a request that a client has just begun: as a task, or as the call that stands for it.
static void begin(tracing *tracer, uint32_t task_index, uint32_t class_index) {
    if (tracer->begun++ % tracer->one_in != 0u || tracer->request_count == REQUESTS_MAX) return;
    const uint32_t request_index = tracer->request_count++;
    tracer->requests[request_index] = (request_record){0};
    const uint32_t index = add_span(tracer, request_index, SS_NO_INDEX, class_index, 0);
    followed *it = follow(tracer, task_index, request_index, index);
    if (!it) return;
    if (!(it->parent & SS_PARENT_IS_CLASS)) return;
    it->task = 0;
    it->child = task_index;
    add_part(tracer, index, SS_TASK_CALLING);
    const ss_task *call = &tracer->sim->tasks[task_index];
    const uint32_t call_span =
        add_span(tracer, request_index, index, call->class_index,
                 tracer->sim->program[tracer->sim->classes[class_index].program].edge + 1u);
    (void)follow(tracer, task_index, request_index, call_span);
}

/// Whether a client has begun something in the last event.
static bool has_begun(const tracing *tracer) {
    for (uint32_t i = 0; i < tracer->client_count; i++) {
        const uint32_t stats = tracer->watched[i];
        if (tracer->sim->classes[stats].arrivals > tracer->arrivals[stats]) return true;
    }
    return false;
}

static void find_begun(tracing *tracer) {
    const ss_sim *sim = tracer->sim;
    for (uint32_t i = 1; i < sim->task_count; i++) {
        const ss_task *task = &sim->tasks[i];
        if (ss_task_state_of(task) == SS_TASK_FREE || task->sent_ns != sim->now_ns) continue;
        const bool is_call = (task->parent & SS_PARENT_IS_CLASS) != 0u;
        const uint32_t class_index =
            is_call ? task->parent & ~SS_PARENT_IS_CLASS : task->class_index;
        if ((!is_call && (task->parent != 0u || task->arrived_ns != sim->now_ns)) ||
            !is_wanted(tracer, class_index) || is_followed(tracer, i)) {
            continue;
        }
        begin(tracer, i, class_index);
    }
}

static void forget_over(tracing *tracer) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < tracer->follow_count; i++) {
        if (!tracer->follows[i].is_over) tracer->follows[kept++] = tracer->follows[i];
    }
    tracer->follow_count = kept;
}

/// Simulates the stretch, and on until the last request that began in it has ended.
static ss_status trace(tracing *tracer) {
    ss_sim *sim = tracer->sim;
    const int64_t to_ns = ss_time_from_seconds(tracer->options.to_s);
    uint64_t late = 0;
    for (uint32_t i = 0; i < sim->class_count; i++) {
        if (is_wanted(tracer, i)) watch(tracer, i);
    }
    tracer->client_count = tracer->watched_count;
    for (;;) {
        const int64_t next_ns = ss_sim_next_ns(sim);
        const bool is_open = next_ns < to_ns;
        if (next_ns == SS_TIME_MAX || (!is_open && tracer->follow_count == 0u)) break;
        if (!is_open && ++late > EVENTS_MAX) break;
        for (uint32_t i = 0; i < tracer->watched_count; i++) {
            remember_counts(tracer, tracer->watched[i]);
        }
        const ss_status status = ss_sim_advance(sim, 1, SS_TIME_MAX);
        if (status == SS_ERROR_MEMORY) return status;
        if (status) break; // a limit ends the run there: what was seen is seen
        look_at_all(tracer, 0);
        if (is_open && has_begun(tracer)) {
            const uint32_t first = tracer->follow_count;
            find_begun(tracer);
            look_at_all(tracer, first);
        }
        forget_over(tracer);
    }
    for (uint32_t i = 0; i < tracer->follow_count; i++) {
        tracer->spans[tracer->follows[i].span].end_ns = sim->now_ns;
    }
    return SS_OK;
}

// --- Writing -------------------------------------------------------------------------------------

static void add_text(ss_json_writer *json, const char *key, const char *text) {
    ss_json_add_key(json, key);
    ss_json_add_string(json, text);
}

static void add_count(ss_json_writer *json, const char *key, uint64_t count) {
    ss_json_add_key(json, key);
    ss_json_add_count(json, count);
}

static void write_span(const tracing *tracer, const span_record *span, int64_t zero_ns,
                       ss_json_writer *json) {
    const ss_run *run = tracer->run;
    ss_json_open_object(json);
    add_text(json, "node", run->design->nodes[tracer->sim->classes[span->class_index].node].id);
    add_text(json, "operation", run->built.class_operations[span->class_index]);
    if (span->parent != SS_NO_INDEX) {
        add_count(json, "parent", tracer->spans[span->parent].number);
    }
    if (span->edge1 != 0u) add_count(json, "edge", span->edge1 - 1u);
    if (span->attempt > 0u) add_count(json, "attempt", span->attempt);
    if (span->is_branch) {
        ss_json_add_key(json, "branch");
        ss_json_add_bool(json, true);
    }
    add_count(json, "start_ns", (uint64_t)(span->start_ns - zero_ns));
    add_count(json, "end_ns", (uint64_t)(span->end_ns - zero_ns));
    add_text(json, "end", ends[span->end]);
    ss_json_add_key(json, "parts");
    ss_json_open_array(json);
    for (uint32_t at1 = span->part_first1; at1 != 0u;) {
        const part_record *part = &tracer->parts[at1 - 1u];
        if (part->from_ns < span->end_ns) {
            ss_json_open_array(json);
            ss_json_add_string(json, part_names[part->state]);
            ss_json_add_count(json, (uint64_t)(part->from_ns - zero_ns));
            ss_json_close(json);
        }
        at1 = part->next1;
    }
    ss_json_close(json);
    ss_json_close(json);
}

static ss_status write(const tracing *tracer, ss_text *out) {
    ss_json_writer json = ss_json_writer_create(out);
    ss_json_open_object(&json);
    add_count(&json, "begun", tracer->begun);
    add_count(&json, "one_in", tracer->one_in);
    ss_json_add_key(&json, "cut");
    ss_json_add_bool(&json, tracer->is_cut);
    ss_json_add_key(&json, "requests");
    ss_json_open_array(&json);
    for (uint32_t i = 0; i < tracer->request_count; i++) {
        uint32_t at1 = tracer->requests[i].first1;
        if (at1 == 0u) continue;
        const int64_t zero_ns = tracer->spans[at1 - 1u].start_ns;
        ss_json_open_object(&json);
        ss_json_add_key(&json, "start_s");
        ss_json_add_number(&json, (double)zero_ns / 1e9);
        ss_json_add_key(&json, "spans");
        ss_json_open_array(&json);
        for (; at1 != 0u; at1 = tracer->spans[at1 - 1u].next1) {
            write_span(tracer, &tracer->spans[at1 - 1u], zero_ns, &json);
        }
        ss_json_close(&json);
        ss_json_close(&json);
    }
    ss_json_close(&json);
    ss_json_close(&json);
    return ss_text_status(out);
}

// --- The run, there and back ---------------------------------------------------------------------

static size_t counts_bytes(const tracing *tracer) {
    return tracer->sim->stats_count * (sizeof *tracer->outcomes + sizeof *tracer->arrivals +
                                       sizeof *tracer->watched + sizeof *tracer->is_watched);
}

static ss_status open_tracer(tracing *tracer) {
    const ss_allocator *allocator = &tracer->run->allocator;
    tracer->spans = ss_allocate(allocator, SPANS_MAX * sizeof(span_record));
    tracer->parts = ss_allocate(allocator, PARTS_MAX * sizeof(part_record));
    tracer->requests = ss_allocate(allocator, REQUESTS_MAX * sizeof(request_record));
    tracer->follows = ss_allocate(allocator, FOLLOWED_MAX * sizeof(followed));
    tracer->arrivals = ss_allocate(allocator, counts_bytes(tracer));
    if (!tracer->spans || !tracer->parts || !tracer->requests || !tracer->follows ||
        !tracer->arrivals) {
        return SS_ERROR_MEMORY;
    }
    const uint32_t count = tracer->sim->stats_count;
    tracer->outcomes = (void *)(tracer->arrivals + count);
    tracer->watched = (void *)(tracer->outcomes + count);
    tracer->is_watched = tracer->watched + count;
    memset(tracer->is_watched, 0, count * sizeof *tracer->is_watched);
    return SS_OK;
}

static void close_tracer(tracing *tracer) {
    const ss_allocator *allocator = &tracer->run->allocator;
    ss_deallocate(allocator, tracer->spans, SPANS_MAX * sizeof(span_record));
    ss_deallocate(allocator, tracer->parts, PARTS_MAX * sizeof(part_record));
    ss_deallocate(allocator, tracer->requests, REQUESTS_MAX * sizeof(request_record));
    ss_deallocate(allocator, tracer->follows, FOLLOWED_MAX * sizeof(followed));
    ss_deallocate(allocator, tracer->arrivals, counts_bytes(tracer));
}

/// How many requests of the clients have begun so far.
static uint64_t count_begun(const tracing *tracer) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < tracer->sim->class_count; i++) {
        if (is_wanted(tracer, i)) {
            count += tracer->sim->classes[i].arrivals;
        }
    }
    return count;
}

/// One in how many requests are looked at, so that they are spread over the whole stretch.
static ss_status choose_one_in(tracing *tracer) {
    const uint64_t before = count_begun(tracer);
    const int64_t to_ns = ss_time_from_seconds(tracer->options.to_s);
    const ss_status status = ss_sim_advance(tracer->sim, UINT64_MAX, to_ns);
    if (status == SS_ERROR_MEMORY) return status;
    uint32_t most = tracer->options.requests_max;
    if (most == 0u || most > REQUESTS_MAX) most = REQUESTS_MAX;
    tracer->one_in = (count_begun(tracer) - before + most - 1u) / most;
    if (tracer->one_in == 0u) tracer->one_in = 1;
    return ss_run_rewind(tracer->run, tracer->options.from_s);
}

ss_status ss_run_write_spans(ss_run *run, ss_span_options options, ss_text *out) {
    tracing tracer = {.run = run, .sim = &run->built.sim, .options = options};
    if (!(options.to_s > options.from_s) || !(options.from_s >= 0.0)) return SS_ERROR_INPUT;
    tracer.client = options.client ? ss__look_node(run, options.client) : SS_NO_INDEX;
    if (options.client && tracer.client == SS_NO_INDEX) return SS_ERROR_INPUT;
    ss__look look;
    ss_status status = ss__look_begin(run, &look);
    if (status) return status;
    status = open_tracer(&tracer);
    if (!status) status = ss_run_rewind(run, options.from_s);
    if (!status) status = choose_one_in(&tracer);
    if (!status) status = trace(&tracer);
    if (!status) status = write(&tracer, out);
    close_tracer(&tracer);
    return ss__look_end(&look, status);
}
