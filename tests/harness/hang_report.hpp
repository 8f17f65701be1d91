#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/stacks.hpp"
#include "harness/transcript.hpp"
#include "support/thread_states.hpp"

namespace workbook::harness {

/// A thread that cannot go on: what it waits for, and where.
struct stuck_thread {
  thread_state state;
  std::string_view waits;           ///< "waits for a mutex"
  std::vector<source_line> frames;  ///< in the workbook's own files, innermost first
  std::string calls = {};   ///< the library's function that the innermost frame is in, if it is one
  std::string holder = {};  ///< of the mutex that it waits for: "held by itself"; may be empty
};

/// @returns where to look: the innermost frame of the learner's code, else of the test, else of
/// what is given.
[[nodiscard]] std::string place_of(const std::vector<source_line>& frames);

/// Translates the stacks that the threads have written into `shared` (see request_stacks).
/// Blocks while addr2line(1) runs.
[[nodiscard]] std::vector<stuck_thread> find_stuck_threads(const std::vector<thread_state>& states,
                                                           const transcript& shared);

/// @returns what the threads wait for, one line for each group of threads that wait at the same
/// place, and whose mutex is held at the same place: "Each of 2 threads waits for a mutex: ...".
[[nodiscard]] std::string describe_threads(const std::vector<stuck_thread>& threads);

/// @returns what this kind of hang means, found by its signature: who waits in which function.
/// Empty if it is none of the known ones, which stages/*/hangs.json list:
///   order    the signatures of all stages are tried by this number, the most special first
///   threads  for each list there must be a stuck thread that has all of it on its stack: a part of
///            a file's path, and how the name of a function begins. So functions, not threads, make
///            a signature: it is the same in whatever order the threads were started.
///   hint     what it means
/// A file that is missing or cannot be read has no signatures.
[[nodiscard]] std::string hint_for_hang(const std::vector<stuck_thread>& threads);

}  // namespace workbook::harness
