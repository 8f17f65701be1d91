#pragma once

#include <array>
#include <atomic>
#include <cstddef>

/// The memory orders of a deque without a lock.
struct orders {
  std::memory_order slot = std::memory_order_seq_cst;     // of what lies in a slot
  std::memory_order publish = std::memory_order_seq_cst;  // of bottom, when an item has been pushed
  std::memory_order step_back = std::memory_order_seq_cst;    // of bottom, when one is to be popped
  std::memory_order look = std::memory_order_seq_cst;         // at top, after the step back
  std::memory_order thief_looks = std::memory_order_seq_cst;  // at top and bottom
  bool fence_before_publishing = false;                       // release: for all stores behind it
  bool fence_before_looking = false;  // seq_cst: between a store, or a load, and the load behind it
};

/// As stages/05_stealing/lock_free_deque.hpp, but for the orders.
template <class T, orders Orders>
class weaker_deque {
 public:
  void push(T* item) {
    const long bottom = bottom_.load(std::memory_order_relaxed);
    slot(bottom).store(item, Orders.slot);
    if constexpr (Orders.fence_before_publishing) {
      std::atomic_thread_fence(std::memory_order_release);
    }
    bottom_.store(bottom + 1, Orders.publish);
  }

  T* pop() {
    const long newest = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(newest, Orders.step_back);
    fence_before_looking();
    long top = top_.load(Orders.look);
    if (top > newest) {
      bottom_.store(newest + 1, std::memory_order_relaxed);
      return nullptr;
    }
    T* const item = slot(newest).load(Orders.slot);
    if (top < newest) return item;
    const bool mine = top_.compare_exchange_strong(top, top + 1);
    bottom_.store(newest + 1, std::memory_order_relaxed);
    return mine ? item : nullptr;
  }

  T* steal() {
    long top = top_.load(Orders.thief_looks);
    fence_before_looking();
    if (top >= bottom_.load(Orders.thief_looks)) return nullptr;
    T* const item = slot(top).load(Orders.slot);
    return top_.compare_exchange_strong(top, top + 1) ? item : nullptr;
  }

 private:
  static void fence_before_looking() {
    if constexpr (Orders.fence_before_looking) std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  std::atomic<T*>& slot(long index) {
    return slots_[static_cast<std::size_t>(index) % slots_.size()];
  }

  std::atomic<long> top_ = 0;
  std::atomic<long> bottom_ = 0;
  std::array<std::atomic<T*>, 64> slots_{};
};

/// All orders as they are if you write none.
inline constexpr orders by_default;

/// Lê, Pop, Cohen and Zappa Nardelli, "Correct and efficient work-stealing for weak memory models"
/// (PPoPP 2013): three fences in the place of most of the order.
inline constexpr orders with_fences = {.slot = std::memory_order_relaxed,
                                       .publish = std::memory_order_relaxed,
                                       .step_back = std::memory_order_relaxed,
                                       .look = std::memory_order_relaxed,
                                       .thief_looks = std::memory_order_acquire,
                                       .fence_before_publishing = true,
                                       .fence_before_looking = true};

/// The same, but the push has a store that releases in the place of its fence. Until C++17 that was
/// enough: a later store of the same thread still passed on what the first one had released.
/// C++20 has taken that away (P0982).
inline constexpr orders release_store = {.slot = std::memory_order_relaxed,
                                         .publish = std::memory_order_release,
                                         .step_back = std::memory_order_relaxed,
                                         .look = std::memory_order_relaxed,
                                         .thief_looks = std::memory_order_acquire,
                                         .fence_before_looking = true};

/// Every store releases, every load acquires, and there is no fence.
inline constexpr orders acquire_release = {.slot = std::memory_order_relaxed,
                                           .publish = std::memory_order_release,
                                           .step_back = std::memory_order_release,
                                           .look = std::memory_order_acquire,
                                           .thief_looks = std::memory_order_acquire};

/// The push publishes nothing.
inline constexpr orders relaxed_push = {.slot = std::memory_order_relaxed,
                                        .publish = std::memory_order_relaxed};
