/// Files of the repository that are part of the library (catalogs, icons, templates). The build
/// writes them into C arrays, so that no host needs a file system.
#ifndef SS_BASE_EMBED_H
#define SS_BASE_EMBED_H

#include <stddef.h>

/// One embedded file. `bytes[length]` is a NUL that is not counted, so text can be used in place.
typedef struct ss_embedded_file {
    const char *path; ///< relative to the repository's root: "core/components/cache/catalog.json"
    const unsigned char *bytes;
    size_t length;
} ss_embedded_file;

/// core/model/catalog/*.json, core/components/*/catalog.json, core/components/*/icon.svg and
/// core/components/*/icons/*.svg, sorted by path (bytewise).
extern const ss_embedded_file ss__catalog_files[];
extern const size_t ss__catalog_file_count;

/// core/codegen/targets/*/target.json and everything under core/codegen/targets/*/files/ (dotfiles
/// too, but not the snapshots), sorted by path (bytewise).
extern const ss_embedded_file ss__target_files[];
extern const size_t ss__target_file_count;

/// core/handlers/store/store.js: what a store runs for code that calls it.
extern const ss_embedded_file ss__handler_files[];
extern const size_t ss__handler_file_count;

#endif
