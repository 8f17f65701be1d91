#pragma once

#include <chrono>
#include <utility>

#include "async/loop_base.hpp"
#include "async/nonblocking.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {

/// Hands each client of `listener` to `admit`, until it is interrupted in its wait for `listening`
/// and `closing` is true; then also those who are in the queue already, since closing the listener
/// would reset them. What stage 06 does, as a task of any kind.
/// What it refers to must live until the task has ended.
template <class Task, class Admit>
Task accept_until_closing(loop_base& loop, tcp_listener listener, io_source& listening,
                          const bool& closing, Admit admit) {
  listening.fd = listener.fd();
  loop.watches().watch(listening);
  for (;;) {
    accept_result next = accept_now(listener.fd());
    if (next.status == io_status::done) {
      admit(std::move(next.socket));
    } else if (closing) {
      // Closed here and now, not when somebody destroys the frame: others would connect in between,
      // and be reset.
      const tcp_listener closed_at_once = std::move(listener);
      co_return;
    } else if (next.status == io_status::would_block) {
      listening.readable = false;
      (void)co_await loop.readable(listening, loop_base::never);
    } else {  // no descriptor is left: no event will tell when there is one again
      (void)co_await loop.sleep_until(loop.in(std::chrono::milliseconds(10)));
    }
  }
}

}  // namespace workbook
