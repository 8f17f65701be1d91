#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>

namespace workbook::harness {

enum class lock_wait_kind : int {
  none,
  mutex,              // in pthread_mutex_lock
  condition,          // in pthread_cond_wait
  destroy_condition,  // in pthread_cond_destroy, which waits until no thread waits there
};

/// One thread that is blocked now.
struct lock_wait {
  std::atomic<int> tid{0};  // 0: this entry is free
  std::atomic<lock_wait_kind> kind{lock_wait_kind::none};
  std::atomic<std::uintptr_t> object{0};  // address of the mutex or condition variable
  std::atomic<int> owner_tid{0};          // who held the mutex when the wait began; 0: nobody
};

/// Who waits for which mutex or condition variable. May lie in MAP_SHARED memory, so another
/// process can read it while this one hangs. Zeroed memory is an empty table.
/// Thread-safe; entries beyond 64 blocked threads are left out.
struct lock_table {
  std::array<lock_wait, 64> waits;
};

/// From now on this process keeps `table` up to date; null stops that. Call it while the process
/// has one thread. The table must outlive the process' threads. Never blocks.
void use_lock_table(lock_table* table);

/// Who holds the mutex of `wait` now, read from the memory of process `pid` (ours or a child's);
/// 0 if nobody does. Falls back on the owner at the time when the wait began. Never blocks.
/// Source: process_vm_readv(2); pthread_mutex_t of glibc.
[[nodiscard]] int owner_now(pid_t pid, const lock_wait& wait);

/// Enters the calling thread in the table while it lives. For the pthread functions in front.
class lock_wait_entry {
 public:
  lock_wait_entry(lock_wait_kind kind, const void* object, int owner_tid);
  ~lock_wait_entry();
  lock_wait_entry(const lock_wait_entry&) = delete;
  lock_wait_entry& operator=(const lock_wait_entry&) = delete;

 private:
  lock_wait* mine_ = nullptr;
};

}  // namespace workbook::harness
