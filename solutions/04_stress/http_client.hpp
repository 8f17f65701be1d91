#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "measure/outcome.hpp"
#include "net/address.hpp"
#include "net/timed_stream.hpp"

namespace workbook {

/// What a client needs to know of a response that is still arriving.
struct response_head {
  int status = 0;                             ///< 0 if the first line is no HTTP status line
  std::size_t bytes = 0;                      ///< of the head, with its blank line
  std::optional<std::size_t> content_length;  ///< 0 for 204 and 304, which never have a body
};

/// @returns the head at the beginning of `received`, or nothing while its blank line is missing.
/// Source: RFC 9112 §4, §6.3; RFC 9110 §5.5.
[[nodiscard]] std::optional<response_head> parse_head(std::string_view received);

/// @returns the outcome that an error of connect, send or recv stands for: a refusal or an
/// unreachable host, a reset (ECONNRESET, EPIPE), a missed deadline (ETIMEDOUT). Everything else is
/// a limit on this side: no descriptor (EMFILE), no port (EADDRNOTAVAIL), no memory ...
[[nodiscard]] outcome outcome_of(const std::system_error& error);

/// Asks one server for one path, a connection for each request.
///
/// Thread-safe: any number of threads may ask at the same time.
class http_client {
 public:
  /// Looks up `host`, once. @throws std::runtime_error if it is unknown.
  http_client(const std::string& host, std::uint16_t port, const std::string& path);

  /// Sends one GET request and reads the whole answer; blocks until then, at most until `deadline`.
  /// A response is complete when its head has arrived and as many bytes after it as its
  /// Content-Length says; without one, when the server has ended the connection.
  /// @returns the outcome, always: connecting and sending alone are no success. Never throws but
  /// for memory.
  [[nodiscard]] answer get(timed_stream::time_point deadline) const;

 private:
  [[nodiscard]] static answer read_answer(timed_stream& server, timed_stream::time_point deadline);

  address_list addresses_;
  std::string request_;
};

}  // namespace workbook
