# The command line, tools/cli, as `scalesim`. The release preset's copy is build/scalesim.
file(GLOB cli_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/cli/*.c")
if(cli_sources)
  add_executable(scalesim ${cli_sources})
  target_compile_definitions(scalesim PRIVATE _POSIX_C_SOURCE=200809L)
  target_link_libraries(scalesim PRIVATE scalesim_core)
  target_link_options(scalesim PRIVATE -Wl,--gc-sections)
  if(PROJECT_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/release")
    add_custom_command(TARGET scalesim POST_BUILD
      COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:scalesim>"
        "${PROJECT_SOURCE_DIR}/build/scalesim" VERBATIM)
  endif()
endif()

if(SCALESIM_FUZZ)
  file(GLOB fuzzers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c")
  foreach(source ${fuzzers})
    cmake_path(GET source STEM name)
    add_executable(${name} "${source}")
    target_link_libraries(${name} PRIVATE scalesim_core)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
