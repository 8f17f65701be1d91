#pragma once

#include <cstddef>
#include <cstdint>

namespace workbook {

/// @returns how many clients have connected to `port` of this machine and wait in the kernel to be
/// accepted; 0 if nobody listens there. Source: proc(5), net/tcp and net/tcp6: rx_queue of a
/// listening socket.
[[nodiscard]] std::size_t waiting_in_backlog(std::uint16_t port);

}  // namespace workbook
