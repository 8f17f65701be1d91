#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/memory/address_table.hpp"
#include "harness/memory/freed_blocks.hpp"
#include "harness/memory/mapped_memory.hpp"
#include "harness/memory/memory_access.hpp"
#include "harness/memory/vector_clock.hpp"

namespace workbook::harness::memory {

/// Two accesses to the same bytes that must not both be: a data race, or the use of memory that has
/// been given back.
struct memory_conflict {
  memory_access earlier;  // in this schedule
  memory_access later;
  std::uintptr_t address;  // the first byte that both access …
  std::size_t size;        // … and how many there are in a row, in one word of memory
  bool ordered;            // `earlier` happens before `later`: no race, but used after it was freed
};

/// The accesses to memory of one schedule with which a later one could still collide. It holds them
/// all, to the byte, and drops those that cannot matter any more, so it finds a race whenever the
/// schedule has one, and says so when there is too much to hold: see limit_reached().
///
/// Two accesses conflict if they share a byte, one of them writes ([intro.races]/2) and not both are
/// atomic; it is a data race if they are of different threads and neither happens before the other
/// ([intro.races]/21). So initialising an atomic counts as the plain write that it is, and so does
/// giving back memory, with atomics as well. Use of memory after that is undefined in any order
/// ([basic.stc]/4). Bytes stand for the memory locations of [intro.memory]/3: neighbouring
/// bit-fields, which are one, are accessed in whole bytes.
///
/// Not thread-safe: only the thread that takes the step calls it. Nothing blocks, throws or
/// allocates but the constructor (mapped_memory.hpp), so code in front of malloc may call it.
class shadow {
 public:
  static constexpr std::size_t most_words = 1U << 16;     // of 8 bytes, that are used
  static constexpr std::size_t most_accesses = 1U << 17;  // that are remembered
  static constexpr std::size_t most_blocks = 1U << 12;    // that are free

  /// @throws std::system_error if the kernel has no memory.
  shadow();

  /// A new schedule: nothing has been accessed yet.
  void start();

  /// An access by a thread that knows `known`; of kind `free`, that memory is given back.
  /// @returns an earlier access that must not be, if there is one. The access is not kept then.
  std::optional<memory_conflict> access(const vector_clock& known, const memory_access& now,
                                        std::uintptr_t address, std::size_t size);
  /// This memory is given out: nobody has accessed it yet.
  void fresh(std::uintptr_t address, std::size_t size);

  /// Null as long as everything is observed; else what there is too much of in this schedule: a
  /// race may go unseen from then on. What is reported all the same is true.
  [[nodiscard]] const char* limit_reached() const { return limit_reached_; }

 private:
  /// Some bytes of one word, a bit for each.
  struct word_access {
    memory_access by;
    std::uint32_t time;
    place_number next;
    std::uint8_t bytes;
  };
  struct word_record {
    place_number accesses;  // the first of a list
  };

  std::optional<memory_conflict> access_word(const vector_clock& known, word_access now,
                                             std::uintptr_t word);
  std::optional<memory_conflict> free(const vector_clock& known, const memory_access& now,
                                      std::uintptr_t address, std::size_t size);
  void forget(std::uintptr_t address, std::size_t size);
  bool strip(word_record& word, std::uint8_t bytes);
  [[nodiscard]] place_number* keep_if_any(place_number& link);

  address_table<word_record> words_;
  mapped_pool<word_access> accesses_;
  freed_blocks freed_;
  const char* limit_reached_ = nullptr;
};

}  // namespace workbook::harness::memory
