// Name tables and the search for the nearest name.

#include "model/internal.h"

#include <string.h>

#include "base/random.h"

bool ss__names_create(ss__names *names, ss_arena *arena, size_t expected) {
    size_t size = 8;
    while (size < expected * 2u) size *= 2u;
    names->arena = arena;
    names->entries = ss_arena_allocate(arena, size * sizeof *names->entries);
    names->mask = (uint32_t)(size - 1u);
    names->count = 0;
    return names->entries != NULL;
}

static ss__name_entry *probe(const ss__names *names, const char *name) {
    uint32_t at = (uint32_t)ss_hash_bytes(name, strlen(name)) & names->mask;
    while (names->entries[at].name && strcmp(names->entries[at].name, name) != 0) {
        at = (at + 1u) & names->mask;
    }
    return &names->entries[at];
}

static bool grow(ss__names *names) {
    ss__names larger;
    if (!ss__names_create(&larger, names->arena, (size_t)names->mask + 1u)) return false;
    for (uint32_t i = 0; i <= names->mask; i++) {
        if (names->entries[i].name) *probe(&larger, names->entries[i].name) = names->entries[i];
    }
    larger.count = names->count;
    *names = larger;
    return true;
}

ss__name_entry *ss__names_take(ss__names *names, const char *name) {
    ss__name_entry *entry = probe(names, name);
    if (entry->name) return entry;
    // At most half full, so that probes stay short.
    if (names->count * 2u > names->mask) {
        if (!grow(names)) return NULL;
        entry = probe(names, name);
    }
    names->count++;
    entry->name = name;
    entry->value = SS_NONE;
    return entry;
}

uint32_t ss__names_find(const ss__names *names, const char *name) {
    if (!names->entries) return SS_NONE;
    const ss__name_entry *entry = probe(names, name);
    return entry->name ? entry->value : SS_NONE;
}

bool ss__is_id(const char *text) {
    if (text[0] < 'a' || text[0] > 'z') return false;
    size_t i = 1;
    for (; text[i]; i++) {
        const char c = text[i];
        const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!good || i >= SS_NAME_LENGTH_MAX) return false;
    }
    return true;
}

#define DISTANCE_LENGTH_MAX 160u /* two ids and an arrow; of longer texts the start is compared */

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

uint32_t ss__edit_distance(const char *a, const char *b, uint32_t limit) {
    const uint32_t n = least((uint32_t)strlen(a), DISTANCE_LENGTH_MAX);
    const uint32_t m = least((uint32_t)strlen(b), DISTANCE_LENGTH_MAX);
    const uint32_t gap = n > m ? n - m : m - n;
    if (gap > limit) return limit + 1u;
    uint32_t rows[3][DISTANCE_LENGTH_MAX + 1u];
    uint32_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (uint32_t j = 0; j <= m; j++) above[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        row[0] = i;
        uint32_t smallest = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t d = least(above[j], row[j - 1u]) + 1u;
            d = least(d, above[j - 1u] + (a[i - 1u] == b[j - 1u] ? 0u : 1u));
            if (i > 1u && j > 1u && a[i - 1u] == b[j - 2u] && a[i - 2u] == b[j - 1u]) {
                d = least(d, before[j - 2u] + 1u);
            }
            row[j] = d;
            smallest = least(smallest, d);
        }
        // A swap reaches back two rows, so one row above the limit is no proof yet.
        if (smallest > limit + 1u) return limit + 1u;
        uint32_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return least(above[m], limit + 1u);
}

ss__nearest ss__nearest_to(const char *text) {
    return (ss__nearest){.to = text, .best = NULL, .distance = DISTANCE_LENGTH_MAX};
}

void ss__nearest_offer(ss__nearest *nearest, const char *candidate) {
    if (!nearest->best) {
        nearest->best = candidate;
        nearest->distance = ss__edit_distance(nearest->to, candidate, DISTANCE_LENGTH_MAX);
        return;
    }
    if (nearest->distance == 0u) return;
    const uint32_t d = ss__edit_distance(nearest->to, candidate, nearest->distance - 1u);
    if (d < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = d;
    }
}
