#include "harness/verdict.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>

#include "harness/exit_codes.hpp"
#include "harness/signal_name.hpp"

namespace workbook::harness {
namespace {

std::string meaning_of_signal(int signal) {
  if (signal != SIGPIPE) return {};
  return "Writing to a connection whose client has gone raises SIGPIPE, which kills the whole "
         "process: pass MSG_NOSIGNAL to send.";
}

verdict judge_exit_code(int code, const transcript& story) {
  if (code == 0 && !story.finished) {
    return {test_status::failed, "the process ended before the test did", "", ""};
  }
  if (code == 0)
    return {story.skipped.empty() ? test_status::passed : test_status::skipped, "", "", ""};
  if (!story.failure.empty()) return {test_status::failed, "", "", ""};
  switch (code) {
    case exit_code::address_sanitizer:
      // Leaks are looked for when all is over.
      return {test_status::failed, story.nothing_runs ? "memory leak" : "memory error",
              "  The sanitizer's report stands above: its first frames in stages/ are the place.\n",
              ""};
    case exit_code::thread_sanitizer:
      return {test_status::failed, "data race",
              "  ThreadSanitizer's report stands above: two threads, one place, no order.\n", ""};
    default: return {test_status::failed, fmt::format("exit code {}", code), "", ""};
  }
}

}  // namespace

verdict judge_exit(int wait_status, const transcript& story) {
  if (WIFEXITED(wait_status)) return judge_exit_code(WEXITSTATUS(wait_status), story);
  const int signal = WTERMSIG(wait_status);
  return {test_status::failed, fmt::format("killed by {}", signal_name(signal)), "",
          meaning_of_signal(signal)};
}

}  // namespace workbook::harness
