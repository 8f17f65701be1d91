#include "harness/world/descriptor_table.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>

#include "harness/memory/address_table.hpp"
#include "harness/system_calls.hpp"

namespace workbook::harness::exploration {
namespace {

/// A timerfd is an eventfd in a world: both are read as the number of what has happened.
void fire(int fd, descriptor& timer) {
  const std::uint64_t once = 1;
  kernel().write(fd, &once, sizeof once);
  timer.due = timer.interval > 0 ? timer.due + timer.interval : no_deadline;
}

}  // namespace

descriptor descriptor_table::remove(int fd) {
  descriptor removed = std::move(open_.at(fd));
  open_.erase(fd);
  for (auto& [number, it] : open_) it.interests.forget(fd);
  return removed;
}

descriptor* descriptor_table::find(int fd) {
  const auto found = open_.find(fd);
  return found == open_.end() ? nullptr : &found->second;
}

descriptor* descriptor_table::find(int fd, descriptor::kind what) {
  descriptor* const found = find(fd);
  return found != nullptr && found->what == what ? found : nullptr;
}

descriptor* descriptor_table::listener() {
  const auto found = std::ranges::find_if(
      open_, [](const auto& it) { return it.second.what == descriptor::kind::listener; });
  return found == open_.end() || found->second.port == 0 ? nullptr : &found->second;
}

std::string descriptor_table::name_of(int fd) const {
  const auto found = open_.find(fd);
  if (found == open_.end()) return fmt::format("descriptor {}", fd);
  using kind = descriptor::kind;
  const descriptor& it = found->second;
  switch (it.what) {
    case kind::stream: return it.client == nullptr ? "a socket" : it.client->name();
    case kind::listener: return "the listening socket";
    case kind::epoll: return "the epoll";
    case kind::event: return "an eventfd";
    case kind::timer: return "a timerfd";
  }
  return "";
}

void descriptor_table::expect_event(int fd, std::uint32_t events) {
  for (auto& [number, it] : open_) it.interests.expect(fd, events);
}

void descriptor_table::wants_room(int fd) {
  for (auto& [number, it] : open_) it.interests.wants_room(fd);
}

std::int64_t descriptor_table::next_due(std::int64_t now) const {
  std::int64_t next = no_deadline;
  for (const auto& [fd, it] : open_) {
    if (it.due > now) next = next == no_deadline ? it.due : std::min(next, it.due);
  }
  return next;
}

void descriptor_table::fire_due(std::int64_t now) {
  for (auto& [fd, it] : open_) {
    if (it.due != no_deadline && it.due <= now) fire(fd, it);
  }
}

std::uint64_t descriptor_table::state() const {
  std::uint64_t hash = open_.size();
  for (const auto& [fd, it] : open_) {
    for (const live_client* const client : it.queue) {
      hash = memory::mix(hash, static_cast<std::uint64_t>(client->number()));
    }
    hash = memory::mix(hash, it.interests.state());
  }
  return hash;
}

}  // namespace workbook::harness::exploration

#endif
