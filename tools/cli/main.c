/// The native host of the command line: files, terminal, clock.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static ss_status read_file(void *context, const char *path, ss_text *out) {
    (void)context;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!file) return SS_ERROR_IO;
    char block[65536];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0u)
        ss_text_add_bytes(out, block, length);
    const bool failed = ferror(file) != 0;
    if (file != stdin) fclose(file);
    return failed ? SS_ERROR_IO : ss_text_status(out);
}

/// Makes the folders above a file.
static bool make_folders(const char *path) {
    char *copy = strdup(path);
    if (!copy) return false;
    bool made = true;
    for (char *slash = strchr(copy + 1, '/'); slash && made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = mkdir(copy, 0777) == 0 || errno == EEXIST;
        *slash = '/';
    }
    free(copy);
    return made;
}

static bool write_file(void *context, const char *path, const void *bytes, size_t length,
                       bool is_executable) {
    (void)context;
    if (!make_folders(path)) return false;
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    const bool written = length == 0u || fwrite(bytes, 1, length, file) == length;
    const bool closed = fclose(file) == 0;
    return written && closed && (!is_executable || chmod(path, 0755) == 0);
}

static void write_stream(void *context, int fd, const void *bytes, size_t length) {
    (void)context;
    FILE *stream = fd == 1 ? stdout : stderr;
    fwrite(bytes, 1, length, stream);
    if (fd != 1) fflush(stream);
}

/// With SCALESIM_CLOCK=cpu the processor time of this thread, for measuring on a busy machine.
static double now_ms(void *context) {
    (void)context;
    struct timespec now;
    const char *clock = getenv("SCALESIM_CLOCK");
    const bool is_cpu = clock && strcmp(clock, "cpu") == 0;
    clock_gettime(is_cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static bool is_terminal(void *context, int fd) {
    (void)context;
    return isatty(fd) != 0;
}

int main(int argc, char **argv) {
    const cli_host host = {
        .allocator = ss_allocator_default(), .read_file = read_file, .write_file = write_file,
        .write = write_stream, .now_ms = now_ms, .is_terminal = is_terminal,
    };
    const int exit_status = ss_cli_run(&host, argc, (const char *const *)argv);
    const bool flushed = fflush(stdout) == 0;
    return exit_status == CLI_OK && !flushed ? CLI_RUN_FAILED : exit_status;
}
