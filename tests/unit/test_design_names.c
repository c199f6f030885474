// Names: the grammar of ids, the table, and which name is the nearest.

#include <string.h>

#include "model/internal.h"
#include "unit.h"

SS_TEST(design_names_ids_follow_the_grammar) {
    static const char *const good[] = {"a", "orders", "a1", "a_b-c", "z-"};
    static const char *const bad[] = {"", "A", "1a", "-a", "_a", "a.b", "a b", "a/b", "ab\xC3\xA4"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) SS_CHECK(ss__is_id(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) SS_CHECK(!ss__is_id(bad[i]));
    char longest[66];
    memset(longest, 'a', sizeof longest);
    longest[65] = '\0';
    SS_CHECK(!ss__is_id(longest));
    longest[64] = '\0';
    SS_CHECK(ss__is_id(longest));
}

SS_TEST(design_names_distance_counts_edits) {
    static const struct {
        const char *a, *b;
        uint32_t distance;
    } cases[] = {
        {"", "", 0},          {"", "abc", 3},        {"abc", "abc", 0},     {"abc", "abd", 1},
        {"abc", "ab", 1},     {"abc", "xabc", 1},    {"replica", "replicas", 1},
        {"rpelicas", "replicas", 1}, /* two neighbours swapped */
        {"kitten", "sitting", 3},    {"ca", "abc", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SS_CHECK_EQUAL(ss__edit_distance(cases[i].a, cases[i].b, 100u), cases[i].distance);
        SS_CHECK_EQUAL(ss__edit_distance(cases[i].b, cases[i].a, 100u), cases[i].distance);
        // At the limit it is exact; beyond, it is only known to be beyond.
        const uint32_t d = cases[i].distance;
        SS_CHECK_EQUAL(ss__edit_distance(cases[i].a, cases[i].b, d), d);
        if (d > 0u) SS_CHECK_EQUAL(ss__edit_distance(cases[i].a, cases[i].b, d - 1u), d);
    }
}

SS_TEST(design_names_nearest_is_the_first_of_the_best) {
    ss__nearest nearest = ss__nearest_to("timout");
    static const char *const names[] = {"retry", "timeout", "timeouts", "timoutx"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) ss__nearest_offer(&nearest, names[i]);
    SS_CHECK_TEXT(nearest.best, "timeout");
    SS_CHECK(ss__nearest_to("x").best == NULL);
}

SS_TEST(design_names_table_grows) {
    const ss_allocator allocator = ss_allocator_default();
    ss_arena *arena = ss_arena_create(&allocator);
    ss__names names;
    SS_REQUIRE(ss__names_create(&names, arena, 0u));
    char text[32];
    ss_text name = ss_text_create(&allocator);
    for (uint32_t i = 0; i < 1000u; i++) {
        name.length = 0;
        ss_text_add_format(&name, "name-%u", i);
        ss__name_entry *entry =
            ss__names_take(&names, ss_arena_copy_text(arena, name.bytes, name.length));
        SS_REQUIRE(entry && entry->value == SS_NONE);
        entry->value = i;
    }
    SS_CHECK_EQUAL(names.count, 1000);
    for (uint32_t i = 0; i < 1000u; i++) {
        name.length = 0;
        ss_text_add_format(&name, "name-%u", i);
        memcpy(text, name.bytes, name.length + 1u); // another copy: not the same pointer
        SS_CHECK_EQUAL(ss__names_find(&names, text), i);
    }
    SS_CHECK_EQUAL(ss__names_find(&names, "name-1000"), SS_NONE);
    SS_CHECK_EQUAL(ss__names_take(&names, "name-7")->value, 7);
    ss_text_destroy(&name);
    ss_arena_destroy(arena);
}
