/// Values of options that several commands read.
#include "cli.h"
#include "scalesim/run.h"

bool ss__cli_quantity(const cli_host *host, const char *command, const char *option,
                      const char *text, ss_unit unit, double *out) {
    ss_text problem = ss_text_create(&host->allocator);
    const bool is_fine = !ss_quantity_parse(text, unit, out, &problem) && *out > 0.0;
    if (!is_fine) {
        ss__cli_say(host, "scalesim %s: %s %s: %s\n", command, option, text,
                    problem.length > 0u ? problem.bytes : "write a number above 0");
    }
    ss_text_destroy(&problem);
    return is_fine;
}

bool ss__cli_seconds(const cli_host *host, const char *command, const char *option,
                     const char *text, double *out) {
    if (!ss__cli_quantity(host, command, option, text, SS_UNIT_SECONDS, out)) return false;
    if (*out <= SS_RUN_SECONDS_MAX) return true;
    ss__cli_say(host, "scalesim %s: %s %s: write at most 31536000s, which is a year\n", command,
                option, text);
    return false;
}

bool ss__cli_whole(const cli_host *host, const char *command, const char *option,
                   const char *text, double max, double *out) {
    if (text[0] < '0' || text[0] > '9') {
        ss__cli_say(host, "scalesim %s: %s %s: write a whole number\n", command, option, text);
        return false;
    }
    double value = 0.0;
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9') value = max + 1.0; else value = value * 10.0 + (*at - '0');
        if (value > max) {
            ss__cli_say(host, "scalesim %s: %s %s: write a whole number not above ", command,
                        option, text);
            ss_text limit = ss_text_create(&host->allocator);
            ss_text_add_number(&limit, max);
            ss_text_add_char(&limit, '\n');
            ss__cli_write(host, 2, &limit);
            ss_text_destroy(&limit);
            return false;
        }
    }
    *out = value;
    return true;
}

bool ss__cli_keep(const cli_host *host, const char *command, const char *option,
                  const char *value, const char **list, size_t *count, size_t max) {
    if (*count == max) {
        ss__cli_say(host, "scalesim %s: %s may be given %zu times: write the rest into the file\n",
                    command, option, max);
        return false;
    }
    list[(*count)++] = value;
    return true;
}
