#include "harness/threads/lock_table.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <pthread.h>
#include <sys/uio.h>

#include "harness/threads/real_pthread.hpp"

namespace workbook::harness {
namespace {

std::atomic<lock_table*> table_in_use{nullptr};

}  // namespace

void use_lock_table(lock_table* table) { table_in_use.store(table); }

int owner_now(pid_t pid, const lock_wait& wait) {
  if (wait.kind != lock_wait_kind::mutex) return 0;
  pthread_mutex_t copy{};
  iovec local{&copy, sizeof copy};
  iovec remote{reinterpret_cast<void*>(wait.object.load()), sizeof copy};
  const bool whole = process_vm_readv(pid, &local, 1, &remote, 1, 0) == ssize_t{sizeof copy};
  return whole ? copy.__data.__owner : wait.owner_tid.load();
}

lock_wait_entry::lock_wait_entry(lock_wait_kind kind, const void* object, int owner_tid) {
  lock_table* table = table_in_use.load(std::memory_order_relaxed);
  if (table == nullptr) return;
  for (lock_wait& entry : table->waits) {
    int free_entry = 0;
    if (!entry.tid.compare_exchange_strong(free_entry, current_tid())) continue;
    entry.object.store(reinterpret_cast<std::uintptr_t>(object), std::memory_order_relaxed);
    entry.owner_tid.store(owner_tid, std::memory_order_relaxed);
    entry.kind.store(kind, std::memory_order_release);
    mine_ = &entry;
    return;
  }
}

lock_wait_entry::~lock_wait_entry() {
  if (mine_ == nullptr) return;
  mine_->kind.store(lock_wait_kind::none, std::memory_order_relaxed);
  mine_->tid.store(0, std::memory_order_release);
}

}  // namespace workbook::harness

#else

namespace workbook::harness {
void use_lock_table(lock_table* /*table*/) {}
int owner_now(pid_t /*pid*/, const lock_wait& wait) { return wait.owner_tid.load(); }
lock_wait_entry::lock_wait_entry(lock_wait_kind, const void*, int) {}
lock_wait_entry::~lock_wait_entry() {}
}  // namespace workbook::harness

#endif
