/// Recording a journal: a watcher of the engine, and of the inputs that handlers get.
#include <string.h>

#include "handlers/journal_internal.h"
#include "sim/internal.h"

#define BODY_BYTES 200u        /* a preview */
#define NAME_BYTES 200u
#define TEXTS_MAX (16u << 20u) /* more cut the journal off */
#define MESSAGES_PER_INPUT 4u
#define CRASHES_MAX 4096u

static void cut(ss_journal *journal) {
    if (!journal->is_open) return;
    journal->is_open = false;
    journal->is_cut = true;
    journal->cut_ns = journal->sim->now_ns;
}

/// Makes room for one element more; false when memory is refused.
static bool grow(ss_journal *journal, void *array, uint32_t *capacity, uint32_t wanted,
                 size_t element) {
    if (wanted <= *capacity) return true;
    uint32_t larger = *capacity ? *capacity * 2u : 64u;
    if (larger < wanted) larger = wanted;
    void *old;
    memcpy(&old, array, sizeof old);
    void *moved = ss_reallocate(&journal->allocator, old, *capacity * element, larger * element);
    if (!moved) {
        journal->has_failed = true;
        cut(journal);
        return false;
    }
    memset((unsigned char *)moved + *capacity * element, 0, (larger - *capacity) * element);
    memcpy(array, &moved, sizeof moved);
    *capacity = larger;
    return true;
}

static ss__task_note *note_of(ss_journal *journal, uint32_t task) {
    if (!grow(journal, &journal->notes, &journal->note_count, task + 1u, sizeof(ss__task_note))) {
        return NULL;
    }
    return &journal->notes[task];
}

/// The message that a note names; NULL when it is none.
static ss__message_record *message_of(ss_journal *journal, uint32_t message1) {
    return message1 != 0u ? &journal->messages[message1 - 1u] : NULL;
}

// --- Who and where -------------------------------------------------------------------------------

static bool is_wanted(const ss_journal *journal, uint32_t from, uint32_t to) {
    const uint32_t node = journal->limits.node;
    return node == SS_NO_INDEX || node == from || node == to;
}

/// Number + 1 of a group's replica; 0 when it is none of the node's.
static uint32_t replica1_of_group(const ss_journal *journal, uint32_t node, uint32_t group) {
    const ss_sim_node *at = &journal->sim->nodes[node];
    const bool is_one = group >= at->group_first && group - at->group_first < at->group_count;
    return is_one ? group - at->group_first + 1u : 0u;
}

/// The replica of a node that a task works in.
static uint32_t replica1_of(const ss_journal *journal, uint32_t node, uint32_t task) {
    const ss_sim *sim = journal->sim;
    if (sim->nodes[node].group_count <= 1u) return 1; // a client has none
    if (task == 0u || (task & SS_PARENT_IS_CLASS)) return 0;
    const ss_task *at = &sim->tasks[task];
    if (sim->classes[at->class_index].node != node) return 0;
    if (ss__task_has_place(at)) return replica1_of_group(journal, node, at->group);
    if (journal->handlers && sim->code->tasks[task].activity != 0u) {
        const ss_activity *activity =
            ss__activity_find(journal->handlers, sim->code->tasks[task].activity);
        if (activity) return replica1_of_group(journal, node, activity->group);
    }
    const uint32_t parent = at->parent; // a branch works in its parent's place
    if (at->group != SS_GROUP_BRANCH || parent == 0u || (parent & SS_PARENT_IS_CLASS)) return 0;
    return ss__task_has_place(&sim->tasks[parent])
               ? replica1_of_group(journal, node, sim->tasks[parent].group)
               : 0u;
}

/// The replica of a node whose code speaks just now; of a node with one replica that one.
static uint32_t replica1_of_speaker(const ss_journal *journal, uint32_t node) {
    if (journal->sim->nodes[node].group_count <= 1u) return 1;
    const ss_handlers *handlers = journal->handlers;
    if (!handlers || !handlers->nodes[node].code) return 0;
    return replica1_of_group(journal, node, handlers->speaking_group);
}

/// The operation that a task is sent for: the one its code named, else its class's.
static uint32_t operation_of(ss_journal *journal, uint32_t task) {
    const ss_sim *sim = journal->sim;
    const char *name = journal->operations[sim->tasks[task].class_index];
    ss_wire_text text = {name, (uint32_t)strlen(name)};
    const uint32_t body = sim->code ? sim->code->tasks[task].body : 0u;
    if (body != 0u && journal->handlers) {
        const ss_wire_text own = ss__unseal(journal->handlers, body).operation;
        if (own.length > 0u) text = own;
    }
    return ss__journal_keep(journal, text, NAME_BYTES);
}

// --- Messages ------------------------------------------------------------------------------------

static ss__message_record *add_message(ss_journal *journal, ss_move move) {
    if (journal->message_count >= journal->limits.inputs_max * MESSAGES_PER_INPUT) cut(journal);
    if (!journal->is_open) return NULL;
    if (!grow(journal, &journal->messages, &journal->message_capacity, journal->message_count + 1u,
              sizeof(ss__message_record))) {
        return NULL;
    }
    const bool is_lost = move.kind == SS_MOVE_LOST;
    ss__message_record *message = &journal->messages[journal->message_count++];
    *message = (ss__message_record){.sent_ns = move.departed_ns,
                                    .arrives_ns = is_lost ? SS__NEVER : move.arrives_ns,
                                    .edge = move.edge,
                                    .end = is_lost ? SS__END_LOST : SS_OUTCOME_OK};
    return message;
}

/// Whether the same was sent before, by the same task, and may have come.
static bool is_sent_again(ss_journal *journal, uint32_t sender, uint32_t call1, bool is_broker) {
    const ss_sim *sim = journal->sim;
    const ss_task *task = &sim->tasks[sender];
    const bool is_copy = sim->needs_side && sim->side[sender].copies > 0u;
    const bool is_again = is_broker ? task->waiting > 0u : task->attempt > 0u || is_copy;
    if (!is_again) return false;
    const ss__message_record *before = message_of(journal, call1);
    return !before || before->is_duplicate || before->end != SS__END_LOST;
}

static void add_request(ss_journal *journal, uint32_t task, ss_move move) {
    ss_sim *sim = journal->sim;
    const uint32_t parent = sim->tasks[task].parent;
    const uint32_t from = sim->edges[move.edge].from;
    const uint32_t to = sim->classes[sim->tasks[task].class_index].node;
    if (!is_wanted(journal, from, to) || !note_of(journal, task)) return;
    ss__message_record *message = add_message(journal, move);
    if (!message) return;
    const uint32_t message1 = journal->message_count;
    const bool is_broker = (journal->design->nodes[from].type->traits & SS_TRAIT_BROKER) != 0u;
    const bool is_one_way = move.kind == SS_MOVE_PUBLISH || parent == 0u || is_broker;
    message->from = from;
    message->to = to;
    message->kind = is_one_way ? SS__MESSAGE_ONE_WAY : SS__MESSAGE_REQUEST;
    message->cause = sim->code ? sim->code->tasks[task].cause : 0u;
    message->from_replica1 = replica1_of(journal, from, parent);
    if (parent == 0u && sim->code && sim->code->speaking != 0u) {
        message->from_replica1 = replica1_of_speaker(journal, from);
    }
    if (sim->nodes[to].group_count <= 1u) message->to_replica1 = 1;
    const bool is_call = parent != 0u && !(parent & SS_PARENT_IS_CLASS) &&
                         sim->classes[sim->tasks[parent].class_index].node == from;
    if (is_call && note_of(journal, parent)) {
        message->attempt = sim->tasks[parent].attempt;
        message->is_duplicate =
            is_sent_again(journal, parent, journal->notes[parent].call1, is_broker);
        journal->notes[parent].call1 = message1;
    }
    message->operation1 = operation_of(journal, task);
    journal->notes[task].sent1 = message1;
    if (message->to_replica1 != 0u || message->end == SS__END_LOST) return;
    if (grow(journal, &journal->unplaced, &journal->unplaced_capacity,
             journal->unplaced_count + 1u, sizeof(uint32_t))) {
        journal->unplaced[journal->unplaced_count++] = task;
    }
}

static void add_reply(ss_journal *journal, uint32_t task, ss_move move) {
    ss_sim *sim = journal->sim;
    const uint32_t parent = sim->tasks[task].parent;
    const bool is_class = (parent & SS_PARENT_IS_CLASS) != 0u;
    const uint32_t to_class =
        is_class ? parent & ~SS_PARENT_IS_CLASS : sim->tasks[parent].class_index;
    const uint32_t from = sim->classes[sim->tasks[task].class_index].node;
    const uint32_t to = sim->classes[to_class].node;
    if (!is_wanted(journal, from, to) || !note_of(journal, task)) return;
    if (!is_class && !note_of(journal, parent)) return;
    ss__message_record *message = add_message(journal, move);
    if (!message) return;
    const ss__message_record *request = message_of(journal, journal->notes[task].sent1);
    message->from = from;
    message->to = to;
    message->kind = SS__MESSAGE_REPLY;
    if (message->end != SS__END_LOST) message->end = (uint8_t)ss__task_outcome(&sim->tasks[task]);
    if (sim->code) {
        const ss_task_code *code = &sim->code->tasks[task];
        message->cause = code->answered != 0u ? code->answered : code->cause;
    }
    message->from_replica1 = request && request->to == from ? request->to_replica1
                                                            : replica1_of_speaker(journal, from);
    message->to_replica1 = request && request->from == to ? request->from_replica1
                                                          : replica1_of(journal, to, parent);
    message->operation1 = request ? request->operation1 : operation_of(journal, task);
    if (!is_class) journal->notes[parent].reply1 = journal->message_count;
}

static void on_moved(ss_watcher *watcher, ss_sim *sim, uint32_t task, ss_move move) {
    ss_journal *journal = (ss_journal *)watcher;
    if (!journal->is_open || journal->limits.only_n != 0u) return;
    if (ss_task_state_of(&sim->tasks[task]) == SS_TASK_REPLYING) {
        add_reply(journal, task, move);
    } else {
        add_request(journal, task, move);
    }
}

static void on_timed_out(ss_watcher *watcher, ss_sim *sim, uint32_t task) {
    ss_journal *journal = (ss_journal *)watcher;
    uint32_t child = sim->tasks[task].child;
    for (; child != 0u; child = sim->needs_side ? sim->side[child].sibling : 0u) {
        const uint32_t sent1 = child < journal->note_count ? journal->notes[child].sent1 : 0u;
        ss__message_record *request = message_of(journal, sent1);
        if (request && request->end == SS_OUTCOME_OK) request->end = SS_OUTCOME_TIMEOUT;
        if (ss_task_state_of(&sim->tasks[child]) != SS_TASK_REPLYING) continue;
        ss__message_record *reply = // it is on its way, and nobody will wait for it
            message_of(journal, task < journal->note_count ? journal->notes[task].reply1 : 0u);
        if (reply && reply->end != SS__END_LOST) reply->end = SS__END_ABANDONED;
    }
    if (task < journal->note_count) journal->notes[task].reply1 = 0;
}

static void on_created(ss_watcher *watcher, ss_sim *sim, uint32_t task) {
    ss_journal *journal = (ss_journal *)watcher;
    (void)sim;
    if (task < journal->note_count) journal->notes[task] = (ss__task_note){0};
}

/// A replica is chosen when a request gets there: then its task is in a group of the node.
void ss_journal_visit(ss_journal *journal) {
    const ss_sim *sim = journal->sim;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < journal->unplaced_count; i++) {
        const uint32_t task = journal->unplaced[i];
        ss__message_record *message = message_of(journal, journal->notes[task].sent1);
        const ss_task_state state = ss_task_state_of(&sim->tasks[task]);
        if (!message || message->to_replica1 != 0u || state == SS_TASK_FREE) continue;
        if (ss__task_has_place(&sim->tasks[task])) {
            message->to_replica1 = replica1_of(journal, message->to, task);
        } else if (state == SS_TASK_TRANSIT || state == SS_TASK_BLOCKED) {
            journal->unplaced[kept++] = task;
        }
    }
    journal->unplaced_count = kept;
}

// --- Crashes -------------------------------------------------------------------------------------

static void add_crash(ss_journal *journal, uint32_t node, int64_t from_ns) {
    if (!journal->is_open || !is_wanted(journal, node, node)) return;
    if (journal->crash_count == CRASHES_MAX) cut(journal);
    if (!journal->is_open ||
        !grow(journal, &journal->crashes, &journal->crash_capacity, journal->crash_count + 1u,
              sizeof(ss__crash_record))) {
        return;
    }
    journal->crashes[journal->crash_count++] = (ss__crash_record){
        .node = node, .from_ns = from_ns, .to_ns = SS__NEVER};
}

/// What its code was computing comes to nothing.
static void lose_inputs(ss_journal *journal, uint32_t node) {
    for (uint32_t i = journal->input_count; i-- > 0u && journal->pending > 0u;) {
        ss__input_record *input = &journal->inputs[i];
        if (input->node != node || input->done_ns != SS__NEVER) continue;
        if (input->outcome == SS__INPUT_CRASHED) continue;
        input->outcome = SS__INPUT_CRASHED;
        journal->pending--;
    }
}

static void on_crashed(ss_watcher *watcher, ss_sim *sim, uint32_t node, bool begins) {
    ss_journal *journal = (ss_journal *)watcher;
    if (begins) {
        lose_inputs(journal, node);
        add_crash(journal, node, sim->now_ns);
        return;
    }
    for (uint32_t i = journal->crash_count; i-- > 0u;) {
        ss__crash_record *crash = &journal->crashes[i];
        if (crash->node == node && crash->to_ns == SS__NEVER) crash->to_ns = sim->now_ns;
    }
}

// --- Inputs --------------------------------------------------------------------------------------

/// Reads the fields of an input, in the order of protocol.h.
static void take_fields(ss_journal *journal, ss_wire *wire, ss__input_record *input) {
    if (input->kind == SS_INPUT_SETTLE) {
        input->number = ss__take_u32(wire);
        input->settled = (uint8_t)ss__take_u8(wire);
        input->body1 = ss__journal_keep(journal, ss__take_text(wire), BODY_BYTES);
        return;
    }
    if (input->kind == SS_INPUT_LOAD || input->kind == SS_INPUT_RELOAD) return;
    (void)ss__take_u32(wire); // the activity
    if (input->kind == SS_INPUT_TIMER) input->number = ss__take_u32(wire);
    if (input->kind != SS_INPUT_REQUEST && input->kind != SS_INPUT_MESSAGE) return;
    (void)ss__take_u64(wire);
    input->operation1 = ss__journal_keep(journal, ss__take_text(wire), NAME_BYTES);
    input->from1 = ss__journal_keep(journal, ss__take_text(wire), NAME_BYTES);
    if (input->kind == SS_INPUT_MESSAGE) {
        input->key1 = ss__journal_keep(journal, ss__take_text(wire), NAME_BYTES);
        (void)ss__take_u32(wire); // partition
        (void)ss__take_u64(wire); // offset
        input->deliveries = ss__take_u32(wire);
        input->is_duplicate = input->deliveries > 1u ? 1u : 0u;
    }
    input->body1 = ss__journal_keep(journal, ss__take_text(wire), BODY_BYTES);
}

/// The message that brought the input, if one did: now it is known where it went.
static void link_message(ss_journal *journal, ss__input_record *input,
                         const ss_activity *activity) {
    const ss_input_origin *origin = &journal->handlers->origin;
    const bool is_settled = input->kind == SS_INPUT_SETTLE;
    const uint32_t task = is_settled ? origin->branch : activity->task;
    if (task >= journal->note_count) return;
    if (!is_settled && input->kind != SS_INPUT_REQUEST && input->kind != SS_INPUT_MESSAGE) return;
    const ss__task_note *note = &journal->notes[task];
    ss__message_record *message = message_of(journal, is_settled ? note->reply1 : note->sent1);
    if (!message) return;
    message->to_input = input->n;
    message->to_replica1 = input->replica + 1u;
    if (!is_settled) input->is_duplicate = message->is_duplicate;
}

void ss__journal_input(ss_journal *journal, uint32_t node, uint32_t group,
                       const ss_sandbox_answer *answer) {
    ss_handlers *handlers = journal->handlers;
    const uint64_t only_n = journal->limits.only_n;
    if (!journal->is_open || !is_wanted(journal, node, node)) return;
    if (only_n != 0u && only_n != handlers->numbers.inputs) return;
    if (journal->input_count == journal->limits.inputs_max || journal->texts.length > TEXTS_MAX) {
        cut(journal);
        return;
    }
    if (!grow(journal, &journal->inputs, &journal->input_capacity, journal->input_count + 1u,
              sizeof(ss__input_record))) {
        return;
    }
    ss_wire wire = {(const uint8_t *)handlers->input.bytes,
                    (const uint8_t *)handlers->input.bytes + handlers->input.length, false};
    ss__input_record *input = &journal->inputs[journal->input_count++];
    *input = (ss__input_record){.n = handlers->numbers.inputs,
                                .cause = handlers->origin.cause,
                                .asked = handlers->origin.asked,
                                .fuel = answer->fuel,
                                .node = node,
                                .replica = handlers->replicas[group].number,
                                .outcome = (uint8_t)answer->outcome};
    input->kind = (uint8_t)ss__take_u8(&wire);
    input->at_ns = (int64_t)ss__take_u64(&wire);
    take_fields(journal, &wire, input);
    const ss_wire said = {answer->output, answer->output + answer->output_bytes, false};
    if (answer->output_bytes > 0u) {
        input->said1 = ss__journal_keep_said(journal, said, &input->error1);
    }
    const ss_activity *activity = ss__activity_find(handlers, handlers->origin.activity);
    if (!activity) { // loading: it is over at once
        input->done_ns = input->at_ns;
        return;
    }
    input->activity = activity->first_input != 0u ? activity->first_input : input->n;
    input->request = activity->request;
    input->done_ns = SS__NEVER;
    journal->pending++;
    link_message(journal, input, activity);
}

void ss__journal_done(ss_journal *journal, uint64_t n) {
    uint32_t low = 0;
    uint32_t high = journal->input_count;
    while (low < high) { // they are in the order of their numbers
        const uint32_t middle = low + (high - low) / 2u;
        if (journal->inputs[middle].n < n) low = middle + 1u; else high = middle;
    }
    if (low == journal->input_count || journal->inputs[low].n != n) return;
    if (journal->inputs[low].done_ns != SS__NEVER) return; // woken by what it awaited
    journal->inputs[low].done_ns = journal->sim->now_ns;
    journal->pending--;
}

// --- Life ----------------------------------------------------------------------------------------

ss_status ss_journal_create(const ss_design *design, ss_sim *sim, ss_handlers *handlers,
                            const char *const *operations, ss_journal_limits limits,
                            ss_journal **out) {
    ss_journal *journal = ss_allocate_zeroed(&sim->allocator, sizeof *journal);
    *out = journal;
    if (!journal) return SS_ERROR_MEMORY;
    journal->watcher = (ss_watcher){.moved = on_moved, .timed_out = on_timed_out,
                                    .crashed = on_crashed, .created = on_created};
    journal->design = design;
    journal->sim = sim;
    journal->handlers = handlers;
    journal->operations = operations;
    journal->allocator = sim->allocator;
    journal->limits = limits;
    journal->texts = ss_text_create(&sim->allocator);
    journal->scratch = ss_text_create(&sim->allocator);
    return SS_OK;
}

void ss_journal_attach(ss_journal *journal) {
    journal->is_open = true;
    for (uint32_t i = 0; i < journal->sim->node_count; i++) {
        if (journal->sim->nodes[i].down > 0u) add_crash(journal, i, journal->limits.from_ns);
    }
    ss_sim_watch(journal->sim, &journal->watcher);
    if (journal->handlers) journal->handlers->journal = journal;
}

void ss_journal_detach(ss_journal *journal) {
    ss_sim_watch(journal->sim, NULL);
    if (journal->handlers) journal->handlers->journal = NULL;
}

void ss_journal_destroy(ss_journal *journal) {
    if (!journal) return;
    const ss_allocator allocator = journal->allocator;
    ss_deallocate(&allocator, journal->inputs,
                  journal->input_capacity * sizeof(ss__input_record));
    ss_deallocate(&allocator, journal->messages,
                  journal->message_capacity * sizeof(ss__message_record));
    ss_deallocate(&allocator, journal->crashes,
                  journal->crash_capacity * sizeof(ss__crash_record));
    ss_deallocate(&allocator, journal->notes, journal->note_count * sizeof(ss__task_note));
    ss_deallocate(&allocator, journal->unplaced, journal->unplaced_capacity * sizeof(uint32_t));
    ss_text_destroy(&journal->texts);
    ss_text_destroy(&journal->scratch);
    ss_deallocate(&allocator, journal, sizeof *journal);
}

void ss_journal_close(ss_journal *journal) {
    journal->is_open = false;
}

uint32_t ss_journal_pending(const ss_journal *journal) {
    return journal->pending;
}

bool ss_journal_is_cut(const ss_journal *journal, int64_t *since_ns) {
    *since_ns = journal->cut_ns;
    return journal->is_cut;
}
