#pragma once

#include <cstdint>
#include <http_client.hpp>  // of the side under test, as its suite includes it

namespace workbook {

// No deadline; and one that has passed: anything that needs waiting for is too late.
inline constexpr auto no_deadline = timed_stream::time_point::max();
inline constexpr auto at_once = timed_stream::time_point::min();

/// What a client gets when all goes well.
inline constexpr answer ok{outcome::ok, 200};

/// @returns what a client makes of the server that listens on `port` of this machine.
inline answer get(std::uint16_t port, timed_stream::time_point deadline = no_deadline) {
  return http_client("127.0.0.1", port, "/fast").get(deadline);
}

}  // namespace workbook
