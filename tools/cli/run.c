/// scalesim run
#include <string.h>

#include "base/dist.h"
#include "base/math.h"
#include "cli.h"
#include "scalesim/model.h"
#include "scalesim/run.h"

#define SETS_MAX 256
#define ASSERTS_MAX 256
#define SLICE_EVENTS 50000u
#define JOURNAL_HISTORY_BYTES ((size_t)64u << 20u) /* to come back from the end to its stretch */
#define JOURNAL_INPUTS 20000u
#define PROGRESS_MS 200.0

static const char run_help[] =
    "scalesim run FILE [options]\n"
    "\n"
    "Simulates a design and prints its results.\n"
    "  --seed N                 start of all randomness; same design and seed, same bytes\n"
    "  --duration D             simulated time, such as 10m\n"
    "  --precision X            stop when every client's mean response is known to ± X (0.02 is 2 "
    "%)\n"
    "  --replications N         N independent runs; intervals from their spread\n"
    "  --set PATH=VALUE         change the design first: --set nodes.orders.replicas=8\n"
    "  --assert 'METRIC<VALUE'  exit 1 unless it holds: --assert "
    "'nodes.shoppers.response.p99<250ms'\n"
    "  --json                   results as JSON (scalesim-results/1)\n"
    "  --timeline-out F.csv     a row of numbers each interval\n"
    "  --trace-out F.jsonl      every event, one a line (large)\n"
    "  --journal-out F.json     what code was given and said, what caused what, all messages\n"
    "  --journal-from D         of the journal: only from this moment on\n"
    "  --journal-to D           of the journal: only until this moment\n"
    "  --ready                  say, too, how long it took to the first event\n";

typedef struct run_arguments {
    const char *path;
    const char *sets[SETS_MAX];
    const char *asserts[ASSERTS_MAX];
    size_t set_count, assert_count;
    const char *timeline_path, *trace_path, *journal_path;
    double journal_from_s, journal_to_s; ///< the second 0: to the end
    uint32_t replications;
    bool json, wants_help, says_ready;
    double begun_ms; ///< when the file was about to be read
    ss_run_options options;
} run_arguments;

// --- Arguments -----------------------------------------------------------------------------------

static int read_seconds(cli_arguments *arguments, const char *option, const char *value,
                        double *out) {
    return ss__cli_seconds(arguments->host, "run", option, value, out) ? 0 : 2;
}

/// Reads the option at hand; 0 = read, 1 = not an option of this kind, 2 = wrong.
static int read_option(cli_arguments *arguments, run_arguments *out) {
    static const char *const options[] = {"--seed",         "--duration", "--precision",
                                          "--replications", "--set",      "--assert",
                                          "--timeline-out", "--trace-out",
                                          "--journal-out",  "--journal-from", "--journal-to"};
    const char *option = NULL;
    size_t which = 0;
    for (; which < sizeof options / sizeof options[0]; which++) {
        if (ss__cli_is(arguments, options[which])) {
            option = options[which];
            break;
        }
    }
    if (!option) return 1;
    const char *value = ss__cli_value(arguments, option);
    if (!value) return 2;
    double number = 0.0;
    switch (which) {
    case 0:
        if (!ss__cli_whole(arguments->host, "run", option, value, 9007199254740991.0, &number)) {
            return 2;
        }
        out->options.seed = (uint64_t)number;
        out->options.has_seed = true;
        return 0;
    case 1:
        return read_seconds(arguments, option, value, &out->options.duration_s);
    case 2:
        return ss__cli_quantity(arguments->host, "run", option, value, SS_UNIT_NONE,
                                &out->options.precision)
                   ? 0
                   : 2;
    case 3:
        if (!ss__cli_whole(arguments->host, "run", option, value, 100000.0, &number)) return 2;
        out->replications = number < 1.0 ? 1u : (uint32_t)number;
        return 0;
    case 4:
        return ss__cli_keep(arguments->host, "run", option, value, out->sets, &out->set_count,
                            SETS_MAX)
                   ? 0
                   : 2;
    case 5:
        return ss__cli_keep(arguments->host, "run", option, value, out->asserts, &out->assert_count,
                          ASSERTS_MAX)
                   ? 0
                   : 2;
    case 6:
        out->timeline_path = value;
        return 0;
    case 7:
        out->trace_path = value;
        return 0;
    case 8:
        out->journal_path = value;
        return 0;
    case 9:
        return read_seconds(arguments, option, value, &out->journal_from_s);
    default:
        return read_seconds(arguments, option, value, &out->journal_to_s);
    }
}

static int read_arguments(cli_arguments *arguments, run_arguments *out) {
    *out = (run_arguments){.replications = 1, .options = ss_run_options_default()};
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        const int read = read_option(arguments, out);
        if (read == 0) continue;
        if (read == 2) return CLI_INPUT_WRONG;
        if (strcmp(given, "--json") == 0) {
            out->json = true;
        } else if (strcmp(given, "--ready") == 0) {
            out->says_ready = true;
        } else if (strcmp(given, "--help") == 0) {
            out->wants_help = true;
            return CLI_OK;
        } else if (!out->path && (given[0] != '-' || given[1] == '\0')) {
            out->path = given;
        } else {
            return ss__cli_unknown(arguments->host, "run", given);
        }
    }
    if (out->path) return CLI_OK;
    ss__cli_say(arguments->host,
                "scalesim run: which FILE? Write `scalesim run my.scalesim.json`\n");
    return CLI_INPUT_WRONG;
}

// --- Assertions ----------------------------------------------------------------------------------

typedef struct assertion {
    char metric[512];
    char relation[3];
    double bound;
} assertion;

static bool read_assertion(const cli_host *host, const char *text, assertion *out) {
    const char *at = strpbrk(text, "<>=");
    while (at && at > text && at[0] == '>' && at[-1] == '-')
        at = strpbrk(at + 1, "<>="); // an edge's name
    const size_t length = at ? (size_t)(at - text) : 0u;
    if (!at || length == 0u || length >= sizeof out->metric) {
        ss__cli_say(host,
                    "scalesim run: --assert '%s': write METRIC, then < <= > >= or ==, then a "
                    "value, such as "
                    "'nodes.shoppers.response.p99<250ms'\n",
                    text);
        return false;
    }
    memcpy(out->metric, text, length);
    out->metric[length] = '\0';
    out->relation[0] = at[0];
    out->relation[1] = at[1] == '=' ? '=' : '\0';
    out->relation[2] = '\0';
    const char *value = at + (at[1] == '=' ? 2 : 1);
    static const ss_unit units[] = {SS_UNIT_SECONDS, SS_UNIT_RATE, SS_UNIT_NONE, SS_UNIT_USD};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        ss_text problem = ss_text_create(&host->allocator);
        const ss_status status = ss_quantity_parse(value, units[i], &out->bound, &problem);
        ss_text_destroy(&problem);
        if (!status) return true;
    }
    ss__cli_say(
        host,
        "scalesim run: --assert '%s': \"%s\" is no quantity; write a number, with a unit such as "
        "ms or /s if it has one\n",
        text, value);
    return false;
}

static bool holds(double value, const assertion *promise) {
    if (!ss_is_finite(value)) return false;
    const bool or_equal = promise->relation[1] == '=';
    if (promise->relation[0] == '<')
        return or_equal ? value <= promise->bound : value < promise->bound;
    if (promise->relation[0] == '>')
        return or_equal ? value >= promise->bound : value > promise->bound;
    return !(value < promise->bound) && !(value > promise->bound);
}

/// Whether every assertion is about a number that there will be, before a long run is spent on it.
static ss_status check_metrics(const cli_host *host, const run_arguments *arguments,
                               const cli_design *loaded) {
    ss_status status = SS_OK;
    for (size_t i = 0; i < arguments->assert_count; i++) {
        assertion each;
        ss_metric unused;
        if (!read_assertion(host, arguments->asserts[i], &each) ||
            ss_metric_parse(loaded->design, each.metric, "", loaded->diagnostics, &unused)) {
            status = SS_ERROR_INPUT;
        }
    }
    return status;
}

/// Lets the results warn of assertions about quantiles that they cannot tell.
static void check_quantiles(const cli_host *host, const run_arguments *arguments,
                            const ss_results *results) {
    for (size_t i = 0; i < arguments->assert_count; i++) {
        assertion each;
        if (!read_assertion(host, arguments->asserts[i], &each)) continue;
        (void)ss_results_check_quantile(results, each.metric); // no memory: no warning
    }
}

/// Checks --assert; CLI_OK, CLI_PROMISE_BROKEN or CLI_INPUT_WRONG.
static int check_assertions(const cli_host *host, const run_arguments *arguments,
                            const ss_results *results, ss_diagnostics *diagnostics) {
    int exit_status = CLI_OK;
    for (size_t i = 0; i < arguments->assert_count; i++) {
        assertion each;
        double value;
        if (!read_assertion(host, arguments->asserts[i], &each)) return CLI_INPUT_WRONG;
        if (ss_results_metric(results, each.metric, diagnostics, &value)) {
            ss__cli_report(host, arguments->path, diagnostics, SS_ERROR_INPUT, false);
            return CLI_INPUT_WRONG;
        }
        if (holds(value, &each)) continue;
        ss_text text = ss_text_create(&host->allocator);
        ss_text_add_format(&text,
                           "scalesim run: assertion failed: %s, but %s = ", arguments->asserts[i],
                           each.metric);
        ss_text_add_number(&text, value);
        ss_text_add_char(&text, '\n');
        ss__cli_write(host, 2, &text);
        ss_text_destroy(&text);
        exit_status = CLI_PROMISE_BROKEN;
    }
    return exit_status;
}

// --- Running -------------------------------------------------------------------------------------

static void show_progress(const cli_host *host, const ss_run *run, double share) {
    ss_text text = ss_text_create(&host->allocator);
    ss_text_add(&text, "\r");
    ss_text_add_number(&text, ss_round(share * 100.0));
    ss_text_add_format(&text, " %%, %llu events   ", (unsigned long long)ss_run_events(run));
    ss__cli_write(host, 2, &text);
    ss_text_destroy(&text);
}

static ss_status advance_to_end(const cli_host *host, ss_run *run) {
    const bool shows = host->is_terminal(host->context, 2);
    double shown_ms = host->now_ms(host->context);
    ss_status status = SS_OK;
    while (!status && !ss_run_is_done(run)) {
        status = ss_run_advance(run, SLICE_EVENTS, SS_INFINITY);
        if (!shows || host->now_ms(host->context) - shown_ms < PROGRESS_MS) continue;
        shown_ms = host->now_ms(host->context);
        show_progress(host, run, ss_run_time_s(run) / ss_run_duration_s(run));
    }
    if (shows) host->write(host->context, 2, "\r\x1b[K", 4);
    return status;
}

/// One event at a time, each written down before it is taken.
static ss_status advance_traced(ss_run *run, ss_text *trace) {
    ss_status status = SS_OK;
    while (!status && !ss_run_is_done(run)) {
        const uint64_t before = ss_run_events(run);
        const size_t length = trace->length;
        (void)ss_run_write_next_event(run, trace);
        status = ss_run_advance(run, 1, SS_INFINITY);
        if (ss_run_events(run) == before) trace->length = length; // the end came before the event
    }
    return status ? status : ss_text_status(trace);
}

static void say_rate(const cli_host *host, uint64_t events, double seconds) {
    ss_text text = ss_text_create(&host->allocator);
    ss_text_add_format(&text, "%llu events in ", (unsigned long long)events);
    ss_text_add_number(&text, ss_round(seconds * 1000.0) / 1000.0);
    ss_text_add(&text, " s (");
    ss_text_add_number(&text, seconds > 0.0 ? ss_round((double)events / seconds) : 0.0);
    ss_text_add(&text, " events/s)\n");
    ss__cli_write(host, 2, &text);
    ss_text_destroy(&text);
}

/// How long it took from the file to the first event.
static void say_ready(const cli_host *host, double ready_ms) {
    ss_text text = ss_text_create(&host->allocator);
    ss_text_add(&text, "the first after ");
    ss_text_add_number(&text, ss_round(ready_ms * 10.0) / 10.0);
    ss_text_add(&text, " ms\n");
    ss__cli_write(host, 2, &text);
    ss_text_destroy(&text);
}

static bool write_output(const cli_host *host, const char *path, const ss_text *text) {
    if (host->write_file(host->context, path, text->bytes, text->length, false)) return true;
    ss__cli_say(host, "scalesim run: cannot write %s\n", path);
    return false;
}

/// Writes the journal of a run that has ended, and says where it is cut off.
static ss_status write_journal(const cli_host *host, const run_arguments *arguments, ss_run *run) {
    const double end_s = ss_run_time_s(run);
    const ss_journal_options options = {
        .from_s = arguments->journal_from_s,
        .to_s = arguments->journal_to_s > 0.0 ? arguments->journal_to_s : end_s,
        .inputs_max = JOURNAL_INPUTS};
    ss_text text = ss_text_create(&host->allocator);
    ss_status status = ss_run_write_journal(run, options, &text);
    if (status == SS_ERROR_INPUT) {
        ss__cli_say(host, "scalesim run: --journal-from must be before --journal-to, and before "
                          "the end of the run\n");
    }
    const char *cut = !status ? strstr(text.bytes, "\"cut\":true") : NULL;
    if (!status) ss_text_add_char(&text, '\n');
    if (!status && !write_output(host, arguments->journal_path, &text)) status = SS_ERROR_IO;
    if (!status && cut && cut < strstr(text.bytes, "\"inputs\":")) {
        ss__cli_say(host, "scalesim run: the journal has room for %d inputs and is cut off: see "
                          "its \"to_s\", and go on from there with --journal-from\n",
                    (int)JOURNAL_INPUTS);
    }
    ss_text_destroy(&text);
    return status;
}

static ss_status run_single(const cli_host *host, const run_arguments *arguments,
                            const cli_design *loaded, ss_run **run, ss_results **results) {
    ss_status status = ss_run_create(loaded->design, arguments->options, &host->allocator,
                                     loaded->diagnostics, run);
    if (!status && arguments->journal_path) {
        status = ss_run_keep_history(*run, JOURNAL_HISTORY_BYTES);
    }
    if (status) return status;
    const double start_ms = host->now_ms(host->context);
    ss_status ran;
    if (arguments->trace_path) {
        ss_text trace = ss_text_create(&host->allocator);
        ran = advance_traced(*run, &trace);
        if (!write_output(host, arguments->trace_path, &trace)) ran = SS_ERROR_IO;
        ss_text_destroy(&trace);
    } else {
        ran = advance_to_end(host, *run);
    }
    const double seconds = (host->now_ms(host->context) - start_ms) * 1e-3;
    if (arguments->timeline_path) {
        ss_text csv = ss_text_create(&host->allocator);
        status = ss_run_write_timeline_csv(*run, &csv);
        if (!status && !write_output(host, arguments->timeline_path, &csv)) status = SS_ERROR_IO;
        ss_text_destroy(&csv);
    }
    if (!status && arguments->journal_path) status = write_journal(host, arguments, *run);
    if (!status) status = ss_run_results(*run, results);
    if (!status && arguments->says_ready) say_ready(host, start_ms - arguments->begun_ms);
    if (!status) say_rate(host, ss_run_events(*run), seconds);
    return status ? status : ran;
}

static ss_status run_all(const cli_host *host, const run_arguments *arguments,
                         const cli_design *loaded, ss_run **run, ss_results **results) {
    if (arguments->replications <= 1u) return run_single(host, arguments, loaded, run, results);
    if (arguments->trace_path || arguments->timeline_path || arguments->journal_path) {
        ss__cli_say(host, "scalesim run: --trace-out, --timeline-out and --journal-out show one "
                          "run: leave out --replications\n");
        return SS_ERROR_INPUT;
    }
    const double start_ms = host->now_ms(host->context);
    const ss_status status =
        ss_run_replicate(loaded->design, arguments->options, arguments->replications,
                         &host->allocator, loaded->diagnostics, results);
    if (!status) {
        say_rate(host, ss_results_events(*results),
                 (host->now_ms(host->context) - start_ms) * 1e-3);
    }
    return status;
}

static int print_results(const cli_host *host, const run_arguments *arguments,
                         const ss_results *results, ss_diagnostics *diagnostics) {
    ss_text text = ss_text_create(&host->allocator);
    const ss_status status = arguments->json ? ss_results_write_json(results, &text)
                                             : ss_results_write_report(results, &text);
    ss__cli_write(host, 1, &text);
    ss_text_destroy(&text);
    if (status) return CLI_RUN_FAILED;
    const int asserted = check_assertions(host, arguments, results, diagnostics);
    if (asserted == CLI_INPUT_WRONG) return asserted;
    return ss_results_slos_pass(results) ? asserted : CLI_PROMISE_BROKEN;
}

int ss__cli_run(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    run_arguments given;
    const int read = read_arguments(arguments, &given);
    if (read != CLI_OK) return read;
    if (given.wants_help) {
        host->write(host->context, 1, run_help, sizeof run_help - 1u);
        return CLI_OK;
    }
    assertion unused;
    for (size_t i = 0; i < given.assert_count; i++) {
        if (!read_assertion(host, given.asserts[i], &unused)) return CLI_INPUT_WRONG;
    }
    given.begun_ms = host->now_ms(host->context);
    cli_design loaded;
    ss_status status = ss__cli_load(host, given.path, given.sets, given.set_count, &loaded);
    ss_run *run = NULL;
    ss_results *results = NULL;
    if (!status) status = check_metrics(host, &given, &loaded);
    if (!status) status = run_all(host, &given, &loaded, &run, &results);
    if (results) check_quantiles(host, &given, results);
    // Results first: they hold no places, so they are the same bytes on hosts without the text.
    const int printed =
        results ? print_results(host, &given, results, loaded.diagnostics) : CLI_OK;
    ss_diagnostics *found = results ? ss_results_diagnostics(results) : loaded.diagnostics;
    ss_diagnostics_locate(found, loaded.text.bytes ? loaded.text.bytes : "", loaded.text.length);
    int exit_status = ss__cli_report(host, given.path, found, status, given.json && !results);
    if (exit_status == CLI_OK) exit_status = printed;
    ss_results_destroy(results);
    ss_run_destroy(run);
    ss__cli_unload(&loaded);
    return exit_status;
}
