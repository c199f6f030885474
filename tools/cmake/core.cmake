# The library: every .c file of the modules drawn in the architecture. tests/tidy checks that no
# module includes upward and that no .c file is left out here.
set(modules base stats model sim handlers solve run codegen advise optimise ml)
set(core_sources "")
foreach(module ${modules})
  file(GLOB sources CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/core/${module}/*.c" "${PROJECT_SOURCE_DIR}/core/${module}/*/*.c")
  list(APPEND core_sources ${sources})
endforeach()
file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/components/*.c")
list(APPEND core_sources ${sources} ${component_sources})
list(FILTER core_sources EXCLUDE REGEX "/core/handlers/quickjs/") # another machine: tools/handlers
if(EMSCRIPTEN)
  list(FILTER core_sources EXCLUDE REGEX "/core/handlers/sandbox_native\\.c$")
else()
  list(FILTER core_sources EXCLUDE REGEX "/core/handlers/sandbox_wasm\\.c$")
endif()
# A component's own unit test lies in its folder and belongs to the unit binary.
set(component_tests ${core_sources})
list(FILTER component_tests INCLUDE REGEX "/core/components/[^/]*/test_[a-z0-9_]*\\.c$")
list(FILTER core_sources EXCLUDE REGEX "/core/components/[^/]*/test_[a-z0-9_]*\\.c$")

add_library(scalesim_core STATIC ${core_sources}
  "${generated}/catalog_files.c" "${generated}/target_files.c" "${generated}/handler_files.c")
target_include_directories(scalesim_core PUBLIC
  "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/core/include" "${generated}")
target_compile_definitions(scalesim_core PUBLIC SS_ENGINE_VERSION="${PROJECT_VERSION}")
target_compile_options(scalesim_core PRIVATE -ffunction-sections -fdata-sections)
target_link_libraries(scalesim_core PUBLIC scalesim_flags third_party)

# What runs once a document or once a click, the page has to download but not to hurry: small code,
# kept out of the whole-program inlining (flags.cmake). It takes a fifth off the module's gzipped
# size; the event loop keeps every file that it calls.
if(EMSCRIPTEN)
  set(small_sources ${core_sources})
  list(FILTER small_sources INCLUDE REGEX "/core/(model|solve|codegen|handlers|run|stats)/|\
/core/base/(arena|cells|diagnostics|dist_cdf|dist_parse|json|number|quantity|special|status|text)|\
/core/components/(builder|cache/|client/load|database/|queue/|service/)|/core/sim/(code|discipline|fault)")
  set_source_files_properties(${small_sources}
    "${generated}/catalog_files.c" "${generated}/target_files.c" "${generated}/handler_files.c"
    PROPERTIES COMPILE_OPTIONS "-Oz;-fno-lto")
endif()
