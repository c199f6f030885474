# The interpreter of handlers, made by tools/handlers (kept outside the checkout by the hash of its
# sources): a library for the native host, a module for WebAssembly, which the page loads apart.
file(GLOB handlers_inputs CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/handlers/quickjs/*" "${PROJECT_SOURCE_DIR}/core/meter/*.[ch]"
  "${PROJECT_SOURCE_DIR}/tools/meter/*.c")
set(handlers_folder "${PROJECT_BINARY_DIR}/handlers")
set(handlers_library "${handlers_folder}/libhandlers.a")
add_custom_command(OUTPUT "${handlers_library}" "${handlers_folder}/handlers.wasm"
  COMMAND "${PROJECT_SOURCE_DIR}/tools/handlers" "${handlers_folder}"
  DEPENDS ${handlers_inputs} "${PROJECT_SOURCE_DIR}/tools/handlers"
    "${PROJECT_SOURCE_DIR}/tools/handlers-image.mjs"
    "${PROJECT_SOURCE_DIR}/tools/handlers-patch.mjs"
    "${PROJECT_SOURCE_DIR}/core/handlers/trace_bytes.h"
    "${PROJECT_SOURCE_DIR}/tools/lock/third_party.lock"
  COMMENT "Making the interpreter of handlers" VERBATIM)
add_custom_target(handlers_made ALL DEPENDS "${handlers_library}")
if(NOT EMSCRIPTEN)
  add_library(handlers STATIC IMPORTED GLOBAL)
  set_target_properties(handlers PROPERTIES IMPORTED_LOCATION "${handlers_library}"
    INTERFACE_LINK_LIBRARIES m) # floor and the like, which WebAssembly has as instructions
  add_dependencies(handlers handlers_made)
  target_link_libraries(scalesim_core PUBLIC handlers)
endif()
if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/wasm")
  add_custom_command(TARGET handlers_made POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -E copy "${handlers_folder}/handlers.wasm"
      "${PROJECT_SOURCE_DIR}/build/handlers.wasm" VERBATIM)
endif()
