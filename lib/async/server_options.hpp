#pragma once

#include <chrono>
#include <cstddef>

namespace workbook {

/// How long a connection may take; milliseconds::max() is as long as it likes.
struct time_limits {
  std::chrono::milliseconds idle{60'000};   ///< from an answer to the first byte of a request
  std::chrono::milliseconds head{10'000};   ///< from that byte to the end of the request, in all
  std::chrono::milliseconds write{10'000};  ///< until the kernel has taken the whole answer
};

struct async_options {
  std::size_t loops = 1;                 ///< threads, each with an event loop; at least 1
  std::size_t max_connections = 20'000;  ///< that are served at the same time; at least 1
  time_limits limits = {};
};

/// @returns as many loops as this machine has processors.
[[nodiscard]] std::size_t a_loop_for_each_core();

/// @throws std::invalid_argument if there are 0 loops or no connections allowed.
void check(const async_options& options);

}  // namespace workbook
