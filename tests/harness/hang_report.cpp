#include "harness/hang_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "harness/stack_capture.hpp"

namespace workbook::harness {
namespace {

bool in_learners_code(const source_line& frame) {
  return frame.file.starts_with("stages/") || frame.file.starts_with("solutions/");
}

/// A stage's suite lies in the stage's folder too, but is not what the learner wrote.
bool in_test(const source_line& frame) {
  return frame.file.find("_test.cpp") != std::string::npos || frame.file.starts_with("tests/");
}

/// Where to look: the innermost frame of the learner's code, else of the test, else of lib/.
std::string where(const std::vector<source_line>& frames) {
  const auto learners = std::ranges::find_if(
      frames, [](const auto& frame) { return in_learners_code(frame) && !in_test(frame); });
  if (learners != frames.end()) return to_string(*learners);
  const auto test = std::ranges::find_if(
      frames, [](const auto& frame) { return in_learners_code(frame) && in_test(frame); });
  if (test != frames.end()) return "the test, " + to_string(*test);
  return frames.empty() ? "a place outside the workbook" : to_string(frames.front());
}

bool calls(const stuck_thread& thread, std::string_view function) {
  return std::ranges::any_of(thread.frames, [&](const source_line& frame) {
    return frame.function.find(function) != std::string::npos;
  });
}

struct signature {
  std::vector<std::string_view> functions;  ///< each must be on the stack of some stuck thread
  std::string_view hint;
};

// The commonest hangs, the most special first. Functions, not threads, make the signature: it is
// the same in whatever order the threads were started.
constexpr std::string_view client_reads = "raw_client::read";

const std::vector<signature>& known_signatures() {
  static const std::vector<signature> signatures{
      {{client_reads, "tcp_stream::read_some"},
       "Both ends are reading. A request ends at the blank line, not at the end of the stream: the "
       "client keeps its socket open while it waits for the answer."},
      {{client_reads, "tcp_listener::accept"},
       "The server waits for the next connection, and the client still waits for its answer to "
       "end: was the connection closed, and does Content-Length match the body?"},
      {{"running_server", "tcp_listener::accept"},
       "A stop was requested and the server still waits for a connection: hand the stop token to "
       "accept()."},
      {{"running_server", "tcp_stream::read_some"},
       "A stop was requested and the server still waits for a silent client: hand the stop token "
       "to read_some()."},
  };
  return signatures;
}

}  // namespace

std::vector<stuck_thread> find_stuck_threads(pid_t process, const std::vector<thread_state>& states,
                                             const transcript& shared) {
  std::vector<pid_t> ids;
  for (const auto& state : states) ids.push_back(state.thread);
  request_stacks(process, ids, shared);

  std::vector<std::span<void* const>> stacks;
  for (const auto& state : states) {
    const auto slot = std::ranges::find_if(
        shared.stacks, [&](const auto& stack) { return stack.thread == state.thread; });
    const bool answered = slot != shared.stacks.end();
    stacks.emplace_back(answered ? slot->frames.data() : nullptr,
                        answered ? slot->frame_count.load() : 0);
  }
  auto frames = workbook_frames(process, stacks);
  std::vector<stuck_thread> threads;
  for (std::size_t i = 0; i < states.size(); ++i) {
    threads.push_back({states[i], std::move(frames[i])});
  }
  return threads;
}

std::string describe_threads(const std::vector<stuck_thread>& threads) {
  std::map<std::string, int> groups;
  for (const auto& thread : threads) {
    ++groups[fmt::format("{}:\n    {}", describe(thread.state.activity), where(thread.frames))];
  }
  std::string text;
  for (const auto& [what, count] : groups) {
    text += count == 1 ? fmt::format("  A thread {}\n", what)
                       : fmt::format("  {} threads, each {}\n", count, what);
  }
  return text;
}

std::string hint_for_hang(const std::vector<stuck_thread>& threads) {
  for (const auto& [functions, hint] : known_signatures()) {
    const bool matches = std::ranges::all_of(functions, [&](std::string_view function) {
      return std::ranges::any_of(threads, [&](const auto& t) { return calls(t, function); });
    });
    if (matches) return std::string(hint);
  }
  return {};
}

}  // namespace workbook::harness
