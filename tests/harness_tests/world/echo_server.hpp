#pragma once

#include <stop_token>

#include "harness/world/world.hpp"

namespace workbook::harness {

/// What a program that waits in epoll_wait may have wrong.
enum class mistake {
  none,
  takes_short_read_for_drained,  // and so loses an end that came with the bytes
  one_accept_per_event,
  one_read_per_event,
  ignores_partial_write,
  drops_second_request,        // of two that came in one piece
  looks_for_stop_only_once,    // before it waits, and nobody wakes it
  leaves_room_interest_on,     // level-triggered: epoll_wait never waits again
  keeps_connection_open,       // after the client's end
  closes_twice,
  blocks,                      // its client sockets block
  forgets_queued_clients,      // closes the listening socket at the stop, with clients in its queue
};

/// A line of text is answered by the same line: "x\n" by "x\n". Runs until the stop, and then answers
/// what has arrived. Edge-triggered, one thread, no library: what is under test is the world.
void run_echo_server(const std::stop_token& stop, mistake wrong = mistake::none);

}  // namespace workbook::harness
