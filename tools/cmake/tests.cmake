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
file(GLOB theory_support CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/theory/support/*.c")
add_library(theory_support OBJECT ${theory_support}
  "${PROJECT_SOURCE_DIR}/tests/unit/unit.c" "${PROJECT_SOURCE_DIR}/tests/unit/simulate.c"
  "${PROJECT_SOURCE_DIR}/tests/unit/invariants.c")
target_include_directories(theory_support PUBLIC
  "${PROJECT_SOURCE_DIR}/tests/unit" "${PROJECT_SOURCE_DIR}/tests/theory/support")
target_compile_definitions(theory_support PUBLIC _POSIX_C_SOURCE=200809L
  SS_TEST_ROOT="${PROJECT_SOURCE_DIR}")
target_link_libraries(theory_support PUBLIC scalesim_core m)
foreach(source ${theory_sources})
  cmake_path(GET source STEM stem)
  set(name "theory_${stem}")
  add_executable(${name} "${source}")
  target_link_libraries(${name} PRIVATE theory_support)
  add_test(NAME ${name} COMMAND ${name})
endforeach()

# Programs that the Node tests of tests/compat drive.
file(GLOB compat_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/compat/*.c")
foreach(source ${compat_sources})
  cmake_path(GET source STEM stem)
  add_executable(compat_${stem} "${source}")
  target_link_libraries(compat_${stem} PRIVATE scalesim_core)
endforeach()
