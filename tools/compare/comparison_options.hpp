#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "measure/load_report.hpp"

namespace workbook {

/// What the command line of the comparison asks for.
struct comparison_options {
  std::string folder;  ///< where the server programs lie: build/release/bin
  std::string side;    ///< how their names begin: "solution" or "stage"
  std::string path = "/fast";
  load_plan plan{.clients = 30, .requests = 100};
  std::size_t repetitions = 5;
  std::size_t most_slow = 4;  ///< of the head-of-line table
  std::size_t fast = 6;
  std::string json_file = {};  ///< empty: none
};

/// The program was asked for --help, or the command line is wrong; `code` is its exit code.
struct end_of_program {
  int code;
};

/// @throws end_of_program, after it has printed the help or one sentence.
[[nodiscard]] comparison_options parse_comparison_options(int argc, char** argv);

}  // namespace workbook
