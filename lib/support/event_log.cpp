#include "support/event_log.hpp"

#include <fmt/format.h>

#include <atomic>
#include <utility>

#include "support/printable.hpp"

namespace workbook {
namespace {

std::string line_of(const server_event& event, server_event::clock::time_point begin) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(event.time - begin).count();
  return fmt::format("{:5}.{:03} s  #{:<4} {:<8}  thread {:<3} {}", ms / 1000, ms % 1000,
                     event.connection, to_string(event.kind), event.thread, event.note);
}

}  // namespace

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

event_log::event_log(line_printer* live, keep_events keep)
    : id_([] {
        static std::atomic<std::uint64_t> logs = 0;
        return ++logs;
      }()),
      live_(live),
      keep_(keep) {}

void event_log::record(event_kind kind, std::uint64_t connection, std::string_view note) {
  server_event event{kind, connection, 0, {}, printable(note)};
  const std::scoped_lock lock(mutex_);
  event.time = server_event::clock::now();
  event.thread = number_of_this_thread();
  ++counts_.at(static_cast<std::size_t>(kind));
  if (live_ != nullptr) live_->print(line_of(event, begin_));
  if (keep_ == keep_events::yes) events_.push_back(std::move(event));
}

/// A thread asks for its number once. (One that records in two logs by turns is a new thread to
/// each of them at every turn; no server does.)
std::size_t event_log::number_of_this_thread() {
  struct known {
    std::uint64_t log = 0;
    std::size_t number = 0;
  };
  thread_local known mine;
  if (mine.log != id_) mine = {id_, ++threads_};
  return mine.number;
}

std::vector<server_event> event_log::events() const {
  const std::scoped_lock lock(mutex_);
  return events_;
}

std::size_t event_log::count(event_kind kind) const {
  const std::scoped_lock lock(mutex_);
  return counts_.at(static_cast<std::size_t>(kind));
}

}  // namespace workbook
