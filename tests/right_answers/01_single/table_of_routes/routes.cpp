// Looks the path up in a table of functions, which all copies of the handler share.
#include "routes.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace workbook {

request_handler make_routes(route_options options) {
  using table = std::map<std::string, std::function<std::string()>, std::less<>>;

  const auto given = std::make_shared<const route_options>(std::move(options));
  const auto greet = [given] { return given->greeting(); };
  const auto hurry = [] { return std::string("Fast response!\n"); };
  const auto sleep = [given] {
    given->sleep(given->sleep_time);
    return "Slept for " + std::to_string(given->sleep_time.count()) + " ms!\n";
  };
  const auto routes =
      std::make_shared<const table>(table{{"/", greet}, {"/fast", hurry}, {"/sleep", sleep}});

  return [routes](const http_request& request) -> http_response {
    const auto route = routes->find(request.path);
    if (route == routes->end()) return {404, "There is no such page\n"};
    if (request.method != "GET") return {405, "", {{"Allow", "GET"}}};
    return {200, route->second()};
  };
}

}  // namespace workbook
