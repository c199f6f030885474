#include <string.h>

#include "codegen/codegen_internal.h"
#include "unit.h"

static unsigned at16(const ss_text *zip, size_t offset) {
    const unsigned char *bytes = (const unsigned char *)zip->bytes + offset;
    return (unsigned)bytes[0] | (unsigned)bytes[1] << 8;
}

static size_t at32(const ss_text *zip, size_t offset) {
    return (size_t)at16(zip, offset) | (size_t)at16(zip, offset + 2) << 16;
}

static ss_text write_zip(const ss__zip_file *files, size_t count) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text zip = ss_text_create(&allocator);
    SS_CHECK(ss__zip_write(files, count, &allocator, &zip) == SS_OK);
    return zip;
}

SS_TEST(zip_of_nothing_is_its_end_record) {
    ss_text zip = write_zip(NULL, 0);
    SS_CHECK_EQUAL(zip.length, 22);
    SS_CHECK(memcmp(zip.bytes, "PK\5\6", 4) == 0);
    ss_text_destroy(&zip);
}

SS_TEST(zip_entries_carry_the_first_day_modes_and_checksums) {
    char zeros[1000] = {0};
    const ss__zip_file files[] = {
        {.path = "a.txt", .bytes = "123456789", .length = 9},
        {.path = "run.sh", .bytes = zeros, .length = sizeof zeros, .is_executable = true},
    };
    ss_text zip = write_zip(files, 2);
    SS_CHECK(memcmp(zip.bytes, "PK\3\4", 4) == 0);
    SS_CHECK_EQUAL(at16(&zip, 8), 0);  // nine digits do not get shorter
    SS_CHECK_EQUAL(at16(&zip, 10), 0); // midnight
    SS_CHECK_EQUAL(at16(&zip, 12), 0x21); // 1980-01-01
    SS_CHECK_EQUAL(at32(&zip, 14), 0xCBF43926); // CRC-32's published check value
    SS_CHECK_EQUAL(at32(&zip, 22), 9);
    const size_t second = 30 + 5 + 9;
    SS_CHECK_EQUAL(at16(&zip, second + 8), 8);
    SS_CHECK(at32(&zip, second + 18) < 30);
    SS_CHECK_EQUAL(at32(&zip, second + 22), 1000);
    const size_t directory = at32(&zip, zip.length - 6);
    SS_CHECK(memcmp(zip.bytes + directory, "PK\1\2", 4) == 0);
    SS_CHECK_EQUAL(at32(&zip, directory + 38) >> 16, 0100644);
    SS_CHECK_EQUAL(at32(&zip, directory + 46 + 5 + 38) >> 16, 0100755);
    SS_CHECK_EQUAL(at32(&zip, directory + 46 + 5 + 42), second);
    ss_text again = write_zip(files, 2);
    SS_CHECK(again.length == zip.length && memcmp(again.bytes, zip.bytes, zip.length) == 0);
    ss_text_destroy(&again);
    ss_text_destroy(&zip);
}
