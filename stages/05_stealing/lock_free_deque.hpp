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
  // TODO 5.8 (about 16 lines): turns LockFreeDeque.* and LockFreeDequeSchedules.* green
  //   The last item: owner and thief both see it. With which single step does one of them get it?
  //   A thief has read top_, and others run meanwhile. Until when may he believe what he has read?
  //   Has the owner said that he takes an item, before he looks whether a thief is there?
  [[nodiscard]] T* pop() { todo("5.8"); }

  /// Takes the oldest. @returns null if there is none, or somebody else was faster.
  [[nodiscard]] T* steal() { todo("5.8"); }

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
