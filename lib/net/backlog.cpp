#include "net/backlog.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace workbook {
namespace {

std::size_t waiting_according_to(const char* path, std::uint16_t port) {
  constexpr int listening = 0x0A;  // TCP_LISTEN in the kernel's enum of states
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);  // the headings
  while (std::getline(table, line)) {
    // "sl local_address rem_address st tx_queue:rx_queue ...", all numbers in hexadecimal
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues;
    fields >> slot >> local >> remote >> state >> queues;
    const auto port_of = std::stoul(local.substr(local.find(':') + 1), nullptr, 16);
    if (port_of == port && std::stoi(state, nullptr, 16) == listening) {
      return std::stoul(queues.substr(queues.find(':') + 1), nullptr, 16);
    }
  }
  return 0;
}

}  // namespace

std::size_t waiting_in_backlog(std::uint16_t port) {
  return waiting_according_to("/proc/self/net/tcp", port) +
         waiting_according_to("/proc/self/net/tcp6", port);
}

}  // namespace workbook
