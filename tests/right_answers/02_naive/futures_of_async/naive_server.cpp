// Starts each thread with std::async, and keeps its future: one that is destroyed waits for its
// thread.
#include "naive_server.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <future>
#include <list>
#include <memory>
#include <system_error>
#include <utility>

#include "support/os_thread_id.hpp"

namespace workbook {

naive_server::naive_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

void naive_server::run(const std::stop_token& stop) {
  using namespace std::chrono_literals;
  const auto is_ready = [](const std::future<void>& served) {
    return served.wait_for(0s) == std::future_status::ready;
  };
  std::list<std::future<void>> serving;  // destroyed, and so waited for, before run() returns
  while (auto stream = listener_.accept(stop)) {
    serving.remove_if(is_ready);
    refused_.sweep();

    const std::uint64_t number = counts_.arrive();
    record(log_, event_kind::accepted, number);
    // Shared: if there is no thread, the function that std::async was given is gone.
    const auto mine = std::make_shared<session>(connection{std::move(*stream), number}, counts_);
    try {
      serving.push_back(std::async(std::launch::async, [this, mine, stop] { serve(*mine, stop); }));
    } catch (const std::system_error& no_thread) {
      refuse(*mine, no_thread.what());
    }
  }
}

void naive_server::serve(session& mine, const std::stop_token& stop) noexcept {
  const std::uint64_t number = mine.client.number;
  const counted_connection counted = std::move(mine.counted);
  try {
    serve_connection(std::move(mine.client), handler_, log_, stop);
  } catch (const std::exception& error) {
    record(log_, event_kind::failed, number, error.what());
  } catch (...) {
    record(log_, event_kind::failed, number, "an exception that is no std::exception");
  }
}

void naive_server::refuse(session& mine, const std::string& reason) {
  record(log_, event_kind::rejected, mine.client.number, reason);
  refused_.refuse(std::move(mine.client.stream), to_bytes(busy_response()));
}

std::string greeting_from_this_thread() {
  return fmt::format("Hello from thread {} of the naive server!\n", os_thread_id());
}

}  // namespace workbook
