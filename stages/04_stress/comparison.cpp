#include "comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <latch>
#include <thread>

#include "measure/standstill.hpp"
#include "net/tcp_stream.hpp"

namespace workbook {
namespace {

/// A server that runs while the object lives, with a /sleep that lasts just as long.
class held_server {
 public:
  explicit held_server(const compared_server& server)
      : port_(listener_.port()), thread_([this, &server](const std::stop_token& stop) {
          server.run(
              std::move(listener_), [this](const auto& asked) { return handle(asked); }, stop);
        }) {}
  ~held_server() { release_.count_down(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  http_response handle(const http_request& asked) {
    if (asked.path == "/sleep") release_.wait();
    return {200, "done\n"};
  }

  std::latch release_{1};
  tcp_listener listener_{"127.0.0.1", 0};
  std::uint16_t port_;
  std::jthread thread_;  // last: it uses the members above
};

/// @returns the connections of `count` clients, each of which has sent a request for `path`.
std::vector<tcp_stream> send_requests(std::uint16_t port, const std::string& path,
                                      std::size_t count) {
  std::vector<tcp_stream> clients;
  while (clients.size() < count) {
    clients.push_back(tcp_stream::connect("127.0.0.1", port));
    clients.back().write_all(fmt::format("GET {} HTTP/1.1\r\n\r\n", path));
    clients.back().finish_sending();
  }
  return clients;
}

}  // namespace

head_of_line_count count_head_of_line(const compared_server& server, std::size_t slow,
                                      std::size_t fast) {
  standstill others;  // watches the threads that are started from here on
  const held_server held(server);
  // TODO 4.4 (about 6 lines): turns HeadOfLine.* green
  //   When are the slow ones inside, or certain never to be? How can you know that no further
  //   answer will come, without waiting for one? There are send_requests() and others.wait().
  todo("4.4", held, others, slow, fast, send_requests);
}

std::vector<head_of_line_count> head_of_line_table(const std::vector<compared_server>& servers,
                                                   std::size_t most_slow, std::size_t fast) {
  std::vector<head_of_line_count> table;
  for (const compared_server& server : servers) {
    for (std::size_t slow = 0; slow <= most_slow; ++slow) {
      table.push_back(count_head_of_line(server, slow, fast));
    }
  }
  return table;
}

}  // namespace workbook
