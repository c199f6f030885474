/// Writes zip archives whose bytes depend on the files alone: every entry is dated 1980-01-01 (the
/// format's first day), and the deflater is the one compiled into this library on every host.
#include "codegen/codegen_internal.h"

#include <string.h>
#include <zlib.h>

#define DATE_1980_01_01 0x0021u
#define FLAG_UTF8_NAMES 0x0800u
#define MADE_BY_UNIX (3u << 8 | 20u)
#define VERSION_NEEDED 20u
#define METHOD_STORED 0u
#define METHOD_DEFLATED 8u
#define MODE_FILE 0100644u
#define MODE_EXECUTABLE 0100755u
#define ENTRIES_MAX 65535u            /* without the Zip64 extension */
#define ARCHIVE_BYTES_MAX 0x7FFFFFFFu /* likewise, and half of it: every offset fits */

static void add_u16(ss_text *out, unsigned value) {
    ss_text_add_char(out, (char)(value & 0xFFu));
    ss_text_add_char(out, (char)(value >> 8 & 0xFFu));
}

static void add_u32(ss_text *out, size_t value) {
    add_u16(out, (unsigned)(value & 0xFFFFu));
    add_u16(out, (unsigned)(value >> 16 & 0xFFFFu));
}

// zlib frees by pointer alone; the size our allocator wants stands in front of each block.
#define BLOCK_HEADER_BYTES 16u

static voidpf deflate_allocate(voidpf context, uInt items, uInt size) {
    const size_t bytes = (size_t)items * size + BLOCK_HEADER_BYTES;
    unsigned char *block = ss_allocate_zeroed(context, bytes);
    if (!block) return NULL;
    memcpy(block, &bytes, sizeof bytes);
    return block + BLOCK_HEADER_BYTES;
}

static void deflate_free(voidpf context, voidpf pointer) {
    unsigned char *block = (unsigned char *)pointer - BLOCK_HEADER_BYTES;
    size_t bytes;
    memcpy(&bytes, block, sizeof bytes);
    ss_deallocate(context, block, bytes);
}

static ss_status deflate_bytes(const ss_allocator *allocator, const char *bytes, size_t length,
                               ss_text *out) {
    ss_allocator copy = *allocator;
    z_stream stream = {.zalloc = deflate_allocate, .zfree = deflate_free, .opaque = &copy};
    if (deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return SS_ERROR_MEMORY;
    }
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    unsigned char buffer[4096];
    int result;
    do {
        stream.next_out = buffer;
        stream.avail_out = sizeof buffer;
        result = deflate(&stream, Z_FINISH);
        ss_text_add_bytes(out, buffer, sizeof buffer - stream.avail_out);
    } while (result == Z_OK);
    deflateEnd(&stream);
    return result == Z_STREAM_END ? ss_text_status(out) : SS_ERROR_MEMORY;
}

/// The fields a local header and a directory entry have in common.
static void add_common(ss_text *out, const ss__zip_file *file, unsigned method, uLong checksum,
                       size_t packed_bytes) {
    add_u16(out, VERSION_NEEDED);
    add_u16(out, FLAG_UTF8_NAMES);
    add_u16(out, method);
    add_u16(out, 0); // midnight
    add_u16(out, DATE_1980_01_01);
    add_u32(out, checksum);
    add_u32(out, packed_bytes);
    add_u32(out, file->length);
    add_u16(out, (unsigned)strlen(file->path));
    add_u16(out, 0); // no extra field
}

static ss_status add_file(const ss__zip_file *file, const ss_allocator *allocator, ss_text *out,
                          ss_text *directory) {
    if (file->length > ARCHIVE_BYTES_MAX || out->length > ARCHIVE_BYTES_MAX) return SS_ERROR_LIMIT;
    ss_text packed = ss_text_create(allocator);
    const ss_status status = deflate_bytes(allocator, file->bytes, file->length, &packed);
    if (status) {
        ss_text_destroy(&packed);
        return status;
    }
    const bool is_smaller = packed.length < file->length;
    const unsigned method = is_smaller ? METHOD_DEFLATED : METHOD_STORED;
    const char *bytes = is_smaller ? packed.bytes : file->bytes;
    const size_t length = is_smaller ? packed.length : file->length;
    const uLong checksum = crc32(0, (const Bytef *)file->bytes, (uInt)file->length);
    const size_t offset = out->length;
    ss_text_add_bytes(out, "PK\3\4", 4);
    add_common(out, file, method, checksum, length);
    ss_text_add(out, file->path);
    ss_text_add_bytes(out, bytes, length);
    ss_text_destroy(&packed);

    ss_text_add_bytes(directory, "PK\1\2", 4);
    add_u16(directory, MADE_BY_UNIX);
    add_common(directory, file, method, checksum, length);
    add_u16(directory, 0); // no comment
    add_u16(directory, 0); // first disk
    add_u16(directory, 0); // no internal attributes
    add_u32(directory, (size_t)(file->is_executable ? MODE_EXECUTABLE : MODE_FILE) << 16);
    add_u32(directory, offset);
    ss_text_add(directory, file->path);
    return ss_text_status(out);
}

ss_status ss__zip_write(const ss__zip_file *files, size_t count, const ss_allocator *allocator,
                        ss_text *out) {
    if (count > ENTRIES_MAX) return SS_ERROR_LIMIT;
    ss_text directory = ss_text_create(allocator);
    ss_status status = SS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = add_file(&files[i], allocator, out, &directory);
    }
    if (!status) status = ss_text_status(&directory);
    if (!status) {
        const size_t offset = out->length;
        ss_text_add_bytes(out, directory.bytes ? directory.bytes : "", directory.length);
        ss_text_add_bytes(out, "PK\5\6", 4);
        add_u32(out, 0); // one disk
        add_u16(out, (unsigned)count);
        add_u16(out, (unsigned)count);
        add_u32(out, directory.length);
        add_u32(out, offset);
        add_u16(out, 0); // no comment
        status = ss_text_status(out);
    }
    ss_text_destroy(&directory);
    return status;
}
