/// An allocator for tests: refuses the n-th request, checks every size it is told, counts what is
/// still held.
#ifndef SS_TESTS_FAILING_ALLOCATOR_H
#define SS_TESTS_FAILING_ALLOCATOR_H

#include <stdlib.h>
#include <string.h>

#include "scalesim/base.h"
#include "unit.h"

typedef struct failing_allocator {
    size_t requests;   ///< allocations and growths so far
    size_t refuse_at;  ///< the request to refuse, from 1; 0 = none
    bool refuse_after; ///< and every later one too
    size_t blocks;     ///< not yet freed
    size_t bytes;
    size_t bytes_peak;
} failing_allocator;

#define FAILING_HEADER_BYTES 16u

static inline void *failing_reallocate(void *context, void *pointer, size_t old_bytes,
                                       size_t new_bytes) {
    failing_allocator *state = context;
    unsigned char *block = pointer ? (unsigned char *)pointer - FAILING_HEADER_BYTES : NULL;
    size_t known_bytes = 0;
    if (block) memcpy(&known_bytes, block, sizeof known_bytes);
    SS_CHECK(known_bytes == old_bytes); // the library must know what it holds
    if (new_bytes == 0) {
        if (block) {
            state->blocks--;
            state->bytes -= known_bytes;
        }
        free(block);
        return NULL;
    }
    state->requests++;
    if (state->requests == state->refuse_at) return NULL;
    if (state->refuse_after && state->refuse_at && state->requests > state->refuse_at) return NULL;
    unsigned char *grown = malloc(new_bytes + FAILING_HEADER_BYTES); // always moves
    if (!grown) abort();
    memset(grown, 0xA5, new_bytes + FAILING_HEADER_BYTES);
    memcpy(grown, &new_bytes, sizeof new_bytes);
    if (block) {
        const size_t kept = known_bytes < new_bytes ? known_bytes : new_bytes;
        memcpy(grown + FAILING_HEADER_BYTES, pointer, kept);
        memset(block, 0x5A, known_bytes + FAILING_HEADER_BYTES);
        free(block);
        state->blocks--;
        state->bytes -= known_bytes;
    }
    state->blocks++;
    state->bytes += new_bytes;
    if (state->bytes > state->bytes_peak) state->bytes_peak = state->bytes;
    return grown + FAILING_HEADER_BYTES;
}

static inline ss_allocator failing_allocator_of(failing_allocator *state) {
    return (ss_allocator){.reallocate = failing_reallocate, .context = state};
}

#endif
