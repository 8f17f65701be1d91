#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "harness/transcript.hpp"

/// Where the threads of a process are: their stacks, written by themselves when they are asked, and
/// the lines of source that belong to them.
namespace workbook::harness {

/// @returns whether stacks can be had: glibc has backtrace(3) and dladdr1(3). Without them no
/// thread answers, no address has a line, and a hang is told without its places.
[[nodiscard]] bool stacks_available();

/// In the test's process: from now on each thread that receives the capture signal writes its own
/// stack into the transcript and goes on with what it did.
void answer_stack_requests();

/// In the supervisor: asks all `threads` of `process` for their stacks and waits for the answers, on a
/// quiet machine at most a fraction of a second; time in which threads are ready to run and get no
/// processor does not count. A thread may not answer: under ThreadSanitizer, signals to a thread that
/// waits for a mutex are held back.
void request_stacks(pid_t process, const std::vector<pid_t>& threads, const transcript& shared);

/// A line of the workbook's own code.
struct source_line {
  std::string path;       ///< from the root of the workbook: "stages/03_pool/bounded_channel.hpp"
  std::string full_path;  ///< where the file lies
  int line = 0;
  std::string function;  ///< "receive"; no namespaces, no parameters
};

/// @returns "stages/03_pool/bounded_channel.hpp:57 in receive"
[[nodiscard]] std::string to_string(const source_line& place);

/// For return addresses in this program's code, the workbook's lines that they belong to: none for
/// a library, more than one where calls are inlined, the innermost first. The addresses may come
/// from a child process: it is a copy of this one. Asks addr2line(1) once for all; without it, or
/// without debug information, the map stays empty. Blocks for up to a second.
[[nodiscard]] std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses);

}  // namespace workbook::harness
