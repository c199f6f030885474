/// The interpreter's heap: small blocks by size from free lists, large ones from the C library.
///
/// JavaScript makes and forgets small objects all the time; a free list takes a fifth of the C
/// library's instructions. A refusal stops the module (libc.c), so that no code sees one.
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define STEP_BYTES 16u
#define SMALL_BYTES_MAX 512u
#define CLASSES (SMALL_BYTES_MAX / STEP_BYTES + 1u)
#define CHUNK_BYTES 16384u

/// Before each block; keeps the block aligned for a JSValue.
typedef struct header {
    uint32_t bytes; ///< what fits into the block
    uint32_t is_large;
} header;

typedef struct free_block {
    struct free_block *next;
} free_block;

static free_block *free_lists[CLASSES];
static unsigned char *chunk;
static size_t chunk_left;

static header *header_of(void *block) { return (header *)block - 1; }

static void *take_from_chunk(size_t bytes) {
    const size_t whole = bytes + sizeof(header);
    if (whole > chunk_left) { // what is left over is less than a block, and forgotten
        chunk = malloc(CHUNK_BYTES);
        if (!chunk) guest_stop(GUEST_STOP_MEMORY);
        chunk_left = CHUNK_BYTES;
    }
    header *const made = (header *)(void *)chunk;
    chunk += whole;
    chunk_left -= whole;
    *made = (header){(uint32_t)bytes, 0};
    return made + 1;
}

static void *take_large(size_t bytes) {
    if (bytes > SIZE_MAX - sizeof(header)) guest_stop(GUEST_STOP_MEMORY);
    header *const made = malloc(bytes + sizeof(header));
    if (!made) guest_stop(GUEST_STOP_MEMORY); // a size beyond any memory
    *made = (header){(uint32_t)bytes, 1};
    return made + 1;
}

static void *take(size_t bytes) {
    if (bytes > SMALL_BYTES_MAX) return take_large(bytes);
    const size_t class = bytes == 0 ? 1u : (bytes + STEP_BYTES - 1u) / STEP_BYTES;
    free_block *const block = free_lists[class];
    if (!block) return take_from_chunk(class * STEP_BYTES);
    free_lists[class] = block->next;
    return block;
}

static void give_back(void *block) {
    header *const of = header_of(block);
    if (of->is_large) {
        free(of);
        return;
    }
    free_block *const freed = block;
    freed->next = free_lists[of->bytes / STEP_BYTES];
    free_lists[of->bytes / STEP_BYTES] = freed;
}

void *heap_allocate(JSMallocState *state, size_t bytes) {
    void *const block = take(bytes);
    state->malloc_count += 1u;
    state->malloc_size += header_of(block)->bytes;
    return block;
}

void heap_free(JSMallocState *state, void *block) {
    if (!block) return;
    state->malloc_count -= 1u;
    state->malloc_size -= header_of(block)->bytes;
    give_back(block);
}

void *heap_reallocate(JSMallocState *state, void *block, size_t bytes) {
    if (!block) return bytes == 0 ? NULL : heap_allocate(state, bytes);
    if (bytes == 0) {
        heap_free(state, block);
        return NULL;
    }
    header *const of = header_of(block);
    const size_t before = of->bytes;
    if (bytes <= before && (before <= SMALL_BYTES_MAX || bytes > before / 2u)) return block;
    if (of->is_large && bytes > SMALL_BYTES_MAX) {
        if (bytes > SIZE_MAX - sizeof(header)) guest_stop(GUEST_STOP_MEMORY);
        header *const moved = realloc(of, bytes + sizeof(header));
        if (!moved) guest_stop(GUEST_STOP_MEMORY);
        moved->bytes = (uint32_t)bytes;
        state->malloc_size += bytes - before;
        return moved + 1;
    }
    void *const moved = heap_allocate(state, bytes);
    memcpy(moved, block, bytes < before ? bytes : before);
    heap_free(state, block);
    return moved;
}

size_t heap_usable_size(const void *block) { return ((const header *)block - 1)->bytes; }
