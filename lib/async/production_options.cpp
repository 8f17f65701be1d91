#include "async/production_options.hpp"

#include <algorithm>
#include <stdexcept>

namespace workbook {
namespace {

void require(bool holds, const char* sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

}  // namespace

std::string production_options::route_of(const std::string& path) const {
  const bool of_server = path == "/livez" || path == "/readyz" || path == "/metrics";
  return of_server || std::ranges::find(routes, path) != routes.end() ? path : "other";
}

void check(const production_options& options) {
  using std::chrono::milliseconds;
  constexpr milliseconds none{0};
  const auto& [idle, head, write] = options.limits;
  require(options.loops > 0, "a server needs at least one loop");
  require(options.max_connections > 0, "with 0 connections nobody could ever be served");
  require(options.max_in_flight > 0, "with 0 requests in flight nobody could ever be served");
  require(idle > none, "the time for an idle connection must be longer than 0");
  require(head > none, "the time for a head must be longer than 0");
  require(options.body_limit > none, "the time for a body must be longer than 0");
  require(write > none, "the time for writing an answer must be longer than 0");
  require(options.drain.grace >= none, "the grace of a drain cannot be negative");
  require(options.drain.deadline > none, "the deadline of a drain must be longer than 0");
  require(options.drain.deadline >= options.drain.grace,
          "the deadline of a drain must not come before the end of its grace");
}

}  // namespace workbook
