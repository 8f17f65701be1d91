#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/memory/mapped_memory.hpp"

namespace workbook::harness::memory {

/// Mixes two numbers to a third that looks like chance. Source: splitmix64 (Steele et al., 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t mixed = a * 0x9E3779B97F4A7C15U + b;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

/// A record for each of some addresses, up to a fixed number. Emptying it costs nothing, so it can
/// be used anew for every schedule. A record keeps its place until it is erased.
/// Not thread-safe; does not use malloc (mapped_memory.hpp).
template <class Record>
class address_table {
 public:
  explicit address_table(std::size_t capacity)
      : buckets_(std::bit_ceil(capacity)), entries_(capacity) {}

  void clear() {
    entries_.clear();
    if (++round_ == 0) {  // after 2^32 rounds: nothing may look as if it were of this one
      for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] = {};
      round_ = 1;
    }
  }

  [[nodiscard]] Record* find(std::uintptr_t address) {
    const bucket& home = home_of(address);
    if (home.round != round_) return nullptr;
    for (place_number i = home.first; i != no_place; i = entries_[i].next) {
      if (entries_[i].address == address) return &entries_[i].record;
    }
    return nullptr;
  }

  /// A new, empty record for an address that has none; null if the table is full.
  [[nodiscard]] Record* add(std::uintptr_t address) {
    const place_number place = entries_.take();
    if (place == no_place) return nullptr;
    bucket& home = home_of(address);
    if (home.round != round_) home = {round_, no_place};
    entries_[place].address = address;
    entries_[place].next = home.first;
    home.first = place;
    return &entries_[place].record;
  }

  /// Visits the records of all addresses in [from, end); erases those for which `leaves(address,
  /// record)` is true. Takes time for the words in the range, or for all records if these are fewer.
  template <class Predicate>
  void erase_if(std::uintptr_t from, std::uintptr_t end, Predicate leaves) {
    if (from >= end) return;
    const std::uintptr_t last_word = (end - 1) / bytes_of_word;
    if (last_word - from / bytes_of_word < entries_.ever_taken()) {
      for (std::uintptr_t word = from / bytes_of_word; word <= last_word; ++word) {
        erase_in(home_of(word * bytes_of_word), from, end, leaves);
      }
      return;
    }
    for (place_number i = 1; i <= entries_.ever_taken(); ++i) {
      const std::uintptr_t address = entries_[i].address;
      if (address < from || address >= end) continue;
      erase_in(home_of(address), address, address + 1, leaves);
    }
  }

  template <class Visitor>
  void for_each(Visitor visit) {
    for (place_number i = 1; i <= entries_.ever_taken(); ++i) {
      if (entries_[i].address != 0) visit(entries_[i].record);
    }
  }

 private:
  static constexpr std::uintptr_t bytes_of_word = 8;

  struct entry {
    std::uintptr_t address;  // 0: erased
    place_number next;
    Record record;
  };
  struct bucket {
    std::uint32_t round;  // in every other one the bucket is empty
    place_number first;
  };

  /// Sixty-four words in a row have buckets in a row: they lie in few pages.
  [[nodiscard]] bucket& home_of(std::uintptr_t address) {
    const std::uintptr_t word = address / bytes_of_word;
    return buckets_[(mix(word / 64, 0) * 64 + word % 64) & (buckets_.size() - 1)];
  }

  template <class Predicate>
  void erase_in(bucket& home, std::uintptr_t from, std::uintptr_t end, Predicate& leaves) {
    if (home.round != round_) return;
    for (place_number* link = &home.first; *link != no_place;) {
      const place_number place = *link;
      entry& it = entries_[place];
      if (it.address < from || it.address >= end || !leaves(it.address, it.record)) {
        link = &it.next;
        continue;
      }
      *link = it.next;
      it.address = 0;
      entries_.give_back(place);
    }
  }

  mapped_array<bucket> buckets_;
  mapped_pool<entry> entries_;
  std::uint32_t round_ = 1;
};

}  // namespace workbook::harness::memory
