#include "harness/exit_codes.hpp"

// The sanitizers' runtimes ask these functions for their options when the program starts. Options
// in the environment (ASAN_OPTIONS, ...) still win. Source:
// github.com/google/sanitizers/wiki/SanitizerCommonFlags.
static_assert(workbook::harness::exit_code::address_sanitizer == 99);
static_assert(workbook::harness::exit_code::thread_sanitizer == 97);

// NOLINTBEGIN(readability-identifier-naming): the names are the runtimes'
extern "C" {

// LeakSanitizer is a part of AddressSanitizer and has its exit code.
const char* __asan_default_options() { return "exitcode=99:detect_stack_use_after_return=1"; }
// What it searches instead of all variables: search_leaks_without_the_runtimes().
const char* __lsan_default_options() { return "use_globals=0"; }
const char* __ubsan_default_options() { return "exitcode=99:print_stacktrace=1"; }

// Halting at the first race keeps the report short, and the verdict early.
const char* __tsan_default_options() { return "exitcode=97:halt_on_error=1"; }

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
