#pragma once

#include <exception>
#include <functional>
#include <string>
#include <thread>

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

}  // namespace workbook::harness
