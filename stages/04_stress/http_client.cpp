#include "http_client.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "net/arriving_response.hpp"
#include "net/authority.hpp"

namespace workbook {
namespace {

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

http_client::http_client(const std::string& host, std::uint16_t port, const std::string& path)
    : addresses_(host, port),
      request_(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", path,
                           authority(host, port))) {}

answer http_client::get(timed_stream::time_point deadline) const {
  try {
    timed_stream server = timed_stream::connect(addresses_, deadline);
    server.write_all(request_, deadline);
    return read_answer(server, deadline);
  } catch (const std::system_error& error) {
    return {outcome_of(error)};
  }
}

/// Gives each error its name.
// TODO 4.2 (about 28 lines): turns HttpClient.* green
//   Which errors are the server's, which are the network's, and which are your own?
//   When is a response complete: which bytes must have arrived, and what if the head does not say
//   how many? What is the outcome if the connection ends, or fails, before that?
outcome outcome_of(const std::system_error& error) { todo("4.2", error); }

/// Reads until the response is complete, or never will be.
answer http_client::read_answer(timed_stream& server, timed_stream::time_point deadline) {
  todo("4.2", server, deadline, is_success, arriving_response());
}

}  // namespace workbook
