#pragma once

#include <stop_token>

namespace workbook::harness {

/// What a program that waits in epoll_wait may have wrong.
enum class mistake {
  none,
  takes_short_read_for_drained,  // and so loses an end that came with the bytes
  one_read_per_event,
  one_accept_per_event,
  ignores_partial_write,
  answers_one_request_per_read,
  never_looks_at_stop_again,  // once it has decided to wait
  leaves_room_interest_on,    // not edge-triggered: epoll_wait never waits again
  keeps_connection_of_the_gone,
  closes_twice,
  never_closes_epoll,
  blocks,  // its clients' sockets are blocking ones
  sleeps,
  forgets_queued_clients,  // closes the listening socket with clients in its queue
  uses_pointer_of_batch,   // to a connection that an earlier event of the batch has closed
};

/// A line of text is answered by the same line: "x\n" by "x\n". "only me\n" closes the connections of
/// all others. Runs until the stop, and then answers what has arrived. Edge-triggered, one thread.
void run_echo_server(const std::stop_token& stop, mistake wrong = mistake::none);

}  // namespace workbook::harness
