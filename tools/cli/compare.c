/// scalesim compare
#include <string.h>

#include "cli.h"
#include "scalesim/model.h"
#include "scalesim/run.h"

#define SETS_MAX 256
#define REPLICATIONS_DEFAULT 10u

static const char compare_help[] =
    "scalesim compare A [B] [options]\n"
    "\n"
    "Simulates two designs side by side, replication by replication with the same seeds, and\n"
    "says of each number whether it differs: the mean difference with its 95 % interval over the\n"
    "pairs. What chance does to A it does to B, so that small differences show. Without B, B is A\n"
    "changed by --set:\n"
    "  scalesim compare shop.scalesim.json --set nodes.db.connections=80\n"
    "\n"
    "  --set PATH=VALUE     change B first\n"
    "  --set-a PATH=VALUE   change A first (and B, where B is A)\n"
    "  --replications N     pairs of runs, 2 or more (10)\n"
    "  --seed N             start of all randomness\n"
    "  --duration D         simulated time of each run, such as 10m\n"
    "  --json               the comparison as JSON (scalesim-comparison/1)\n";

typedef struct compare_arguments {
    const char *paths[2];
    const char *sets[2][SETS_MAX];
    size_t set_counts[2];
    uint32_t replications;
    bool json, wants_help;
    ss_run_options options;
} compare_arguments;

/// Reads the option at hand; 0 = read, 1 = not an option of this kind, 2 = wrong.
static int read_option(cli_arguments *arguments, compare_arguments *out) {
    static const char *const options[] = {"--set-a", "--set", "--replications", "--seed",
                                          "--duration"};
    size_t which = 0;
    while (which < 5u && !ss__cli_is(arguments, options[which])) which++;
    if (which == 5u) return 1;
    const cli_host *host = arguments->host;
    const char *value = ss__cli_value(arguments, options[which]);
    double number = 0.0;
    bool is_fine = value != NULL;
    switch (is_fine ? which : 5u) {
    case 0:
    case 1:
        is_fine = ss__cli_keep(host, "compare", options[which], value, out->sets[which],
                               &out->set_counts[which], SETS_MAX);
        break;
    case 2:
        is_fine = ss__cli_whole(host, "compare", options[which], value, 100000.0, &number);
        out->replications = number < 2.0 ? 2u : (uint32_t)number;
        break;
    case 3:
        is_fine = ss__cli_whole(host, "compare", options[which], value, 9007199254740991.0,
                                &number);
        out->options.seed = (uint64_t)number;
        out->options.has_seed = true;
        break;
    case 4:
        is_fine = ss__cli_seconds(host, "compare", options[which], value,
                                  &out->options.duration_s);
        break;
    default:
        break;
    }
    return is_fine ? 0 : 2;
}

static int read_arguments(cli_arguments *arguments, compare_arguments *out) {
    *out = (compare_arguments){.replications = REPLICATIONS_DEFAULT,
                               .options = ss_run_options_default()};
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        const int read = read_option(arguments, out);
        if (read == 0) continue;
        if (read == 2) return CLI_INPUT_WRONG;
        if (strcmp(given, "--json") == 0) {
            out->json = true;
        } else if (strcmp(given, "--help") == 0) {
            out->wants_help = true;
            return CLI_OK;
        } else if (!out->paths[1] && (given[0] != '-' || given[1] == '\0')) {
            out->paths[out->paths[0] ? 1 : 0] = given;
        } else {
            return ss__cli_unknown(arguments->host, "compare", given);
        }
    }
    if (out->paths[0] && (out->paths[1] || out->set_counts[1] > 0u)) return CLI_OK;
    ss__cli_say(arguments->host,
                "scalesim compare: with what? Write `scalesim compare A.scalesim.json "
                "B.scalesim.json`, or `scalesim compare A.scalesim.json --set PATH=VALUE`\n");
    return CLI_INPUT_WRONG;
}

/// Loads A and B; without a second file B has the changes of A and its own.
static ss_status load_both(const cli_host *host, compare_arguments *given, cli_design loaded[2]) {
    ss_status status = ss__cli_load(host, given->paths[0], given->sets[0], given->set_counts[0],
                                    &loaded[0]);
    if (status || given->paths[1]) {
        const char *path = given->paths[1] ? given->paths[1] : given->paths[0];
        return status ? status : ss__cli_load(host, path, given->sets[1], given->set_counts[1],
                                              &loaded[1]);
    }
    const char *sets[2 * SETS_MAX];
    size_t count = 0;
    for (size_t k = 0; k < 2u; k++) {
        for (size_t i = 0; i < given->set_counts[k]; i++) sets[count++] = given->sets[k][i];
    }
    given->paths[1] = given->paths[0];
    return ss__cli_load(host, given->paths[1], sets, count, &loaded[1]);
}

static ss_status print_comparison(const cli_host *host, const ss_comparison *comparison,
                                  bool json) {
    ss_text text = ss_text_create(&host->allocator);
    const ss_status status = json ? ss_comparison_write_json(comparison, &text)
                                  : ss_comparison_write_report(comparison, &text);
    ss__cli_write(host, 1, &text);
    ss_text_destroy(&text);
    return status;
}

int ss__cli_compare(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    compare_arguments given;
    const int read = read_arguments(arguments, &given);
    if (read != CLI_OK) return read;
    if (given.wants_help) {
        host->write(host->context, 1, compare_help, sizeof compare_help - 1u);
        return CLI_OK;
    }
    cli_design loaded[2];
    memset(loaded, 0, sizeof loaded);
    ss_comparison *comparison = NULL;
    ss_status status = load_both(host, &given, loaded);
    if (!status) {
        const ss_design *const designs[2] = {loaded[0].design, loaded[1].design};
        ss_diagnostics *const findings[2] = {loaded[0].diagnostics, loaded[1].diagnostics};
        status = ss_comparison_create(designs, given.options, given.replications, &host->allocator,
                                      findings, &comparison);
    }
    if (comparison) status = ss_comparison_advance(comparison, UINT64_MAX);
    if (status) {
        ss_comparison_destroy(comparison);
        comparison = NULL;
    }
    if (comparison) status = print_comparison(host, comparison, given.json);
    int exit_status = CLI_OK;
    for (uint32_t k = 0; k < 2u; k++) { // results first, as in `scalesim run`
        ss_diagnostics *found =
            comparison ? ss_comparison_diagnostics(comparison, k) : loaded[k].diagnostics;
        if (!found) continue;
        ss_diagnostics_locate(found, loaded[k].text.bytes ? loaded[k].text.bytes : "",
                              loaded[k].text.length);
        const bool tells_why = given.json && !comparison && ss_diagnostics_count(found) > 0u;
        exit_status = ss__cli_report(host, given.paths[k] ? given.paths[k] : given.paths[0], found,
                                     status, tells_why);
    }
    if (comparison) {
        ss__cli_say(host, "%llu events in %u pairs of runs\n",
                    (unsigned long long)ss_comparison_events(comparison), given.replications);
    }
    ss_comparison_destroy(comparison);
    for (uint32_t k = 0; k < 2u; k++) {
        if (loaded[k].diagnostics) ss__cli_unload(&loaded[k]);
    }
    return exit_status;
}
