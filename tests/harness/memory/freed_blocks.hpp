#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/memory/mapped_memory.hpp"
#include "harness/memory/memory_access.hpp"

namespace workbook::harness::memory {

/// The blocks of memory that have been given back and not been given out again, with who did it.
/// Not thread-safe; does not use malloc (mapped_memory.hpp).
class freed_blocks {
 public:
  struct block {
    std::uintptr_t begin, end;
    memory_access by;
    std::uint32_t time;  // of the thread
  };

  explicit freed_blocks(std::size_t capacity) : blocks_(capacity) {}

  void clear() { count_ = 0; }

  /// One that reaches into [begin, end); null if there is none.
  [[nodiscard]] const block* find(std::uintptr_t begin, std::uintptr_t end) const {
    const std::size_t i = first_ending_after(begin);
    return i < count_ && blocks_[i].begin < end ? &blocks_[i] : nullptr;
  }

  /// None may reach into it yet. @returns false, and does nothing, if there are too many.
  [[nodiscard]] bool add(const block& freed) {
    if (count_ == blocks_.size()) return false;
    insert(first_ending_after(freed.begin), freed);
    return true;
  }

  /// Nothing in [begin, end) is free any more. @returns false if a part of a block that still is
  /// free could not be kept.
  [[nodiscard]] bool cut(std::uintptr_t begin, std::uintptr_t end) {
    std::size_t i = first_ending_after(begin);
    while (i < count_ && blocks_[i].begin < end) {
      block& it = blocks_[i];
      block rest = it;
      rest.begin = end;
      if (it.begin < begin) {
        it.end = begin;
        ++i;
        if (rest.begin >= rest.end) continue;
        if (count_ == blocks_.size()) return false;
        insert(i, rest);
        return true;
      }
      if (rest.begin < rest.end) {
        it = rest;
        return true;
      }
      std::copy(&it + 1, &blocks_[0] + count_, &it);
      --count_;
    }
    return true;
  }

 private:
  [[nodiscard]] std::size_t first_ending_after(std::uintptr_t address) const {
    std::size_t first = 0;
    for (std::size_t count = count_; count > 0;) {
      const std::size_t half = count / 2;
      if (blocks_[first + half].end > address) {
        count = half;
      } else {
        first += half + 1;
        count -= half + 1;
      }
    }
    return first;
  }
  void insert(std::size_t at, const block& it) {
    std::copy_backward(&blocks_[0] + at, &blocks_[0] + count_, &blocks_[0] + count_ + 1);
    blocks_[at] = it;
    ++count_;
  }

  mapped_array<block> blocks_;  // by address; no two overlap
  std::size_t count_ = 0;
};

}  // namespace workbook::harness::memory
