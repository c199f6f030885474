/// scalesim solve
#include "scalesim/solve.h"

#include <string.h>

#include "cli.h"

#define SETS_MAX 256u

static const char solve_help[] =
    "scalesim solve FILE [--json] [--set PATH=VALUE]…\n"
    "\n"
    "Computes a design's answer in closed form where there is one, by a named approximation where\n"
    "not, and says which it was for each node.\n"
    "  --set PATH=VALUE   change the design first: --set nodes.orders.replicas=8\n"
    "  --json             the solution as JSON (scalesim-solution/1)\n";

typedef struct solve_arguments {
    const char *path;
    const char *sets[SETS_MAX];
    size_t set_count;
    bool json, wants_help;
} solve_arguments;

static int read_arguments(cli_arguments *arguments, solve_arguments *out) {
    *out = (solve_arguments){0};
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        if (ss__cli_is(arguments, "--set")) {
            const char *value = ss__cli_value(arguments, "--set");
            if (!value) return CLI_INPUT_WRONG;
            if (out->set_count < SETS_MAX) out->sets[out->set_count++] = value;
        } else if (strcmp(given, "--json") == 0) {
            out->json = true;
        } else if (strcmp(given, "--help") == 0) {
            out->wants_help = true;
            return CLI_OK;
        } else if (!out->path && (given[0] != '-' || given[1] == '\0')) {
            out->path = given;
        } else {
            return ss__cli_unknown(arguments->host, "solve", given);
        }
    }
    if (out->path) return CLI_OK;
    ss__cli_say(arguments->host,
                "scalesim solve: which FILE? Write `scalesim solve my.scalesim.json`\n");
    return CLI_INPUT_WRONG;
}

int ss__cli_solve(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    solve_arguments given;
    const int read = read_arguments(arguments, &given);
    if (read != CLI_OK) return read;
    if (given.wants_help) {
        host->write(host->context, 1, solve_help, sizeof solve_help - 1u);
        return CLI_OK;
    }
    cli_design loaded;
    ss_status status = ss__cli_load(host, given.path, given.sets, given.set_count, &loaded);
    ss_solution *solution = NULL;
    if (!status) {
        status = ss_solve(loaded.design, &host->allocator, loaded.diagnostics, &solution);
        ss_diagnostics_locate(loaded.diagnostics, loaded.text.bytes ? loaded.text.bytes : "",
                              loaded.text.length);
    }
    const bool tells_why = given.json && !solution;
    int exit_status = ss__cli_report(host, given.path, loaded.diagnostics, status, tells_why);
    if (solution) {
        ss_text text = ss_text_create(&host->allocator);
        status = given.json ? ss_solution_write_json(solution, &text)
                            : ss_solution_write_report(solution, &text);
        ss__cli_write(host, 1, &text);
        ss_text_destroy(&text);
        if (status) exit_status = CLI_RUN_FAILED;
    }
    ss_solution_destroy(solution);
    ss__cli_unload(&loaded);
    return exit_status;
}
