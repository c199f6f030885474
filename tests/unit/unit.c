/// Runs the registered tests: `unit [FILTER]…` runs those whose name or file contains a filter,
/// `unit --list` names them. The last line is "N passed, N failed, N skipped".
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ss_test *first_test;
static unsigned failed_checks; // of the running test
static const char *skip_reason;

void ss_test_register(ss_test *test) {
    ss_test **place = &first_test;
    while (*place && strcmp((*place)->name, test->name) < 0) place = &(*place)->next;
    test->next = *place;
    *place = test;
}

bool ss_test_check(bool held, const char *expression, const char *file, int line) {
    if (held) return true;
    failed_checks++;
    printf("%s:%d: does not hold: %s\n", file, line, expression);
    return false;
}

bool ss_test_check_text(const char *actual, const char *expected, const char *file, int line) {
    if (actual == expected) return true;
    if (actual && expected && strcmp(actual, expected) == 0) return true;
    failed_checks++;
    printf("%s:%d: texts differ\n  actual:   %s\n  expected: %s\n", file, line,
           actual ? actual : "(null)", expected ? expected : "(null)");
    return false;
}

bool ss_test_check_near(double actual, double expected, double tolerance, const char *file,
                        int line) {
    if (actual == expected) return true; // also equal infinities
    if (fabs(actual - expected) <= tolerance) return true;
    failed_checks++;
    printf("%s:%d: %.17g is not within %g of %.17g\n", file, line, actual, tolerance, expected);
    return false;
}

bool ss_test_check_equal(long long actual, long long expected, const char *file, int line) {
    if (actual == expected) return true;
    failed_checks++;
    printf("%s:%d: %lld, expected %lld\n", file, line, actual, expected);
    return false;
}

void ss_test_skip(const char *reason) { skip_reason = reason; }

char *ss_test_read_file(const char *path, size_t *length) {
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", SS_TEST_ROOT, path);
    FILE *file = fopen(full, "rb");
    char *bytes = NULL;
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
    if (size >= 0) bytes = malloc((size_t)size + 1u);
    if (bytes) {
        rewind(file);
        const size_t got = fread(bytes, 1, (size_t)size, file);
        bytes[got] = '\0';
        if (length) *length = got;
    }
    if (file) fclose(file);
    ss_test_check(bytes != NULL, path, __FILE__, __LINE__);
    return bytes;
}

static bool is_selected(const ss_test *test, int count, char **filters) {
    if (count == 0) return true;
    for (int i = 0; i < count; i++) {
        if (strstr(test->name, filters[i]) || strstr(test->file, filters[i])) return true;
    }
    return false;
}

int main(int count, char **arguments) {
    unsigned passed = 0, failed = 0, skipped = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); // a crash must not swallow the failures before it
    if (count == 2 && strcmp(arguments[1], "--list") == 0) {
        for (const ss_test *test = first_test; test; test = test->next) puts(test->name);
        return 0;
    }
    for (const ss_test *test = first_test; test; test = test->next) {
        if (!is_selected(test, count - 1, arguments + 1)) continue;
        failed_checks = 0;
        skip_reason = NULL;
        test->run();
        if (failed_checks > 0) {
            printf("FAILED %s (%s)\n", test->name, test->file);
            failed++;
        } else if (skip_reason) {
            printf("skipped %s: %s\n", test->name, skip_reason);
            skipped++;
        } else {
            passed++;
        }
    }
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    return failed > 0 ? 1 : 0;
}
