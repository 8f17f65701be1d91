#include "net/authority.hpp"

#include <fmt/format.h>

namespace workbook {

std::string authority(const std::string& host, std::uint16_t port) {
  if (host.find(':') == host.npos) return fmt::format("{}:{}", host, port);
  return fmt::format("[{}]:{}", host.substr(0, host.find('%')), port);
}

}  // namespace workbook
