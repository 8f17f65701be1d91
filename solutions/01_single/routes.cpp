#include "routes.hpp"

#include <fmt/format.h>

#include <utility>

namespace workbook {
namespace {

http_response answer(const http_request& request, const route_options& options) {
  const bool known = request.path == "/" || request.path == "/fast" || request.path == "/sleep";
  if (!known) return {404, "Page not found\n"};
  if (request.method != "GET") return {405, "Only GET is allowed here\n", {{"Allow", "GET"}}};

  if (request.path == "/") return {200, options.greeting()};
  if (request.path == "/fast") return {200, "Fast response!\n"};
  options.sleep(options.sleep_time);
  return {200, fmt::format("Slept for {} ms!\n", options.sleep_time.count())};
}

}  // namespace

request_handler make_routes(route_options options) {
  return [options = std::move(options)](const http_request& request) {
    return answer(request, options);
  };
}

}  // namespace workbook
