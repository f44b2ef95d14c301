# slipway_module(<folder> [PROGRAM <name>] [LINK <libraries>...]): one library a folder, of every
# .cpp in it, and <folder>_tests of every *_test.cpp, so that adding a file needs no edit here.
# PROGRAM: the folder's main.cpp becomes that executable, linked with the library.
function(slipway_module name)
  cmake_parse_arguments(ARG "" "PROGRAM" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(main ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
  list(REMOVE_ITEM sources ${main})
  add_library(slipway_${name} STATIC ${sources})
  target_include_directories(slipway_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(slipway_${name} PUBLIC ${ARG_LINK})
  if(ARG_PROGRAM AND EXISTS ${main})
    add_executable(${ARG_PROGRAM} ${main})
    target_link_libraries(${ARG_PROGRAM} PRIVATE slipway_${name})
  endif()
  if(tests AND BUILD_TESTING)
    add_executable(${name}_tests ${tests})
    target_link_libraries(${name}_tests PRIVATE slipway_${name} GTest::gtest_main GTest::gmock)
    target_compile_definitions(${name}_tests PRIVATE SLIPWAY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    if(CMAKE_BUILD_TYPE STREQUAL "Debug")
      # What is tested is optimised as the preset says; the tests themselves compile in 2/3 the time.
      target_compile_options(${name}_tests PRIVATE -O0)
    endif()
    slipway_unit_test(${name} ${name}_tests)
  endif()
endfunction()

# A GoogleTest program as the ctest test unit.<name>; one that runs no test at all fails.
function(slipway_unit_test name program)
  add_test(NAME unit.${name} COMMAND ${program})
  set_tests_properties(unit.${name} PROPERTIES
    TIMEOUT 600
    FAIL_REGULAR_EXPRESSION "Running 0 tests")
endfunction()
