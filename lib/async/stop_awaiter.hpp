#pragma once

#include <coroutine>
#include <optional>
#include <stop_token>
#include <utility>

namespace workbook {

/// To be awaited on `loop`: ends when the stop is requested, on whatever thread that may be. It is
/// awaited once, and its loop lives longer.
template <class Loop>
class stop_awaiter {
 public:
  stop_awaiter(Loop& loop, std::stop_token stop) : loop_(loop), stop_(std::move(stop)) {}

  [[nodiscard]] bool await_ready() const { return stop_.stop_requested(); }
  void await_suspend(std::coroutine_handle<> who) { at_stop_.emplace(stop_, poster{loop_, who}); }
  void await_resume() const {}

 private:
  struct poster {
    Loop& loop;
    std::coroutine_handle<> who;
    void operator()() const { loop.post(who); }
  };

  Loop& loop_;
  const std::stop_token stop_;
  std::optional<std::stop_callback<poster>> at_stop_;
};

}  // namespace workbook
