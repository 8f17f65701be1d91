// Counts who answers beside slow requests: the one table of the comparison for which the servers
// must run in this process, and which comes out the same on every machine. Prints JSON.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "compared_servers.hpp"  // made by CMake from the stages' stage.json
#include "comparison.hpp"

using namespace workbook;

namespace {

constexpr std::size_t most_slow = 4;
constexpr std::size_t fast = 6;

/// Runs a server of this type; `options` are its constructor's after the handler.
template <class Server, class... Options>
compared_server in_process(const std::string& name, Options... options) {
  return {name,
          [=](tcp_listener listener, const request_handler& handler, const std::stop_token& stop) {
            Server(std::move(listener), handler, options...).run(stop);
          }};
}

}  // namespace

int main() {
  try {
    auto counts = nlohmann::ordered_json::array();
    for (const auto& count : head_of_line_table({COMPARED_SERVERS}, most_slow, fast)) {
      counts.push_back({{"server", count.server},
                        {"slow", count.slow},
                        {"fast", count.fast},
                        {"answered", count.answered}});
    }
    fmt::print("{}\n", counts.dump());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "compare: {}\n", error.what());
    return 1;
  }
}
