#pragma once

#include <linux/filter.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

#include "async/loop_base.hpp"
#include "async/nonblocking.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {

/// Lets no new client into the queue of a listening socket: the kernel passes over their first packets,
/// and they come again a moment later. Those who are in the queue stay there.
/// Source: socket(7), SO_ATTACH_FILTER; bpf(2): a filter that keeps 0 bytes of each packet.
inline void let_nobody_in(int listener) noexcept {
  sock_filter keep_nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{.len = 1, .filter = &keep_nothing};
  ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

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
    if (closing) let_nobody_in(listener.fd());  // between the last look and the end
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
