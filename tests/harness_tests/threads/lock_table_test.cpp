#include "harness/threads/lock_table.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <new>
#include <thread>

#include "harness/threads/real_pthread.hpp"
#include "harness/threads/thread_probes.hpp"

namespace {

using namespace workbook::harness;

class LockTable : public testing::Test {
 protected:
  void SetUp() override {
    if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
    void* memory = mmap(nullptr, sizeof(lock_table), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    table_ = new (memory) lock_table{};
    use_lock_table(table_);
  }
  void TearDown() override { use_lock_table(nullptr); }

  const lock_wait* find(lock_wait_kind kind, const void* object) const {
    for (const lock_wait& wait : table_->waits) {
      const bool same_object = wait.object == reinterpret_cast<std::uintptr_t>(object);
      if (wait.tid != 0 && wait.kind == kind && same_object) return &wait;
    }
    return nullptr;
  }
  const lock_wait& await(lock_wait_kind kind, const void* object) const {
    const lock_wait* found = nullptr;
    while ((found = find(kind, object)) == nullptr) std::this_thread::yield();
    return *found;
  }

  lock_table* table_ = nullptr;
};

TEST_F(LockTable, IsEmptyWhileNobodyWaits) {
  std::mutex mutex;
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(find(lock_wait_kind::mutex, &mutex), nullptr);
}

TEST_F(LockTable, NamesWhoWaitsAndWhoHolds) {
  std::mutex mutex;
  {
    std::unique_lock lock(mutex);
    std::jthread waiter([&] { const std::scoped_lock mine(mutex); });
    const lock_wait& wait = await(lock_wait_kind::mutex, &mutex);
    EXPECT_NE(wait.tid, current_tid());
    EXPECT_EQ(wait.owner_tid, current_tid());
    EXPECT_EQ(owner_now(getpid(), wait), current_tid());
    lock.unlock();
  }
  EXPECT_EQ(find(lock_wait_kind::mutex, &mutex), nullptr);
}

TEST_F(LockTable, NamesWaitersOfAConditionVariable) {
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  std::jthread waiter([&] {
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return done; });
  });
  EXPECT_NE(await(lock_wait_kind::condition, &condition).tid, current_tid());
  {
    const std::scoped_lock lock(mutex);
    done = true;
  }
  condition.notify_all();
  waiter.join();
  EXPECT_EQ(find(lock_wait_kind::condition, &condition), nullptr);
}

TEST_F(LockTable, IsReadByTheParentOfADeadlockedProcess) {
  const pid_t child = fork();
  if (child == 0) {
    std::mutex mutex;
    mutex.lock();
    mutex.lock();  // for ever
    _exit(0);
  }
  const lock_wait* wait = &table_->waits[0];
  while (wait->kind != lock_wait_kind::mutex) std::this_thread::yield();
  EXPECT_EQ(wait->tid, child);
  EXPECT_EQ(owner_now(child, *wait), child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace
