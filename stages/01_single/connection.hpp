#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "net/tcp_stream.hpp"
#include "routes.hpp"
#include "support/event_log.hpp"

namespace workbook {

/// An accepted client. Move-only: whoever has the object has the connection.
struct connection {
  tcp_stream stream;
  std::uint64_t number = 0;  ///< counts accepted connections from 1
};

/// Serves one client from its first byte to its close: reads until the request is complete, answers
/// it, and ends the connection in a way that lets the client read the whole response. It owns the
/// connection, so that it is closed, once, however the function ends.
/// - No byte before the end of the stream: nothing is sent, nothing recorded; it was no request.
/// - A stream that ends inside the request, or bytes that are not a request: 400. Too long a head:
///   431, or 414 if it is the request line. The handler sees none of them.
/// - A client that may still be sending (`more_may_come`, or bytes that nobody has read) is waited
///   for, so that no reset destroys its response; all the others have nothing left to read.
/// Records `started` before the handler runs and `finished` when the response is written, with the
/// status as the note, for 400, 414 and 431 too. `log` may be null.
/// Thread-safe: many threads may call it at the same time, each with a connection of its own.
/// Blocks until the client has been served. A stop ends the waiting for bytes; a request that has
/// arrived is still answered.
/// @throws std::system_error if the client resets the connection, and whatever `handler` throws;
/// `finished` is not recorded then.
/// Source: RFC 9112 §9.6.
void serve_connection(connection client, const request_handler& handler, event_log* log,
                      const std::stop_token& stop);

/// Records what went wrong with a connection: the exception that is being handled. Call it in a
/// `catch (...)`, in servers with many threads too. Does not block. `log` may be null.
void record_failure(event_log* log, std::uint64_t connection);

/// @returns the answer to what no handler sees, because it is not for one of its resources: what is
/// no request, a method that no resource has (501), and `OPTIONS *`. Nothing for all the others.
[[nodiscard]] std::optional<http_response> answer_without_handler(const parse_result& parsed);

}  // namespace workbook
