#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <system_error>
#include <thread_pool.hpp>
#include <utility>

#include "03_pool/channel_fixture.hpp"
#include "03_pool/pool_fixture.hpp"
#include "harness/child_process.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(ThreadPool, ConstructorLeavesNoThreadBehind) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("3.4",
        "The system refuses the third thread, and the constructor throws. The two that exist wait "
        "for jobs: somebody has to tell them that none will come, before they are joined.");
  const std::size_t before = thread_count();
  const thread_probes::fail_thread_creation third(3);
  step("a pool of four, whose third thread is refused: the constructor throws");
  EXPECT_THROW(thread_pool(4, 1), std::system_error);
  step("no thread is left");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(ThreadPool, DestructorEndsIdleWorkers) {
  about("3.7",
        "The workers of an idle pool wait for jobs. Before they can be joined they must learn that "
        "no job will come: all of them, not just one.");
  const std::size_t before = thread_count();
  step("a pool of four without a job is destroyed");
  {
    const thread_pool pool(4, 1);
    ASSERT_TRUE(eventually([] { return threads_waiting_on_futex() == 4; }))
        << "an idle worker does not sleep";
  }
  step("its threads have ended");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(ThreadPool, DestructorRunsEveryAcceptedJob) {
  about("3.7",
        "`accepted` is a promise: whatever is in the queue gets done before the pool ends. A "
        "worker that leaves because the pool is closing, and not because the queue is empty, "
        "breaks that promise.");
  gate held;
  std::atomic<int> done = 0;
  std::optional<thread_pool> pool(std::in_place, 2u, 10u);
  step("both workers are held in a job, and ten jobs wait");
  for (int i = 0; i < 2; ++i) execute(*pool, [&] { held.pass(); });
  held.wait_for_arrivals(2);
  const auto in_queue = std::make_shared<int>();
  for (int i = 0; i < 10; ++i) execute(*pool, [&, in_queue] { ++done; });
  step("the pool is destroyed; then the workers go on");
  background destroying([&] { pool.reset(); });
  // Three threads sleep: the workers in the gate, and the destructor, which joins one of them.
  ASSERT_TRUE(eventually([] { return threads_waiting_on_futex() == 3; }))
      << "the destructor does not wait for the workers";
  if (in_queue.use_count() == 1) {
    fail_now(
        "the jobs are no longer in the queue, and no worker has done them: the destructor took "
        "them out, or the queue has already been destroyed (the threads have to end before the "
        "other members are destroyed, so declare them last)");
  }
  held.open();
  EXPECT_EQ(destroying.wait(), "");
  step("when the destructor returns, all ten are done");
  EXPECT_EQ(done, 10) << "accepted jobs were lost";
}

TEST(ThreadPool, DestructorWaitsForRunningJobs) {
  about("3.7",
        "Threads that outlive their pool use a queue that is gone: the destructor has to wait for "
        "them, so join them and don't detach them.");
  const std::size_t before = thread_count();
  gate held;
  std::atomic<bool> destroyed = false;
  std::optional<thread_pool> pool(std::in_place, 1u, 1u);
  step("a job is held; the pool is destroyed");
  execute(*pool, [&] { held.pass(); });
  held.wait_for_arrivals(1);
  background destroying([&] {
    pool.reset();
    destroyed = true;
  });
  ASSERT_TRUE(eventually([&] { return destroyed || threads_waiting_on_futex() == 2; }));
  if (destroyed) fail_now("the pool was destroyed while a job was running");
  step("the job goes on: the destructor returns, and no thread is left");
  held.open();
  EXPECT_EQ(destroying.wait(), "");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(ThreadPool, DestructorRefusesJobsFromJobs) {
  about("3.7",
        "While the pool shuts down, its jobs may still hand in jobs. They get the answer `closed`; "
        "they must not wait, and nothing that they hand in may be half accepted.");
  gate held;
  send_result tried = send_result::full;
  send_result sent = send_result::full;
  std::optional<thread_pool> pool(std::in_place, 1u, 1u);
  step("a job is held; the pool is destroyed meanwhile");
  thread_pool* const address = &*pool;
  execute(*pool, [&, address] {
    held.pass();
    tried = address->try_execute([] {});
    sent = address->execute([] {});
  });
  held.wait_for_arrivals(1);
  background destroying([&] { pool.reset(); });
  ASSERT_TRUE(eventually([] { return threads_waiting_on_futex() == 2; }));
  step("the job goes on and hands in two jobs: both are refused");
  held.open();
  EXPECT_EQ(destroying.wait(), "");
  EXPECT_EQ(tried, send_result::closed);
  EXPECT_EQ(sent, send_result::closed);
}

TEST(ThreadPool, DestructorOfAJobMayHandInAJob) {
  about("3.7",
        "A job is destroyed when it is done, and something that it owns may hand in a job in its "
        "destructor: the pool must not hold a lock at that moment.");
  struct says_goodbye {
    thread_pool* pool;
    send_result* answer;
    ~says_goodbye() {
      *answer = pool->try_execute([] {});
    }
  };
  send_result answer = send_result::full;
  {
    thread_pool pool(1, 1);
    step("a job is done, and its destructor hands in another");
    std::unique_ptr<says_goodbye> last(new says_goodbye{&pool, &answer});
    execute(pool, [last = std::move(last)] {});
  }
  step("it was accepted, or refused because the pool was already closed");
  EXPECT_NE(answer, send_result::full);
}

TEST(ThreadPool, DestructorRefusesToRunOnAWorker) {
  about("3.7",
        "A job that owns the pool destroys it, on one of the pool's own workers. A thread cannot "
        "wait for its own end: this is the caller's mistake, and the pool has to say so.");
  step("in a process of its own: the last owner of a pool is a job of that pool");
  const auto end = run_in_child_process([] {
    auto pool = std::make_shared<thread_pool>(1, 1);
    gate held;
    (void)pool->execute([pool, &held]() mutable {
      held.pass();
      pool.reset();
    });
    pool.reset();
    held.open();
    gate().pass();  // for ever: it is the worker that ends the process
  });
  step("that process ends with a message that names the mistake");
  EXPECT_EQ(end.ended_by, "SIGABRT");
  EXPECT_NE(end.error_output.find("destroyed by one of its own jobs"), std::string::npos)
      << "it said: " << end.error_output;
}

}  // namespace
}  // namespace workbook
