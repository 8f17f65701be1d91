#include "program/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>

namespace workbook {

progress_line::progress_line(const std::atomic<std::size_t>& done, std::size_t total,
                             std::string what, std::function<std::string()> waits_for)
    : done_(done),
      total_(total),
      what_(std::move(what)),
      waits_for_(std::move(waits_for)),
      thread_([this](const std::stop_token& stop) { tell(stop); }) {}

progress_line::~progress_line() {
  thread_.request_stop();
  thread_.join();
  if (told_ && ::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");  // takes the line away
}

void progress_line::tell(const std::stop_token& stop) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  for (auto next = begin_ + std::chrono::seconds(2);; next += std::chrono::seconds(1)) {
    stopped.wait_until(lock, stop, next, [] { return false; });
    if (stop.stop_requested()) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
    fmt::print(stderr, "{}{:.0f} s: {} of {} {}{}{}", terminal ? "\r\033[K" : "", elapsed.count(),
               done_.load(), total_, what_, waits_for_(), terminal ? "" : "\n");
    std::fflush(stderr);
    told_ = true;
  }
}

}  // namespace workbook
