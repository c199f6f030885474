# The meter for the page: core/meter as a WebAssembly module whose imports are the functions of
# Binaryen's npm package. It instruments a user's own module before it runs.
find_path(binaryen_headers binaryen-c.h PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH NO_DEFAULT_PATH)
if(NOT binaryen_headers)
  message(FATAL_ERROR "Binaryen's header was not found. Run tools/setup, which installs it.")
endif()
# Only these two of the system's headers: the others are another machine's.
foreach(header binaryen-c.h wasm-delegations.def)
  configure_file("${binaryen_headers}/${header}" "${generated}/binaryen/${header}" COPYONLY)
endforeach()
file(GLOB meter_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/meter/*.c")
list(FILTER meter_sources EXCLUDE REGEX "/port_native\\.c$")
add_executable(meter ${meter_sources}
  "${PROJECT_SOURCE_DIR}/core/base/arena.c" "${PROJECT_SOURCE_DIR}/core/base/status.c")
target_include_directories(meter PRIVATE
  "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/core/include")
target_include_directories(meter SYSTEM PRIVATE "${generated}/binaryen")
target_link_libraries(meter PRIVATE scalesim_flags)
# The walk recurses as deep as expressions nest (SS_METER_WALK_DEPTH_MAX).
target_link_options(meter PRIVATE
  -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=4MB -sFILESYSTEM=0
  -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0)
set_target_properties(meter PROPERTIES SUFFIX ".wasm")
if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/wasm")
  add_custom_command(TARGET meter POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:meter>"
      "${PROJECT_SOURCE_DIR}/build/meter.wasm" VERBATIM)
endif()
