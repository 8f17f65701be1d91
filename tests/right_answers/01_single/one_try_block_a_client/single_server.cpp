// Keeps its clients apart with a function try block, and counts with the loop itself.
#include "single_server.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "connection.hpp"

namespace workbook {
namespace {

/// Serves a client, whatever comes of it.
void serve(connection client, const request_handler& handler, event_log* log,
           const std::stop_token& stop, std::uint64_t number) noexcept try {
  serve_connection(std::move(client), handler, log, stop);
} catch (const std::exception& error) {
  record(log, event_kind::failed, number, error.what());
} catch (...) {
  record(log, event_kind::failed, number, "something was thrown");
}

}  // namespace

single_server::single_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

void single_server::run(const std::stop_token& stop) {
  for (std::uint64_t number = 1;; ++number) {
    std::optional<tcp_stream> stream = listener_.accept(stop);
    if (!stream.has_value()) return;
    record(log_, event_kind::accepted, number);
    serve(connection{std::move(*stream), number}, handler_, log_, stop, number);
  }
}

}  // namespace workbook
