#include "harness/hang_report.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

namespace workbook::harness {
namespace {

/// A stage's suite lies in the stage's folder, but is not what the learner wrote.
bool in_test(const source_line& frame) {
  return frame.path.find("_test.cpp") != std::string::npos ||
         frame.path.starts_with("tests/harness_tests/");
}

bool in_learners_code(const source_line& frame) {
  return (frame.path.starts_with("stages/") || frame.path.starts_with("solutions/")) &&
         !in_test(frame);
}

/// Where to look: the innermost frame of the learner's code, else of the test, else of what is
/// given.
std::string where(const std::vector<source_line>& frames) {
  const auto learners = std::ranges::find_if(frames, in_learners_code);
  if (learners != frames.end()) return to_string(*learners);
  const auto test = std::ranges::find_if(frames, in_test);
  if (test != frames.end()) return fmt::format("{}:{} in the test", test->path, test->line);
  return frames.empty() ? "(place unknown)" : to_string(frames.front());
}

/// The kernel knows only that a thread waits on a futex; the C library's functions on its stack say
/// what for.
std::string_view what_it_waits_for(const thread_state& state, std::span<void* const> stack) {
  if (state.activity != thread_activity::waiting_on_futex) return describe(state.activity);
  for (void* const frame : stack) {
    Dl_info symbol{};
    if (::dladdr(frame, &symbol) == 0 || symbol.dli_sname == nullptr) continue;
    const std::string_view function(symbol.dli_sname);
    // A sanitizer's own versions have names with a prefix.
    if (function.ends_with("pthread_mutex_lock")) return "waits for a mutex";
    if (function.ends_with("pthread_cond_wait")) return "waits for a condition variable";
    if (function.ends_with("pthread_join")) return "waits for the end of a thread";
    if (function.ends_with("pthread_cond_destroy"))
      return "destroys a condition variable on which a thread still waits";
  }
  return describe(state.activity);
}

using lines_by_address = std::map<const void*, std::vector<source_line>>;

/// The frames of a stack that lie in the workbook. The innermost is the one that wrote the stack.
std::vector<source_line> frames_of(std::span<void* const> stack, const lines_by_address& lines) {
  std::vector<source_line> frames;
  for (const void* const address : stack) {
    const auto found = lines.find(address);
    if (found == lines.end()) continue;
    frames.insert(frames.end(), found->second.begin(), found->second.end());
  }
  std::erase_if(frames, [](const source_line& frame) {
    return frame.path == "tests/harness/stack_capture.cpp";
  });
  return frames;
}

/// @returns what `thread` has answered, if it has.
std::span<void* const> stack_of(pid_t thread, const transcript& shared) {
  const auto stack = std::ranges::find_if(
      shared.stacks, [thread](const captured_stack& s) { return s.thread == thread; });
  if (stack == shared.stacks.end()) return {};
  return std::span(stack->frames).first(stack->frame_count);
}

/// A function on the stack of a stuck thread: where its file lies, and how its name begins.
struct frame_pattern {
  std::string_view file;
  std::string_view function;
};

bool calls(const stuck_thread& thread, const frame_pattern& wanted) {
  return std::ranges::any_of(thread.frames, [&](const source_line& frame) {
    return frame.path.find(wanted.file) != std::string::npos &&
           frame.function.starts_with(wanted.function);
  });
}

bool calls_all(const stuck_thread& thread, const std::vector<frame_pattern>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& frame) { return calls(thread, frame); });
}

struct signature {
  /// For each list there must be a stuck thread that has all of it on its stack.
  std::vector<std::vector<frame_pattern>> threads;
  std::string_view hint;
};

constexpr frame_pattern client_reads{"harness/raw_client.cpp", "read_"};
constexpr frame_pattern server_stops{"harness/running_server.hpp", "stop"};
constexpr frame_pattern server_reads{"lib/net/tcp_stream.cpp", "read_some"};
constexpr frame_pattern server_accepts{"lib/net/tcp_listener.cpp", "accept"};
constexpr frame_pattern pool_ends{"thread_pool.cpp", "~thread_pool"};
constexpr frame_pattern job_runs{"thread_pool.cpp", "run"};
constexpr frame_pattern receiver_waits{"bounded_channel.hpp", "receive"};
constexpr frame_pattern sender_waits{"bounded_channel.hpp", "send"};
constexpr frame_pattern offers_a_job{"thread_pool.cpp", "try_execute"};
constexpr frame_pattern admits_a_client{"pooled_server.cpp", "admit"};
constexpr frame_pattern channel_ends{"bounded_channel.hpp", "~bounded_channel"};

// The other way round: the code under test is the client, and the harness plays the server.
constexpr frame_pattern script_reads = client_reads;
constexpr frame_pattern load_reads{"lib/net/timed_stream.cpp", "read_some"};
constexpr frame_pattern request_is_held{"harness/gate.cpp", "pass"};
constexpr frame_pattern load_runs{"04_stress/load.cpp", "run_client"};

// The commonest hangs, the most special first. Functions, not threads, make the signature: it is
// the same in whatever order the threads were started.
const std::vector<signature>& known_signatures() {
  static const std::vector<signature> signatures{
      {{{script_reads}, {load_reads}},
       "The client waits for bytes that never come: does each wait have the deadline, and does "
       "reading end where Content-Length says?"},
      {{{request_is_held}, {load_runs}},
       "The requests of the load are not in flight at the same time: one client waits for another, "
       "for its end or for a lock."},
      {{{server_stops}, {server_accepts}},
       "A stop was requested and the server still waits for a connection: hand the stop token to "
       "accept()."},
      {{{server_stops}, {server_reads}},
       "A stop was requested and the server still waits for a silent client: hand the stop token "
       "to read_some()."},
      {{{client_reads}, {server_reads}},
       "Both ends are reading. A request ends at the blank line, not at the end of the stream; and "
       "after the response the server ends the connection, not the client."},
      {{{client_reads}, {server_accepts}},
       "The server waits for the next connection, and the client still waits for its answer to "
       "end: was the connection closed, and does Content-Length match the body?"},
      {{{channel_ends}},
       "The queue is destroyed while a thread waits in it. Join the workers first: a member is "
       "destroyed before those that are declared above it."},
      {{{job_runs, sender_waits}},
       "A job waits for room in a queue. If that is the queue of its own pool, only the workers "
       "can make room, and they wait: a job should call try_execute()."},
      {{{pool_ends}, {receiver_waits}},
       "The pool waits for its workers, and its workers wait for a job. Was the queue closed "
       "before the join, with the mutex held, and were all who wait told of it?"},
      {{{offers_a_job, sender_waits}},
       "try_execute() waits for room in the queue. It promises to answer at once."},
      {{{admits_a_client, sender_waits}},
       "The server waits for room in the queue, and accepts nobody meanwhile. Is that the policy "
       "it was given?"},
      {{{sender_waits}},
       "A thread waits in send(). If there is room, nobody has told it: whoever takes an item out "
       "notifies not_full_, and close() notifies all who wait there."},
  };
  return signatures;
}

}  // namespace

std::vector<stuck_thread> find_stuck_threads(const std::vector<thread_state>& states,
                                             const transcript& shared) {
  std::vector<const void*> addresses;
  for (const captured_stack& stack : shared.stacks) {
    const auto frames = std::span(stack.frames).first(stack.frame_count);
    addresses.insert(addresses.end(), frames.begin(), frames.end());
  }
  const auto lines = find_source_lines(addresses);
  std::vector<stuck_thread> threads;
  for (const auto& state : states) {
    const auto stack = stack_of(state.thread, shared);
    threads.push_back({state, what_it_waits_for(state, stack), frames_of(stack, lines)});
  }
  return threads;
}

std::string describe_threads(const std::vector<stuck_thread>& threads) {
  std::map<std::string, int> groups;
  for (const auto& thread : threads) {
    ++groups[fmt::format("{}:\n    {}", thread.waits, where(thread.frames))];
  }
  std::string text;
  for (const auto& [what, count] : groups) {
    text += count == 1 ? fmt::format("  A thread {}\n", what)
                       : fmt::format("  {} threads, each {}\n", count, what);
  }
  return text;
}

std::string hint_for_hang(const std::vector<stuck_thread>& threads) {
  for (const auto& [wanted, hint] : known_signatures()) {
    const bool matches = std::ranges::all_of(wanted, [&](const auto& frames) {
      return std::ranges::any_of(threads, [&](const auto& t) { return calls_all(t, frames); });
    });
    if (matches) return std::string(hint);
  }
  return {};
}

}  // namespace workbook::harness
