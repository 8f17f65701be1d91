#include "net/response_head.hpp"

#include <algorithm>
#include <charconv>

#include "http/field.hpp"

namespace workbook {
namespace {

/// Takes what stands before the next `end` out of `text`, and throws `end` away.
std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::string_view taken = text.substr(0, text.find(end));
  text.remove_prefix(std::min(taken.size() + end.size(), text.size()));
  return taken;
}

/// The number that `text` is; nothing if it is not of digits alone, or too large.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

/// "HTTP/1.1 200 OK" says 200; 0 if it is no such line.
int status_in(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
  if (line.size() > 12 && line[12] != ' ') return 0;
  const int status = number_in<unsigned short>(line.substr(9, 3)).value_or(0);
  return status >= 100 && status <= 599 ? status : 0;
}

/// Several lengths, in one field or in more, have to be the same.
struct length_so_far {
  std::optional<std::size_t> length;
  bool valid = true;

  void add(std::string_view value) {
    while (valid && !value.empty()) {
      const auto next = number_in<std::size_t>(without_blanks(take_until(value, ",")));
      valid = next && (!length || length == next);
      length = next;
    }
  }
};

bool ends_in_chunked(std::string_view codings) {
  return equal_but_for_case(without_blanks(codings.substr(codings.rfind(',') + 1)), "chunked");
}

}  // namespace

std::optional<response_head> parse_head(std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  if (end == received.npos) return std::nullopt;
  response_head head;
  head.bytes = end + 4;
  std::string_view lines = received.substr(0, end);
  head.status = status_in(take_until(lines, "\r\n"));
  length_so_far length;
  bool coded = false;  // then a length says nothing about the bytes on the way
  while (!lines.empty()) {
    std::string_view value = take_until(lines, "\r\n");
    const std::string_view name = take_until(value, ":");
    if (equal_but_for_case(name, "Content-Length")) {
      length.add(without_blanks(value));
      if (without_blanks(value).empty()) length.valid = false;
    } else if (equal_but_for_case(name, "Transfer-Encoding")) {
      coded = true;
      head.chunked = ends_in_chunked(value);
    }
  }
  if (!coded && !length.valid) head.status = 0;
  if (!coded) head.content_length = length.length;
  const bool has_no_body = head.status < 200 || head.status == 204 || head.status == 304;
  if (has_no_body) {
    head.content_length = 0;
    head.chunked = false;
  }
  return head;
}

}  // namespace workbook
