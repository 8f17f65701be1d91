// Experiment: four clients connect and say nothing, and a fifth one asks for /fast.
// Build: solutions
// Expect: exit 0
// Expect-output: ^naive, 4 silent: HTTP/1.1 200 OK\npool.*: 5 queued, 0 started\none.* 200 OK$
// Look at: what the four had to send to stop the pool: nothing.
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "naive_server.hpp"
#include "pooled_server.hpp"
#include "routes.hpp"

using namespace workbook;

std::vector<tcp_stream> four_silent_clients(std::uint16_t port) {
  std::vector<tcp_stream> clients;
  while (clients.size() < 4) clients.push_back(tcp_stream::connect("127.0.0.1", port));
  return clients;
}

tcp_stream ask_for_fast(std::uint16_t port) {
  tcp_stream client = tcp_stream::connect("127.0.0.1", port);
  client.write_all("GET /fast HTTP/1.1\r\n\r\n");
  return client;
}

/// Waits for the answer. @returns its first line.
std::string status_line(tcp_stream& client) {
  std::string answer;
  std::array<char, 1024> buffer;
  while (const std::size_t size = client.read_some(buffer)) answer.append(buffer.data(), size);
  return answer.substr(0, answer.find('\r'));
}

void try_naive_server() {
  naive_server server(tcp_listener("127.0.0.1", 0), make_routes({}));
  std::jthread running([&](const std::stop_token& stop) { server.run(stop); });
  const auto silent = four_silent_clients(server.port());
  tcp_stream fast = ask_for_fast(server.port());
  std::cout << "naive, 4 silent: " << status_line(fast) << std::endl;
}

void try_pool_of_four() {
  event_log log;
  pooled_server server(tcp_listener("127.0.0.1", 0), make_routes({}), {.workers = 4}, &log);
  std::jthread running([&](const std::stop_token& stop) { server.run(stop); });
  auto silent = four_silent_clients(server.port());
  tcp_stream fast = ask_for_fast(server.port());
  while (log.count(event_kind::queued) < 5) std::this_thread::yield();
  // First in, first out: no worker comes to the fifth before one of the four has left.
  std::cout << "pool of 4, 4 silent: " << log.count(event_kind::queued) << " queued, "
            << log.count(event_kind::started) << " started" << std::endl;
  silent.pop_back();
  std::cout << "one of them leaves: " << status_line(fast) << '\n';
}

int main() {
  try_naive_server();
  try_pool_of_four();
}
