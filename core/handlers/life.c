/// The life of a design's handlers: sandboxes, their code, their state.
#include <string.h>

#include "handlers/internal.h"

/// A store's own limits: what it does costs its service time, not fuel.
#define PAGE_BYTES 65536u /* memories of WebAssembly grow by them */
#define STORE_FUEL UINT64_C(2000000000)
#define STORE_BYTES ((size_t)256u << 20u)

// --- Invoking ------------------------------------------------------------------------------------

/// Sets what the node's clock shows into an input that was begun, while it is off.
static void set_clock(ss_handlers *handlers, uint32_t node) {
    const ss_sim *sim = handlers->sim;
    int64_t skew_ns = 0;
    for (uint32_t i = 0; i < sim->fault_count; i++) {
        const ss_sim_fault *fault = &sim->faults[i];
        const bool strikes = fault->is_active && fault->kind == SS_FAULT_CLOCK_SKEW;
        if (strikes && fault->nodes[0] == node) skew_ns += fault->skew_ns;
    }
    const int64_t shown_ns = sim->now_ns + skew_ns;
    if (skew_ns != 0) memcpy(handlers->input.bytes + 1, &shown_ns, sizeof shown_ns);
}

bool ss__invoke(ss_handlers *handlers, uint32_t node, uint32_t group, ss_sandbox_answer *answer) {
    ss_sim *sim = handlers->sim;
    ss_sandbox *sandbox = handlers->sandboxes[group];
    if (handlers->input.failed || !sandbox) {
        sim->status = SS_ERROR_MEMORY;
        return false;
    }
    set_clock(handlers, node);
    if (!handlers->nodes[node].is_store) {
        handlers->numbers.inputs++;
        if (handlers->probe) ss__probe_input(handlers, node, group);
    }
    ss_status status = ss__profile_input(handlers, node, group);
    if (!status) {
        status = ss_sandbox_invoke(sandbox, (const uint8_t *)handlers->input.bytes,
                                   handlers->input.length, answer);
    }
    if (status) {
        sim->status = status;
        return false;
    }
    if (handlers->journal && !handlers->nodes[node].is_store) {
        ss__journal_input(handlers->journal, node, group, answer);
    }
    ss_code_stats *stats = &handlers->stats[node];
    stats->invocations++;
    stats->fuel += answer->fuel;
    const uint32_t pages = (uint32_t)(answer->memory_bytes / PAGE_BYTES);
    if (stats->memory_pages < pages) stats->memory_pages = pages;
    ss__profile_burnt(handlers, node, answer->fuel);
    ss_sim_trace(sim, answer->fuel);
    ss_sim_trace(sim, ss_hash_bytes(answer->output, answer->output_bytes));
    return true;
}

// --- Loading -------------------------------------------------------------------------------------

static void write_targets(const ss_handlers *handlers, uint32_t node, ss_json_writer *json) {
    const ss_design *design = handlers->design;
    const ss_code_node *code = &handlers->nodes[node];
    ss_json_add_key(json, "targets");
    ss_json_open_object(json);
    for (uint32_t i = 0; i < code->route_count; i++) {
        const ss_code_route *route = &handlers->sim->code->routes[code->route_first + i];
        bool is_known = false; // a node of several ways is written at the first
        for (uint32_t j = 0; j < i; j++) {
            is_known = is_known ||
                       handlers->sim->code->routes[code->route_first + j].to == route->to;
        }
        if (is_known) continue;
        ss_json_add_key(json, design->nodes[route->to].id);
        ss_json_open_object(json);
        ss_json_add_key(json, "type");
        ss_json_add_string(json, design->nodes[route->to].type->name);
        ss_json_add_key(json, "operations");
        ss_json_open_array(json);
        for (uint32_t j = i; j < code->route_count; j++) {
            const ss_code_route *other = &handlers->sim->code->routes[code->route_first + j];
            if (other->to == route->to) ss_json_add_string(json, other->operation);
        }
        ss_json_close(json);
        ss_json_close(json);
    }
    ss_json_close(json);
    ss_json_add_key(json, "peers");
    ss_json_open_array(json);
    uint32_t last = SS_NO_INDEX;
    for (uint32_t i = 0; i < code->route_count; i++) {
        const uint32_t to = handlers->sim->code->routes[code->route_first + i].to;
        const bool is_peer = handlers->nodes[to].source && !handlers->nodes[to].is_store;
        if (is_peer && to != last) ss_json_add_string(json, design->nodes[to].id);
        last = to;
    }
    ss_json_close(json);
}

/// What the code may know of where it runs.
static void put_about(ss_handlers *handlers, uint32_t group) {
    const uint32_t node = handlers->replicas[group].node;
    ss_text about = ss_text_create(&handlers->allocator);
    ss_json_writer json = ss_json_writer_create(&about);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "replica");
    ss_json_add_count(&json, handlers->replicas[group].number);
    ss_json_add_key(&json, "replicas");
    ss_json_add_count(&json, handlers->sim->nodes[node].group_count);
    write_targets(handlers, node, &json);
    ss_json_close(&json);
    if (about.failed) handlers->input.failed = true;
    ss__put_text(&handlers->input, about.bytes ? about.bytes : "", about.length);
    ss_text_destroy(&about);
}

static void put_source(ss_handlers *handlers, ss_input_kind kind, uint32_t node) {
    const char *source = handlers->nodes[node].source;
    ss__begin_input(handlers, kind);
    ss__put_text(&handlers->input, source, strlen(source));
}

/// Says why code does not load, in the interpreter's words.
static bool refuse(ss_handlers *handlers, uint32_t node, const ss_sandbox_answer *answer,
                   ss_diagnostics *diagnostics) {
    if (!diagnostics) return false;
    char pointer[SS_JSON_POINTER_MAX];
    char in[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(in, sizeof in, handlers->design->nodes[node].object.pointer, "code");
    ss_json_pointer_join(pointer, sizeof pointer, in, "source");
    ss_wire wire = {answer->output, answer->output + answer->output_bytes, false};
    const ss_said said = ss__take_said(&wire);
    if (answer->outcome != SS_SANDBOX_OK) {
        ss_diagnostics_add(diagnostics, "E401", pointer,
                           "The code of \"%s\" goes over its fuel, memory or stack while it loads; "
                           "do the work in onStart, or give it more.",
                           handlers->design->nodes[node].id);
    } else {
        ss_diagnostics_add(diagnostics, "E401", pointer, "The code of \"%s\" does not load: %.*s",
                           handlers->design->nodes[node].id, (int)said.target.length,
                           said.target.bytes);
    }
    return false;
}

/// Reads what loading said: the callbacks that are there, or what is wrong.
static bool take_loaded(ss_handlers *handlers, uint32_t group, const ss_sandbox_answer *answer,
                        ss_diagnostics *diagnostics) {
    const uint32_t node = handlers->replicas[group].node;
    bool has_loaded = false;
    ss_wire wire = {answer->output, answer->output + answer->output_bytes, false};
    for (ss_said said = ss__take_said(&wire); said.kind != 0u; said = ss__take_said(&wire)) {
        if (said.kind != SS_OUTPUT_LOADED) continue;
        handlers->replicas[group].callbacks = said.token;
        has_loaded = true;
    }
    if (answer->outcome == SS_SANDBOX_OK && has_loaded) return true;
    handlers->replicas[group].callbacks = 0;
    return refuse(handlers, node, answer, diagnostics);
}

bool ss__load(ss_handlers *handlers, uint32_t group, ss_diagnostics *diagnostics) {
    const uint32_t node = handlers->replicas[group].node;
    const ss_random random = ss_random_create(
        handlers->seed + group - handlers->sim->nodes[node].group_first,
        handlers->sim->nodes[node].id_hash, SS_PURPOSE_HANDLER);
    ss_random seeded = random;
    put_source(handlers, SS_INPUT_LOAD, node);
    ss__put_text(&handlers->input, handlers->design->nodes[node].id,
                 strlen(handlers->design->nodes[node].id));
    ss__put_u64(&handlers->input, ss_random_next(&seeded));
    put_about(handlers, group);
    ss_sandbox_answer answer;
    return ss__invoke(handlers, node, group, &answer) &&
           take_loaded(handlers, group, &answer, diagnostics);
}

ss_status ss__reload_changed(ss_handlers *handlers, const ss_handlers *old) {
    for (uint32_t i = 0; i < handlers->group_count; i++) {
        const uint32_t node = handlers->replicas[i].node;
        if (!handlers->sandboxes[i] || handlers->nodes[node].is_store) continue;
        if (strcmp(handlers->nodes[node].source, old->nodes[node].source) == 0) continue;
        put_source(handlers, SS_INPUT_RELOAD, node);
        ss_sandbox_answer answer;
        if (!ss__invoke(handlers, node, i, &answer)) return handlers->sim->status;
        if (!take_loaded(handlers, i, &answer, NULL)) return SS_ERROR_INPUT;
    }
    return SS_OK;
}

static ss_status open_sandbox(ss_handlers *handlers, uint32_t group);

ss_status ss__open_further_groups(ss_handlers *handlers) {
    const ss_sim *sim = handlers->sim;
    const uint32_t had = handlers->group_count;
    if (sim->group_count == had) return SS_OK;
    ss_sandbox **sandboxes =
        ss_arena_allocate(handlers->arena, sim->group_count * sizeof(ss_sandbox *));
    ss_replica *replicas =
        ss_arena_allocate(handlers->arena, sim->group_count * sizeof(ss_replica));
    if (!sandboxes || !replicas) return SS_ERROR_MEMORY;
    memcpy(sandboxes, handlers->sandboxes, had * sizeof(ss_sandbox *));
    memcpy(replicas, handlers->replicas, had * sizeof(ss_replica));
    handlers->sandboxes = sandboxes;
    handlers->replicas = replicas;
    handlers->group_count = sim->group_count;
    for (uint32_t i = had; i < sim->group_count; i++) {
        replicas[i].node = sim->groups[i].node;
        if (!handlers->nodes[replicas[i].node].code) continue;
        const ss_status status = open_sandbox(handlers, i);
        if (status) return status;
    }
    return SS_OK;
}

// --- Creating ------------------------------------------------------------------------------------

static void read_node(ss_handlers *handlers, uint32_t index) {
    const ss_node *node = &handlers->design->nodes[index];
    ss_code_node *into = &handlers->nodes[index];
    into->code = ss_node_code(node);
    into->is_store = !into->code && (node->type->traits & SS_TRAIT_STORE) ? 1u : 0u;
    if (into->is_store) into->source = ss__store_source(handlers, node);
    if (!into->code) return;
    into->source = ss_object_get(into->code, "source")->text;
    into->ns_per_fuel = ss_object_get(into->code, "cpu_per_fuel")->number * 1e9;
    into->log_first = handlers->log_count;
    into->log_lines = (uint32_t)ss_object_get(into->code, "log_lines")->number;
    handlers->log_count += into->log_lines;
    into->local_class = handlers->sim->code->local_class1[index] - 1u;
}

static void read_routes(ss_handlers *handlers) {
    const ss_code *code = handlers->sim->code;
    for (uint32_t i = code->route_count; i > 0u; i--) {
        ss_code_node *node = &handlers->nodes[code->routes[i - 1u].from];
        node->route_first = i - 1u;
        node->route_count++;
    }
}

static ss_status allocate(ss_handlers *handlers) {
    const ss_sim *sim = handlers->sim;
    ss_arena *arena = handlers->arena;
    handlers->group_count = sim->group_count;
    handlers->nodes = ss_arena_allocate(arena, sim->node_count * sizeof *handlers->nodes);
    if (!handlers->nodes) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < sim->node_count; i++) read_node(handlers, i);
    read_routes(handlers);
    handlers->sandboxes = ss_arena_allocate(arena, sim->group_count * sizeof(ss_sandbox *));
    handlers->replicas = ss_arena_allocate(arena, sim->group_count * sizeof(ss_replica));
    handlers->stats = ss_arena_allocate(arena, sim->node_count * sizeof(ss_code_stats));
    handlers->logs = ss_arena_allocate(arena, (handlers->log_count + 1u) * sizeof(ss_log_line));
    if (!handlers->sandboxes || !handlers->replicas || !handlers->stats || !handlers->logs) {
        return SS_ERROR_MEMORY;
    }
    return ss__profile_allocate(handlers);
}

static ss_status open_sandbox(ss_handlers *handlers, uint32_t group) {
    const ss_code_node *node = &handlers->nodes[handlers->replicas[group].node];
    ss_sandbox_limits limits = {.fuel_per_event = STORE_FUEL, .memory_bytes = STORE_BYTES};
    if (node->code) {
        limits.fuel_per_event = (uint64_t)ss_object_get(node->code, "fuel_per_event")->number;
        limits.memory_bytes = (size_t)ss_object_get(node->code, "memory")->number;
    }
    return ss_sandbox_create(&limits, &handlers->allocator, &handlers->sandboxes[group]);
}

/// Whether the node has a neighbour with code, so that its contents matter.
static bool is_asked_by_code(const ss_handlers *handlers, uint32_t node) {
    const ss_code *code = handlers->sim->code;
    for (uint32_t i = 0; i < code->route_count; i++) {
        if (code->routes[i].to == node) return true;
    }
    return false;
}

static ss_status open_node(ss_handlers *handlers, uint32_t index, ss_diagnostics *diagnostics) {
    const ss_sim_node *node = &handlers->sim->nodes[index];
    const ss_code_node *code = &handlers->nodes[index];
    const bool is_used = code->source && (!code->is_store || is_asked_by_code(handlers, index));
    const uint32_t count = !is_used ? 0u : code->is_store ? 1u : node->group_count;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t group = node->group_first + i;
        handlers->replicas[group].number = i;
        ss_status status = open_sandbox(handlers, group);
        if (status) return status;
        if (!ss__load(handlers, group, diagnostics)) {
            return handlers->sim->status ? handlers->sim->status : SS_ERROR_INPUT;
        }
        if (!code->is_store && (handlers->replicas[group].callbacks & 1u)) {
            ss__start_timer(handlers, group, 0, 0);
        }
    }
    return SS_OK;
}

static ss_status check_language(const ss_handlers *handlers, ss_diagnostics *diagnostics) {
    for (uint32_t i = 0; i < handlers->sim->node_count; i++) {
        const ss_object *code = handlers->nodes[i].code;
        if (!code || strcmp(ss_object_get(code, "language")->text, "javascript") == 0) continue;
        const char *source = ss_object_get(code, "source")->text;
        const ss_sandbox_module module = ss_sandbox_find_module(source, strlen(source));
        if (module == SS_SANDBOX_MODULE_READY) continue;
        if (module == SS_SANDBOX_MODULE_MISSING) {
            ss_diagnostics_add(diagnostics, "E404", code->pointer,
                               "The node's own module is not loaded here yet.");
            return SS_ERROR_INPUT;
        }
        ss_diagnostics_add(diagnostics, "E403", code->pointer,
                           "This host runs code in JavaScript only; write \"language\": "
                           "\"javascript\", or run the design in the browser or on Node.");
        return SS_ERROR_INPUT;
    }
    return SS_OK;
}

static ss_status open(ss_handlers *handlers, ss_diagnostics *diagnostics) {
    ss_status status = allocate(handlers);
    if (status) return status;
    const ss_sim *sim = handlers->sim;
    for (uint32_t i = 0; i < sim->group_count; i++) {
        handlers->replicas[i].node = sim->groups[i].node;
    }
    status = check_language(handlers, diagnostics);
    if (!status && !ss_sandbox_is_available()) {
        ss_diagnostics_add(diagnostics, "E402", "",
                           "The design has code, and its interpreter is not loaded here yet.");
        status = SS_ERROR_INPUT;
    }
    for (uint32_t i = 0; i < sim->node_count && !status; i++) {
        status = open_node(handlers, i, diagnostics);
    }
    return status;
}

ss_status ss_handlers_create(const ss_design *design, ss_sim *sim, const char *const *operations,
                             uint64_t seed, ss_diagnostics *diagnostics, ss_handlers **out) {
    *out = NULL;
    if (!sim->code) return SS_OK;
    ss_handlers *handlers = ss_allocate_zeroed(&sim->allocator, sizeof *handlers);
    if (!handlers) return SS_ERROR_MEMORY;
    handlers->design = design;
    handlers->sim = sim;
    handlers->operations = operations;
    handlers->allocator = sim->allocator;
    handlers->seed = seed;
    handlers->input = ss_text_create(&sim->allocator);
    handlers->scratch = ss_text_create(&sim->allocator);
    handlers->said = ss_text_create(&sim->allocator);
    handlers->arena = ss_arena_create(&sim->allocator);
    sim->code->step = ss__handler_step;
    sim->code->crashed = ss__handlers_crashed;
    sim->code->reset = ss__handlers_reset;
    sim->code->key = ss__message_key;
    sim->code->context = handlers;
    const ss_status status = handlers->arena ? open(handlers, diagnostics) : SS_ERROR_MEMORY;
    if (status) {
        ss_handlers_destroy(handlers);
        return status;
    }
    *out = handlers;
    return sim->status;
}

void ss_handlers_destroy(ss_handlers *handlers) {
    if (!handlers) return;
    for (uint32_t i = 0; handlers->sandboxes && i < handlers->group_count; i++) {
        if (handlers->sandboxes[i]) ss_sandbox_destroy(handlers->sandboxes[i]);
    }
    const ss_allocator allocator = handlers->allocator;
    ss_text_destroy(&handlers->input);
    ss_text_destroy(&handlers->scratch);
    ss_text_destroy(&handlers->said);
    ss_deallocate(&allocator, handlers->activities,
                  handlers->activity_capacity * sizeof(ss_activity));
    ss_arena_destroy(handlers->arena);
    ss_deallocate(&allocator, handlers, sizeof *handlers);
}
