#include "async_server.hpp"

#include <deque>
#include <stdexcept>
#include <thread>
#include <utility>

#include "async/nonblocking.hpp"
#include "connection.hpp"

namespace workbook {

async_server::async_server(tcp_listener listener, async_handler handler, async_options options,
                           event_log* log)
    : listener_(std::move(listener)),
      port_(listener_.port()),
      options_(options),
      service_{std::move(handler), options.limits, log} {
  if (options.loops == 0) throw std::invalid_argument("a server needs at least one loop");
  if (options.max_connections == 0) {
    throw std::invalid_argument("a server needs to serve at least one connection");
  }
}

void async_server::run(const std::stop_token& stop) {
  std::deque<lane> lanes;
  for (std::size_t i = 0; i < options_.loops; ++i) {
    lane& mine = lanes.emplace_back([](const std::exception_ptr& error) {
      std::rethrow_exception(error);
    });
    tcp_listener own = i + 1 < options_.loops ? listener_.another() : std::move(listener_);
    mine.loop.spawn(accept_clients(mine, std::move(own)));
  }
  std::stop_source ending;  // also requested if not all threads can be had
  const std::stop_callback pass_on(stop, [&ending] { ending.request_stop(); });
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < options_.loops; ++i) {
      threads.emplace_back([&mine = lanes[i], &ending] { mine.loop.run(ending.get_token()); });
    }
    lanes[0].loop.run(ending.get_token());
  } catch (...) {
    ending.request_stop();
    throw;
  }
}

/// Accepts until a stop comes, and then those who are in the queue already: closing the listener
/// would reset them.
task<> async_server::accept_clients(lane& mine, tcp_listener listener) {
  io_source source{.fd = listener.fd()};
  mine.loop.watch(source);
  wait_result waited = wait_result::ready;
  for (;;) {
    accept_result next = accept_now(source.fd);
    if (next.status == io_status::done) {
      mine.refused.sweep();
      admit(mine, std::move(next.socket));
    } else if (waited == wait_result::stopped) {
      break;
    } else if (next.status == io_status::would_block) {
      source.readable = false;
      waited = co_await mine.loop.readable(source, event_loop::never);
    } else {
      waited = co_await mine.loop.sleep_until(mine.loop.now() + std::chrono::milliseconds(10));
    }
  }
  mine.loop.unwatch(source);
}

void async_server::admit(lane& mine, unique_fd socket) {
  const std::uint64_t number = counts_.arrive();
  counted_connection counted(counts_);
  record(service_.log, event_kind::accepted, number);
  if (counts_.active() > options_.max_connections) {
    record(service_.log, event_kind::rejected, number, "too many connections");
    mine.refused.refuse(tcp_stream(std::move(socket)), to_bytes(busy_response()));
    return;
  }
  accepted_client client{std::move(socket), number, std::move(counted)};
  mine.loop.spawn(serve_connection(mine.loop, std::move(client), service_));
}

}  // namespace workbook
