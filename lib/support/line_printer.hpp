#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace workbook {

/// Prints lines on a thread of its own, so that nobody who has a line ever waits for whoever reads
/// it: a pipe that is full, a terminal that was stopped with Ctrl-S. Lines that come while a
/// megabyte of others waits are lost, and counted: "(312 lines lost: nobody reads this log)".
///
/// Thread-safe. A single write holds whole lines only, so two programs can share a pipe.
class line_printer {
 public:
  /// `fd` stays the caller's, and open for as long as the printer lives.
  /// @throws std::system_error if the system refuses the thread.
  explicit line_printer(int fd);

  /// Prints what is taken at once, and gives up the rest.
  ~line_printer();
  line_printer(const line_printer&) = delete;
  line_printer& operator=(const line_printer&) = delete;

  /// Prints `line`, which has no end, soon. Never blocks but for other printing threads.
  void print(std::string_view line);

 private:
  void work();
  std::string next_batch();
  [[nodiscard]] bool write_lines(std::string_view lines);
  bool wait_for_room() const;

  const int fd_;
  std::atomic<bool> ending_ = false;  // set under the mutex; read without it while writing

  std::mutex mutex_;                 // guards everything below
  std::condition_variable changed_;  // signalled when idle_ and a line comes, or at the end
  std::string waiting_;              // whole lines
  std::size_t lost_ = 0;             // lines that came behind those
  bool idle_ = false;                // the thread sleeps until a line comes

  std::jthread thread_;  // last: it uses the members above
};

}  // namespace workbook
