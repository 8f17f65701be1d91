#include "http/request_head.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>

#include "http/field.hpp"

namespace workbook {
namespace {

constexpr std::string_view line_end = "\r\n";

// Not std::isdigit and its like: those ask the locale, and a char may be negative.
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_letter_digit_or(std::string_view others, char c) {
  return is_letter(c) || is_digit(c) || others.find(c) != others.npos;
}

bool is_token_byte(char c) { return is_letter_digit_or("!#$%&'*+-.^_`|~", c); }

// The letters of an authority: names, addresses, IPv6 in brackets, port. Source: RFC 3986 §3.2.
bool is_host(std::string_view value) {
  return std::ranges::all_of(value,
                             [](char c) { return is_letter_digit_or("-._~%!$&'()*+,;=:[]", c); });
}

bool is_number(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, is_digit);
}

/// The number that the digits make, or the greatest if that is too great.
std::size_t number_of(std::string_view digits) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() ? number : std::numeric_limits<std::size_t>::max();
}

bool is_field_value(std::string_view value) {
  return std::ranges::none_of(
      value, [](char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; });
}

/// @returns the lines behind the first one, up to the blank line, each with its CR LF.
std::string_view field_lines(std::string_view head) {
  const auto first_end = head.find(line_end);
  const auto last_end = head.find("\r\n\r\n");
  if (first_end == head.npos || last_end == first_end) return {};
  const auto begin = first_end + line_end.size();
  return head.substr(begin, last_end == head.npos ? last_end : last_end + line_end.size() - begin);
}

/// @returns whether the last of the codings is chunked: otherwise nobody knows where the body ends.
bool ends_chunked(std::string_view codings) {
  const auto comma = codings.find_last_of(',');
  const auto last = comma == codings.npos ? codings : codings.substr(comma + 1);
  return equal_but_for_case(without_blanks(last), "chunked");
}

/// Calls `each` with one after the other of the elements of a list, without the blanks around them.
/// Source: RFC 9110 §5.6.1.
template <class Each>
void for_each_element(std::string_view list, const Each& each) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    each(without_blanks(list.substr(begin, end - begin)));
    begin = end + 1;
  }
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_byte);
}

std::string_view without_empty_line(std::string_view received) {
  if (received.starts_with(line_end)) received.remove_prefix(line_end.size());
  return received;
}

bool can_never_be_a_request(std::string_view bytes) {
  if (bytes.empty() || bytes == "\r") return false;  // the latter may become an empty line
  if (!is_token_byte(bytes.front())) return true;
  const auto head = bytes.substr(0, bytes.find("\r\n\r\n"));
  for (auto at = head.find_first_of(line_end); at != head.npos;
       at = head.find_first_of(line_end, at + line_end.size())) {
    if (bytes[at] == '\n') return true;
    if (at + 1 < bytes.size() && bytes[at + 1] != '\n') return true;
  }
  return false;
}

field_facts look_at_fields(std::string_view head) {
  constexpr field_facts invalid{.valid = false};
  field_facts facts;
  int hosts = 0;
  int lengths = 0;
  auto lines = field_lines(head);
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find(line_end));
    lines.remove_prefix(std::min(lines.size(), line.size() + line_end.size()));
    const auto colon = line.find(':');
    if (colon == line.npos) return invalid;
    const auto name = line.substr(0, colon);
    const auto value = without_blanks(line.substr(colon + 1));
    if (!is_token(name) || !is_field_value(value)) return invalid;
    if (equal_but_for_case(name, "Host")) {
      if (++hosts > 1 || !is_host(value)) return invalid;
    } else if (equal_but_for_case(name, "Content-Length")) {
      if (++lengths > 1 || !is_number(value)) return invalid;
      facts.body_bytes = number_of(value);
    } else if (equal_but_for_case(name, "Transfer-Encoding")) {
      if (!ends_chunked(value)) return invalid;
      facts.chunked = true;
    } else if (equal_but_for_case(name, "Connection")) {
      for_each_element(value, [&facts](std::string_view option) {
        if (equal_but_for_case(option, "close")) facts.say_close = true;
        if (equal_but_for_case(option, "keep-alive")) facts.say_keep_alive = true;
      });
    }
  }
  if (facts.chunked && lengths > 0)
    return invalid;  // two ends for one body: which one is smuggled in?
  facts.announce_body = facts.chunked || lengths > 0;
  return facts;
}

std::size_t head_bytes(std::string_view received) {
  constexpr std::string_view blank_line = "\r\n\r\n";
  const auto skipped = received.size() - without_empty_line(received).size();
  const auto end = received.find(blank_line, skipped);
  return end == received.npos ? received.size() : end + blank_line.size();
}

field_facts facts_of(std::string_view received) {
  return look_at_fields(without_empty_line(received));
}

bool client_stays(std::string_view received) {
  const auto head = without_empty_line(received);
  const auto facts = look_at_fields(head);
  if (facts.say_close) return false;
  // HTTP/1.0 knew no connection for more than one request, unless the client asks for it.
  return facts.say_keep_alive || !head.substr(0, head.find(line_end)).ends_with("HTTP/1.0");
}

bool stays_open(std::string_view received) {
  return client_stays(received) && !facts_of(received).announce_body;
}

std::optional<std::string> path_of(std::string_view target) {
  if (target.starts_with('/') || target == "*") return std::string(target);
  constexpr std::string_view scheme = "http://";
  if (!equal_but_for_case(target.substr(0, scheme.size()), scheme)) return std::nullopt;
  target.remove_prefix(scheme.size());
  const auto authority = target.substr(0, target.find('/'));
  if (authority.empty() || !is_host(authority)) return std::nullopt;
  const auto path = target.substr(authority.size());
  return path.empty() ? "/" : std::string(path);
}

}  // namespace workbook
