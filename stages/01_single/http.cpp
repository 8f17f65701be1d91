#include "http.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace workbook {
namespace {

bool is_visible_ascii(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_http_1(std::string_view version) {
  return version.size() == 8 && version.starts_with("HTTP/1.") && version[7] >= '0' &&
         version[7] <= '9';
}

}  // namespace

parse_result parse_request(std::string_view received) {
  // TODO 1.1 (about 15 lines): turns ParseRequest.* green
  //   What are the bytes so far: not complete yet, too many, no request, or a request?
  //   Which of these can you decide before the blank line has arrived, and which only after it?
  //   The helpers above check one token each. What must hold before you may cut a token out?
  todo("1.1", received, is_visible_ascii, is_http_1);
}

std::string to_bytes(const http_response& response) {
  // TODO 1.2 (about 8 lines): turns ToBytes.* green
  //   Which of its lines are the same for every response, and which depend on it?
  //   What does Content-Length count: characters, bytes, with or without the head?
  todo("1.2", response);
}

http_response busy_response() {
  return {503, "The server is too busy, come back soon\n", {{"Retry-After", "1"}}};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    default: return "Unknown";
  }
}

}  // namespace workbook
