#pragma once

namespace workbook::harness::exit_code {

// The sanitizers are told to end the process with these (see sanitizer_options.cpp), so that the
// supervisor knows which one it was.
inline constexpr int address_sanitizer = 99;  // leaks and undefined behavior included
inline constexpr int thread_sanitizer = 97;

}  // namespace workbook::harness::exit_code
