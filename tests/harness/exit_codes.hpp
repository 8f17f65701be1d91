#pragma once

namespace workbook::harness::exit_code {

// The sanitizers are told to end the process with these (see sanitizer_options.cpp), so that the
// supervisor knows which one it was.
inline constexpr int address_sanitizer = 99;
inline constexpr int leak_sanitizer = 98;
inline constexpr int thread_sanitizer = 97;

}  // namespace workbook::harness::exit_code
