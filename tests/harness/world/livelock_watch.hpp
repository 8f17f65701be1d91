#pragma once

#include <string>

#include "harness/world/order_report.hpp"

namespace workbook::harness::exploration {

/// Notices an order in which nothing changes any more although the program goes on: a livelock.
class livelock_watch {
 public:
  livelock_watch(shared_state& shared, order_report& report, int most_calls)
      : shared_(shared), report_(report), most_calls_(most_calls) {}

  void begin() { calls_ = events_in_vain_ = times_in_vain_ = 0; }

  /// The program has made a call.
  void called();
  /// Something has changed: bytes have moved, a client has taken a step.
  void moved() { events_in_vain_ = times_in_vain_ = 0; }
  /// epoll_wait tells the program of the descriptor of this name.
  void told_of(const std::string& name);
  void time_has_passed();

 private:
  shared_state& shared_;
  order_report& report_;
  const int most_calls_;
  int calls_ = 0;
  int events_in_vain_ = 0;  // since something has moved
  int times_in_vain_ = 0;
};

}  // namespace workbook::harness::exploration
