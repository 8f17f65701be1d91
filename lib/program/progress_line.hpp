#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace workbook {

/// While it lives, says on stderr how far something has come: nothing in the first two seconds,
/// then every second. On a terminal it is one line that changes.
class progress_line {
 public:
  /// `done` counts up to `total`; `what` names what is counted, in the plural. `waits_for` returns
  /// what to add to the line each time: empty if there is nothing to add. All must outlive the
  /// object.
  progress_line(const std::atomic<std::size_t>& done, std::size_t total, std::string what,
                std::function<std::string()> waits_for);
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

 private:
  void tell(const std::stop_token& stop);

  const std::atomic<std::size_t>& done_;
  const std::size_t total_;
  const std::string what_;
  const std::function<std::string()> waits_for_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool told_ = false;    // the thread's until it has been joined
  std::jthread thread_;  // last: it uses the members above
};

}  // namespace workbook
