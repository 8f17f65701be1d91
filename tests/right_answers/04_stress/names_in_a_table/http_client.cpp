// Looks the name of an error up in a table that is made when it is first needed.
#include "http_client.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <unordered_map>

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
outcome outcome_of(const std::system_error& error) {
  static const std::unordered_map<int, outcome> names{
      {ECONNREFUSED, outcome::refused}, {EHOSTUNREACH, outcome::refused},
      {ENETUNREACH, outcome::refused},  {ECONNRESET, outcome::reset},
      {EPIPE, outcome::reset},          {ETIMEDOUT, outcome::timed_out},
  };
  const auto name = names.find(error.code().value());
  return name == names.end() ? outcome::generator_limit : name->second;
}

/// Reads until the response is complete, or never will be.
answer http_client::read_answer(timed_stream& server, timed_stream::time_point deadline) {
  arriving_response response;
  std::array<char, 4096> buffer;
  for (;;) {
    const std::size_t count = server.read_some(buffer, deadline);
    const bool ended = count == 0;
    response.append({buffer.data(), count});
    const auto& head = response.head();
    bool complete = head && ended;
    if (head && head->content_length) complete = response.body_bytes() >= *head->content_length;
    if (head && head->chunked) complete = response.has_last_chunk();
    if (complete) {
      return {is_success(head->status) ? outcome::ok : outcome::http_error, head->status};
    }
    if (ended) return {outcome::truncated};
  }
}

}  // namespace workbook
