// Experiment: two mutexes that two threads take in two orders. Linux only.
// Build: solutions
// Run: --gtest_filter=Locks.InTwoOrders
// Expect: exit 1
// Expect-output: mutex:\n +\S+:(\d+) in the test\n +held by a thread at \S+:(?!\1)\d+ in the test$
// Run: --gtest_filter=Locks.InOneOrder
// Expect: exit 0
// Expect-output: schedules.*all of them: no
// Run: --gtest_filter=Locks.BothAtOnce
// Expect: exit 0
// Expect-output: schedules.*all of them: no
// Look at: the two lines in the first report. Each thread waits for what the other one holds.
#include <gtest/gtest.h>

#include <barrier>
#include <functional>
#include <mutex>
#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

using namespace workbook::harness;

/// What two parts of a server share. There is nothing in it but the mutexes: they are enough.
struct server_state {
  std::mutex clients;  // guards the list of clients
  std::mutex log;      // guards the log
};

// A client leaves, and the log says so. `between` is what happens when one mutex is held.
void client_leaves(server_state& shared, const std::function<void()>& between) {
  const std::scoped_lock clients(shared.clients);
  between();
  const std::scoped_lock log(shared.log);
}

// The clients are listed, and no line of another thread may come in between.
void list_clients(server_state& shared, const std::function<void()>& between) {
  const std::scoped_lock log(shared.log);
  between();
  const std::scoped_lock clients(shared.clients);
}

class Locks : public explored_test {};

TEST_F(Locks, InTwoOrders) {
  about("", "Each holds what the other one waits for. All threads must take them in one order.");
  step("one thread holds `clients`, the other holds `log`; then each wants its second mutex");
  server_state shared;
  std::barrier both_hold_one(2);  // so the moment comes in every run
  const auto meet = [&] { both_hold_one.arrive_and_wait(); };
  std::jthread leaving([&] { client_leaves(shared, meet); });
  std::jthread listing([&] { list_clients(shared, meet); });
}

TEST_F(Locks, InOneOrder) {
  step("both threads take `clients` first, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, [] {
    server_state shared;
    const auto take_both = [&] {
      const std::scoped_lock clients(shared.clients);
      const std::scoped_lock log(shared.log);
    };
    std::jthread leaving(take_both);
    std::jthread listing(take_both);
  }));
}

TEST_F(Locks, BothAtOnce) {
  step("each thread takes both with one std::scoped_lock, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, [] {
    server_state shared;
    std::jthread leaving([&] { const std::scoped_lock both(shared.clients, shared.log); });
    std::jthread listing([&] { const std::scoped_lock both(shared.log, shared.clients); });
  }));
}
