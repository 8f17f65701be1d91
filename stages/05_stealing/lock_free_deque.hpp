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
  // TODO 5.8 (about 19 lines): turns LockFreeDeque.* and LockFreeDequeSchedules.* green
  //   What does a thief see between two of your lines? What must be there before it is announced?
  //   The last item: owner and thief both see it. With which single step does one of them get it?
  //   A thief has read top_, and others run meanwhile. Until when may he believe what he has read?
  bool push(T* item) { todo("5.8", item, top_, bottom_); }

  /// Takes the newest. @returns null if there is none, or a thief was faster.
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
