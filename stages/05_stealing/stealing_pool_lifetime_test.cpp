// How the pool begins and ends, and what becomes of a job that throws.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stealing_pool.hpp>
#include <system_error>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/child_process.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(StealingPoolLifetime, ConstructorLeavesNoThreadBehind) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("5.6",
        "The system refuses the second worker, and the constructor throws. The first one sleeps: "
        "somebody has to tell it that the pool ends, before it is joined.");
  const std::size_t before = thread_count();
  const thread_probes::fail_thread_creation second(2);
  step("a pool of three, whose second thread is refused: the constructor throws");
  EXPECT_THROW(stealing_pool<>(3), std::system_error);
  step("no thread is left");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(StealingPoolLifetime, HasAsManyThreadsAsItWasGiven) {
  about("5.6", "As many threads as the constructor was told, and they live as long as the pool.");
  const std::size_t before = thread_count();
  stealing_pool pool(3);
  step("a pool of three: three threads more, before and after a job");
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(thread_count() - before, 3u);
  wait_for_the_worker(pool);
  wait_until_idle(pool);
  EXPECT_EQ(thread_count() - before, 3u) << "a worker has ended, or there is one too many";
}

TEST(StealingPoolLifetime, DestructorEndsIdleWorkers) {
  about("5.6",
        "Idle workers sleep. Before they can be joined they must learn that the pool ends: all of "
        "them, not one.");
  const std::size_t before = thread_count();
  step("a pool of four without a job is destroyed");
  {
    const stealing_pool pool(4);
    wait_until_idle(pool);
  }
  step("its threads have ended");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(StealingPoolLifetime, DestructorDoesTheInbox) {
  about("5.6",
        "Submitted means it will run: what lies in the inbox when the pool ends is done first. A "
        "worker leaves when it finds nothing, not when it hears of the end.");
  gate held;
  std::atomic<int> done = 0;
  std::optional<stealing_pool<>> pool(std::in_place, 1u);
  step("the worker is held in a job, ten jobs wait in the inbox");
  pool->submit([&] { held.pass(); });
  held.wait_for_arrivals(1);
  for (int i = 0; i < 10; ++i) pool->submit([&] { ++done; });
  step("the pool is destroyed; then the worker goes on");
  background destroying([&] { pool.reset(); });
  wait_until_asleep(2, "the destructor does not wait for a worker that has a job");
  held.open();
  EXPECT_EQ(destroying.wait(), "");
  step("when the destructor returns, all ten are done");
  EXPECT_EQ(done, 10) << "submitted jobs were lost";
}

TEST(StealingPoolLifetime, DestructorDoesWhatJobsSubmit) {
  about("5.6",
        "A job that runs while the pool ends may submit others, and those others again: all of "
        "them are done.");
  gate held;
  std::atomic<int> done = 0;
  std::optional<stealing_pool<>> pool(std::in_place, 2u);
  stealing_pool<>& running = *pool;
  step("both workers are held in a job; the pool is destroyed meanwhile");
  for (int i = 0; i < 2; ++i) {
    running.submit([&] {
      held.pass();
      for (int child = 0; child < 3; ++child) {
        running.submit([&] {
          for (int grandchild = 0; grandchild < 3; ++grandchild) running.submit([&] { ++done; });
          ++done;
        });
      }
    });
  }
  held.wait_for_arrivals(2);
  background destroying([&] { pool.reset(); });
  wait_until_asleep(3, "the destructor does not wait for a worker that has a job");
  step("they go on, with three jobs each, which submit three each");
  held.open();
  EXPECT_EQ(destroying.wait(), "");
  EXPECT_EQ(done, 2 * (3 + 9)) << "jobs of jobs were lost";
}

TEST(StealingPoolLifetime, DestructorOfAJobMaySubmitAJob) {
  about("5.6",
        "A job is destroyed when it is done, and what it owns may submit a job in its destructor: "
        "that one is done too, and no lock may be held then.");
  struct says_goodbye {
    stealing_pool<>* pool;
    bool* said;
    ~says_goodbye() {
      pool->submit([said = said] { *said = true; });
    }
  };
  bool said = false;
  {
    stealing_pool pool(1);
    step("a job is done, and its destructor submits another");
    std::unique_ptr<says_goodbye> last(new says_goodbye{&pool, &said});
    pool.submit([last = std::move(last)] {});
  }
  EXPECT_TRUE(said) << "the last job was lost";
}

TEST(StealingPoolLifetime, DestructorRefusesToRunOnAWorker) {
  about("5.6",
        "A job that owns the pool destroys it, on one of its own workers. A thread cannot wait for "
        "its own end: this is a mistake of the caller, and the pool has to say so.");
  step("in a process of its own: the last owner of a pool is a job of that pool");
  const auto end = run_in_child_process([] {
    auto pool = std::make_shared<stealing_pool<>>(1);
    gate held;
    pool->submit([pool, &held]() mutable {
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

TEST(StealingPoolLifetime, AThrowingJobCostsThatJob) {
  about("5.6",
        "An exception ends neither the process nor the worker: it is counted, and the worker goes "
        "on. Of whatever type it is.");
  stealing_pool pool(1);
  step("a job throws an exception, another throws the number 42");
  pool.submit([] { throw std::runtime_error("no such file"); });
  pool.submit([] { throw 42; });
  step("the next is done by the same worker, and two are counted");
  wait_for_the_worker(pool);
  EXPECT_EQ(pool.failed_jobs(), 2u);
}

}  // namespace
}  // namespace workbook
