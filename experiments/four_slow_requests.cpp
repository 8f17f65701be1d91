// Experiment: a pool of four with three slow requests, then with four. Who gets an answer?
// Build: solutions
// Expect: exit 0
// Expect-output: ^3 slow, /fast: HTTP/1.1 200 OK\n4 .*: 5 queued, 4 started\nthey.* 200 OK$
// Look at: as many slow requests as workers, and head-of-line blocking is back.
#include <array>
#include <iostream>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "pooled_server.hpp"
#include "routes.hpp"

using namespace workbook;

tcp_stream ask(std::uint16_t port, std::string_view request) {
  tcp_stream client = tcp_stream::connect("127.0.0.1", port);
  client.write_all(request);
  return client;
}

/// Waits for the answer. @returns its first line.
std::string status_line(tcp_stream& client) {
  std::string answer;
  std::array<char, 1024> buffer;
  while (const std::size_t size = client.read_some(buffer)) answer.append(buffer.data(), size);
  return answer.substr(0, answer.find('\r'));
}

void try_with(std::size_t slow) {
  std::latch gate(1);
  const route_options sleeps_at_the_gate{.sleep = [&gate](auto) { gate.wait(); }};
  event_log log;
  pooled_server server(tcp_listener("127.0.0.1", 0), make_routes(sleeps_at_the_gate),
                       {.workers = 4}, &log);
  std::jthread running([&](const std::stop_token& stop) { server.run(stop); });
  std::vector<tcp_stream> sleepers;
  while (sleepers.size() < slow)
    sleepers.push_back(ask(server.port(), "GET /sleep HTTP/1.1\r\n\r\n"));
  while (log.count(event_kind::started) < slow) std::this_thread::yield();

  tcp_stream fast = ask(server.port(), "GET /fast HTTP/1.1\r\n\r\n");
  if (slow < 4) {
    std::cout << slow << " slow, /fast: " << status_line(fast) << std::endl;
    gate.count_down();
    return;
  }
  while (log.count(event_kind::queued) < slow + 1) std::this_thread::yield();
  std::cout << slow << " slow, /fast waits: " << log.count(event_kind::queued) << " queued, "
            << log.count(event_kind::started) << " started" << std::endl;
  gate.count_down();
  std::cout << "they are done, /fast: " << status_line(fast) << std::endl;
}

int main() {
  try_with(3);
  try_with(4);
}
