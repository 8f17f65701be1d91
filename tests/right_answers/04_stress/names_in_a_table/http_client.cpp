// Looks the name of an error up in a table that is made when it is first needed.
#include "http_client.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <unordered_map>

namespace workbook {
namespace {

/// The number at the beginning of `text`, after blanks, if there is one.
std::optional<std::size_t> number_at(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::size_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

bool begins_with(std::string_view text, std::string_view name) {
  return text.size() >= name.size() && ::strncasecmp(text.data(), name.data(), name.size()) == 0;
}

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

std::optional<response_head> parse_head(std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  if (end == received.npos) return std::nullopt;
  response_head head;
  head.bytes = end + 4;
  if (received.starts_with("HTTP/1.")) {
    head.status = static_cast<int>(number_at(received.substr(9, 3)).value_or(0));
  }
  constexpr std::string_view length = "\r\nContent-Length:";
  for (auto line = received.find("\r\n"); line < end; line = received.find("\r\n", line + 2)) {
    const std::string_view field = received.substr(line);
    if (begins_with(field, length)) head.content_length = number_at(field.substr(length.size()));
  }
  if (head.status == 204 || head.status == 304) head.content_length = 0;
  return head;
}

http_client::http_client(const std::string& host, std::uint16_t port, const std::string& path)
    : addresses_(host, port),
      request_(fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n", path,
                           host, port)) {}

answer http_client::get(timed_stream::time_point deadline) const {
  try {
    timed_stream server = timed_stream::connect(addresses_, deadline);
    server.write_all(request_, deadline);
    return read_answer(server, deadline);
  } catch (const std::system_error& error) {
    return {outcome_of(error)};
  }
}

/// outcome_of(): gives each error its name.
/// read_answer(): reads until the response is complete, or never will be.
outcome outcome_of(const std::system_error& error) {
  static const std::unordered_map<int, outcome> names{
      {ECONNREFUSED, outcome::refused}, {EHOSTUNREACH, outcome::refused},
      {ENETUNREACH, outcome::refused},  {ECONNRESET, outcome::reset},
      {EPIPE, outcome::reset},          {ETIMEDOUT, outcome::timed_out},
  };
  const auto name = names.find(error.code().value());
  return name == names.end() ? outcome::generator_limit : name->second;
}
answer http_client::read_answer(timed_stream& server, timed_stream::time_point deadline) {
  std::string received;
  std::array<char, 4096> buffer;
  for (;;) {
    const std::size_t count = server.read_some(buffer, deadline);
    const bool ended = count == 0;
    received.append(buffer.data(), count);
    const auto head = parse_head(received);
    const bool complete =
        head &&
        (head->content_length ? received.size() - head->bytes >= *head->content_length : ended);
    if (complete) {
      return {is_success(head->status) ? outcome::ok : outcome::http_error, head->status};
    }
    if (ended) return {outcome::truncated};
  }
}

}  // namespace workbook
