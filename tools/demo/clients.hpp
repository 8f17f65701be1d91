#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace workbook::demo {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// What a client is going to do.
struct client_plan {
  std::string path;           ///< what it asks for: "/sleep"
  milliseconds byte_every{};  ///< the pause between two bytes of its request; 0: all at once
};

/// What a client has seen.
struct client_visit {
  steady_clock::time_point connected;  ///< when it began to connect
  steady_clock::time_point sent;       ///< when its whole request was sent
  steady_clock::time_point answered;   ///< when it had read the whole answer
  std::string answer;                  ///< all bytes that the server sent
  std::string error;                   ///< why there is no answer; empty if there is one
};

/// Sends the clients to the server on this machine's `port`, one each `gap`. They connect in order,
/// from one thread, and the kernel hands connections to accept(2) in order: so client 2 is the
/// server's connection 2. Then each client sends and reads on a thread of its own.
/// A client that hears nothing for `patience` gives up.
/// Blocks until all have their answer or have given up. @returns a visit for each plan, in order.
[[nodiscard]] std::vector<client_visit> run_clients(std::uint16_t port,
                                                    const std::vector<client_plan>& plans,
                                                    milliseconds gap, milliseconds patience);

}  // namespace workbook::demo
