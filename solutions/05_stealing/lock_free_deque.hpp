#pragma once

#include <array>
#include <atomic>
#include <cstddef>

namespace workbook {

/// The deque of one worker without a lock, for at most `Capacity` pointers: the owner works at the
/// bottom, thieves take from the top, and only for the last one they have to agree who gets it.
/// The pointers are the caller's; the deque deletes nothing.
///
/// push() and pop() only by one thread, the owner; steal() and empty() by any thread. None blocks.
/// Source: Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005), with a fixed array.
template <class T, std::size_t Capacity>
class lock_free_deque {
 public:
  /// Adds at the newest end. @returns false if it is full; then nothing has changed.
  bool push(T* item) {
    const std::size_t bottom = bottom_;
    if (bottom - top_ == Capacity) return false;
    slots_[bottom % Capacity] = item;
    bottom_ = bottom + 1;  // now thieves may see it
    return true;
  }

  /// Takes the newest. @returns null if there is none, or a thief was faster.
  [[nodiscard]] T* pop() {
    const std::size_t bottom = bottom_;
    if (bottom == top_) return nullptr;
    T* const item = slots_[(bottom - 1) % Capacity];
    bottom_ = bottom - 1;  // from here on no thief takes it, unless he has looked before
    std::size_t top = top_;
    if (top < bottom - 1) return item;
    // It is the last one, or it has been stolen meanwhile: whoever raises top_ has it.
    const bool mine = top == bottom - 1 && top_.compare_exchange_strong(top, top + 1);
    bottom_ = bottom;
    return mine ? item : nullptr;
  }

  /// Takes the oldest. @returns null if there is none, or somebody else was faster.
  [[nodiscard]] T* steal() {
    std::size_t top = top_;
    if (top >= bottom_) return nullptr;
    T* const item = slots_[top % Capacity];  // before it is ours: afterwards it may be overwritten
    return top_.compare_exchange_strong(top, top + 1) ? item : nullptr;
  }

  /// @returns whether there is none at this moment.
  [[nodiscard]] bool empty() const {
    const std::size_t top = top_;
    return top >= bottom_;
  }

 private:
  // They only ever grow, but for the one step back that pop() takes. The slot of i is i % Capacity.
  alignas(64) std::atomic<std::size_t> top_ = 0;     // of the oldest; whoever raises it has it
  alignas(64) std::atomic<std::size_t> bottom_ = 0;  // behind the newest; only the owner writes it
  std::array<std::atomic<T*>, Capacity> slots_{};
};

}  // namespace workbook
