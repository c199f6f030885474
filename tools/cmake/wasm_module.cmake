# The page's engine: the same core and wasm/*.c as a plain WebAssembly module without JS glue.
file(GLOB wasm_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/wasm/*.c" "${PROJECT_SOURCE_DIR}/tools/cli/*.c")
list(FILTER wasm_sources EXCLUDE REGEX "/tools/cli/main\\.c$") # the native host
if(wasm_sources)
  add_executable(scalesim ${wasm_sources})
  # Read once a call, not once an event (see core.cmake).
  set_source_files_properties(${wasm_sources} PROPERTIES COMPILE_OPTIONS "-Oz;-fno-lto")
  target_include_directories(scalesim PRIVATE "${PROJECT_SOURCE_DIR}/tools")
  target_link_libraries(scalesim PRIVATE scalesim_core)
  # wasm/PROTOCOL.md lists the exports; each is marked with export_name in wasm/*.c. Imports of the
  # host look undefined to emcc 3.1.6; tests/boundary checks that there are no others.
  target_link_options(scalesim PRIVATE
    -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1MB
    -sMAXIMUM_MEMORY=4GB -sFILESYSTEM=0 -sERROR_ON_UNDEFINED_SYMBOLS=0
    -sWARN_ON_UNDEFINED_SYMBOLS=0)
  set_target_properties(scalesim PROPERTIES SUFFIX ".wasm")
  if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/wasm")
    add_custom_command(TARGET scalesim POST_BUILD
      COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:scalesim>"
        "${PROJECT_SOURCE_DIR}/build/scalesim.wasm" VERBATIM)
  endif()
endif()
