/// Strict RFC 8259 JSON: a validating reader over cJSON, and a writer.
///
/// The reader scans the text itself first (duplicate keys, bad escapes, lone surrogates, invalid
/// UTF-8, control characters, leading zeros, numbers that overflow a double, depth, trailing bytes)
/// and only then lets cJSON build the tree, because cJSON accepts 15 of the must-reject files.
#ifndef SS_BASE_JSON_H
#define SS_BASE_JSON_H

#include "scalesim/base.h"

#define SS_JSON_DEPTH_MAX 64u             /* the format's own limit */
#define SS_JSON_BYTES_MAX (64u << 20)     /* a design of 10,000 nodes is about 3 MB */

/// A value of a parsed document (a cJSON node; only base/json.c knows that).
typedef struct cJSON ss_json;

typedef enum ss_json_kind {
    SS_JSON_NULL, SS_JSON_FALSE, SS_JSON_TRUE, SS_JSON_NUMBER, SS_JSON_STRING, SS_JSON_ARRAY,
    SS_JSON_OBJECT,
} ss_json_kind;

/// A parsed text and its tree.
typedef struct ss_json_document ss_json_document;

/// Parses UTF-8 text. On SS_ERROR_INPUT adds one E00x diagnostic with its line and column (JSON has
/// no useful second error) and leaves *out NULL.
ss_status ss_json_parse(const char *text, size_t length, const ss_allocator *allocator,
                        ss_diagnostics *diagnostics, ss_json_document **out);
void ss_json_document_destroy(ss_json_document *document); ///< NULL is fine
const ss_json *ss_json_root(const ss_json_document *document);

ss_json_kind ss_json_kind_of(const ss_json *value);
const char *ss_json_kind_name(ss_json_kind kind); ///< "a string", "an object", … for sentences
double ss_json_number(const ss_json *value);      ///< of a number; asserts the kind
const char *ss_json_string(const ss_json *value); ///< of a string; asserts the kind
size_t ss_json_size(const ss_json *value);        ///< elements of an array or object; O(n)
/// Children in document order: `for (c = ss_json_first(v); c; c = ss_json_next(c))`.
const ss_json *ss_json_first(const ss_json *value); ///< NULL for scalars and empty containers
const ss_json *ss_json_next(const ss_json *value);
const char *ss_json_key(const ss_json *value);      ///< member name, NULL in arrays
const ss_json *ss_json_get(const ss_json *object, const char *key); ///< NULL if absent; O(n)
/// Writes a value canonically (no white space, members in order, ss_text_add_number for numbers).
void ss_json_write(const ss_json *value, ss_text *out);

/// A writer that knows where commas go. `{"a": [1, "x"]}` is
/// `open_object; key "a"; open_array; number 1; string "x"; close; close`.
typedef struct ss_json_writer {
    ss_text *out;
    uint32_t depth;
    uint64_t has_members;  ///< bit d: something was written at depth d
    uint64_t is_object;    ///< bit d: depth d is an object
    bool after_key;
} ss_json_writer;
ss_json_writer ss_json_writer_create(ss_text *out);
void ss_json_open_object(ss_json_writer *writer);
void ss_json_open_array(ss_json_writer *writer);
void ss_json_close(ss_json_writer *writer);
void ss_json_add_key(ss_json_writer *writer, const char *key);
void ss_json_add_number(ss_json_writer *writer, double number); ///< NaN and infinity become null
/// A key and its number.
void ss_json_member(ss_json_writer *writer, const char *key, double number);
void ss_json_add_count(ss_json_writer *writer, uint64_t count); ///< exact integer
void ss_json_add_string(ss_json_writer *writer, const char *string); ///< NULL becomes null
void ss_json_add_bool(ss_json_writer *writer, bool value);
void ss_json_add_null(ss_json_writer *writer);
void ss_json_add_value(ss_json_writer *writer, const ss_json *value);
void ss_json_add_raw(ss_json_writer *writer, const char *json); ///< one whole value as text
/// A member "diagnostics" with all findings.
void ss_json_add_findings(ss_json_writer *writer, const ss_diagnostics *diagnostics);

/// RFC 6901: writes pointer + "/" + escaped token into a buffer and NUL-terminates (truncating).
void ss_json_pointer_join(char *buffer, size_t capacity, const char *pointer, const char *token);
void ss_json_pointer_join_index(char *buffer, size_t capacity, const char *pointer, size_t index);
#define SS_JSON_POINTER_MAX 1024u /* depth 64 of 64-byte ids never gets here in a valid design */

#endif
