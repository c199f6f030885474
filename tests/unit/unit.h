/// The test harness: a test states what must be true and would fail if it were not.
///
///     SS_TEST(json_rejects_duplicate_keys) {
///         SS_CHECK(status == SS_ERROR_INPUT);
///     }
///
/// Tests register themselves before main (unit.c) and run in name order. A failed check prints its
/// file and line and the test goes on; `SS_REQUIRE` leaves the test, for what the rest stands on.
#ifndef SS_TESTS_UNIT_H
#define SS_TESTS_UNIT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ss_test {
    const char *name;
    const char *file;
    void (*run)(void);
    struct ss_test *next;
} ss_test;

void ss_test_register(ss_test *test);
/// Each check returns what it found, so that a test can stop early.
bool ss_test_check(bool held, const char *expression, const char *file, int line);
bool ss_test_check_text(const char *actual, const char *expected, const char *file, int line);
bool ss_test_check_near(double actual, double expected, double tolerance, const char *file,
                        int line);
bool ss_test_check_equal(long long actual, long long expected, const char *file, int line);
/// Reports the running test as skipped; the reason is printed.
void ss_test_skip(const char *reason);
/// Reads a file of the repository ("examples/mm1/mm1.scalesim.json"), NUL-terminated; free() it.
/// NULL (and a failed check) when it cannot be read.
char *ss_test_read_file(const char *path, size_t *length);

#define SS_TEST(test_name)                                                                         \
    static void test_##test_name(void);                                                            \
    static ss_test test_entry_##test_name = {#test_name, __FILE__, test_##test_name, NULL};        \
    __attribute__((constructor)) static void test_register_##test_name(void) {                     \
        ss_test_register(&test_entry_##test_name);                                                 \
    }                                                                                              \
    static void test_##test_name(void)

#define SS_CHECK(condition) ss_test_check((condition), #condition, __FILE__, __LINE__)
#define SS_CHECK_TEXT(actual, expected) ss_test_check_text((actual), (expected), __FILE__, __LINE__)
#define SS_CHECK_NEAR(actual, expected, tolerance)                                                 \
    ss_test_check_near((actual), (expected), (tolerance), __FILE__, __LINE__)
#define SS_CHECK_EQUAL(actual, expected)                                                           \
    ss_test_check_equal((long long)(actual), (long long)(expected), __FILE__, __LINE__)
#define SS_REQUIRE(condition)                                                                      \
    do {                                                                                           \
        if (!ss_test_check((condition), #condition, __FILE__, __LINE__)) return;                   \
    } while (0)

#endif
