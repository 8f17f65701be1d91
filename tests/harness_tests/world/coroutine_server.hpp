#pragma once

#include <stop_token>

namespace workbook::harness {

enum class coroutine_mistake {
  none,
  timer_and_event_both_resume,    // what has been resumed stays among the timers
  error_wakes_only_the_reader,    // and the writer waits for ever
  wait_begins_after_the_stop,     // the stop ends the waits there are, and then no others
  frame_outlived_by_its_waiting,  // a coroutine that is destroyed stays registered
};

/// Serves one connection, by a coroutine for each direction: what comes is sent back, by the other
/// one, which waits for room. A client that is silent for 10 s is told "late\n" and left. Runs until
/// the client has been served, or a stop.
void run_coroutine_server(int connection, const std::stop_token& stop,
                          coroutine_mistake wrong = coroutine_mistake::none);

}  // namespace workbook::harness
