/// The exported functions of the WebAssembly module: the envelope of PROTOCOL.md over the core.
#include <string.h>

#include "base/json.h"
#include "base/math.h"
#include "scalesim/codegen.h"
#include "scalesim/run.h"
#include "scalesim/solve.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define MOVES_PER_FRAME 2048u
#define LIST_MAX 256u
/// Of snapshots, so that a run can be rewound: a phone has this much to spare.
#define HISTORY_BYTES (48u << 20)
/// Runs kept that others were forked off, so that a rewind can go past a fork. Each further one has
/// half the bytes for its history, so that all have less than twice as much.
#define PARENTS_MAX 4u

/// A run that another goes on from; it stands where that was forked off.
typedef struct parent {
    ss_design *design;
    ss_run *run;
} parent;

/// What a page holds: one catalog, one open run. The module is one engine, so this is the one place
/// with state outside a struct that is passed in.
static struct engine {
    ss_catalog *catalog;
    ss_design *design; ///< of the open run
    ss_run *run;
    parent parents[PARENTS_MAX]; ///< of the open run, the nearest last
    size_t parent_count;
    size_t parents_gone; ///< older ones, given up
    ss_comparison *comparison;
    ss_design *compared[2];
    ss_diagnostics *compared_findings[2];
    ss_text answer, binary;
    double *frame;
    size_t frame_doubles;
    size_t first_row; ///< first timeline row not yet handed over
} engine;

// --- Envelope ------------------------------------------------------------------------------------

typedef struct request {
    const ss_json *args;
    double id;
    ss_diagnostics *diagnostics;
    const char *document; ///< the text the diagnostics are about; NULL if none
    ss_json_writer json;
} request;

static const char *text_argument(const request *request, const char *name) {
    const ss_json *value = request->args ? ss_json_get(request->args, name) : NULL;
    return value && ss_json_kind_of(value) == SS_JSON_STRING ? ss_json_string(value) : NULL;
}

static double number_argument(const request *request, const char *name, double otherwise) {
    const ss_json *value = request->args ? ss_json_get(request->args, name) : NULL;
    return value && ss_json_kind_of(value) == SS_JSON_NUMBER ? ss_json_number(value) : otherwise;
}

/// Strings of a list argument; returns how many.
static size_t list_argument(const request *request, const char *name, const char **out) {
    const ss_json *list = request->args ? ss_json_get(request->args, name) : NULL;
    size_t count = 0;
    if (!list || ss_json_kind_of(list) != SS_JSON_ARRAY) return 0;
    for (const ss_json *each = ss_json_first(list); each && count < LIST_MAX;
         each = ss_json_next(each)) {
        if (ss_json_kind_of(each) == SS_JSON_STRING) out[count++] = ss_json_string(each);
    }
    return count;
}

static void open_answer(request *request, bool is_ok) {
    engine.answer.length = 0;
    engine.answer.failed = false;
    request->json = ss_json_writer_create(&engine.answer);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "id");
    ss_json_add_number(&request->json, request->id);
    ss_json_add_key(&request->json, "ok");
    ss_json_add_bool(&request->json, is_ok);
    ss_json_add_key(&request->json, is_ok ? "result" : "error");
}

static void add_diagnostics(request *request) {
    ss_text text = ss_text_create(&engine.answer.allocator);
    if (request->document) {
        ss_diagnostics_locate(request->diagnostics, request->document, strlen(request->document));
    }
    ss_diagnostics_write_json(request->diagnostics, &text);
    ss_json_add_key(&request->json, "diagnostics");
    ss_json_add_raw(&request->json, text.bytes ? text.bytes : "[]");
    ss_text_destroy(&text);
}

static void answer_error(request *request, const char *code, const char *message) {
    open_answer(request, false);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "code");
    ss_json_add_string(&request->json, code);
    ss_json_add_key(&request->json, "message");
    ss_json_add_string(&request->json, message);
    add_diagnostics(request);
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

/// What is wrong: with the input, or with what the page has loaded so far.
static const char *error_code(const request *request, ss_status status) {
    for (size_t i = 0; i < ss_diagnostics_count(request->diagnostics); i++) {
        const char *code = ss_diagnostics_get(request->diagnostics, i)->code;
        if (strcmp(code, "E402") == 0) return "handlers";
        if (strcmp(code, "E404") == 0) return "modules";
    }
    return ss_status_name(status);
}

static void answer_status(request *request, ss_status status) {
    const char *message = "the run was stopped by a limit";
    if (status == SS_ERROR_MEMORY) message = "the engine has no memory left";
    if (status == SS_ERROR_INPUT) {
        message = ss_diagnostics_count(request->diagnostics) > 0u
                      ? ss_diagnostics_get(request->diagnostics, 0)->message
                      : "the input is wrong";
    }
    answer_error(request, error_code(request, status), message);
}

/// Answers with one JSON value.
static void answer_raw(request *request, const ss_text *value) {
    open_answer(request, true);
    size_t length = value->length;
    while (length > 0u && value->bytes[length - 1u] == '\n') length--;
    ss_text_add_bytes(&engine.answer, value->bytes, length);
    ss_text_add_char(&engine.answer, '}');
}

/// What each argument must be, for the sentence that says so.
static const struct {
    const char *name;
    ss_json_kind kind;
    const char *wrong;
} argument_kinds[] = {
    {"design", SS_JSON_STRING, "args.design must be the text of a design"},
    {"seed", SS_JSON_NUMBER, "args.seed must be a whole number from 0 to 2^53"},
    {"duration_s", SS_JSON_NUMBER, "args.duration_s must be a number of seconds above 0"},
    {"precision", SS_JSON_NUMBER, "args.precision must be a number above 0"},
    {"set", SS_JSON_ARRAY, "args.set must be a list of at most 256 texts path=value"},
    {"targets", SS_JSON_ARRAY, "args.targets must be a list of at most 256 target names"},
};

static bool argument_fits(const ss_json *value, ss_json_kind kind, bool is_seed) {
    if (ss_json_kind_of(value) != kind) return false;
    if (kind == SS_JSON_NUMBER) {
        const double number = ss_json_number(value);
        if (is_seed)
            return number >= 0.0 && number <= 9007199254740992.0 && number == ss_floor(number);
        return number > 0.0;
    }
    if (kind != SS_JSON_ARRAY) return true;
    size_t count = 0;
    for (const ss_json *each = ss_json_first(value); each; each = ss_json_next(each)) {
        if (ss_json_kind_of(each) != SS_JSON_STRING || ++count > LIST_MAX) return false;
    }
    return true;
}

/// Whether the arguments are of their kinds; answers with the first that is not.
static bool arguments_fit(request *request) {
    for (size_t i = 0; i < sizeof argument_kinds / sizeof argument_kinds[0]; i++) {
        const ss_json *value =
            request->args ? ss_json_get(request->args, argument_kinds[i].name) : NULL;
        const bool is_seed = strcmp(argument_kinds[i].name, "seed") == 0;
        if (value && !argument_fits(value, argument_kinds[i].kind, is_seed)) {
            answer_error(request, "protocol", argument_kinds[i].wrong);
            return false;
        }
    }
    return true;
}

// --- Operations ----------------------------------------------------------------------------------

static ss_status load(request *request, const char *text, ss_design **out) {
    request->document = text;
    return ss_design_load(text, strlen(text), engine.catalog, &engine.answer.allocator,
                          request->diagnostics, out);
}

static const char *require_design(request *request) {
    const char *text = text_argument(request, "design");
    if (!text) answer_error(request, "protocol", "args.design must be the text of a design");
    return text;
}

static void on_version(request *request) {
    open_answer(request, true);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "engine");
    ss_json_add_string(&request->json, ss_engine_version());
    ss_json_add_key(&request->json, "formats");
    ss_json_add_raw(&request->json, "[\"scalesim/1\"]");
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

static void on_catalog(request *request) {
    ss_text text = ss_text_create(&engine.answer.allocator);
    if (ss_targets_write_catalog(engine.catalog, &engine.answer.allocator, &text)) {
        engine.answer.failed = true; // told once, when the answer is complete
    }
    answer_raw(request, &text);
    ss_text_destroy(&text);
}

static void on_schema(request *request) {
    ss_text text = ss_text_create(&engine.answer.allocator);
    ss_catalog_write_schema(engine.catalog, &text);
    answer_raw(request, &text);
    ss_text_destroy(&text);
}

static void on_check(request *request) {
    const char *text = require_design(request);
    if (!text) return;
    ss_design *design = NULL;
    ss_status status = load(request, text, &design);
    if (!status) {
        ss_run *run = NULL;
        status = ss_run_create(design, ss_run_options_default(), &engine.answer.allocator,
                               request->diagnostics, &run);
        ss_run_destroy(run);
    }
    ss_design_destroy(design);
    // What cannot be checked before the page has loaded more is no finding about the design.
    const bool is_early = strcmp(error_code(request, status), ss_status_name(status)) != 0;
    if (is_early || (status && status != SS_ERROR_INPUT)) {
        answer_status(request, status);
        return;
    }
    open_answer(request, true);
    ss_json_open_object(&request->json);
    add_diagnostics(request);
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

/// Gives up the open run; the one it was forked off, if any, is the open one then.
static void drop_run(void) {
    ss_run_destroy(engine.run);
    ss_design_destroy(engine.design);
    const parent none = {NULL, NULL};
    const parent next = engine.parent_count > 0u ? engine.parents[--engine.parent_count] : none;
    engine.run = next.run;
    engine.design = next.design;
}

static void close_run(void) {
    while (engine.run) drop_run();
    engine.parents_gone = 0;
    engine.first_row = 0;
}

/// Puts a fork in the place of the open run, which is kept.
static void push_run(ss_design *design, ss_run *run) {
    if (engine.parent_count == PARENTS_MAX) {
        ss_run_destroy(engine.parents[0].run);
        ss_design_destroy(engine.parents[0].design);
        memmove(&engine.parents[0], &engine.parents[1], (PARENTS_MAX - 1u) * sizeof(parent));
        engine.parent_count--;
        engine.parents_gone++;
    }
    engine.parents[engine.parent_count++] = (parent){engine.design, engine.run};
    engine.design = design;
    engine.run = run;
    (void)ss_run_keep_history(run, (size_t)HISTORY_BYTES >> engine.parent_count);
}

/// Puts a new run in the place of the open one, which goes only now that the new one stands.
static void take_run(ss_design *design, ss_run *run) {
    close_run();
    engine.design = design;
    engine.run = run;
    (void)ss_run_keep_history(
        run, HISTORY_BYTES); // without memory for it the run cannot be rewound, no more
}

static ss_status open_run(request *request, const char *text) {
    const char *sets[LIST_MAX];
    const size_t set_count = list_argument(request, "set", sets);
    ss_text changed = ss_text_create(&engine.answer.allocator);
    ss_status status = SS_OK;
    if (set_count > 0u) {
        status = ss_design_override(text, strlen(text), sets, set_count, &engine.answer.allocator,
                                    request->diagnostics, &changed);
    }
    ss_run_options options = ss_run_options_default();
    options.has_seed = number_argument(request, "seed", -1.0) >= 0.0;
    options.seed = (uint64_t)number_argument(request, "seed", 0.0);
    options.duration_s = number_argument(request, "duration_s", 0.0);
    options.precision = number_argument(request, "precision", 0.0);
    ss_design *design = NULL;
    ss_run *run = NULL;
    if (!status) status = load(request, set_count > 0u ? changed.bytes : text, &design);
    if (!status) {
        status =
            ss_run_create(design, options, &engine.answer.allocator, request->diagnostics, &run);
    }
    // Places are looked up now: the changed text does not outlive this function.
    if (request->document) {
        ss_diagnostics_locate(request->diagnostics, request->document, strlen(request->document));
        request->document = NULL;
    }
    ss_text_destroy(&changed);
    if (status) {
        ss_design_destroy(design);
        return status;
    }
    take_run(design, run);
    return SS_OK;
}

static void answer_opened(request *request) {
    ss_text layout = ss_text_create(&engine.answer.allocator);
    (void)ss_run_write_layout(engine.run, &layout);
    open_answer(request, true);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "layout");
    ss_json_add_raw(&request->json, layout.bytes ? layout.bytes : "null");
    add_diagnostics(request);
    ss_json_add_key(&request->json, "duration_s");
    ss_json_add_number(&request->json, ss_run_duration_s(engine.run));
    ss_json_add_key(&request->json, "time_s");
    ss_json_add_number(&request->json, ss_run_time_s(engine.run));
    ss_json_close(&request->json);
    ss_json_close(&request->json);
    ss_text_destroy(&layout);
}

static void on_run_open(request *request) {
    const char *text = require_design(request);
    if (!text) return;
    const ss_status status = open_run(request, text);
    if (status) {
        answer_status(request, status);
        return;
    }
    answer_opened(request);
}

static bool require_run(request *request) {
    if (!engine.run) answer_error(request, "protocol", "no run is open: send run.open first");
    return engine.run != NULL;
}

static void on_run_seek(request *request) {
    if (!require_run(request)) return;
    const double time_s = number_argument(request, "time_s", -1.0);
    if (!(time_s >= 0.0)) {
        answer_error(request, "protocol", "args.time_s must be a number of seconds, 0 or more");
        return;
    }
    // A moment before a fork is one of the run that was forked: that one is open again then.
    while (engine.parent_count > 0u &&
           time_s < ss_run_time_s(engine.parents[engine.parent_count - 1u].run)) {
        drop_run();
    }
    const ss_status status = ss_run_rewind(engine.run, time_s);
    if (status == SS_ERROR_LIMIT) {
        answer_error(request, "input", "the run's history does not reach back that far");
        return;
    }
    if (status) {
        answer_status(request, status);
        return;
    }
    if (engine.first_row > ss_run_timeline_rows(engine.run))
        engine.first_row = ss_run_timeline_rows(engine.run);
    open_answer(request, true);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "time_s");
    ss_json_add_number(&request->json, ss_run_time_s(engine.run));
    ss_json_add_key(&request->json, "timeline_rows");
    ss_json_add_count(&request->json, ss_run_timeline_rows(engine.run));
    ss_json_add_key(&request->json, "forks");
    ss_json_add_count(&request->json, engine.parents_gone + engine.parent_count);
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

/// The run that a moment is one of: before a fork the one that was forked.
static ss_run *run_at(double time_s) {
    ss_run *run = engine.run;
    for (size_t i = engine.parent_count; i-- > 0u;) {
        if (time_s < ss_run_time_s(engine.parents[i].run)) run = engine.parents[i].run;
    }
    return run;
}

/// Requests of a moment before a fork are those of the run that was forked.
static void on_run_spans(request *request) {
    if (!require_run(request)) return;
    const double from_s = number_argument(request, "from_s", -1.0);
    ss_run *run = run_at(from_s);
    const double limit = number_argument(request, "limit", 0.0);
    const ss_span_options options = {
        .from_s = from_s,
        .to_s = number_argument(request, "to_s", -1.0),
        .client = text_argument(request, "client"),
        .requests_max = limit >= 1.0 && limit < 1e6 ? (uint32_t)limit : 0u,
    };
    ss_text text = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_run_write_spans(run, options, &text);
    if (!status) {
        answer_raw(request, &text);
    } else if (status == SS_ERROR_MEMORY) {
        answer_status(request, status);
    } else {
        answer_error(request, status == SS_ERROR_INPUT ? "protocol" : "input",
                     status == SS_ERROR_INPUT
                         ? "args must be from_s < to_s in seconds, and the id of a client, if any"
                         : "the run's history does not reach back that far");
    }
    ss_text_destroy(&text);
}

/// Answers with what was written about the past, or says why it was not.
static void answer_looked(request *request, ss_status status, const ss_text *text) {
    if (!status) {
        answer_raw(request, text);
    } else if (status == SS_ERROR_INPUT) {
        answer_error(request, "input", text->bytes);
    } else if (status == SS_ERROR_LIMIT) {
        answer_error(request, "input", "the run's history does not reach back that far");
    } else {
        answer_status(request, status);
    }
}

static void on_run_journal(request *request) {
    if (!require_run(request)) return;
    const double from_s = number_argument(request, "from_s", -1.0);
    const double limit = number_argument(request, "limit", 0.0);
    ss_run *run = run_at(from_s);
    const ss_journal_options options = {
        .from_s = from_s,
        .to_s = number_argument(request, "to_s", -1.0),
        .node = text_argument(request, "node"),
        .inputs_max = limit >= 1.0 && limit < 1e6 ? (uint32_t)limit : 0u,
        .is_past = run != engine.run,
    };
    ss_text text = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_run_write_journal(run, options, &text);
    answer_looked(request, status, &text);
    ss_text_destroy(&text);
}

/// A whole number from 0 to 2^53; false when it is none.
static bool count_argument(const request *request, const char *name, uint64_t otherwise,
                           uint64_t *out) {
    const ss_json *value = request->args ? ss_json_get(request->args, name) : NULL;
    *out = otherwise;
    if (!value) return true;
    if (ss_json_kind_of(value) != SS_JSON_NUMBER) return false;
    const double number = ss_json_number(value);
    if (!(number >= 0.0) || number > 9007199254740992.0 || number != ss_floor(number)) return false;
    *out = (uint64_t)number;
    return true;
}

/// Reads args.stops; UINT32_MAX when they are not what they should be.
static uint32_t stops_argument(const request *request, ss_code_stop *out) {
    const ss_json *list = request->args ? ss_json_get(request->args, "stops") : NULL;
    uint32_t count = 0;
    if (!list) return 0;
    if (ss_json_kind_of(list) != SS_JSON_ARRAY) return UINT32_MAX;
    for (const ss_json *each = ss_json_first(list); each; each = ss_json_next(each)) {
        const bool is_object = ss_json_kind_of(each) == SS_JSON_OBJECT;
        const ss_json *line = is_object ? ss_json_get(each, "line") : NULL;
        const ss_json *condition = is_object ? ss_json_get(each, "condition") : NULL;
        const bool has_line = line && ss_json_kind_of(line) == SS_JSON_NUMBER;
        const double number = has_line ? ss_json_number(line) : 0.0;
        const bool is_text = condition && ss_json_kind_of(condition) == SS_JSON_STRING;
        const bool is_null = !condition || ss_json_kind_of(condition) == SS_JSON_NULL;
        if (!(number >= 1.0) || number > 1e6 || number != ss_floor(number) ||
            (!is_text && !is_null) || count == SS_CODE_STOPS_MAX) {
            return UINT32_MAX;
        }
        out[count++] = (ss_code_stop){.line = (uint32_t)number,
                                      .condition = is_text ? ss_json_string(condition) : NULL};
    }
    return count;
}

static const char stops_wrong[] =
    "args.stops must be a list of at most 64 {\"line\": a line of the source, from 1, "
    "\"condition\"?: a JavaScript expression}";

/// The run that was given an input, or will be: 0 is the oldest kept, `parent_count` the open one.
static size_t run_of_input(uint64_t n) {
    size_t at = 0;
    while (at < engine.parent_count && ss_run_inputs(engine.parents[at].run) < n) at++;
    return at;
}

static ss_run *nth_run(size_t at) {
    return at < engine.parent_count ? engine.parents[at].run : engine.run;
}

static void on_code_trace(request *request) {
    if (!require_run(request)) return;
    ss_code_stop stops[SS_CODE_STOPS_MAX];
    uint64_t n, steps_max;
    const uint32_t stop_count = stops_argument(request, stops);
    if (!count_argument(request, "n", 0, &n) || n == 0u ||
        !count_argument(request, "steps_max", 0, &steps_max)) {
        answer_error(request, "protocol",
                     "args.n must be the number of an input, from 1 on, and args.steps_max a whole "
                     "number, if any");
        return;
    }
    if (stop_count == UINT32_MAX) {
        answer_error(request, "protocol", stops_wrong);
        return;
    }
    const size_t at = run_of_input(n);
    ss_text text = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_run_write_code_trace(
        nth_run(at),
        (ss_code_trace_options){.n = n,
                                .steps_max = steps_max < 1000000u ? (uint32_t)steps_max : 0u,
                                .stops = stops, .stop_count = stop_count,
                                .is_past = at < engine.parent_count},
        &text);
    answer_looked(request, status, &text);
    ss_text_destroy(&text);
}

/// Looks in the run that has the input, then, if there is time, in those forked off it (backwards:
/// in those it was forked off).
static ss_status find_code(ss_code_find_options options, ss_code_found *found, ss_text *why) {
    const bool is_back = options.is_backwards;
    const uint64_t most = options.inputs_max;
    const uint64_t from_n = options.from_n;
    size_t at = run_of_input(!is_back ? from_n + 1u : from_n > 0u ? from_n - 1u : 0u);
    uint64_t inputs = 0;
    for (;;) {
        options.is_past = at < engine.parent_count;
        options.inputs_max = (uint32_t)(most - inputs);
        const ss_status status = ss_run_find_code(nth_run(at), options, found, why);
        inputs += found->inputs;
        found->inputs = (uint32_t)inputs;
        const bool is_last = is_back ? at == 0u : at == engine.parent_count;
        if (status || found->n != 0u || !found->is_over || is_last) return status;
        if (inputs >= most) {
            found->is_over = false;
            return SS_OK;
        }
        at += is_back ? (size_t)-1 : 1u;
        options.from_n = found->searched_to_n;
    }
}

static void on_code_find(request *request) {
    if (!require_run(request)) return;
    ss_code_stop stops[SS_CODE_STOPS_MAX];
    uint64_t from_n, inputs_max;
    const double direction = number_argument(request, "direction", 1.0);
    const uint32_t stop_count = stops_argument(request, stops);
    if (!count_argument(request, "from_n", 0, &from_n) ||
        !count_argument(request, "inputs_max", 1000, &inputs_max) || inputs_max == 0u ||
        (direction != 1.0 && direction != -1.0)) {
        answer_error(request, "protocol",
                     "args.from_n must be the number of an input, args.direction 1 or -1, and "
                     "args.inputs_max a whole number, if any");
        return;
    }
    if (stop_count == UINT32_MAX || stop_count == 0u) {
        answer_error(request, "protocol", stops_wrong);
        return;
    }
    ss_code_found found;
    ss_text why = ss_text_create(&engine.answer.allocator);
    const ss_status status = find_code(
        (ss_code_find_options){.node = text_argument(request, "node"), .from_n = from_n,
                               .is_backwards = direction < 0.0, .stops = stops,
                               .stop_count = stop_count,
                               .inputs_max = inputs_max < 1000000u ? (uint32_t)inputs_max
                                                                   : 1000000u},
        &found, &why);
    if (status) {
        answer_looked(request, status, &why);
    } else {
        open_answer(request, true);
        ss_json_open_object(&request->json);
        ss_json_add_key(&request->json, "n");
        if (found.n != 0u) ss_json_add_count(&request->json, found.n);
        else ss_json_add_null(&request->json);
        ss_json_add_key(&request->json, "step");
        if (found.n != 0u) ss_json_add_count(&request->json, found.step);
        else ss_json_add_null(&request->json);
        ss_json_add_key(&request->json, "inputs");
        ss_json_add_count(&request->json, found.inputs);
        ss_json_add_key(&request->json, "searched_to_n");
        ss_json_add_count(&request->json, found.searched_to_n);
        ss_json_add_key(&request->json, "over");
        ss_json_add_bool(&request->json, found.is_over);
        ss_json_close(&request->json);
        ss_json_close(&request->json);
    }
    ss_text_destroy(&why);
}

static void on_run_fork(request *request) {
    const char *text = require_design(request);
    if (!text || !require_run(request)) return;
    ss_design *design = NULL;
    ss_run *run = NULL;
    ss_status status = load(request, text, &design);
    if (!status) status = ss_run_fork(engine.run, design, request->diagnostics, &run);
    if (status) {
        ss_design_destroy(design);
        answer_status(request, status);
        return;
    }
    push_run(design, run);
    answer_opened(request);
}

/// Writes something about the open run and answers with it.
static void answer_of_run(request *request, ss_status (*write)(const ss_run *run, ss_text *out)) {
    if (!require_run(request)) return;
    ss_text text = ss_text_create(&engine.answer.allocator);
    const ss_status status = write(engine.run, &text);
    if (status) answer_status(request, status); else answer_raw(request, &text);
    ss_text_destroy(&text);
}

static ss_status write_results(const ss_run *run, ss_text *out) {
    ss_results *results;
    ss_status status = ss_run_results(run, &results);
    if (status) return status;
    status = ss_results_write_json(results, out);
    ss_results_destroy(results);
    return status;
}

static void on_run_results(request *request) {
    answer_of_run(request, write_results);
}

static void on_run_layout(request *request) {
    answer_of_run(request, ss_run_write_layout);
}

static ss_status write_timeline(const ss_run *run, ss_text *out) {
    ss_text csv = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_run_write_timeline_csv(run, &csv);
    ss_text_add(out, "{\"csv\":");
    ss_text_add_json_string(out, csv.bytes ? csv.bytes : "", csv.length);
    ss_text_add_char(out, '}');
    ss_text_destroy(&csv);
    return status;
}

static void on_timeline_csv(request *request) {
    answer_of_run(request, write_timeline);
}

static void answer_empty(request *request) {
    open_answer(request, true);
    ss_json_add_null(&request->json);
    ss_json_close(&request->json);
}

static void on_run_close(request *request) {
    close_run();
    answer_empty(request);
}

static void on_generate(request *request) {
    const char *text = require_design(request);
    if (!text) return;
    const char *targets[LIST_MAX];
    const size_t count = list_argument(request, "targets", targets);
    ss_design *design = NULL;
    ss_status status = load(request, text, &design);
    engine.binary.length = 0;
    if (!status) {
        status = ss_generate_zip(design, targets, count, &engine.answer.allocator,
                                 request->diagnostics, &engine.binary);
    }
    ss_design_destroy(design);
    if (status) {
        engine.binary.length = 0;
        answer_status(request, status);
        return;
    }
    open_answer(request, true);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "bytes");
    ss_json_add_count(&request->json, engine.binary.length);
    add_diagnostics(request);
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

static ss_status solve(request *request, const char *text, ss_text *out) {
    const char *sets[LIST_MAX];
    const size_t count = list_argument(request, "set", sets);
    const ss_allocator *allocator = &engine.answer.allocator;
    ss_text changed = ss_text_create(allocator);
    ss_design *design = NULL;
    ss_solution *solution = NULL;
    ss_status status = SS_OK;
    if (count > 0u) {
        status = ss_design_override(text, strlen(text), sets, count, allocator,
                                    request->diagnostics, &changed);
    }
    if (!status) status = load(request, count > 0u ? changed.bytes : text, &design);
    if (!status) status = ss_solve(design, allocator, request->diagnostics, &solution);
    if (!status) status = ss_solution_write_json(solution, out);
    if (request->document) { // the changed text does not outlive this function
        ss_diagnostics_locate(request->diagnostics, request->document, strlen(request->document));
        request->document = NULL;
    }
    ss_solution_destroy(solution);
    ss_design_destroy(design);
    ss_text_destroy(&changed);
    return status;
}

static void on_solve(request *request) {
    const char *text = require_design(request);
    if (!text) return;
    ss_text out = ss_text_create(&engine.answer.allocator);
    const ss_status status = solve(request, text, &out);
    if (status) answer_status(request, status); else answer_raw(request, &out);
    ss_text_destroy(&out);
}

// --- Two designs side by side --------------------------------------------------------------------

static void close_comparison(void) {
    ss_comparison_destroy(engine.comparison);
    engine.comparison = NULL;
    for (size_t k = 0; k < 2u; k++) {
        ss_design_destroy(engine.compared[k]);
        ss_diagnostics_destroy(engine.compared_findings[k]);
        engine.compared[k] = NULL;
        engine.compared_findings[k] = NULL;
    }
}

/// Loads a design and compiles it once, so that what is wrong is found before anything runs.
static ss_status load_compared(request *request, const char *text, size_t which) {
    ss_run *run = NULL;
    ss_status status = load(request, text, &engine.compared[which]);
    if (!status) {
        status = ss_run_create(engine.compared[which], ss_run_options_default(),
                               &engine.answer.allocator, request->diagnostics, &run);
    }
    ss_run_destroy(run);
    engine.compared_findings[which] = ss_diagnostics_create(&engine.answer.allocator);
    return status || engine.compared_findings[which] ? status : SS_ERROR_MEMORY;
}

static void on_compare_open(request *request) {
    const char *const texts[2] = {text_argument(request, "a"), text_argument(request, "b")};
    const double pairs = number_argument(request, "replications", 10.0);
    if (!texts[0] || !texts[1]) {
        answer_error(request, "protocol", "args.a and args.b must be the texts of two designs");
        return;
    }
    if (!(pairs >= 2.0 && pairs <= 10000.0)) {
        answer_error(request, "protocol", "args.replications must be a number from 2 to 10000");
        return;
    }
    close_comparison();
    ss_run_options options = ss_run_options_default();
    options.has_seed = number_argument(request, "seed", -1.0) >= 0.0;
    options.seed = (uint64_t)number_argument(request, "seed", 0.0);
    options.duration_s = number_argument(request, "duration_s", 0.0);
    ss_status status = load_compared(request, texts[0], 0);
    if (!status) status = load_compared(request, texts[1], 1);
    if (!status) {
        const ss_design *const designs[2] = {engine.compared[0], engine.compared[1]};
        status = ss_comparison_create(designs, options, (uint32_t)pairs, &engine.answer.allocator,
                                      engine.compared_findings, &engine.comparison);
    }
    if (status) {
        close_comparison();
        answer_status(request, status);
        return;
    }
    answer_empty(request);
}

static bool require_comparison(request *request) {
    if (!engine.comparison) {
        answer_error(request, "protocol", "no comparison is open: send compare.open first");
    }
    return engine.comparison != NULL;
}

static void on_compare_advance(request *request) {
    if (!require_comparison(request)) return;
    const double events = number_argument(request, "events", 50000.0);
    if (!(events >= 1.0 && events <= 1e6)) {
        answer_error(request, "protocol", "args.events must be a number from 1 to 1000000");
        return;
    }
    const ss_status status = ss_comparison_advance(engine.comparison, (uint64_t)events);
    if (status) {
        close_comparison();
        answer_status(request, status);
        return;
    }
    open_answer(request, true);
    ss_json_open_object(&request->json);
    ss_json_add_key(&request->json, "progress");
    ss_json_add_number(&request->json, ss_comparison_progress(engine.comparison));
    ss_json_add_key(&request->json, "done");
    ss_json_add_bool(&request->json, ss_comparison_is_done(engine.comparison));
    ss_json_close(&request->json);
    ss_json_close(&request->json);
}

static void on_compare_results(request *request) {
    if (!require_comparison(request)) return;
    if (!ss_comparison_is_done(engine.comparison)) {
        answer_error(request, "protocol", "the comparison is not done: send compare.advance first");
        return;
    }
    ss_text text = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_comparison_write_json(engine.comparison, &text);
    if (status) answer_status(request, status); else answer_raw(request, &text);
    ss_text_destroy(&text);
}

static void on_compare_close(request *request) {
    close_comparison();
    answer_empty(request);
}

static void on_override(request *request) {
    const char *text = require_design(request);
    if (!text) return;
    const char *sets[LIST_MAX];
    const size_t count = list_argument(request, "set", sets);
    ss_text changed = ss_text_create(&engine.answer.allocator);
    const ss_status status = ss_design_override(
        text, strlen(text), sets, count, &engine.answer.allocator, request->diagnostics, &changed);
    if (status) {
        answer_status(request, status);
    } else {
        open_answer(request, true);
        ss_json_open_object(&request->json);
        ss_json_add_key(&request->json, "design");
        ss_json_add_string(&request->json, changed.bytes ? changed.bytes : "");
        ss_json_close(&request->json);
        ss_json_close(&request->json);
    }
    ss_text_destroy(&changed);
}

static const struct {
    const char *op;
    void (*handle)(request *request);
} operations[] = {
    {"version", on_version},       {"catalog", on_catalog},
    {"schema", on_schema},         {"check", on_check},
    {"run.open", on_run_open},     {"run.results", on_run_results},
    {"run.layout", on_run_layout}, {"run.timeline_csv", on_timeline_csv},
    {"run.seek", on_run_seek},     {"run.fork", on_run_fork},
    {"run.close", on_run_close},   {"generate", on_generate},
    {"override", on_override},
    {"solve", on_solve},           {"run.spans", on_run_spans},
    {"run.journal", on_run_journal},         {"run.code_trace", on_code_trace},
    {"run.code_find", on_code_find},
    {"compare.open", on_compare_open},       {"compare.advance", on_compare_advance},
    {"compare.results", on_compare_results}, {"compare.close", on_compare_close},
};

static void dispatch(request *request, const ss_json *root) {
    const ss_json *op = root ? ss_json_get(root, "op") : NULL;
    if (!op || ss_json_kind_of(op) != SS_JSON_STRING) {
        answer_error(request, "protocol", "an envelope is an object {\"id\", \"op\", \"args\"}");
        return;
    }
    if (!arguments_fit(request)) return;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].op, ss_json_string(op)) == 0) {
            operations[i].handle(request);
            return;
        }
    }
    answer_error(request, "protocol", "there is no such op; PROTOCOL.md lists them");
}

static ss_status ready(void) {
    if (engine.catalog) return SS_OK;
    const ss_allocator allocator = ss_allocator_default();
    engine.answer = ss_text_create(&allocator);
    engine.binary = ss_text_create(&allocator);
    return ss_catalog_create(&allocator, &engine.catalog);
}

// --- Exports -------------------------------------------------------------------------------------

EXPORT(ss_wasm_allocate) void *ss_wasm_allocate(size_t bytes) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_allocate(&allocator, bytes > 0u ? bytes : 1u);
}

EXPORT(ss_wasm_free) void ss_wasm_free(void *pointer, size_t bytes) {
    const ss_allocator allocator = ss_allocator_default();
    ss_deallocate(&allocator, pointer, bytes > 0u ? bytes : 1u);
}

EXPORT(ss_wasm_call) ss_status ss_wasm_call(const char *bytes, size_t length) {
    if (ready()) return SS_ERROR_MEMORY;
    const ss_allocator allocator = engine.answer.allocator;
    engine.binary.length = 0;
    request request = {.diagnostics = ss_diagnostics_create(&allocator)};
    if (!request.diagnostics) return SS_ERROR_MEMORY;
    ss_json_document *document = NULL;
    const ss_status status =
        ss_json_parse(bytes, length, &allocator, request.diagnostics, &document);
    const ss_json *root = document ? ss_json_root(document) : NULL;
    if (root && ss_json_kind_of(root) == SS_JSON_OBJECT) {
        const ss_json *id = ss_json_get(root, "id");
        if (id && ss_json_kind_of(id) == SS_JSON_NUMBER) request.id = ss_json_number(id);
        request.args = ss_json_get(root, "args");
        if (request.args && ss_json_kind_of(request.args) != SS_JSON_OBJECT) {
            answer_error(&request, "protocol", "args must be an object");
        } else {
            dispatch(&request, root);
        }
    } else if (status == SS_ERROR_MEMORY) {
        answer_status(&request, status);
    } else {
        answer_error(&request, "protocol", "the envelope is not a JSON object");
    }
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(request.diagnostics);
    return ss_text_status(&engine.answer);
}

EXPORT(ss_wasm_answer) const char *ss_wasm_answer(void) {
    return engine.answer.bytes;
}

EXPORT(ss_wasm_answer_length) size_t ss_wasm_answer_length(void) {
    return engine.answer.failed ? 0u : engine.answer.length;
}

EXPORT(ss_wasm_binary) const char *ss_wasm_binary(void) {
    return engine.binary.bytes;
}

EXPORT(ss_wasm_binary_length) size_t ss_wasm_binary_length(void) {
    return engine.binary.length;
}

EXPORT(ss_wasm_advance) int ss_wasm_advance(uint32_t events_max, double until_s) {
    if (!engine.run) return 2;
    if (ss_run_advance(engine.run, events_max, until_s)) return 2;
    return ss_run_is_done(engine.run) ? 1 : 0;
}

EXPORT(ss_wasm_time_s) double ss_wasm_time_s(void) {
    return engine.run ? ss_run_time_s(engine.run) : 0.0;
}

EXPORT(ss_wasm_events) double ss_wasm_events(void) {
    return engine.run ? (double)ss_run_events(engine.run) : 0.0;
}

EXPORT(ss_wasm_frame) const uint32_t *ss_wasm_frame(void) {
    static uint32_t header[9];
    if (!engine.run) return NULL;
    const size_t frame = ss_run_frame_length(engine.run);
    const size_t need = frame + MOVES_PER_FRAME * 4u;
    if (need > engine.frame_doubles) {
        double *larger =
            ss_reallocate(&engine.answer.allocator, engine.frame,
                          engine.frame_doubles * sizeof(double), need * sizeof(double));
        if (!larger) return NULL;
        engine.frame = larger;
        engine.frame_doubles = need;
    }
    uint64_t one_in;
    ss_run_write_frame(engine.run, engine.frame);
    const size_t moves =
        ss_run_take_moves(engine.run, engine.frame + frame, MOVES_PER_FRAME, &one_in);
    const size_t rows = ss_run_timeline_rows(engine.run);
    header[0] = (uint32_t)(uintptr_t)engine.frame;
    header[1] = (uint32_t)frame;
    header[2] = (uint32_t)(uintptr_t)(engine.frame + frame);
    header[3] = (uint32_t)moves;
    header[4] = one_in > UINT32_MAX ? UINT32_MAX : (uint32_t)one_in;
    header[5] = rows > engine.first_row
                    ? (uint32_t)(uintptr_t)ss_run_timeline_row(engine.run, engine.first_row) : 0u;
    header[6] = (uint32_t)(rows - engine.first_row);
    header[7] = (uint32_t)ss_run_timeline_columns(engine.run);
    header[8] = (uint32_t)engine.first_row;
    engine.first_row = rows;
    return header;
}
