/// The command line, apart from the machine it runs on: natively main.c is the host, in WebAssembly
/// the JavaScript around the module (wasm/PROTOCOL.md, "The command line").
#ifndef SCALESIM_CLI_H
#define SCALESIM_CLI_H

#include "base/dist.h"
#include "scalesim/base.h"

typedef struct cli_host {
    void *context;
    ss_allocator allocator;
    /// Reads a whole file ("-" = standard input); SS_ERROR_IO when it cannot.
    ss_status (*read_file)(void *context, const char *path, ss_text *out);
    /// Writes a whole file, making its folders; false when it cannot.
    bool (*write_file)(void *context, const char *path, const void *bytes, size_t length,
                       bool is_executable);
    void (*write)(void *context, int fd, const void *bytes, size_t length); ///< 1 stdout, 2 stderr
    double (*now_ms)(void *context); ///< a wall clock, for rates only
    bool (*is_terminal)(void *context, int fd);
} cli_host;

/// Exit statuses of FORMAT §3.
enum { CLI_OK = 0, CLI_PROMISE_BROKEN = 1, CLI_INPUT_WRONG = 2, CLI_RUN_FAILED = 3 };

/// Runs one command; argv[0] is the program's name. Returns the exit status.
int ss_cli_run(const cli_host *host, int argc, const char *const *argv);

// What the files of this folder share.

typedef struct cli_arguments {
    const cli_host *host;
    const char *const *values;
    int count;
    int at;
} cli_arguments;

/// Writes formatted text (see ss_text_add_format) to standard error.
void ss__cli_say(const cli_host *host, const char *format, ...) SS_PRINTF_LIKE(2, 3);
void ss__cli_write(const cli_host *host, int fd, const ss_text *text);
/// The value of an option that needs one ("--seed 7" or "--seed=7"); NULL, after saying so, when it
/// is missing.
const char *ss__cli_value(cli_arguments *arguments, const char *option);
bool ss__cli_is(const cli_arguments *arguments, const char *option);
/// Says that an argument is not known and which command's help tells more; returns CLI_INPUT_WRONG.
int ss__cli_unknown(const cli_host *host, const char *command, const char *argument);

/// Reads a quantity above 0; false, after saying so, when it is none.
bool ss__cli_quantity(const cli_host *host, const char *command, const char *option,
                      const char *text, ss_unit unit, double *out);
/// The same for simulated time, of which there is a year at most.
bool ss__cli_seconds(const cli_host *host, const char *command, const char *option,
                     const char *text, double *out);
/// Reads a whole number from 0 to `max`.
bool ss__cli_whole(const cli_host *host, const char *command, const char *option,
                   const char *text, double max, double *out);
/// Keeps one of the values of an option that may be given more than once.
bool ss__cli_keep(const cli_host *host, const char *command, const char *option,
                  const char *value, const char **list, size_t *count, size_t max);

int ss__cli_check(cli_arguments *arguments);
int ss__cli_run(cli_arguments *arguments);
int ss__cli_solve(cli_arguments *arguments);
int ss__cli_compare(cli_arguments *arguments);
int ss__cli_catalog(cli_arguments *arguments);
int ss__cli_generate(cli_arguments *arguments);

struct ss_design;
struct ss_catalog;
/// A document and what it needs, loaded; `set` holds overrides.
typedef struct cli_design {
    ss_text text;
    struct ss_catalog *catalog;
    struct ss_design *design; ///< NULL when it has errors
    ss_diagnostics *diagnostics;
} cli_design;
ss_status ss__cli_load(const cli_host *host, const char *path, const char *const *set,
                       size_t set_count, cli_design *out);
void ss__cli_unload(cli_design *loaded);
/// Writes the findings to stderr for people and, with `json`, to stdout. Returns the exit status
/// they call for.
int ss__cli_report(const cli_host *host, const char *path, const ss_diagnostics *diagnostics,
                   ss_status status, bool json);

#endif
