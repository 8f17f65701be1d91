#include "net/authority.hpp"

namespace workbook {

std::string authority(const std::string& host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != host.npos;
  const std::string name = ipv6 ? "[" + host.substr(0, host.find('%')) + "]" : host;
  return name + ":" + std::to_string(port);
}

}  // namespace workbook
