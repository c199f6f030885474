# The meter, tools/meter over core/meter, as a program of the build: it instruments the interpreter
# that handlers run in (tools/handlers builds its own copy). It is no part of the library: it needs
# Binaryen, from Debian's package. The release preset's copy is build/meter.
find_library(binaryen_library binaryen)
find_path(binaryen_headers binaryen-c.h)
if(NOT binaryen_library OR NOT binaryen_headers)
  message(FATAL_ERROR "Binaryen's C library was not found. Run tools/setup, which installs it.")
endif()
file(GLOB meter_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/meter/*.c" "${PROJECT_SOURCE_DIR}/tools/meter/*.c")
list(FILTER meter_sources EXCLUDE REGEX "/port_wasm\\.c$") # the page's
add_executable(meter ${meter_sources}
  "${PROJECT_SOURCE_DIR}/core/base/arena.c" "${PROJECT_SOURCE_DIR}/core/base/status.c")
target_include_directories(meter PRIVATE
  "${PROJECT_SOURCE_DIR}/core" "${PROJECT_SOURCE_DIR}/core/include")
target_link_libraries(meter PRIVATE scalesim_flags "${binaryen_library}")
if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/release")
  add_custom_command(TARGET meter POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:meter>"
      "${PROJECT_SOURCE_DIR}/build/meter" VERBATIM)
endif()
