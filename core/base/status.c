/// Status names and the allocator's plumbing.
#include <stdlib.h>
#include <string.h>

#include "scalesim/base.h"

const char *ss_status_name(ss_status status) {
    switch (status) {
    case SS_OK: return "ok";
    case SS_ERROR_INPUT: return "input";
    case SS_ERROR_MEMORY: return "memory";
    case SS_ERROR_LIMIT: return "limit";
    case SS_ERROR_IO: return "io";
    }
    return "unknown";
}

static void *library_reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    (void)context;
    (void)old_bytes;
    if (new_bytes == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, new_bytes);
}

ss_allocator ss_allocator_default(void) {
    return (ss_allocator){.reallocate = library_reallocate, .context = NULL};
}

void *ss_allocate(const ss_allocator *allocator, size_t bytes) {
    // A size of 0 would mean "free" to the host, so the smallest block has one byte.
    return allocator->reallocate(allocator->context, NULL, 0, bytes ? bytes : 1);
}

void *ss_allocate_zeroed(const ss_allocator *allocator, size_t bytes) {
    void *block = ss_allocate(allocator, bytes);
    if (block) memset(block, 0, bytes ? bytes : 1);
    return block;
}

void *ss_reallocate(const ss_allocator *allocator, void *pointer, size_t old_bytes,
                    size_t new_bytes) {
    return allocator->reallocate(allocator->context, pointer, pointer ? old_bytes : 0,
                                 new_bytes ? new_bytes : 1);
}

void ss_deallocate(const ss_allocator *allocator, void *pointer, size_t bytes) {
    if (pointer) allocator->reallocate(allocator->context, pointer, bytes ? bytes : 1, 0);
}

// --- Blocks that begin a cache line --------------------------------------------------------------
// The block is larger by a line; the byte before its contents says how far into it they begin.

static size_t gap_of(const unsigned char *block) {
    return SS_CACHE_LINE_BYTES - (uintptr_t)block % SS_CACHE_LINE_BYTES; // 1 … a whole line
}

void *ss_reallocate_lines(const ss_allocator *allocator, void *pointer, size_t old_bytes,
                          size_t new_bytes) {
    unsigned char *had = pointer;
    const size_t had_gap = had ? had[-1] : 0u;
    unsigned char *block =
        ss_reallocate(allocator, had ? had - had_gap : NULL, old_bytes + SS_CACHE_LINE_BYTES,
                      new_bytes + SS_CACHE_LINE_BYTES);
    if (!block) return NULL;
    const size_t gap = gap_of(block);
    if (had && gap != had_gap) { // the host moved it by no whole number of lines
        memmove(block + gap, block + had_gap, old_bytes < new_bytes ? old_bytes : new_bytes);
    }
    block[gap - 1u] = (unsigned char)gap;
    return block + gap;
}

void *ss_allocate_lines_zeroed(const ss_allocator *allocator, size_t bytes) {
    void *lines = ss_reallocate_lines(allocator, NULL, 0, bytes);
    if (lines) memset(lines, 0, bytes);
    return lines;
}

void ss_deallocate_lines(const ss_allocator *allocator, void *pointer, size_t bytes) {
    unsigned char *contents = pointer;
    if (!contents) return;
    ss_deallocate(allocator, contents - contents[-1], bytes + SS_CACHE_LINE_BYTES);
}
