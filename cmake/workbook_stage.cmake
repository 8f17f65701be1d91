# workbook_stage(01_single SOURCES ... TESTS ... [EXTRA_PROGRAMS ...] [BENCHMARKS ...] [SCENES ...]
#                [NEEDS ...] [LIBRARIES ...] [EXPLORED ...])
#
# Declares a stage twice: as the learner's (stages/) and as the solution (solutions/), with the same
# files and the same suite, which lies in the learner's folder. For the side `stage` it makes
#   stage01          the library of SOURCES
#   stage01_server   the program of main.cpp, named as the stage's stage.json says
#   stage01_NAME     a program of NAME.cpp for each of EXTRA_PROGRAMS, and of benchmarks/NAME.cpp,
#                    which lies in the learner's folder, for each of BENCHMARKS
#   stage01_NAME     a program of scenes/NAME.cpp, likewise in the learner's folder, for each of SCENES:
#                    it uses the stage, and prints as JSON what a tool shows
#   stage01_tests    the suite of TESTS; CTest knows its tests as stage01.Suite.Name
#   stage01_observed those of NAME_schedules_test.cpp, as a program of its own in which the explorer
#                    sees memory (cmake/observed.cmake); built, and found by CTest, with the suite.
#                    Where it cannot, the program is called stage01_unobserved.
#                    EXPLORED are those of SOURCES that its scenarios need; without it, all.
# and the same for `solution`. Only what is built has tests in CTest.
#
# Both stand on the solutions of the stages that they need. For a stage that needs some there is a third
# side, `mine`: the learner's stage on the learner's own earlier stages. It is built when asked for.
#
# A suite includes the headers under test in angle brackets. In quotes, the compiler would find the
# learner's, which lie beside the suite, also when it builds the solution's tests. What the tests of a
# stage share are its fixtures, NAME_fixture.hpp beside the suite. They belong to the suite, there is
# one for both sides; suites include them with their folder, "01_single/server_fixture.hpp", so a
# later stage may use an earlier one's.
function(workbook_stage folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;TESTS;NEEDS;EXTRA_PROGRAMS;BENCHMARKS;SCENES;LIBRARIES;EXPLORED")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "workbook_stage(${folder}): what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  workbook_stage_says(program ${folder} program)
  set_property(GLOBAL APPEND PROPERTY WORKBOOK_STAGES ${folder})
  string(SUBSTRING ${folder} 0 2 number)
  list(TRANSFORM arg_TESTS PREPEND ${CMAKE_SOURCE_DIR}/stages/${folder}/)
  file(STRINGS ${CMAKE_SOURCE_DIR}/stages/${folder}/hints.md workbook_todos REGEX "^## TODO ")
  list(TRANSFORM workbook_todos REPLACE "^## (TODO [0-9.]+).*" "\\1")

  set(sides stage solution)
  if(arg_NEEDS AND NOT WORKBOOK_SPLIT_SUITES)
    list(APPEND sides mine)
  endif()
  foreach(side IN LISTS sides)
    set(name ${side}${number})
    set(dir ${CMAKE_SOURCE_DIR}/stages/${folder})
    if(side STREQUAL solution)
      set(dir ${CMAKE_SOURCE_DIR}/solutions/${folder})
    endif()
    set(when_asked "")
    if(side STREQUAL mine)
      set(when_asked EXCLUDE_FROM_ALL)
    endif()
    list(TRANSFORM arg_SOURCES PREPEND ${dir}/ OUTPUT_VARIABLE sources)
    set(needs "")
    foreach(need IN LISTS arg_NEEDS)
      string(SUBSTRING ${need} 0 2 need_number)
      if(NOT side STREQUAL mine)
        list(APPEND needs solution${need_number})
      elseif(TARGET mine${need_number})
        list(APPEND needs mine${need_number})
      else()
        list(APPEND needs stage${need_number})
      endif()
    endforeach()

    add_library(${name} STATIC ${when_asked} ${sources})
    target_include_directories(${name} PUBLIC ${dir})
    target_link_libraries(${name} PUBLIC workbook_lib ${needs} ${arg_LIBRARIES})
    workbook_precompiled(${name} workbook_lib)
    workbook_may_have_stubs(${name} ${side})

    add_executable(${name}_${program} ${when_asked} ${dir}/main.cpp)
    target_link_libraries(${name}_${program} PRIVATE ${name} workbook_program)

    foreach(extra IN LISTS arg_EXTRA_PROGRAMS)
      add_executable(${name}_${extra} ${when_asked} ${dir}/${extra}.cpp)
      target_link_libraries(${name}_${extra} PRIVATE ${name} workbook_program)
    endforeach()

    # CTest knows no benchmark: a time is no verdict.
    foreach(benchmark IN LISTS arg_BENCHMARKS)
      add_executable(${name}_${benchmark} ${when_asked} ${CMAKE_SOURCE_DIR}/stages/${folder}/benchmarks/${benchmark}.cpp)
      target_link_libraries(${name}_${benchmark} PRIVATE ${name} benchmark::benchmark_main)
      target_include_directories(${name}_${benchmark} PRIVATE ${CMAKE_SOURCE_DIR}/stages)  # what benchmarks share
    endforeach()

    foreach(scene IN LISTS arg_SCENES)
      add_executable(${name}_${scene} ${when_asked} ${CMAKE_SOURCE_DIR}/stages/${folder}/scenes/${scene}.cpp)
      target_link_libraries(${name}_${scene} PRIVATE ${name} nlohmann_json::nlohmann_json)
      if(WORKBOOK_SANITIZE)
        set_target_properties(${name}_${scene} PROPERTIES EXCLUDE_FROM_ALL ON)  # nobody shows such a build
      endif()
    endforeach()

    set(tests ${arg_TESTS})
    set(explored ${arg_TESTS})
    list(FILTER explored INCLUDE REGEX "_schedules_test\\.cpp$")
    list(FILTER tests EXCLUDE REGEX "_schedules_test\\.cpp$")
    workbook_suite(${name} ${when_asked} ${tests})
    if(explored AND TARGET harness_observed)
      set(needed ${sources})
      if(arg_EXPLORED)
        list(TRANSFORM arg_EXPLORED PREPEND ${dir}/ OUTPUT_VARIABLE needed)
      endif()
      add_library(${name}_observed_code STATIC EXCLUDE_FROM_ALL ${needed})
      target_include_directories(${name}_observed_code PUBLIC ${dir})
      # Of the stages that it needs only the headers: no explored scenario goes as far as their code.
      foreach(need IN LISTS needs)
        target_include_directories(${name}_observed_code PUBLIC
          $<TARGET_PROPERTY:${need},INTERFACE_INCLUDE_DIRECTORIES>)
      endforeach()
      target_link_libraries(${name}_observed_code PUBLIC workbook_lib_observed)
      workbook_may_have_stubs(${name}_observed_code ${side})
      workbook_observed(${name}_observed_code)
    endif()
    if(explored)
      workbook_explored_suite(${name} ${when_asked} ${explored})
    endif()
  endforeach()
endfunction()

# workbook_may_have_stubs(target side): the learner's side is still to be written.
function(workbook_may_have_stubs name side)
  if(side STREQUAL solution)
    return()
  endif()
  # Stubs call todo(). Included from here, it is no difference between a stage and its solution.
  # Precompiled headers have it among them, and nothing may stand in front of those.
  # It is found like any header of lib/: SHELL: would split a path with a blank in it.
  target_compile_options(${name} PUBLIC
    "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:PRECOMPILE_HEADERS_REUSE_FROM>>>:SHELL:-include support/todo.hpp>")
  # Members of a class whose functions are all still to be written are unused, for now.
  target_compile_options(${name} PRIVATE
    $<$<CXX_COMPILER_ID:Clang>:-Wno-unused-private-field>)
endfunction()

# workbook_stage_says(variable 01_single [OPTIONAL] key...): what the stage's stage.json says of a key.
# With OPTIONAL, nothing if it does not have the key.
function(workbook_stage_says variable folder)
  set(file stages/${folder}/stage.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  file(READ ${CMAKE_SOURCE_DIR}/${file} json)
  cmake_parse_arguments(PARSE_ARGV 2 says "OPTIONAL" "" "")
  string(JSON value ERROR_VARIABLE error GET "${json}" ${says_UNPARSED_ARGUMENTS})
  if(error AND says_OPTIONAL)
    set(value "")
  elseif(error)
    message(FATAL_ERROR "${file} does not say what is asked of it: ${error}")
  endif()
  set(${variable} "${value}" PARENT_SCOPE)
endfunction()

# A suite as a program for each of its files, NAME_FILE: one test can be built and run without
# compiling the others. This is how answers are tried.
set(WORKBOOK_SPLIT_SUITES "$ENV{WORKBOOK_SPLIT_SUITES}" CACHE BOOL "a program for each test file")

# workbook_precompiled(name from): uses the precompiled headers of another target, if it has any. Only the preset dev
# precompiles: there an edit has its verdict soon. Where GCC optimises, it takes what it has inlined from
# precompiled headers for ours, and warns of what is no mistake.
function(workbook_precompiled name from)
  get_target_property(headers ${from} PRECOMPILE_HEADERS)
  if(headers AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_precompile_headers(${name} REUSE_FROM ${from})
  endif()
endfunction()

# workbook_suite(stage01 test.cpp ...): the program, or the programs, of a stage's suite.
function(workbook_suite name)
  if(NOT WORKBOOK_SPLIT_SUITES)
    workbook_test_program(${name}_tests ${name} ${ARGN})
    target_link_libraries(${name}_tests PRIVATE ${name})
    workbook_in_large_pieces(${name}_tests)
    return()
  endif()
  add_custom_target(${name}_tests)
  foreach(file IN LISTS ARGN)
    cmake_path(GET file STEM stem)
    workbook_test_program(${name}_${stem} ${name} ${file})
    target_link_libraries(${name}_${stem} PRIVATE ${name})
    add_dependencies(${name}_tests ${name}_${stem})
  endforeach()
endfunction()

# workbook_test_program(name suite test.cpp ...): a test program with the harness; CTest knows its
# tests as suite.Suite.Name.
function(workbook_test_program name suite)
  add_executable(${name} ${ARGN} ${CMAKE_SOURCE_DIR}/tests/harness/main.cpp)
  target_compile_definitions(${name} PRIVATE WORKBOOK_SUITE="${suite}")
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/stages)  # the fixtures
  target_link_libraries(${name} PRIVATE harness)
  workbook_precompiled(${name} harness)
  workbook_list_tests(${name} ${suite})
endfunction()

# What CTest knows about the tests of a program stands in a file that is written when the program is
# linked. A program that is not built yet has no tests.
function(workbook_list_tests name suite)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}_ctest.cmake)
  if(NOT EXISTS ${output})
    file(WRITE ${output} "")
  endif()
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM COMMAND ${CMAKE_COMMAND}
    -D "program=$<TARGET_FILE:${name}>" -D "suite=${suite}" -D "launcher=${WORKBOOK_LAUNCHER}"
    -D "todos=${workbook_todos}" -D "directory=${CMAKE_CURRENT_BINARY_DIR}" -D "output=${output}"
    -P ${CMAKE_SOURCE_DIR}/cmake/list_tests.cmake)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${output})
endfunction()
