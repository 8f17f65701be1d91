#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "measure/head_of_line_count.hpp"
#include "net/tcp_listener.hpp"
#include "routes.hpp"

namespace workbook {

/// A server that can be compared with others: any that serves the clients of a listener with a
/// handler until a stop is requested.
struct compared_server {
  std::string name;
  std::function<void(tcp_listener, const request_handler&, const std::stop_token&)> run;
};

/// Counts how many quick requests a server answers while slow ones run, without a clock: the slow
/// ones are held until the count is done, and the count is done when nothing in the server can move
/// any more (see standstill). So it comes out the same on every machine.
/// Starts the server in this process, on a free port, and stops it. Blocks until then.
[[nodiscard]] head_of_line_count count_head_of_line(const compared_server& server, std::size_t slow,
                                                    std::size_t fast);

/// @returns the counts of all `servers`, in their order, for 0 to `most_slow` slow requests each.
[[nodiscard]] std::vector<head_of_line_count> head_of_line_table(
    const std::vector<compared_server>& servers, std::size_t most_slow, std::size_t fast);

}  // namespace workbook
