#pragma once

#include <cstdint>

namespace workbook::harness {

/// Sends the requests of a table to the server on `port`, one connection each, and checks status,
/// headers and length of every response: what all servers of the workbook have in common.
/// Its `/sleep` must not sleep. Blocks until all are answered.
void expect_http_contract(std::uint16_t port);

}  // namespace workbook::harness
