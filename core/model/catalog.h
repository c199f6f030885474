/// The catalog's inside, for the files that build it.
#ifndef SS_MODEL_CATALOG_H
#define SS_MODEL_CATALOG_H

#include "model/internal.h"

#define SS__CATALOG_OBJECTS_MAX 16u /* design, edge, fault, slo, run, and room */

struct ss_catalog {
    ss_allocator allocator;
    ss_arena *arena;
    ss_json_document **documents; ///< per embedded file; values borrow their strings
    size_t document_count;
    ss_type *types;
    uint32_t type_count;
    uint32_t type_capacity;
    ss__names type_names;
    ss__catalog_object objects[SS__CATALOG_OBJECTS_MAX];
    uint32_t object_count;
    const char *const *groups; ///< the order in which people see them; others follow. May be NULL
};

#endif
