#include "harness/memory/shadow.hpp"

#include <algorithm>
#include <bit>

namespace workbook::harness::memory {
namespace {

constexpr std::uintptr_t bytes_of_word = 8;

constexpr std::uint8_t bit(access_kind kind) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
}

/// The kinds of access that an unordered one of this kind collides with: [intro.races]/2, "one of
/// them modifies"; /21, "at least one of which is not atomic".
constexpr unsigned collides_with(access_kind kind) {
  constexpr unsigned plain =
      bit(access_kind::read) | bit(access_kind::write) | bit(access_kind::free);
  constexpr unsigned atomic = bit(access_kind::atomic_read) | bit(access_kind::atomic_write);
  constexpr unsigned writes =
      bit(access_kind::write) | bit(access_kind::atomic_write) | bit(access_kind::free);
  switch (kind) {
    case access_kind::read: return writes;
    case access_kind::atomic_read: return writes & plain;
    case access_kind::atomic_write: return plain;
    case access_kind::write:
    case access_kind::free: break;
  }
  return plain | atomic;
}

/// Whatever collides with an access of kind `weaker` collides with one of kind `stronger` as well.
constexpr bool covers(access_kind stronger, access_kind weaker) {
  return (collides_with(weaker) & ~collides_with(stronger)) == 0;
}

/// The bytes of the word at `word` that lie in [begin, end).
std::uint8_t bytes_in(std::uintptr_t word, std::uintptr_t begin, std::uintptr_t end) {
  const std::uintptr_t from = std::max(word, begin) - word;
  const std::uintptr_t to = std::min(word + bytes_of_word, end) - word;
  return static_cast<std::uint8_t>((1U << to) - (1U << from));
}

/// Two accesses that share these bytes of the word at `word`, and that nothing orders.
memory_conflict conflict_of(const memory_access& earlier, const memory_access& later,
                            std::uintptr_t word, std::uint8_t shared) {
  const auto first = static_cast<unsigned>(std::countr_zero(shared));
  const auto in_a_row = std::countr_one(static_cast<std::uint8_t>(shared >> first));
  return {earlier, later, word + first, static_cast<std::size_t>(in_a_row), false};
}

}  // namespace

shadow::shadow() : words_(most_words), accesses_(most_accesses), freed_(most_blocks) {}

void shadow::start() {
  words_.clear();
  accesses_.clear();
  freed_.clear();
  limit_reached_ = nullptr;
}

std::optional<memory_conflict> shadow::access(const vector_clock& known, const memory_access& now,
                                              std::uintptr_t address, std::size_t size) {
  if (size == 0) return {};
  const std::uintptr_t end = address + size;
  if (const freed_blocks::block* const freed = freed_.find(address, end)) {
    const std::uintptr_t from = std::max(address, freed->begin);
    return memory_conflict{freed->by, now, from, std::min(end, freed->end) - from,
                           known.knows(freed->by.thread, freed->time)};
  }
  if (now.kind == access_kind::free) return free(known, now, address, size);
  word_access part{now, known.of(now.thread), no_place, 0};
  for (std::uintptr_t word = address / bytes_of_word * bytes_of_word; word < end;
       word += bytes_of_word) {
    part.bytes = bytes_in(word, address, end);
    if (const auto conflict = access_word(known, part, word)) return conflict;
    if (limit_reached_ != nullptr) return {};
  }
  return {};
}

std::optional<memory_conflict> shadow::access_word(const vector_clock& known, word_access now,
                                                   std::uintptr_t word) {
  word_record* it = words_.find(word);
  if (it == nullptr) it = words_.add(word);
  if (it == nullptr) {
    limit_reached_ = "more than 512 kB of memory";
    return {};
  }
  for (place_number* link = &it->accesses; *link != no_place;) {
    word_access& before = accesses_[*link];
    const auto shared = static_cast<std::uint8_t>(before.bytes & now.bytes);
    const bool ordered = known.knows(before.by.thread, before.time);  // its own it knows
    if (shared != 0 && !ordered && (collides_with(before.by.kind) & bit(now.by.kind)) != 0) {
      return conflict_of(before.by, now.by, word, shared);
    }
    const bool same_moment = before.by.thread == now.by.thread && before.time == now.time;
    if (shared != 0 && same_moment && covers(before.by.kind, now.by.kind)) {
      // In between the thread has passed on nothing: who does not know of `now` does not know of
      // `before` either, so whatever collides with `now` collides with `before`.
      now.bytes = static_cast<std::uint8_t>(now.bytes & ~shared);
      if (now.bytes == 0) return {};
    } else if (shared != 0 && ordered && covers(now.by.kind, before.by.kind)) {
      // Who does not know of `before` cannot know of `now`, so `now` stands for it.
      before.bytes = static_cast<std::uint8_t>(before.bytes & ~shared);
    }
    link = keep_if_any(*link);
  }
  const place_number place = accesses_.take();
  if (place == no_place) {
    limit_reached_ = "more than 131072 accesses to memory that could still race";
    return {};
  }
  now.next = it->accesses;
  accesses_[place] = now;
  it->accesses = place;
  return {};
}

/// [intro.races]/21: giving back is a write of all bytes. Only words that somebody has accessed can
/// have been accessed unordered.
std::optional<memory_conflict> shadow::free(const vector_clock& known, const memory_access& now,
                                            std::uintptr_t address, std::size_t size) {
  const std::uintptr_t end = address + size;
  std::optional<memory_conflict> conflict;
  const std::uintptr_t first_word = address / bytes_of_word * bytes_of_word;
  words_.erase_if(first_word, end, [&](std::uintptr_t word, word_record& it) {
    const std::uint8_t given_back = bytes_in(word, address, end);
    for (place_number i = it.accesses; i != no_place && !conflict; i = accesses_[i].next) {
      const word_access& before = accesses_[i];
      const auto shared = static_cast<std::uint8_t>(before.bytes & given_back);
      if (shared == 0 || known.knows(before.by.thread, before.time)) continue;
      conflict = conflict_of(before.by, now, word, shared);
    }
    return false;
  });
  if (conflict) return conflict;
  forget(address, size);
  if (!freed_.add({address, end, now, known.of(now.thread)})) {
    limit_reached_ = "more than 4096 freed blocks of memory";
  }
  return {};
}

void shadow::fresh(std::uintptr_t address, std::size_t size) {
  forget(address, size);
  if (!freed_.cut(address, address + size)) {
    limit_reached_ = "more than 4096 freed blocks of memory";
  }
}

void shadow::forget(std::uintptr_t address, std::size_t size) {
  const std::uintptr_t end = address + size;
  words_.erase_if(address / bytes_of_word * bytes_of_word, end,
                  [&](std::uintptr_t word, word_record& it) {
                    return strip(it, bytes_in(word, address, end));
                  });
}

/// Forgets these bytes. @returns whether nothing is left of the word.
bool shadow::strip(word_record& word, std::uint8_t bytes) {
  for (place_number* link = &word.accesses; *link != no_place;) {
    word_access& it = accesses_[*link];
    it.bytes = static_cast<std::uint8_t>(it.bytes & ~bytes);
    link = keep_if_any(*link);
  }
  return word.accesses == no_place;
}

/// Takes an access without bytes out of its list. @returns the link to the next one.
place_number* shadow::keep_if_any(place_number& link) {
  const place_number place = link;
  if (accesses_[place].bytes != 0) return &accesses_[place].next;
  link = accesses_[place].next;
  accesses_.give_back(place);
  return &link;
}

}  // namespace workbook::harness::memory
