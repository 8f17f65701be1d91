#include "async_routes.hpp"

#include <memory>
#include <utility>

namespace workbook {
namespace {

struct all_routes {
  std::chrono::milliseconds sleep_time;
  request_handler others;  // and those of /sleep that do not sleep
};

task<http_response> answer(event_loop& loop, const http_request& request,
                           std::shared_ptr<const all_routes> routes) {
  if (request.path == "/sleep" && request.method == "GET") {
    const wait_result slept = co_await loop.sleep_until(loop.now() + routes->sleep_time);
    if (slept == wait_result::stopped) co_return busy_response();
  }
  co_return routes->others(request);
}

}  // namespace

async_handler make_async_routes(route_options options) {
  options.sleep = [](auto) {};  // the coroutine has slept
  const auto sleep_time = options.sleep_time;
  auto routes = std::make_shared<all_routes>(
      all_routes{sleep_time, make_routes(std::move(options))});
  return [routes](event_loop& loop, const http_request& request) {
    return answer(loop, request, routes);
  };
}

}  // namespace workbook
