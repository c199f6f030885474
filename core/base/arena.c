/// The arena: a list of blocks that are freed together.
#include <string.h>

#include "scalesim/base.h"

#define ARENA_ALIGNMENT 16u
#define ARENA_BLOCK_BYTES_MIN 4096u
#define ARENA_BLOCK_BYTES_MAX (256u << 10) /* beyond it doubling wastes more than it saves */

typedef struct arena_block {
    struct arena_block *next;
    size_t bytes; ///< of the whole block
    size_t used;  ///< from the block's start, this header included
    size_t padding;
} arena_block;

struct ss_arena {
    ss_allocator allocator;
    arena_block *head; ///< the block being filled; older ones follow
    size_t next_bytes;
};

_Static_assert(sizeof(arena_block) % ARENA_ALIGNMENT == 0, "the first object must be aligned");

ss_arena *ss_arena_create(const ss_allocator *allocator) {
    ss_arena *arena = ss_allocate(allocator, sizeof *arena);
    if (!arena) return NULL;
    *arena = (ss_arena){.allocator = *allocator, .next_bytes = ARENA_BLOCK_BYTES_MIN};
    return arena;
}

void ss_arena_destroy(ss_arena *arena) {
    if (!arena) return;
    const ss_allocator allocator = arena->allocator;
    arena_block *block = arena->head;
    while (block) {
        arena_block *next = block->next;
        ss_deallocate(&allocator, block, block->bytes);
        block = next;
    }
    ss_deallocate(&allocator, arena, sizeof *arena);
}

/// Adds a block with room for `bytes`; a large object gets one of its own behind the head, so that
/// the room left in the head is not lost.
static arena_block *add_block(ss_arena *arena, size_t bytes) {
    const bool is_own = bytes > arena->next_bytes / 4;
    const size_t total = is_own ? sizeof(arena_block) + bytes : arena->next_bytes;
    arena_block *block = ss_allocate(&arena->allocator, total);
    if (!block) return NULL;
    *block = (arena_block){.bytes = total, .used = sizeof(arena_block)};
    if (is_own && arena->head) {
        block->next = arena->head->next;
        arena->head->next = block;
        return block;
    }
    block->next = arena->head;
    arena->head = block;
    if (!is_own && arena->next_bytes < ARENA_BLOCK_BYTES_MAX) arena->next_bytes *= 2;
    return block;
}

void *ss_arena_allocate(ss_arena *arena, size_t bytes) {
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t rounded = (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    if (rounded == 0) rounded = ARENA_ALIGNMENT;
    arena_block *block = arena->head;
    if (!block || block->bytes - block->used < rounded) block = add_block(arena, rounded);
    if (!block) return NULL;
    unsigned char *object = (unsigned char *)block + block->used;
    block->used += rounded;
    memset(object, 0, rounded);
    return object;
}

char *ss_arena_copy_text(ss_arena *arena, const char *text, size_t length) {
    if (length == SIZE_MAX) return NULL;
    char *copy = ss_arena_allocate(arena, length + 1);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}
