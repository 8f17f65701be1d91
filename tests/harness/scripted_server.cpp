#include "harness/scripted_server.hpp"

#include <string>
#include <utility>

#include "harness/io_probes.hpp"

namespace workbook::harness {

scripted_server::scripted_server(script play)
    : play_(std::move(play)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void scripted_server::run(const std::stop_token& stop) {
  const unprobed_calls mine;
  std::list<std::jthread> scripts;
  while (auto stream = listener_.accept(stop)) {
    scripts.emplace_back([this, socket = std::move(*stream).release()]() mutable {
      const unprobed_calls mine_too;
      scripted_connection connection(std::move(socket));
      play_(connection);
    });
  }
}

void read_request(scripted_connection& client) {
  std::string received;
  while (received.find("\r\n\r\n") == received.npos) {
    const std::string piece = client.read_some();
    if (piece.empty()) return;
    received += piece;
  }
}

scripted_server::script answer_with(std::string_view response) {
  return [response = std::string(response)](scripted_connection& client) {
    read_request(client);
    client.send(response);
  };
}

}  // namespace workbook::harness
