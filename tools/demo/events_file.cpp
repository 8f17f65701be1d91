#include "events_file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace workbook::demo {
namespace {

event_kind parse_kind(std::string_view text) {
  using enum event_kind;
  for (const event_kind kind : {accepted, queued, started, finished, failed, rejected}) {
    if (to_string(kind) == text) return kind;
  }
  throw std::runtime_error(fmt::format("'{}' is no kind of event", text));
}

template <class Number>
Number parse_number(std::string_view text, std::string_view what) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last || number < 0) {
    throw std::runtime_error(fmt::format("'{}' is no {}", text, what));
  }
  return number;
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

server_event parse_event(std::string_view line) {
  const auto kind = parse_kind(take_until(line, '\t'));
  const auto connection = parse_number<std::uint64_t>(take_until(line, '\t'), "connection number");
  const auto thread = parse_number<std::size_t>(take_until(line, '\t'), "thread number");
  const auto time = parse_number<std::int64_t>(take_until(line, '\t'), "time in nanoseconds");
  return {kind, connection, thread, server_event::clock::time_point(std::chrono::nanoseconds(time)),
          std::string(line)};
}

}  // namespace

std::vector<server_event> parse_events(std::string_view text) {
  std::vector<server_event> events;
  while (!text.empty()) {
    try {
      events.push_back(parse_event(take_until(text, '\n')));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("events, line {}: {}", events.size() + 1, error.what()));
    }
  }
  return events;
}

std::vector<server_event> read_events(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the server's events from " + path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_events(text);
}

}  // namespace workbook::demo
