#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace workbook {

/// While it lives, SIGINT and SIGTERM do not end the process but request a stop: destructors run,
/// threads are joined, responses are finished. A second signal ends the process at once, should it
/// not come to its end.
///
/// Make it before any other thread: threads inherit the set of blocked signals from their creator.
/// A signal handler could not do this: hardly anything may be called in one (signal-safety(7)).
/// Here a thread waits for the signal in sigwait(3), and afterwards may do anything.
class stop_on_signal {
 public:
  stop_on_signal();
  ~stop_on_signal();
  stop_on_signal(const stop_on_signal&) = delete;
  stop_on_signal& operator=(const stop_on_signal&) = delete;

  /// @returns the token on which a signal requests the stop.
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  void wait_for_signals();

  sigset_t signals_{};
  sigset_t before_{};
  std::atomic<bool> done_ = false;
  std::stop_source source_;
  std::jthread waiter_;  // last: it uses the members above
};

}  // namespace workbook
