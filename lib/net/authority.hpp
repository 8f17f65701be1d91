#pragma once

#include <cstdint>
#include <string>

namespace workbook {

/// @returns a host and its port as a URI and the field Host name them: "127.0.0.1:7880",
/// "[::1]:7880". The zone of an IPv6 address ("%eth0") means nothing to others and is left out.
/// Source: RFC 3986 §3.2; RFC 9110 §7.2.
[[nodiscard]] std::string authority(const std::string& host, std::uint16_t port);

}  // namespace workbook
