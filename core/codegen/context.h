/// The context of the templates: the design as neutral JSON (CONTEXT.md describes it).
#ifndef SS_CODEGEN_CONTEXT_H
#define SS_CODEGEN_CONTEXT_H

#include "base/json.h"
#include "codegen/plan.h"

/// What the target's description contributes.
typedef struct ss__context_options {
    const char *target_name;
    const char *target_title;
    uint32_t first_port;
    const ss_json *substitutes; ///< array of {"type", "by", "why"}, or NULL
    const ss_json *stand_ins;   ///< array of type names, or NULL
    const ss_json *notes;       ///< array of strings: what is not in the project, or NULL
} ss__context_options;

/// Writes the context as JSON text.
ss_status ss__context_write(const ss__plan *plan, const ss__context_options *options,
                            const ss_allocator *allocator, ss_text *out);

/// The substitute of a node type, or NULL.
const ss_json *ss__context_substitute(const ss_json *substitutes, const char *type);

// --- Names (names.c) -----------------------------------------------------------------------------

/// An id in the forms that programming languages want.
typedef struct ss__names {
    char id[160];     ///< "orders-db"; of an operation: safe in a path and a file name
    char camel[160];  ///< "ordersDb"
    char pascal[160]; ///< "OrdersDb"
    char snake[160];  ///< "orders_db"
    char upper[160];  ///< "ORDERS_DB"
} ss__names;

/// Makes the forms. `nth` above 1 is appended, to keep apart what would be the same ("a-b", "a_b").
ss__names ss__names_make(const char *text, uint32_t nth);
/// Writes the forms as members "id", "camel", … of the open object.
void ss__names_write(const ss__names *names, ss_json_writer *json);
/// Writes a design's name as a word for files and packages ("my-shop"); "design" if nothing is
/// left.
void ss__names_slug(const char *text, char *out, size_t capacity);

// --- Model file (model_file.c) -------------------------------------------------------------------

/// Writes JSON for people: two spaces a level, short arrays and objects of scalars on one line.
void ss__pretty_write(const ss_json *value, ss_text *out);
/// Writes the SHA-256 (FIPS 180-4) of bytes as 64 hexadecimal digits.
void ss__sha256_hex(const char *bytes, size_t length, char out[65]);

#endif
