// Is a ring of atomics without a mutex: senders and receivers draw numbered tickets, and sleep with
// atomic::wait.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "support/send_result.hpp"

namespace workbook {

template <class T>
class bounded_channel {
 public:
  explicit bounded_channel(std::size_t capacity) : places_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    for (;;) {
      const unsigned before = changes_;
      const send_result result = try_send(std::move(item));
      if (result != send_result::full) return result;
      changes_.wait(before);
    }
  }

  [[nodiscard]] send_result try_send(T&& item) {
    std::uint64_t ticket = sent_;
    do {
      if ((ticket & closed_bit) != 0) return send_result::closed;
      // received_ only grows: if there is no room now, there was none when sent_ was read.
      if (ticket >= received_ + places_.size()) return send_result::full;
    } while (!sent_.compare_exchange_weak(ticket, ticket + 1));
    tell_everybody();
    place& mine = place_of(ticket);
    wait_for(mine, 2 * round_of(ticket));
    mine.item = std::move(item);
    // The last that this thread does with the channel: its receiver may destroy it now.
    mine.turn.store(2 * round_of(ticket) + 1);
    return send_result::accepted;
  }

  [[nodiscard]] std::optional<T> receive() {
    for (;;) {
      const unsigned before = changes_;
      std::uint64_t ticket = received_;
      const std::uint64_t sent = sent_;
      if (ticket == (sent & ~closed_bit)) {
        if ((sent & closed_bit) != 0) return std::nullopt;
        changes_.wait(before);
      } else if (received_.compare_exchange_strong(ticket, ticket + 1)) {
        return take(ticket);
      }
    }
  }

  void close() {
    sent_ |= closed_bit;
    tell_everybody();
  }

 private:
  /// Where the items with the tickets i, i + n, i + 2n ... lie, one after the other. In round r it
  /// is empty while turn is 2r, and full while it is 2r + 1.
  struct place {
    std::atomic<std::uint64_t> turn = 0;
    std::optional<T> item;
  };

  place& place_of(std::uint64_t ticket) { return places_[ticket % places_.size()]; }
  std::uint64_t round_of(std::uint64_t ticket) const { return ticket / places_.size(); }

  /// Whoever has the turn before has its ticket already, and is about to finish.
  static void wait_for(const place& mine, std::uint64_t turn) {
    while (mine.turn != turn) std::this_thread::yield();
  }

  std::optional<T> take(std::uint64_t ticket) {
    place& mine = place_of(ticket);
    wait_for(mine, 2 * round_of(ticket) + 1);
    std::optional<T> item = std::exchange(mine.item, std::nullopt);
    mine.turn = 2 * round_of(ticket) + 2;
    tell_everybody();
    return item;
  }

  void tell_everybody() {
    ++changes_;
    changes_.notify_all();
  }

  // In sent_, so that no ticket can be drawn once it is set.
  static constexpr std::uint64_t closed_bit = std::uint64_t{1} << 63;

  std::vector<place> places_;
  std::atomic<std::uint64_t> sent_ = 0;      // tickets drawn by senders, and closed_bit
  std::atomic<std::uint64_t> received_ = 0;  // tickets drawn by receivers; never more than sent_
  std::atomic<unsigned> changes_ = 0;        // who found nothing to do sleeps until this changes
};

}  // namespace workbook
