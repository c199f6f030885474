/// "$-0" was taken for a distribution, although "-0" is none. Found by fuzzing.
#include <string.h>

#include "base/dist.h"
#include "unit.h"

SS_TEST(bug_no_unit_makes_minus_nothing_a_distribution) {
    static const struct {
        const char *text;
        ss_unit unit;
    } cases[] = {{"$-0", SS_UNIT_USD}, {"-0", SS_UNIT_NONE}, {"-0.0ms", SS_UNIT_SECONDS},
                 {"exp($-0)", SS_UNIT_USD}};
    const ss_allocator allocator = ss_allocator_default();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ss_arena *arena = ss_arena_create(&allocator);
        ss_text problem = ss_text_create(&allocator);
        const ss_dist *dist = NULL;
        SS_CHECK(ss_dist_parse(cases[i].text, cases[i].unit, arena, &dist, &problem) ==
                 SS_ERROR_INPUT);
        SS_CHECK(problem.bytes && strstr(problem.bytes, "is negative"));
        ss_text_destroy(&problem);
        ss_arena_destroy(arena);
    }
}
