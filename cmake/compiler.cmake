# The compiler, its warnings and the sanitizers.

set(WORKBOOK_SANITIZE "" CACHE STRING "sanitizers for everything: address,undefined or thread")
option(WORKBOOK_WERROR "treat warnings as errors" OFF)

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14))
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} "
          "${CMAKE_CXX_COMPILER_VERSION}; the workbook needs C++23: GCC 12, Clang 14, or newer.")
endif()

find_package(Threads REQUIRED)

# The options of all code in the workbook. Sanitizers alone are global: they must reach everything.
add_library(workbook_options INTERFACE)
target_compile_features(workbook_options INTERFACE cxx_std_23)
target_compile_options(workbook_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # In every build the tests tell the line where a thread hangs.
  -g
  # A fortified read or recv would bypass the probes of the tests.
  -U_FORTIFY_SOURCE
  $<$<BOOL:${WORKBOOK_WERROR}>:-Werror>)
target_link_libraries(workbook_options INTERFACE Threads::Threads)

if(WORKBOOK_SANITIZE)
  add_compile_options(-fsanitize=${WORKBOOK_SANITIZE} -fno-omit-frame-pointer)
  # At a fixed address the loader need not touch every variable that holds a pointer: with
  # AddressSanitizer there are 84 000 in a suite, and each test starts its program anew.
  add_link_options(-fsanitize=${WORKBOOK_SANITIZE} -no-pie)
  if(WORKBOOK_SANITIZE MATCHES undefined)
    # AddressSanitizer finds a null or wild pointer when it is used. Checking each pointer beforehand
    # as well takes a third of the compiler's time.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=null,alignment,vptr)
  endif()

  # What a program with the sanitizer is started with, on a machine where it cannot start as it is.
  string(REGEX MATCH "thread|address" kind ${WORKBOOK_SANITIZE})
  execute_process(COMMAND ${CMAKE_COMMAND} -E env "CXX=${CMAKE_CXX_COMPILER}" tools/sanitizer.sh ${kind}
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" OUTPUT_VARIABLE launcher RESULT_VARIABLE code
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${launcher}")
  endif()
  separate_arguments(WORKBOOK_LAUNCHER UNIX_COMMAND "${launcher}")
endif()

# What the harness takes from the C library beyond POSIX: the stacks of threads, and the names and
# versions behind pthread functions. With another one its tests are skipped; -D WORKBOOK_GLIBC=0 tries
# that out.
include(CheckCXXSymbolExists)
check_cxx_symbol_exists(__GLIBC__ features.h WORKBOOK_GLIBC)

# With ThreadSanitizer the test programs cannot stand in front of pthread and socket functions.
if(WORKBOOK_GLIBC AND CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT WORKBOOK_SANITIZE MATCHES thread)
  set(WORKBOOK_INTERPOSE 1)
else()
  set(WORKBOOK_INTERPOSE 0)
endif()

# Linking a suite takes gold half of the time.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=gold WORKBOOK_GOLD)
if(WORKBOOK_GOLD)
  add_link_options(-fuse-ld=gold)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_EXTENSIONS OFF)

# Most of the compiler's time goes into headers, for each file again. Where a learner does not edit, also
# in the suites, the preset dev compiles several files as one; the other builds prove that each includes
# what it uses.
option(WORKBOOK_IN_LARGE_PIECES "compile what a learner does not edit several files at a time" OFF)
function(workbook_in_large_pieces)
  if(WORKBOOK_IN_LARGE_PIECES)
    set_target_properties(${ARGV} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  endif()
endfunction()
