#include "harness/world/interest_set.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <array>

#include "harness/memory/address_table.hpp"
#include "harness/system_calls.hpp"

namespace workbook::harness::exploration {

int interest_set::control(int epoll, int operation, int fd, const epoll_event* event) {
  epoll_event with_number{};
  if (event != nullptr) with_number.events = event->events;
  // Of a socket of this kind the kernel would tell of room after each read of the peer.
  const bool by_edges = (with_number.events & EPOLLET) != 0;
  if (by_edges) with_number.events &= ~static_cast<std::uint32_t>(EPOLLOUT);
  with_number.data.fd = fd;
  const int result = kernel().epoll_ctl(epoll, operation, fd, &with_number);
  if (result != 0) return result;
  forget(fd);
  if (operation != EPOLL_CTL_DEL) {
    watched_[fd] = {event->events, event->data, by_edges && (event->events & EPOLLOUT) != 0};
  }
  return 0;
}

void interest_set::forget(int fd) {
  watched_.erase(fd);
  pending_.erase(fd);
}

std::vector<int> interest_set::ready(int epoll) {
  std::array<epoll_event, 64> told{};
  const int count = kernel().epoll_wait(epoll, told.data(), static_cast<int>(told.size()), 0);
  for (int i = 0; i < count; ++i) {
    const int fd = told[static_cast<std::size_t>(i)].data.fd;
    if (watched_.contains(fd)) pending_.insert(fd);
  }
  for (const auto& [fd, it] : watched_) {
    if (it.owes_room && (ready_events(fd, it) & EPOLLOUT) != 0) pending_.insert(fd);
  }
  std::vector<int> ready;
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (ready_events(*it, watched_.at(*it)) != 0) {
      ready.push_back(*it++);
    } else {
      it = pending_.erase(it);
    }
  }
  return ready;
}

std::uint32_t interest_set::ready_events(int fd, const interest& it) {
  constexpr std::uint32_t options = EPOLLET | EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE;
  // The bits of poll(2) and epoll(7) are the same.
  pollfd now{fd, static_cast<short>(it.events & ~options), 0};
  kernel().poll(&now, 1, 0);
  const auto events = static_cast<std::uint32_t>(static_cast<unsigned short>(now.revents));
  return events;
}

epoll_event interest_set::take(int fd) {
  interest& it = watched_.at(fd);
  const std::uint32_t events = ready_events(fd, it);
  if ((events & EPOLLOUT) != 0) it.owes_room = false;
  pending_.erase(fd);
  return {events, it.data};
}

void interest_set::expect(int fd, std::uint32_t events) {
  const auto found = watched_.find(fd);
  if (found != watched_.end() && (found->second.events & events) != 0) pending_.insert(fd);
}

void interest_set::wants_room(int fd) {
  const auto found = watched_.find(fd);
  if (found == watched_.end()) return;
  found->second.owes_room = (found->second.events & EPOLLET) != 0 &&
                            (found->second.events & EPOLLOUT) != 0;
}

std::uint64_t interest_set::state() const {
  std::uint64_t hash = pending_.size();
  for (const int fd : pending_) hash = memory::mix(hash, static_cast<std::uint64_t>(fd));
  return hash;
}

}  // namespace workbook::harness::exploration

#endif
