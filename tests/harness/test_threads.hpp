#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

/// How a test has code run beside itself, and how it holds that code where it wants it.
namespace workbook::harness {

/// Runs code under test on a thread of its own.
class background {
 public:
  explicit background(std::function<void()> code);

  /// Blocks until the code has returned or thrown.
  /// @returns what it threw, in words; empty if it returned.
  std::string wait();

 private:
  void run(const std::function<void()>& code);

  std::string error_;
  std::jthread thread_;  // last: joined before the members it uses are destroyed
};

/// Where a test holds threads: each announces itself and waits until the test opens the gate. So
/// the order of things comes from the test, not from time.
///
/// Thread-safe. Must outlive every thread that passes. Opens when it is destroyed.
class gate {
 public:
  gate() = default;
  ~gate() { open(); }
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  /// Called by the code under test: announces the thread, and blocks until the gate is open.
  void pass();

  /// Blocks until `count` threads have come to the gate since it was made, also those that have
  /// gone on since.
  void wait_for_arrivals(std::size_t count);

  /// Lets all threads pass, those that wait and those still to come.
  void open();

  /// @returns how many threads wait in the gate now.
  [[nodiscard]] std::size_t inside() const;

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable arrived_;
  std::condition_variable opened_;
  std::size_t arrivals_ = 0;
  std::size_t inside_ = 0;
  bool open_ = false;
};

}  // namespace workbook::harness
