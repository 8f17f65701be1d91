#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support/line_printer.hpp"

namespace workbook {

/// What happens to a connection, in this order. Every accepted connection ends in `finished`,
/// `failed` or `rejected`, or in nothing when the client left without a request.
enum class event_kind {
  accepted,  ///< the server has taken the connection from the kernel
  queued,    ///< it waits in the server for a thread
  started,   ///< a request has been read: its handler begins
  finished,  ///< the response has been handed to the kernel
  failed,    ///< the connection ended without a complete response
  rejected,  ///< the server was too busy and said so (503)
  state,     ///< of no connection: the server itself is ready, drains, has stopped
};

/// @returns "accepted", "queued", ...
[[nodiscard]] std::string_view to_string(event_kind kind);

struct server_event {
  using clock = std::chrono::steady_clock;

  event_kind kind{};
  std::uint64_t connection = 0;  ///< counts accepted connections from 1; 0 of a `state`
  std::size_t thread = 0;        ///< numbers threads from 1, in order of their first event
  clock::time_point time;
  /// For people: the request line, the status, the reason of a failure. A client may have written
  /// it, so it is printable(): no tab, no line end, nothing that controls a terminal.
  std::string note;
};

/// Whether a log keeps its events, for events(): a server that runs for days does better without.
enum class keep_events { yes, no };

/// How a log prints an event: as a line for people, or as a JSON object in a line, for programs.
enum class log_format { text, json };

/// The diary of a server: which connection was where, when, on which thread.
///
/// Thread-safe: any thread may record; the order of the events is the order of recording. Recording
/// never waits for whoever reads the log.
class event_log {
 public:
  /// Prints each event through `live` as it happens, unless that is null. It must outlive the log.
  explicit event_log(line_printer* live = nullptr, keep_events keep = keep_events::yes,
                     log_format format = log_format::text);

  /// Adds an event that happens now, on the calling thread. Blocks only for other recorders.
  void record(event_kind kind, std::uint64_t connection, std::string_view note = {});

  /// @returns a copy of all events so far; nothing if they are not kept.
  [[nodiscard]] std::vector<server_event> events() const;

  /// @returns how many events of this kind there were so far.
  [[nodiscard]] std::size_t count(event_kind kind) const;

 private:
  std::size_t number_of_this_thread();

  const std::uint64_t id_;  // no other log of this process has it
  line_printer* const live_;
  const keep_events keep_;
  const log_format format_;
  const server_event::clock::time_point begin_ = server_event::clock::now();

  mutable std::mutex mutex_;  // guards everything below, and keeps printed lines in order
  std::vector<server_event> events_;
  std::array<std::size_t, 7> counts_{};  // by event_kind
  std::size_t threads_ = 0;
};

/// Records in `log` if there is one: servers take an optional log.
inline void record(event_log* log, event_kind kind, std::uint64_t connection,
                   std::string_view note = {}) {
  if (log != nullptr) log->record(kind, connection, note);
}

}  // namespace workbook
