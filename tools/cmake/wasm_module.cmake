# The page's engine: the same core and wasm/*.c as a plain WebAssembly module without JS glue.
file(GLOB wasm_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/wasm/*.c" "${PROJECT_SOURCE_DIR}/tools/cli/*.c")
list(FILTER wasm_sources EXCLUDE REGEX "/tools/cli/main\\.c$") # the native host
# Read once a call, not once an event (see core.cmake).
set_source_files_properties(${wasm_sources} PROPERTIES COMPILE_OPTIONS "-Oz;-fno-lto")

# scalesim_wasm(target sources…): build/<target>.wasm. wasm/PROTOCOL.md lists the exports; each is
# marked with export_name in wasm/*.c. Imports of the host look undefined to emcc 3.1.6;
# tests/boundary checks that there are no others.
function(scalesim_wasm target)
  add_executable(${target} ${ARGN})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tools")
  target_link_libraries(${target} PRIVATE scalesim_core)
  target_link_options(${target} PRIVATE
    -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1MB
    -sMAXIMUM_MEMORY=4GB -sFILESYSTEM=0 -sERROR_ON_UNDEFINED_SYMBOLS=0
    -sWARN_ON_UNDEFINED_SYMBOLS=0)
  set_target_properties(${target} PROPERTIES SUFFIX ".wasm")
  if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/wasm")
    add_custom_command(TARGET ${target} POST_BUILD
      COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:${target}>"
        "${PROJECT_SOURCE_DIR}/build/${target}.wasm" VERBATIM)
  endif()
endfunction()

if(wasm_sources)
  # The command line on Node has a module of its own: the page does not download it.
  scalesim_wasm(scalesim-cli ${wasm_sources})
  set(page_sources ${wasm_sources})
  list(FILTER page_sources EXCLUDE REGEX "/cli/|/wasm/cli\\.c$")
  scalesim_wasm(scalesim ${page_sources})
endif()
