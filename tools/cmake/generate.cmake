# What is generated from the folders at build time: the embedded files and the list of components.
set(generated "${PROJECT_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated}/generated")

# scalesim_embed(symbol output root files…): a C file that defines `<symbol>s` and `<symbol>_count`
# (see core/base/embed.h), with paths relative to `root`, sorted bytewise.
function(scalesim_embed symbol output root)
  set(files ${ARGN})
  list(SORT files COMPARE STRING CASE SENSITIVE)
  # The list goes through a file: it may be longer than a command line, and the command must run
  # again when a file is removed.
  string(REPLACE ";" "\n" lines "${files}")
  file(CONFIGURE OUTPUT "${generated}/${symbol}.list" CONTENT "${lines}\n" @ONLY)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DSYMBOL=${symbol} "-DLIST=${generated}/${symbol}.list"
      "-DROOT=${root}" "-DOUTPUT=${output}" -P "${PROJECT_SOURCE_DIR}/tools/cmake/embed.cmake"
    DEPENDS "${generated}/${symbol}.list" "${PROJECT_SOURCE_DIR}/tools/cmake/embed.cmake" ${files}
    COMMENT "Embedding ${symbol}s" VERBATIM)
endfunction()

file(GLOB catalog_files CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/model/catalog/*.json"
  "${PROJECT_SOURCE_DIR}/core/components/*/catalog.json"
  "${PROJECT_SOURCE_DIR}/core/components/*/icon.svg"
  "${PROJECT_SOURCE_DIR}/core/components/*/icons/*.svg")
scalesim_embed(ss__catalog_file "${generated}/catalog_files.c" "${PROJECT_SOURCE_DIR}"
  ${catalog_files})

# A target's description and the files of the project it makes, dotfiles included; not its snapshot.
file(GLOB target_files CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/codegen/targets/*/target.json")
file(GLOB_RECURSE project_files CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/codegen/targets/*/files/*")
list(FILTER project_files EXCLUDE REGEX "/node_modules/")
list(FILTER project_files INCLUDE REGEX "/targets/[^/]*/files/")
scalesim_embed(ss__target_file "${generated}/target_files.c" "${PROJECT_SOURCE_DIR}"
  ${target_files} ${project_files})

# What a store runs for code that calls it.
scalesim_embed(ss__handler_file "${generated}/handler_files.c" "${PROJECT_SOURCE_DIR}"
  "${PROJECT_SOURCE_DIR}/core/handlers/store/store.js")

# generated/components.def: SS_COMPONENT(name) for each core/components/<name>/<name>.c, sorted.
file(GLOB component_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/components/*/*.c")
set(components "")
foreach(source ${component_sources})
  cmake_path(GET source STEM stem)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  if(stem STREQUAL name)
    list(APPEND components "${name}")
  endif()
endforeach()
list(SORT components)
set(definitions "/// Made by the build from the folders of core/components; do not edit.\n")
foreach(name ${components})
  string(APPEND definitions "SS_COMPONENT(${name})\n")
endforeach()
file(CONFIGURE OUTPUT "${generated}/generated/components.def" CONTENT "${definitions}" @ONLY)
