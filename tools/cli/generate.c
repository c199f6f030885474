/// scalesim generate
#include <string.h>

#include "cli.h"
#include "scalesim/codegen.h"

#define TARGETS_MAX 64

static const char generate_help[] =
    "scalesim generate FILE -o DIR|FILE.zip [--target NAME]…\n"
    "\n"
    "Writes the project that the design describes: services, tests, infrastructure.\n"
    "  -o DIR        into a folder; -o X.zip as one archive, the same bytes each time\n"
    "  --target NAME only this target (may be repeated); `scalesim catalog --json` lists them\n"
    "  --set PATH=VALUE  change the design first\n";

typedef struct generate_arguments {
    const char *path, *output;
    const char *targets[TARGETS_MAX];
    const char *sets[TARGETS_MAX];
    size_t target_count, set_count;
    bool wants_help;
} generate_arguments;

typedef struct folder {
    const cli_host *host;
    const char *path;
    size_t files;
} folder;

static bool write_one(void *context, const char *path, const char *bytes, size_t length,
                      bool executable) {
    folder *into = context;
    ss_text full = ss_text_create(&into->host->allocator);
    ss_text_add_format(&full, "%s/%s", into->path, path);
    const bool written = full.bytes && into->host->write_file(into->host->context, full.bytes,
                                                              bytes, length, executable);
    if (!written)
        ss__cli_say(into->host, "scalesim generate: cannot write %s/%s\n", into->path, path);
    ss_text_destroy(&full);
    into->files++;
    return written;
}

static bool is_zip(const char *path) {
    const size_t length = strlen(path);
    return length > 4u && strcmp(path + length - 4u, ".zip") == 0;
}

static ss_status generate(const cli_host *host, const generate_arguments *given,
                          const cli_design *loaded) {
    if (!is_zip(given->output)) {
        folder into = {.host = host, .path = given->output};
        const ss_status status =
            ss_generate_files(loaded->design, given->targets, given->target_count, &host->allocator,
                              loaded->diagnostics, write_one, &into);
        if (!status) ss__cli_say(host, "%zu files in %s\n", into.files, given->output);
        return status;
    }
    ss_text zip = ss_text_create(&host->allocator);
    ss_status status = ss_generate_zip(loaded->design, given->targets, given->target_count,
                                       &host->allocator, loaded->diagnostics, &zip);
    if (!status && !host->write_file(host->context, given->output, zip.bytes, zip.length, false)) {
        ss__cli_say(host, "scalesim generate: cannot write %s\n", given->output);
        status = SS_ERROR_IO;
    }
    if (!status) ss__cli_say(host, "%zu bytes in %s\n", zip.length, given->output);
    ss_text_destroy(&zip);
    return status;
}

static int read_arguments(cli_arguments *arguments, generate_arguments *out) {
    *out = (generate_arguments){0};
    for (; arguments->at < arguments->count; arguments->at++) {
        const char *given = arguments->values[arguments->at];
        const bool is_output = ss__cli_is(arguments, "-o");
        const bool is_target = ss__cli_is(arguments, "--target");
        const bool is_set = ss__cli_is(arguments, "--set");
        if (is_output || is_target || is_set) {
            const char *value = ss__cli_value(arguments, is_output   ? "-o"
                                                         : is_target ? "--target"
                                                                     : "--set");
            if (!value) return CLI_INPUT_WRONG;
            if (is_output) {
                out->output = value;
            } else if (is_target && out->target_count < TARGETS_MAX) {
                out->targets[out->target_count++] = value;
            } else if (is_set && out->set_count < TARGETS_MAX) {
                out->sets[out->set_count++] = value;
            }
        } else if (strcmp(given, "--help") == 0) {
            out->wants_help = true;
            return CLI_OK;
        } else if (!out->path && (given[0] != '-' || given[1] == '\0')) {
            out->path = given;
        } else {
            return ss__cli_unknown(arguments->host, "generate", given);
        }
    }
    if (out->path && out->output) return CLI_OK;
    ss__cli_say(arguments->host,
                "scalesim generate: write `scalesim generate my.scalesim.json -o my-project`\n");
    return CLI_INPUT_WRONG;
}

int ss__cli_generate(cli_arguments *arguments) {
    const cli_host *host = arguments->host;
    generate_arguments given;
    const int read = read_arguments(arguments, &given);
    if (read != CLI_OK) return read;
    if (given.wants_help) {
        host->write(host->context, 1, generate_help, sizeof generate_help - 1u);
        return CLI_OK;
    }
    cli_design loaded;
    ss_status status = ss__cli_load(host, given.path, given.sets, given.set_count, &loaded);
    if (!status) status = generate(host, &given, &loaded);
    ss_diagnostics_locate(loaded.diagnostics, loaded.text.bytes ? loaded.text.bytes : "",
                          loaded.text.length);
    const int exit_status = ss__cli_report(host, given.path, loaded.diagnostics, status, false);
    ss__cli_unload(&loaded);
    return exit_status;
}
