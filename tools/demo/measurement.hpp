#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clients.hpp"
#include "support/event_log.hpp"
#include "support/timeline.hpp"

namespace workbook::demo {

/// What happened to one client. Times count from the moment when the first client began to connect.
struct client_measurement {
  std::string request;        ///< the path that it asked for
  bool slow = false;          ///< it sent its request byte by byte
  timeline_time connected{};  ///< it began to connect
  timeline_time sent{};       ///< its request was complete
  timeline_time started{};    ///< the server had read the request and began to work
  timeline_time finished{};   ///< the server had handed the answer to the kernel
  timeline_time answered{};   ///< the client had read the whole answer
  std::size_t thread = 0;     ///< the thread that worked
  /// When the server had put it into its queue, if it has one.
  std::optional<timeline_time> queued = {};
  /// The server was too busy and answered 503: it neither started nor finished.
  bool rejected = false;
};

/// Which answers are an outcome of the demo, and not a mistake of the server.
enum class good_answers { only_200, also_503 };

/// Puts together what the clients saw and what the server wrote down; client 1 is connection 1.
/// @throws std::runtime_error if a client did not get a complete and good answer, or if the
/// server's events do not tell when it was served, or that it was rejected.
[[nodiscard]] std::vector<client_measurement> measure(const std::vector<client_plan>& plans,
                                                      const std::vector<client_visit>& visits,
                                                      const std::vector<server_event>& events,
                                                      good_answers good = good_answers::only_200);

/// @returns how long the client waited: from connecting until the server began to work for it, or
/// until it had read that it was rejected. The time that a slow client took for its request is its
/// own.
[[nodiscard]] timeline_time waited(const client_measurement& client);

/// @returns from connecting to the end of the answer.
[[nodiscard]] timeline_time total(const client_measurement& client);

/// @returns a row for each client: "client 2  /fast".
[[nodiscard]] timeline timeline_of(const std::vector<client_measurement>& clients,
                                   const std::string& title);

}  // namespace workbook::demo
