# Test programs: one filtered unit binary, and each C file of tests/theory as a program of its own.
file(GLOB unit_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/*.c")
file(GLOB bug_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/bugs/*.c")
add_executable(unit ${unit_sources} ${bug_sources} ${component_tests})
target_include_directories(unit PRIVATE "${PROJECT_SOURCE_DIR}/tests/unit")
target_compile_definitions(unit PRIVATE _POSIX_C_SOURCE=200809L
  SS_TEST_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(unit PRIVATE scalesim_core m) # tests may compare with the C library's math
add_test(NAME unit COMMAND unit)

file(GLOB theory_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/theory/*.c")
foreach(source ${theory_sources})
  cmake_path(GET source STEM stem)
  set(name "theory_${stem}")
  add_executable(${name} "${source}" "${PROJECT_SOURCE_DIR}/tests/unit/unit.c")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/unit")
  target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L
    SS_TEST_ROOT="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE scalesim_core m)
  add_test(NAME ${name} COMMAND ${name})
endforeach()

# Programs that the Node tests of tests/compat drive.
file(GLOB compat_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/compat/*.c")
foreach(source ${compat_sources})
  cmake_path(GET source STEM stem)
  add_executable(compat_${stem} "${source}")
  target_link_libraries(compat_${stem} PRIVATE scalesim_core)
endforeach()
