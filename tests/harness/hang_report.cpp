#include "harness/hang_report.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

namespace workbook::harness {
namespace {

/// A stage's suite lies in the stage's folder, but is not what the learner wrote.
bool in_test(const source_line& frame) {
  return frame.path.find("_test.cpp") != std::string::npos ||
         frame.path.starts_with("tests/harness_tests/");
}

bool in_learners_code(const source_line& frame) {
  const bool in_fixture = frame.path.find("_fixture.hpp") != std::string::npos;
  return (frame.path.starts_with("stages/") || frame.path.starts_with("solutions/")) &&
         !in_test(frame) && !in_fixture;
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
  std::erase_if(frames,
                [](const source_line& frame) { return frame.path == "tests/harness/stacks.cpp"; });
  return frames;
}

/// The outermost function of a library before the stack comes to the workbook's code:
/// "pthread_once".
std::string library_call_in(std::span<void* const> stack, const lines_by_address& lines) {
  std::string name;
  for (const void* const address : stack) {
    Dl_info symbol{};
    const auto line = lines.find(address);
    if (line == lines.end()) {
      const bool named = ::dladdr(address, &symbol) != 0 && symbol.dli_sname != nullptr;
      if (named) name = symbol.dli_sname;
    } else if (line->second.front().path != "tests/harness/stacks.cpp") {
      break;
    } else {
      name.clear();  // so far it was the signal that asked for the stack
    }
  }
  for (const std::string_view prefix : {"__interceptor_", "__"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  return name;
}

/// @returns what `thread` has answered; null if it has not.
const captured_stack* answer_of(pid_t thread, const transcript& shared) {
  const auto stack = std::ranges::find_if(
      shared.stacks, [thread](const captured_stack& s) { return s.thread == thread; });
  return stack == shared.stacks.end() ? nullptr : &*stack;
}

std::span<void* const> frames_in(const captured_stack& stack) {
  return std::span(stack.frames).first(stack.frame_count);
}

/// Who holds the mutex that `thread` waits for.
std::string describe_holder(pid_t holder, const stuck_thread& thread,
                            const std::vector<stuck_thread>& threads) {
  if (holder == 0) return {};
  if (holder == thread.state.thread) return "held by itself";
  const auto found = std::ranges::find_if(
      threads, [holder](const stuck_thread& other) { return other.state.thread == holder; });
  if (found == threads.end()) return "held by a thread that has ended";
  return "held by a thread at " + place_of(found->frames);
}

/// A kind of hang that is known, see hint_for_hang().
struct hang_signature {
  int order = 0;
  std::vector<std::vector<std::string>> threads;  // "lib/net/tcp_listener.cpp accept"
  std::string hint;
};

bool calls(const stuck_thread& thread, const std::string& wanted) {
  const auto blank = wanted.find(' ');
  const std::string file = wanted.substr(0, blank);
  const std::string function = wanted.substr(blank + 1);
  return std::ranges::any_of(thread.frames, [&](const source_line& frame) {
    return frame.path.find(file) != std::string::npos && frame.function.starts_with(function);
  });
}

bool matches(const hang_signature& signature, const std::vector<stuck_thread>& threads) {
  return std::ranges::all_of(signature.threads, [&](const auto& wanted) {
    return std::ranges::any_of(threads, [&](const stuck_thread& thread) {
      return std::ranges::all_of(wanted, [&](const auto& frame) { return calls(thread, frame); });
    });
  });
}

void add_signatures(std::vector<hang_signature>& known, const std::filesystem::path& file) {
  std::ifstream in(file);
  const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return;
  try {
    for (const auto& one : json) {
      known.push_back({one.at("order"), one.at("threads"), one.at("hint")});
    }
  } catch (const nlohmann::json::exception&) {  // tests/workbook/hangs.py says what is wrong
  }
}

std::vector<hang_signature> known_signatures() {
  std::vector<hang_signature> known;
  std::error_code missing;
  const std::filesystem::path stages = WORKBOOK_SOURCE_DIR "/stages";
  for (const auto& stage : std::filesystem::directory_iterator(stages, missing)) {
    add_signatures(known, stage.path() / "hangs.json");
  }
  std::ranges::sort(known, {}, &hang_signature::order);
  return known;
}

}  // namespace

std::string place_of(const std::vector<source_line>& frames) {
  const auto learners = std::ranges::find_if(frames, in_learners_code);
  if (learners != frames.end()) return to_string(*learners);
  const auto test = std::ranges::find_if(frames, in_test);
  if (test != frames.end()) return fmt::format("{}:{} in the test", test->path, test->line);
  return frames.empty() ? "(place unknown)" : to_string(frames.front());
}

std::vector<stuck_thread> find_stuck_threads(const std::vector<thread_state>& states,
                                             const transcript& shared) {
  std::vector<const void*> addresses;
  for (const captured_stack& stack : shared.stacks) {
    const auto frames = frames_in(stack);
    addresses.insert(addresses.end(), frames.begin(), frames.end());
  }
  const auto lines = find_source_lines(addresses);
  std::vector<stuck_thread> threads;
  for (const auto& state : states) {
    const captured_stack* const answer = answer_of(state.thread, shared);
    const auto stack = answer != nullptr ? frames_in(*answer) : std::span<void* const>();
    threads.push_back({state, what_it_waits_for(state, stack), frames_of(stack, lines),
                       library_call_in(stack, lines)});
  }
  for (stuck_thread& thread : threads) {
    const captured_stack* const answer = answer_of(thread.state.thread, shared);
    const pid_t holder = answer != nullptr ? answer->mutex_holder : 0;
    thread.holder = describe_holder(holder, thread, threads);
  }
  return threads;
}

std::string describe_threads(const std::vector<stuck_thread>& threads) {
  std::map<std::string, int> groups;
  for (const auto& thread : threads) {
    std::string what = fmt::format("{}:\n    {}", thread.waits, place_of(thread.frames));
    if (!thread.holder.empty()) what += "\n    " + thread.holder;
    ++groups[what];
  }
  std::string text;
  for (const auto& [what, count] : groups) {
    text += count == 1 ? fmt::format("  A thread {}\n", what)
                       : fmt::format("  Each of {} threads {}\n", count, what);
  }
  return text;
}

std::string hint_for_hang(const std::vector<stuck_thread>& threads) {
  for (const hang_signature& signature : known_signatures()) {
    if (matches(signature, threads)) return signature.hint;
  }
  return {};
}

}  // namespace workbook::harness
