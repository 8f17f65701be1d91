#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "connection_counts.hpp"
#include "event_loop.hpp"
#include "http.hpp"
#include "net/unique_fd.hpp"
#include "support/event_log.hpp"
#include "task.hpp"

namespace workbook {

/// Answers a request, and may suspend meanwhile. The loop and the request live until the task has
/// ended. It must not block: its thread has others to serve.
using async_handler = std::function<task<http_response>(event_loop&, const http_request&)>;

/// How long a connection may take.
struct time_limits {
  std::chrono::milliseconds idle{60'000};   ///< from an answer to the first byte of a request
  std::chrono::milliseconds head{10'000};   ///< from that byte to the end of the request, in all
  std::chrono::milliseconds write{10'000};  ///< until the kernel has taken the whole answer
};

/// What all connections of a server share. It must outlive them. `log` may be null.
struct http_service {
  async_handler handler;
  time_limits limits;
  event_log* log = nullptr;
};

/// A client that a server has accepted. Move-only: whoever has the object has the connection.
struct accepted_client {
  unique_fd socket;
  std::uint64_t number = 0;  ///< counts accepted connections from 1
  counted_connection counted;
};

/// Serves one client until one of the two ends the connection: reads a request, answers it, and
/// begins anew. Requests that come together are answered one after the other, in their order.
/// - The answer says whether the connection goes on: not behind what is no request (400, 414, 431), a
///   request with a body, one that took longer than `limits.head` (408), a last wish (`close`, or
///   HTTP/1.0), or a stop. Then the client can still read the whole answer, see linger().
/// - A client that is idle for longer than `limits.idle` is left without a word; so is one that has
///   sent no whole request when a stop comes. A request that has arrived is still answered.
/// Records `started` and `finished` for each request; `failed`, with the reason, if the client
/// resets the connection or reads too slowly, or the handler throws: that costs this connection only.
/// Source: RFC 9112 §9.3, §9.6; RFC 9110 §15.5.9.
task<> serve_connection(event_loop& loop, accepted_client client, const http_service& service);

}  // namespace workbook
