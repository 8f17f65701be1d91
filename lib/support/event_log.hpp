#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

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
};

/// @returns "accepted", "queued", ...
[[nodiscard]] std::string_view to_string(event_kind kind);

struct server_event {
  using clock = std::chrono::steady_clock;

  event_kind kind{};
  std::uint64_t connection = 0;  ///< counts accepted connections from 1
  std::size_t thread = 0;        ///< numbers threads from 1, in order of their first event
  clock::time_point time;
  std::string note;  ///< for people: the request line, the status, the reason of a failure
};

/// The diary of a server: which connection was where, when, on which thread.
///
/// Thread-safe: any thread may record; the order of the events is the order of recording.
class event_log {
 public:
  /// Prints each event to `live` as it happens, unless that is null. The stream must outlive the
  /// log.
  explicit event_log(std::FILE* live = nullptr) : live_(live) {}

  /// Adds an event that happens now, on the calling thread. Blocks only for other recorders.
  void record(event_kind kind, std::uint64_t connection, std::string_view note = {});

  /// @returns a copy of all events so far.
  [[nodiscard]] std::vector<server_event> events() const;

  /// @returns how many events of this kind there were so far.
  [[nodiscard]] std::size_t count(event_kind kind) const;

 private:
  std::FILE* const live_;
  const server_event::clock::time_point begin_ = server_event::clock::now();

  mutable std::mutex mutex_;  // guards everything below, and keeps printed lines whole
  std::vector<server_event> events_;
  std::map<long, std::size_t> thread_numbers_;  // by os_thread_id(): a std::thread::id is reused
};

/// Records in `log` if there is one: servers take an optional log.
inline void record(event_log* log, event_kind kind, std::uint64_t connection,
                   std::string_view note = {}) {
  if (log != nullptr) log->record(kind, connection, note);
}

}  // namespace workbook
