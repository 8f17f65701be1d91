#pragma once

#include <sys/un.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "harness/threads/exploration.hpp"
#include "harness/world/interest_set.hpp"
#include "harness/world/live_client.hpp"

namespace workbook::harness::exploration {

/// A descriptor that the program has opened in its world.
struct descriptor {
  enum class kind { stream, listener, epoll, event, timer };

  kind what;
  live_client* client = nullptr;  // of a stream; null: not connected yet
  sockaddr_un address{};          // of a socket that is bound
  socklen_t address_length = 0;
  std::uint16_t port = 0;
  std::deque<live_client*> queue{};  // of a listener: the clients to be accepted
  std::int64_t due = no_deadline;    // of a timer
  std::int64_t interval = 0;
  interest_set interests{};  // of an epoll
};

/// What the program has open in the present order. Not thread-safe.
class descriptor_table {
 public:
  void begin() { open_.clear(); }

  void add(int fd, descriptor it) { open_[fd] = std::move(it); }
  /// Takes `fd` out, which then nothing watches any more.
  descriptor remove(int fd);

  /// @returns null if the program has no such descriptor from its world, or it is something else.
  [[nodiscard]] descriptor* find(int fd);
  [[nodiscard]] descriptor* find(int fd, descriptor::kind what);
  [[nodiscard]] const std::map<int, descriptor>& all() const { return open_; }
  /// @returns what clients connect to; null if the program does not listen.
  [[nodiscard]] descriptor* listener();

  /// @returns "the listening socket", or the client's name: what the story calls it.
  [[nodiscard]] std::string name_of(int fd) const;

  /// Whoever watches `fd` for one of `events` will be told of it once more.
  void expect_event(int fd, std::uint32_t events);
  /// A write to `fd` has found no room.
  void wants_room(int fd);

  /// @returns when the first timer behind `now` is due; no_deadline if none is.
  [[nodiscard]] std::int64_t next_due(std::int64_t now) const;
  /// Makes the timers whose time has come readable.
  void fire_due(std::int64_t now);

  /// What it will tell the program, as a hash.
  [[nodiscard]] std::uint64_t state() const;

 private:
  std::map<int, descriptor> open_;
};

}  // namespace workbook::harness::exploration
