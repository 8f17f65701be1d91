#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "http/date_line.hpp"

namespace workbook {

/// @returns `response` as it goes over the wire, on a connection that `goes_on` behind it or not:
/// status line, Date, Content-Type (plain text unless it has its own), Content-Length, Connection,
/// its own headers, blank line, body.
/// Valid until the next call on this thread: the bytes are written into the same memory each time.
/// Source: RFC 9112 §4, §9.3.
template <class Response>
std::string_view keep_alive_bytes(const Response& response, std::string_view reason, bool goes_on) {
  static thread_local std::string bytes;
  // Not with a format string: reading that would take longer than all the rest.
  bytes.assign("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason);
  bytes.append("\r\n").append(date_line());
  const auto is_type = [](const auto& header) { return header.name == "Content-Type"; };
  if (std::ranges::none_of(response.headers, is_type)) {
    bytes.append("Content-Type: text/plain; charset=utf-8\r\n");
  }
  bytes.append("Content-Length: ");
  bytes.append(std::to_string(response.body.size())).append("\r\nConnection: ");
  bytes.append(goes_on ? "keep-alive\r\n" : "close\r\n");
  for (const auto& [name, value] : response.headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  return bytes.append("\r\n").append(response.body);
}

}  // namespace workbook
