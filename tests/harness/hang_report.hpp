#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/source_lines.hpp"
#include "harness/transcript.hpp"
#include "support/thread_states.hpp"

namespace workbook::harness {

/// A thread that cannot go on: what it waits for, and where.
struct stuck_thread {
  thread_state state;
  std::string_view waits;           ///< "waits for a mutex"
  std::vector<source_line> frames;  ///< in the workbook's own files, innermost first
  std::string calls = {};  ///< the library's function that the innermost frame is in, if it is one
};

/// @returns where to look: the innermost frame of the learner's code, else of the test, else of
/// what is given.
[[nodiscard]] std::string place_of(const std::vector<source_line>& frames);

/// Translates the stacks that the threads have written into `shared` (see request_stacks).
/// Blocks while addr2line(1) runs.
[[nodiscard]] std::vector<stuck_thread> find_stuck_threads(const std::vector<thread_state>& states,
                                                           const transcript& shared);

/// @returns what the threads wait for, one line for each group of threads that wait at the same
/// place: "2 threads wait for bytes (recv): lib/net/tcp_stream.cpp:70 in tcp_stream::read_some
/// ...".
[[nodiscard]] std::string describe_threads(const std::vector<stuck_thread>& threads);

}  // namespace workbook::harness
