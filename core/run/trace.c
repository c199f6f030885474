/// The next event in words, for `run --trace-out`.
#include "run/internal.h"

static const char *const kinds[] = {"work-done", "delivery", "reply", "timeout", "timer", "fault"};

static void add_task(const ss_run *run, uint32_t task, ss_json_writer *json) {
    const ss_sim *sim = &run->built.sim;
    const uint32_t class_index = sim->tasks[task].class_index;
    ss_json_add_key(json, "node");
    ss_json_add_string(json, run->design->nodes[sim->classes[class_index].node].id);
    ss_json_add_key(json, "operation");
    ss_json_add_string(json, run->built.class_operations[class_index]);
    ss_json_add_key(json, "task");
    ss_json_add_count(json, task);
}

/// Whether the event is still meant: a time-out of a call that was answered stays in the queue
/// until it is due.
static bool is_meant(const ss_sim *sim, ss_event event) {
    const ss_task *task = &sim->tasks[event.payload & SS_EVENT_INDEX_MAX];
    switch ((ss_event_kind)(event.payload >> 28u)) {
    case SS_EVENT_TIMER:
        return task->timer_seq == event.seq;
    case SS_EVENT_TASK:
    case SS_EVENT_DELIVER:
    case SS_EVENT_REPLY:
        return task->event_seq == event.seq;
    default:
        return true;
    }
}

bool ss_run_write_next_event(const ss_run *run, ss_text *out) {
    const ss_sim *sim = &run->built.sim;
    if (sim->queue.count == 0u) return false;
    const ss_event event = sim->queue.events[0];
    const uint32_t kind = event.payload >> 28u;
    const uint32_t index = event.payload & SS_EVENT_INDEX_MAX;
    ss_json_writer json = ss_json_writer_create(out);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "t");
    ss_json_add_number(&json, (double)event.time_ns / 1e9);
    ss_json_add_key(&json, "event");
    ss_json_add_string(&json, kinds[kind]);
    if (kind == SS_EVENT_NODE) {
        ss_json_add_key(&json, "node");
        ss_json_add_string(&json, run->design->nodes[index].id);
    } else if (kind != SS_EVENT_FAULT) {
        if (is_meant(sim, event)) {
            add_task(run, index, &json);
        } else {
            ss_json_add_key(&json, "obsolete");
            ss_json_add_bool(&json, true);
        }
    }
    ss_json_close(&json);
    ss_text_add_char(out, '\n');
    return true;
}
