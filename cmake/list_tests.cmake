# Asks a test program for its tests and writes down what CTest shall know about them. Runs after the
# program is linked, with -D program, suite, launcher, todos, directory and output.
#
# CMake's own gtest_discover_tests is not used: it gives a slow machine 5 seconds and calls what is
# not ready by then an error of the build, and it refuses a path with a # in it.
if("$ENV{WORKBOOK_GRADING}") # a submission's code runs under the judge's eyes, not during the build
  return()
endif()
execute_process(COMMAND ${launcher} "${program}" --gtest_list_tests
  OUTPUT_VARIABLE listed ERROR_VARIABLE said RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  file(REMOVE "${program}") # else Ninja would take it for finished
  message(FATAL_ERROR "error: ${program} cannot list its tests (${code}): ${said}")
endif()

# The supervisor has the deadlines and tells the story; CTest's own limit is the last resort.
set(properties "TIMEOUT 200 WORKING_DIRECTORY [==[${directory}]==] SKIP_REGULAR_EXPRESSION [==[\\[  SKIPPED \\]]==]")
# CTest shows nothing of what a failed test prints, but it shows which of these expressions it found
# in there: so each line of a plain `ctest -R stage01` names the TODO.
if(todos)
  string(APPEND properties " FAIL_REGULAR_EXPRESSION \"${todos}\"")
endif()

# Suite.        at the beginning of a line, below it indented its tests; what follows a # is for people
set(tests "")
string(JOIN " " launch ${launcher})
string(REGEX MATCHALL "[^\n]+" lines "${listed}")
foreach(line IN LISTS lines)
  string(REGEX REPLACE " *#.*" "" line "${line}")
  if(line MATCHES "^[A-Za-z_].*\\.$")
    set(group ${line})
  elseif(line MATCHES "^  ([A-Za-z_0-9/]+)$")
    set(test ${group}${CMAKE_MATCH_1})
    string(APPEND tests "add_test([==[${suite}.${test}]==] ${launch} [==[${program}]==] --gtest_filter=${test})\n"
      "set_tests_properties([==[${suite}.${test}]==] PROPERTIES ${properties})\n")
  endif()
endforeach()
file(WRITE "${output}" "${tests}")
