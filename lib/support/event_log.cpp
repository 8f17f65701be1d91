#include "support/event_log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <utility>

#include "support/printable.hpp"

namespace workbook {
namespace {

std::string line_of(const server_event& event, server_event::clock::time_point begin) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(event.time - begin).count();
  return fmt::format("{:5}.{:03} s  #{:<4} {:<8}  thread {:<3} {}", ms / 1000, ms % 1000,
                     event.connection, to_string(event.kind), event.thread, event.note);
}

/// {"connection":3,"event":"finished","note":"200 OK","thread":1,"time":"2026-11-28T22:25:22.017Z"}
std::string json_of(const server_event& event) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto time = fmt::format("{:%FT%T}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  const auto ms = now.time_since_epoch().count() % 1000;
  nlohmann::json line{{"time", fmt::format("{}.{:03}Z", time, ms)},
                      {"event", to_string(event.kind)},
                      {"thread", event.thread}};
  if (event.connection != 0) line["connection"] = event.connection;
  if (!event.note.empty()) line["note"] = event.note;
  return line.dump();
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
    case event_kind::state: return "state";
  }
  return "unknown";
}

event_log::event_log(line_printer* live, keep_events keep, log_format format)
    : id_([] {
        static std::atomic<std::uint64_t> logs = 0;
        return ++logs;
      }()),
      live_(live),
      keep_(keep),
      format_(format) {}

void event_log::record(event_kind kind, std::uint64_t connection, std::string_view note) {
  server_event event{kind, connection, 0, {}, printable(note)};
  const std::scoped_lock lock(mutex_);
  event.time = server_event::clock::now();
  event.thread = number_of_this_thread();
  ++counts_.at(static_cast<std::size_t>(kind));
  if (live_ != nullptr) {
    live_->print(format_ == log_format::json ? json_of(event) : line_of(event, begin_));
  }
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
