# Programs in which the explorer sees memory. The code under test is compiled with the option of
# ThreadSanitizer, so that the compiler puts a call at each access; the sanitizer's library is not
# linked, tests/harness/observed/ stands in its place. No other sanitizer goes with that, so what such
# a program consists of is compiled once more.

# Not where ThreadSanitizer itself is in use, nor without the functions that the explorer stands in
# front of. With OFF the explored scenarios run without seeing memory.
option(WORKBOOK_OBSERVES "run the explored scenarios where the explorer sees memory" ON)
if(NOT WORKBOOK_INTERPOSE)
  set(WORKBOOK_OBSERVES OFF)
endif()

# workbook_unsanitized(target): compiled without the sanitizers of the build.
function(workbook_unsanitized name)
  target_compile_options(${name} PRIVATE -fno-sanitize=all)
endfunction()

# workbook_observed(target): its code tells of each access to memory. GCC warns that
# ThreadSanitizer does not know fences; we do.
function(workbook_observed name)
  target_compile_options(${name} PRIVATE -fno-sanitize=all -fsanitize=thread
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  if(NOT name STREQUAL workbook_lib_observed)
    workbook_precompiled(${name} workbook_lib_observed)
  endif()
endfunction()

# workbook_observed_program(name suite library... TESTS test.cpp...): a test program like
# workbook_test_program's. Where the same inline function is compiled several times, the linker takes
# the first: so what is observed stands in front of the harness.
function(workbook_observed_program name suite)
  cmake_parse_arguments(PARSE_ARGV 2 arg "EXCLUDE_FROM_ALL" "" "LIBRARIES;TESTS")
  set(when_asked "")
  if(arg_EXCLUDE_FROM_ALL)
    set(when_asked EXCLUDE_FROM_ALL)
  endif()
  add_executable(${name} ${when_asked} ${arg_TESTS} ${CMAKE_SOURCE_DIR}/tests/harness/main.cpp)
  target_compile_definitions(${name} PRIVATE WORKBOOK_SUITE="${suite}")
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/stages)  # the fixtures
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES}
    "$<LINK_LIBRARY:WHOLE_ARCHIVE,harness_observed>")
  workbook_observed(${name})
  workbook_list_tests(${name} ${suite})
endfunction()

# workbook_explored_suite(stage01 test.cpp ...): the explored part of a stage's suite, which is built
# whenever the suite is. It is a program of its own in every build: a scenario may define what the code
# under test calls and the explorer does not see, and the linker takes that in place of the real thing.
function(workbook_explored_suite name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXCLUDE_FROM_ALL" "" "")
  set(when_asked "")
  if(arg_EXCLUDE_FROM_ALL)
    set(when_asked EXCLUDE_FROM_ALL)
  endif()
  if(NOT TARGET harness_observed)
    workbook_test_program(${name}_unobserved ${name} ${when_asked} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name}_unobserved PRIVATE ${name})
    add_dependencies(${name}_tests ${name}_unobserved)
  elseif(NOT WORKBOOK_SPLIT_SUITES)
    workbook_observed_program(${name}_observed ${name} ${when_asked}
      LIBRARIES ${name}_observed_code TESTS ${arg_UNPARSED_ARGUMENTS})
    add_dependencies(${name}_tests ${name}_observed)
    workbook_in_large_pieces(${name}_observed)
  else()
    foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
      cmake_path(GET file STEM stem)
      workbook_observed_program(${name}_${stem} ${name} ${when_asked}
        LIBRARIES ${name}_observed_code TESTS ${file})
      add_dependencies(${name}_tests ${name}_${stem})
    endforeach()
  endif()
endfunction()
