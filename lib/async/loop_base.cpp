#include "async/loop_base.hpp"

namespace workbook {
namespace {

constexpr std::uint32_t gone = EPOLLHUP | EPOLLERR;

void note(io_source& source, std::uint32_t events) {
  if ((events & (EPOLLRDHUP | gone)) != 0) source.ended = true;
  if ((events & (EPOLLIN | EPOLLRDHUP | gone)) != 0) source.readable = true;
  if ((events & (EPOLLOUT | gone)) != 0) source.writable = true;
}

}  // namespace

void loop_base::wait_for_events() {
  const waiter* const first = waiting_.first();
  const auto events = poller_.wait(first == nullptr ? never : first->deadline);
  now_ = clock::now();
  for (const epoll_event& event : events) {
    if (event.data.ptr == nullptr) {
      take_posted();
      continue;
    }
    io_source& source = *static_cast<io_source*>(event.data.ptr);
    note(source, event.events);
    if (source.readable && source.reader != nullptr) wake(*source.reader, wait_result::ready);
    if (source.writable && source.writer != nullptr) wake(*source.writer, wait_result::ready);
  }
}

void loop_base::interrupt(io_source& source) {
  if (source.reader != nullptr) wake(*source.reader, wait_result::stopped);
}

suspension loop_base::readable(io_source& source, time_point deadline) {
  const waiter what{deadline, &source.readable, &source.reader, true};
  return {*this, what};
}

suspension loop_base::writable(io_source& source, time_point deadline) {
  const waiter what{deadline, &source.writable, &source.writer, false};
  return {*this, what};
}

suspension loop_base::sleep_until(time_point time) {
  const waiter what{time, nullptr, nullptr, true};
  return {*this, what};
}

suspension loop_base::turn() { return sleep_until(now_); }

}  // namespace workbook
