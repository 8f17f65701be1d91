#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <type_traits>

/// Containers for code that stands in front of malloc: whatever they hold comes from the kernel, once
/// and for all when they are made. After that they allocate nothing, lock nothing and throw nothing.
namespace workbook::harness::memory {

/// A fixed number of `T`, all bytes zero at first. A page takes room from its first use on.
/// Not thread-safe.
template <class T>
class mapped_array {
  static_assert(std::is_trivially_copyable_v<T>, "zeroes must do for a T");

 public:
  /// @throws std::system_error if the kernel does not give the memory (mmap(2)).
  explicit mapped_array(std::size_t size) : size_(size) {
    void* const pages = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    data_ = static_cast<T*>(pages);
  }
  ~mapped_array() { ::munmap(data_, bytes()); }
  mapped_array(const mapped_array&) = delete;
  mapped_array& operator=(const mapped_array&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }

  std::size_t size_;
  T* data_ = nullptr;
};

/// The number of a place in a mapped_pool.
using place_number = std::uint32_t;
inline constexpr place_number no_place = 0;

/// Lends out places for `T`, known by their numbers. A place keeps its address.
/// Not thread-safe.
template <class T>
class mapped_pool {
 public:
  explicit mapped_pool(std::size_t capacity) : slots_(capacity + 1) {}

  /// A place with an empty T in it; no_place if all are lent.
  [[nodiscard]] place_number take() {
    place_number place = first_free_;
    if (place != no_place) {
      first_free_ = slots_[place].next_free;
    } else {
      if (ever_taken_ + 1 == slots_.size()) return no_place;
      place = ++ever_taken_;
    }
    slots_[place].value = T{};
    return place;
  }
  void give_back(place_number place) {
    slots_[place].next_free = first_free_;
    first_free_ = place;
  }
  /// All places are free again.
  void clear() {
    first_free_ = no_place;
    ever_taken_ = 0;
  }

  [[nodiscard]] T& operator[](place_number place) { return slots_[place].value; }
  [[nodiscard]] const T& operator[](place_number place) const { return slots_[place].value; }
  /// Since the last clear() no place has had a number above this one.
  [[nodiscard]] place_number ever_taken() const { return ever_taken_; }

 private:
  struct slot {
    T value;
    place_number next_free;
  };

  mapped_array<slot> slots_;  // the first stays unused
  place_number first_free_ = no_place;
  place_number ever_taken_ = 0;
};

}  // namespace workbook::harness::memory
