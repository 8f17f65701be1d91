#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/unique_fd.hpp"

namespace workbook::demo {

/// @returns the port of "listening on http://127.0.0.1:43211  (Ctrl-C stops)", if the line is one.
[[nodiscard]] std::optional<std::uint16_t> port_of(std::string_view line);

/// A server program that runs as a child of this process. Destroying the object ends the program.
///
/// Not thread-safe.
class server_process {
 public:
  /// Receives what the program prints, line by line (stdout and stderr), on another thread.
  using line_reader = std::function<void(const std::string& line)>;

  /// Starts `command`: a path and its arguments. Call it while this process has no other thread.
  /// @throws std::system_error if there can be no further process.
  server_process(std::vector<std::string> command, line_reader on_line);
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// Blocks until the program says on which port it listens, or until it ends.
  /// @throws std::runtime_error if it ended before that, or said nothing for `limit`.
  [[nodiscard]] std::uint16_t port(std::chrono::milliseconds limit);

  /// Asks the program to stop (SIGTERM). Blocks until it has ended, at most `limit`: then it is
  /// killed.
  /// @returns what was wrong, in one sentence; empty if it stopped as asked, with exit code 0.
  [[nodiscard]] std::string stop(std::chrono::milliseconds limit);

  [[nodiscard]] pid_t id() const { return process_; }

  /// @returns what the program has used in all; valid after stop(). Source: getrusage(2).
  [[nodiscard]] const rusage& usage() const { return usage_; }

 private:
  void read_output();
  [[nodiscard]] bool ended();
  [[nodiscard]] bool ended_before(std::chrono::steady_clock::time_point deadline);
  void kill();
  [[nodiscard]] std::string last_words() const;

  std::string name_;
  line_reader on_line_;
  pid_t process_ = -1;
  bool reaped_ = false;
  int status_ = 0;  // once reaped, as is usage_
  rusage usage_{};
  unique_fd output_;
  std::string last_line_;  // the reader's until it has been joined
  std::promise<std::optional<std::uint16_t>> port_;
  std::jthread reader_;  // last: it uses the members above
};

}  // namespace workbook::demo
