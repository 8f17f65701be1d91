#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "measure/outcome.hpp"
#include "net/address.hpp"
#include "net/timed_stream.hpp"

namespace workbook {

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
  /// A response is complete when its head has arrived and then, if the body is chunked, its last
  /// chunk; else as many bytes as its Content-Length says; without one, the end of the connection.
  /// @returns the outcome, always: connecting and sending alone are not a success. Throws only if
  /// memory runs out; it needs little, however long the response is.
  [[nodiscard]] answer get(timed_stream::time_point deadline) const;

 private:
  [[nodiscard]] static answer read_answer(timed_stream& server, timed_stream::time_point deadline);

  address_list addresses_;
  std::string request_;
};

}  // namespace workbook
