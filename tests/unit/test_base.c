// Status, arena, text buffers.
#include <float.h>
#include <stdint.h>

#include "base/math.h"
#include "base/text.h"
#include "failing_allocator.h"

SS_TEST(base_status_names_are_words) {
    SS_CHECK_TEXT(ss_status_name(SS_OK), "ok");
    SS_CHECK_TEXT(ss_status_name(SS_ERROR_INPUT), "input");
    SS_CHECK_TEXT(ss_status_name(SS_ERROR_MEMORY), "memory");
    SS_CHECK_TEXT(ss_status_name(SS_ERROR_LIMIT), "limit");
    SS_CHECK_TEXT(ss_status_name(SS_ERROR_IO), "io");
}

SS_TEST(base_default_allocator_allocates_resizes_and_frees) {
    const ss_allocator allocator = ss_allocator_default();
    char *block = ss_allocate_zeroed(&allocator, 100);
    SS_REQUIRE(block != NULL);
    for (int i = 0; i < 100; i++) SS_CHECK(block[i] == 0);
    memset(block, 7, 100);
    block = ss_reallocate(&allocator, block, 100, 10000);
    SS_REQUIRE(block != NULL);
    SS_CHECK(block[0] == 7 && block[99] == 7);
    ss_deallocate(&allocator, block, 10000);
    ss_deallocate(&allocator, NULL, 0);
    void *empty = ss_allocate(&allocator, 0); // a size of 0 is a block too, not a failure
    SS_CHECK(empty != NULL);
    ss_deallocate(&allocator, empty, 0);
}

SS_TEST(base_arena_gives_zeroed_aligned_blocks_and_frees_all) {
    failing_allocator state = {0};
    const ss_allocator allocator = failing_allocator_of(&state);
    ss_arena *arena = ss_arena_create(&allocator);
    SS_REQUIRE(arena != NULL);
    unsigned char *blocks[300];
    for (size_t i = 0; i < 300; i++) {
        const size_t bytes = i % 50 == 49 ? 100000 : i;
        blocks[i] = ss_arena_allocate(arena, bytes);
        SS_REQUIRE(blocks[i] != NULL);
        SS_CHECK((uintptr_t)blocks[i] % 16 == 0);
        for (size_t j = 0; j < bytes; j++) {
            if (blocks[i][j] != 0) SS_CHECK(false && "zeroed");
        }
        memset(blocks[i], (int)(i & 255), bytes);
    }
    for (size_t i = 1; i < 300; i++) { // nothing overlaps
        const size_t bytes = i % 50 == 49 ? 100000 : i;
        SS_CHECK(blocks[i][0] == (i & 255) && blocks[i][bytes - 1] == (i & 255));
    }
    SS_CHECK_TEXT(ss_arena_copy_text(arena, "abcdef", 3), "abc");
    SS_CHECK_TEXT(ss_arena_copy_text(arena, "", 0), "");
    SS_CHECK(ss_arena_allocate(arena, SIZE_MAX) == NULL);
    SS_CHECK(ss_arena_allocate(arena, SIZE_MAX - 20) == NULL);
    ss_arena_destroy(arena);
    ss_arena_destroy(NULL);
    SS_CHECK_EQUAL(state.blocks, 0);
    SS_CHECK_EQUAL(state.bytes, 0);
}

SS_TEST(base_arena_survives_refusal) {
    failing_allocator state = {.refuse_at = 1};
    ss_allocator allocator = failing_allocator_of(&state);
    SS_CHECK(ss_arena_create(&allocator) == NULL);
    state = (failing_allocator){.refuse_at = 2};
    ss_arena *arena = ss_arena_create(&allocator);
    SS_REQUIRE(arena != NULL);
    SS_CHECK(ss_arena_allocate(arena, 10) == NULL);
    SS_CHECK(ss_arena_allocate(arena, 10) != NULL); // the arena is still good
    ss_arena_destroy(arena);
    SS_CHECK_EQUAL(state.blocks, 0);
}

static ss_text new_text(void) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_text_create(&allocator);
}

SS_TEST(base_text_grows_and_stays_terminated) {
    ss_text text = new_text();
    for (int i = 0; i < 1000; i++) ss_text_add(&text, "0123456789");
    ss_text_add_char(&text, '!');
    ss_text_add_bytes(&text, "a\0b", 3);
    SS_CHECK_EQUAL(text.length, 10004);
    SS_CHECK(text.bytes[10000] == '!' && text.bytes[10002] == '\0' && text.bytes[10004] == '\0');
    SS_CHECK(ss_text_status(&text) == SS_OK);
    ss_text_destroy(&text);
    SS_CHECK(text.bytes == NULL && text.length == 0);
}

SS_TEST(base_text_formats_what_base_h_lists) {
    ss_text text = new_text();
    ss_text_add_format(&text, "%s|%.*s|%c|%d|%d|%u|%zu|%x|%08x|%016llx|%lld|%llu|%%", "word", 2,
                       "cut off", 'c', -2147483647 - 1, 42, 4294967295u, (size_t)7, 0xABCu, 0xABCu,
                       0xDEADBEEFull, INT64_MIN + 0LL, 18446744073709551615ull);
    SS_CHECK_TEXT(text.bytes, "word|cu|c|-2147483648|42|4294967295|7|abc|00000abc|"
                              "00000000deadbeef|-9223372036854775808|18446744073709551615|%");
    ss_text_destroy(&text);
}

SS_TEST(base_text_failure_is_kept_until_the_end) {
    failing_allocator state = {.refuse_at = 2};
    const ss_allocator allocator = failing_allocator_of(&state);
    ss_text text = ss_text_create(&allocator);
    for (int i = 0; i < 20; i++) ss_text_add(&text, "0123456789");
    SS_CHECK(ss_text_status(&text) == SS_ERROR_MEMORY);
    SS_CHECK(text.length < 100); // later writes did nothing
    SS_CHECK_EQUAL(text.bytes[text.length], 0);
    ss_text_destroy(&text);
    SS_CHECK_EQUAL(state.blocks, 0);
}

SS_TEST(base_text_writes_json_strings) {
    ss_text text = new_text();
    const char bytes[] = "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xf0\x9f\x98\x80\0z";
    ss_text_add_json_string(&text, bytes, sizeof bytes - 1);
    SS_CHECK_TEXT(text.bytes,
                  "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xf0\x9f\x98\x80"
                  "\\u0000z\"");
    ss_text_destroy(&text);
    // Not UTF-8: a lone continuation, an overlong form, a surrogate, too large, cut off.
    ss_text_add_json_string(&text, "\x80|\xc0\x80|\xed\xa0\x80|\xf5\x80|\xe2\x82", 14);
    SS_CHECK_TEXT(text.bytes, "\"\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD"
                              "\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\"");
    ss_text_destroy(&text);
}

SS_TEST(base_durations_read_well) {
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0.213, "213 ms"},  {1.25, "1.25 s"},   {80e-6, "80 us"},    {0, "0 s"},
        {1e-9, "1 ns"},     {9.996e-3, "10 ms"}, {0.0999, "99.9 ms"}, {0.9996, "1 s"},
        {59.94, "59.9 s"},  {119.4, "119 s"},   {119.6, "1.99 min"}, {600, "10 min"},
        {7200, "2 h"},      {172800, "2 d"},    {-0.5, "-500 ms"},   {1e-15, "0 s"},
        {0.12345, "123 ms"}, {1.2345e-3, "1.23 ms"},
    };
    ss_text text = new_text();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ss_text_add_duration(&text, cases[i].seconds);
        SS_CHECK_TEXT(text.bytes, cases[i].text);
        ss_text_destroy(&text);
    }
    ss_text_add_duration(&text, SS_NAN);
    ss_text_add_char(&text, ' ');
    ss_text_add_duration(&text, SS_INFINITY);
    SS_CHECK_TEXT(text.bytes, "- inf");
    ss_text_destroy(&text);
}

SS_TEST(base_nearest_name_is_found_or_none) {
    static const char *const names[] = {"replicas", "concurrency", "service_time", "queue", "zone"};
    const size_t count = sizeof names / sizeof names[0];
    SS_CHECK_TEXT(ss_text_nearest("replica", 7, names, count), "replicas");
    SS_CHECK_TEXT(ss_text_nearest("repilcas", 8, names, count), "replicas");
    SS_CHECK_TEXT(ss_text_nearest("Service_Time", 12, names, count), "service_time");
    SS_CHECK_TEXT(ss_text_nearest("concurency", 10, names, count), "concurrency");
    SS_CHECK(ss_text_nearest("threads", 7, names, count) == NULL);
    SS_CHECK(ss_text_nearest("", 0, names, count) == NULL);
    char longest[200];
    memset(longest, 'q', sizeof longest);
    SS_CHECK(ss_text_nearest(longest, sizeof longest, names, count) == NULL);
}

SS_TEST(base_utf8_is_exactly_that_of_unicode) {
    // Every code point encodes to one sequence, and of all 1- to 3-byte strings only those count.
    size_t valid[5] = {0};
    for (unsigned b = 0; b < 1u << 24; b++) {
        const unsigned char bytes[3] = {(unsigned char)(b >> 16), (unsigned char)(b >> 8),
                                        (unsigned char)b};
        const size_t length = ss_utf8_sequence_length(bytes, 3);
        if (length == 1 && (b & 0xFFFF) == 0) valid[1]++;
        if (length == 2 && (b & 0xFF) == 0) valid[2]++;
        if (length == 3) valid[3]++;
        if (length == 4) SS_CHECK(false && "four bytes of three");
    }
    SS_CHECK_EQUAL(valid[1], 0x80);
    SS_CHECK_EQUAL(valid[2], 0x800 - 0x80);
    SS_CHECK_EQUAL(valid[3], 0x10000 - 0x800 - 0x800); // without the surrogates
    for (unsigned b = 0; b < 1u << 24; b++) { // the last byte is a continuation
        const unsigned char bytes[4] = {(unsigned char)(b >> 16), (unsigned char)(b >> 8),
                                        (unsigned char)b, 0x80};
        valid[4] += ss_utf8_sequence_length(bytes, 4) == 4;
    }
    SS_CHECK_EQUAL(valid[4] * 64, 0x110000 - 0x10000);
    SS_CHECK_EQUAL(ss_utf8_sequence_length((const unsigned char *)"", 0), 0);
}
