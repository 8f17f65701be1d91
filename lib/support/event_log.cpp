#include "support/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/os_thread_id.hpp"

namespace workbook {

std::string_view to_string(event_kind kind) {
  switch (kind) {
    case event_kind::accepted: return "accepted";
    case event_kind::queued: return "queued";
    case event_kind::started: return "started";
    case event_kind::finished: return "finished";
    case event_kind::failed: return "failed";
    case event_kind::rejected: return "rejected";
  }
  return "unknown";
}

void event_log::record(event_kind kind, std::uint64_t connection, std::string_view note) {
  const std::scoped_lock lock(mutex_);
  const auto now = server_event::clock::now();
  const auto thread =
      thread_numbers_.try_emplace(os_thread_id(), thread_numbers_.size() + 1).first->second;
  events_.push_back({kind, connection, thread, now, std::string(note)});
  if (live_ == nullptr) return;
  const std::chrono::duration<double> elapsed = now - begin_;
  fmt::print(live_, "{:9.3f} s  #{:<4} {:<8}  thread {:<3} {}\n", elapsed.count(), connection,
             to_string(kind), thread, note);
  std::fflush(live_);
}

std::vector<server_event> event_log::events() const {
  const std::scoped_lock lock(mutex_);
  return events_;
}

std::size_t event_log::count(event_kind kind) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(events_, kind, &server_event::kind));
}

}  // namespace workbook
