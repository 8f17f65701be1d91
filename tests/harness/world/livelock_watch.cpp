#include "harness/world/livelock_watch.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

namespace workbook::harness::exploration {
namespace {

// Nothing has moved for so long: it never will. A program that is right needs none or one.
constexpr int most_events_in_vain = 50;
constexpr int most_times_in_vain = 200;

}  // namespace

void livelock_watch::called() {
  shared_.progress.fetch_add(1, std::memory_order_relaxed);
  if (++calls_ <= most_calls_) return;
  report_.fail(explore_verdict::livelock,
               fmt::format("livelock: {} calls and no end", most_calls_));
}

void livelock_watch::told_of(const std::string& name) {
  if (++events_in_vain_ <= most_events_in_vain) return;
  report_.fail(
      explore_verdict::livelock,
      fmt::format("livelock: epoll_wait has returned {} times in a row, for {} at last, and the "
                  "program has done nothing about it",
                  most_events_in_vain, name));
}

void livelock_watch::time_has_passed() {
  events_in_vain_ = 0;
  if (++times_in_vain_ <= most_times_in_vain) return;
  report_.fail(explore_verdict::livelock,
               fmt::format("livelock: the program has been woken by its timers {} times in a row, "
                           "and nothing else happens",
                           most_times_in_vain));
}

}  // namespace workbook::harness::exploration

#endif
