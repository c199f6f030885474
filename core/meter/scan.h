/// A look at a module's bytes before Binaryen reads them: what it has, and whether all of it is
/// something that we meter. Whatever is not on the list is refused here, by name and place, so that
/// Binaryen only sees what both of us know.
#ifndef SS_METER_SCAN_H
#define SS_METER_SCAN_H

#include "meter/meter.h"

#define SS_METER_MODULE_BYTES_MAX (16u << 20)
#define SS_METER_FUNCTIONS_MAX 100000u
/// Pages that a stranger's module may begin with: 256 MB, before any limit of a node is known.
#define SS_METER_PAGES_MAX 4096u
#define SS_METER_GLOBALS_MAX 10000u
#define SS_METER_LOCALS_MAX 50000u /* the limit of V8 and SpiderMonkey */
#define SS_METER_NESTING_MAX 1000u /* blocks within blocks; ours and Binaryen's walks recurse */

/// What is known of one function with a body.
typedef struct ss__meter_function {
    uint32_t local_count; ///< with parameters: what lies above is Binaryen's own
    uint32_t local_bytes; ///< on the stack, 8 each and 16 for a vector
    bool has_calls;
    bool is_exported; ///< or the start function: the host calls it
} ss__meter_function;

typedef struct ss__meter_scan {
    uint32_t import_count;     ///< functions, tables, memories and globals
    uint32_t function_imports; ///< of these, functions
    uint32_t function_count;   ///< with a body
    ss__meter_function *functions;
    bool has_memory;
    uint32_t memory_pages;     ///< at first
    uint32_t memory_pages_max; ///< as the module declares, 65536 if it does not
    bool memory_is_imported;
    bool has_start;
    uint32_t start; ///< index of the start function, imports counted
} ss__meter_scan;

/// Reads the module. SS_ERROR_INPUT fills the finding. Free with ss__meter_scan_destroy.
ss_status ss__meter_scan_module(const uint8_t *module, size_t bytes,
                                const ss_meter_options *options, const ss_allocator *allocator,
                                ss__meter_scan *out, ss_meter_finding *finding);
/// Copies a scanned module without what Binaryen need not see: custom sections (names stay if asked
/// for) and, if asked for, the start section. Returns the number of bytes; `out` holds `bytes`.
size_t ss__meter_strip(const uint8_t *module, size_t bytes, bool keep_names, bool keep_start,
                       uint8_t *out);
void ss__meter_scan_destroy(ss__meter_scan *scan, const ss_allocator *allocator);

#endif
