#include "single_server.hpp"

#include <utility>

#include "connection.hpp"

namespace workbook {

single_server::single_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

void single_server::run(const std::stop_token& stop) {
  std::uint64_t accepted = 0;
  while (auto stream = listener_.accept(stop)) {
    connection client{std::move(*stream), ++accepted};
    record(log_, event_kind::accepted, accepted);
    try {
      serve_connection(std::move(client), handler_, log_, stop);
    } catch (...) {
      record_failure(log_, accepted);
    }
  }
}

}  // namespace workbook
