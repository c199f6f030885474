#include "cli.h"

#include <string.h>

#include "base/text.h"
#include "scalesim/codegen.h"
#include "scalesim/model.h"
#include "scalesim/run.h"

static const char help_text[] =
    "scalesim: simulate distributed systems, find their bottleneck, generate the project\n"
    "\n"
    "  scalesim check FILE [--json]          all findings about a design\n"
    "  scalesim run FILE [options]           simulate it\n"
    "  scalesim compare A [B] [options]      what a change does, with the same chance for both\n"
    "  scalesim solve FILE [--json]          the closed-form answer, and how it was come by\n"
    "  scalesim generate FILE -o DIR|X.zip   the project it describes\n"
    "  scalesim catalog [TYPE] [--json]      node types, their properties, units, ranges, "
    "defaults\n"
    "\n"
    "FILE is a *.scalesim.json, or - for standard input. `scalesim COMMAND --help` tells a "
    "command's options.\n"
    "Exit status: 0 success; 1 an objective or assertion failed; 2 the input is wrong; 3 the run "
    "failed.\n";

// --- Services ------------------------------------------------------------------------------------

void ss__cli_write(const cli_host *host, int fd, const ss_text *text) {
    if (text->length > 0u) host->write(host->context, fd, text->bytes, text->length);
}

void ss__cli_say(const cli_host *host, const char *format, ...) {
    ss_text text = ss_text_create(&host->allocator);
    va_list values;
    va_start(values, format);
    ss_text_add_format_list(&text, format, values);
    va_end(values);
    ss__cli_write(host, 2, &text);
    ss_text_destroy(&text);
}

bool ss__cli_is(const cli_arguments *arguments, const char *option) {
    const char *given = arguments->values[arguments->at];
    const size_t length = strlen(option);
    return strncmp(given, option, length) == 0 && (given[length] == '\0' || given[length] == '=');
}

const char *ss__cli_value(cli_arguments *arguments, const char *option) {
    const char *given = arguments->values[arguments->at];
    const size_t length = strlen(option);
    if (given[length] == '=') return given + length + 1;
    if (arguments->at + 1 < arguments->count) return arguments->values[++arguments->at];
    ss__cli_say(arguments->host, "scalesim: %s needs a value, such as `%s …`\n", option, option);
    return NULL;
}

int ss__cli_unknown(const cli_host *host, const char *command, const char *argument) {
    if (argument[0] == '-') {
        ss__cli_say(host, "scalesim %s: there is no option %s; see `scalesim %s --help`\n", command,
                    argument, command);
    } else {
        ss__cli_say(host,
                    "scalesim %s: one FILE only, so what is \"%s\"? See `scalesim %s --help`\n",
                    command, argument, command);
    }
    return CLI_INPUT_WRONG;
}

ss_status ss__cli_load(const cli_host *host, const char *path, const char *const *set,
                       size_t set_count, cli_design *out) {
    *out = (cli_design){.text = ss_text_create(&host->allocator)};
    out->diagnostics = ss_diagnostics_create(&host->allocator);
    if (!out->diagnostics) return SS_ERROR_MEMORY;
    ss_status status = host->read_file(host->context, path, &out->text);
    if (status == SS_ERROR_IO) {
        ss__cli_say(host, "scalesim: cannot read %s: check the path, or use - for standard input\n",
                    path);
        return status;
    }
    if (!status) status = ss_catalog_create(&host->allocator, &out->catalog);
    if (!status && set_count > 0u) {
        ss_text changed = ss_text_create(&host->allocator);
        status = ss_design_override(out->text.bytes ? out->text.bytes : "", out->text.length, set,
                                    set_count, &host->allocator, out->diagnostics, &changed);
        if (!status) {
            ss_text_destroy(&out->text);
            out->text = changed;
        } else {
            ss_text_destroy(&changed);
        }
    }
    if (!status) {
        status = ss_design_load(out->text.bytes ? out->text.bytes : "", out->text.length,
                                out->catalog, &host->allocator, out->diagnostics, &out->design);
    }
    ss_diagnostics_locate(out->diagnostics, out->text.bytes ? out->text.bytes : "",
                          out->text.length);
    return status;
}

void ss__cli_unload(cli_design *loaded) {
    ss_design_destroy(loaded->design);
    ss_catalog_destroy(loaded->catalog);
    ss_diagnostics_destroy(loaded->diagnostics);
    ss_text_destroy(&loaded->text);
}

int ss__cli_report(const cli_host *host, const char *path, const ss_diagnostics *diagnostics,
                   ss_status status, bool json) {
    ss_text text = ss_text_create(&host->allocator);
    if (diagnostics) ss_diagnostics_write_text(diagnostics, path, &text);
    ss__cli_write(host, 2, &text);
    if (json && diagnostics) {
        text.length = 0;
        ss_text_add(&text, "{\"diagnostics\":");
        ss_diagnostics_write_json(diagnostics, &text);
        ss_text_add(&text, "}\n");
        ss__cli_write(host, 1, &text);
    }
    ss_text_destroy(&text);
    switch (status) {
    case SS_OK:
        return CLI_OK;
    case SS_ERROR_INPUT:
    case SS_ERROR_IO:
        return CLI_INPUT_WRONG;
    case SS_ERROR_MEMORY:
        ss__cli_say(host, "scalesim: out of memory\n");
        return CLI_RUN_FAILED;
    case SS_ERROR_LIMIT:
        return CLI_RUN_FAILED;
    }
    return CLI_RUN_FAILED;
}

// --- check ---------------------------------------------------------------------------------------

static const char check_help[] = "scalesim check FILE [--json]\n"
                                 "\n"
                                 "Reports everything that is wrong or doubtful in a design: line, "
                                 "column, code, and what to write instead.\n"
                                 "  --json   the findings as JSON on standard output\n";

/// Compiles the design too: some mistakes only show when operations are followed through the graph.
static ss_status compile(const cli_host *host, const cli_design *loaded) {
    ss_run *run = NULL;
    const ss_status status = ss_run_create(loaded->design, ss_run_options_default(),
                                           &host->allocator, loaded->diagnostics, &run);
    ss_run_destroy(run);
    ss_diagnostics_locate(loaded->diagnostics, loaded->text.bytes, loaded->text.length);
    return status;
}

int ss__cli_check(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    const char *path = NULL;
    bool json = false;
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        if (strcmp(given, "--json") == 0) {
            json = true;
        } else if (strcmp(given, "--help") == 0) {
            host->write(host->context, 1, check_help, sizeof check_help - 1u);
            return CLI_OK;
        } else if (!path && (given[0] != '-' || given[1] == '\0')) {
            path = given;
        } else {
            return ss__cli_unknown(host, "check", given);
        }
    }
    if (!path) {
        ss__cli_say(host, "scalesim check: which FILE? Write `scalesim check my.scalesim.json`\n");
        return CLI_INPUT_WRONG;
    }
    cli_design loaded;
    ss_status status = ss__cli_load(host, path, NULL, 0, &loaded);
    if (!status) status = compile(host, &loaded);
    const int exit_status = ss__cli_report(host, path, loaded.diagnostics, status, json);
    if (exit_status == CLI_OK && !json) {
        ss_text text = ss_text_create(&host->allocator);
        ss_text_add_format(&text, "%s: no errors, %zu warnings\n", path,
                           ss_diagnostics_count(loaded.diagnostics));
        ss__cli_write(host, 1, &text);
        ss_text_destroy(&text);
    }
    ss__cli_unload(&loaded);
    return exit_status;
}

// --- catalog -------------------------------------------------------------------------------------

static const char catalog_help[] =
    "scalesim catalog [TYPE] [--json | --schema]\n"
    "\n"
    "Lists the node types, or tells everything about one: properties, units, ranges, defaults.\n"
    "  --json     the whole catalog as JSON, generation targets included\n"
    "  --schema   the JSON Schema of the document (draft 2020-12)\n";

int ss__cli_catalog(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    const char *type = NULL;
    bool json = false;
    bool schema = false;
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        if (strcmp(given, "--json") == 0) {
            json = true;
        } else if (strcmp(given, "--schema") == 0) {
            schema = true;
        } else if (strcmp(given, "--help") == 0) {
            host->write(host->context, 1, catalog_help, sizeof catalog_help - 1u);
            return CLI_OK;
        } else if (!type && given[0] != '-') {
            type = given;
        } else {
            return ss__cli_unknown(host, "catalog", given);
        }
    }
    ss_catalog *catalog;
    if (ss_catalog_create(&host->allocator, &catalog)) return CLI_RUN_FAILED;
    int exit_status = CLI_OK;
    ss_text text = ss_text_create(&host->allocator);
    if (type && !ss_catalog_find(catalog, type)) {
        ss__cli_say(host,
                    "scalesim catalog: there is no type \"%s\"; `scalesim catalog` lists them\n",
                    type);
        exit_status = CLI_INPUT_WRONG;
    } else if (schema) {
        ss_catalog_write_schema(catalog, &text);
    } else if (json) {
        if (ss_targets_write_catalog(catalog, &host->allocator, &text)) {
            exit_status = CLI_RUN_FAILED;
        }
        if (text.length > 0u && text.bytes[text.length - 1u] != '\n') ss_text_add_char(&text, '\n');
    } else {
        ss_catalog_write_text(catalog, type, &text);
    }
    ss__cli_write(host, 1, &text);
    ss_text_destroy(&text);
    ss_catalog_destroy(catalog);
    return exit_status;
}

// --- The command line ----------------------------------------------------------------------------

int ss_cli_run(const cli_host *host, int argc, const char *const *argv) {
    static const struct {
        const char *name;
        int (*run)(cli_arguments *arguments);
    } commands[] = {
        {"check", ss__cli_check}, {"run", ss__cli_run}, {"solve", ss__cli_solve},
        {"compare", ss__cli_compare},
        {"generate", ss__cli_generate},
        {"catalog", ss__cli_catalog},
    };
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        host->write(host->context, argc < 2 ? 2 : 1, help_text, sizeof help_text - 1u);
        return argc < 2 ? CLI_INPUT_WRONG : CLI_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        ss_text text = ss_text_create(&host->allocator);
        ss_text_add_format(&text, "scalesim %s\n", ss_engine_version());
        ss__cli_write(host, 1, &text);
        ss_text_destroy(&text);
        return CLI_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) != 0) continue;
        cli_arguments arguments = {.host = host, .values = argv, .count = argc, .at = 2};
        return commands[i].run(&arguments);
    }
    ss__cli_say(host, "scalesim: there is no command \"%s\"; `scalesim --help` lists them\n",
                argv[1]);
    return CLI_INPUT_WRONG;
}
