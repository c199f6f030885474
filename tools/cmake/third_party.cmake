# C sources of others, unpacked by tools/setup from tools/lock/third_party.lock.
set(third_party "${PROJECT_SOURCE_DIR}/third_party")
foreach(needed cjson/cJSON.c zlib/deflate.c)
  if(NOT EXISTS "${third_party}/${needed}")
    message(FATAL_ERROR "third_party/${needed} is missing. Run tools/setup, which fetches it.")
  endif()
endforeach()

# zlib: only the compressor, without stdio and malloc of its own (Z_SOLO: the allocator is passed
# in), and with the small CRC tables (Z_TESTW=1 drops 24 kB of braided ones from the page).
add_library(third_party STATIC
  "${third_party}/cjson/cJSON.c"
  "${third_party}/zlib/adler32.c"
  "${third_party}/zlib/crc32.c"
  "${third_party}/zlib/deflate.c"
  "${third_party}/zlib/trees.c"
  "${third_party}/zlib/zutil.c")
target_include_directories(third_party SYSTEM PUBLIC
  "${third_party}/cjson" "${third_party}/zlib")
target_compile_definitions(third_party PUBLIC Z_SOLO)
target_compile_definitions(third_party PRIVATE Z_TESTW=1 CJSON_HIDE_SYMBOLS CJSON_NESTING_LIMIT=128)
# Each number that cJSON sees is a 0 (core/base/json.c reads them itself), so it needs no strtod,
# which is 5 kB of the page's engine.
set_source_files_properties("${third_party}/cjson/cJSON.c" PROPERTIES
  COMPILE_DEFINITIONS "strtod=ss__json_read_zero")
target_compile_options(third_party PRIVATE -w -ffp-contract=off -ffunction-sections -fdata-sections)
if(EMSCRIPTEN)
  target_compile_options(third_party PRIVATE -Oz -fno-lto) # small: see core.cmake
endif()
if(SCALESIM_SANITIZE)
  target_compile_options(third_party PRIVATE -fsanitize=address,undefined)
endif()
