// Gates, threads in the background, running servers.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

#include "01_single/running_server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"

namespace workbook::harness {
namespace {

TEST(Gate, HoldsThreadsUntilItOpens) {
  gate held;
  std::atomic<int> gone_on = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      held.pass();
      ++gone_on;
    });
  }
  held.wait_for_arrivals(3);
  EXPECT_EQ(held.inside(), 3U);
  EXPECT_EQ(gone_on, 0);
  held.open();
  threads.clear();
  EXPECT_EQ(held.inside(), 0U);
  EXPECT_EQ(gone_on, 3);
}

TEST(Gate, LetsEverybodyPassOnceItIsOpen) {
  gate held;
  held.open();
  held.pass();
  held.wait_for_arrivals(1);
  EXPECT_EQ(held.inside(), 0U);
}

TEST(Background, ReturnsWhatTheCodeThrew) {
  background fails([] { throw std::runtime_error("no such file"); });
  EXPECT_EQ(fails.wait(), "no such file");
  background works([] {});
  EXPECT_EQ(works.wait(), "");
  EXPECT_EQ(works.wait(), "");
}

/// Greets every client, until it is stopped. Throws then, if it is told to.
class greeter {
 public:
  greeter(tcp_listener listener, bool fails) : listener_(std::move(listener)), fails_(fails) {}
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  void run(const std::stop_token& stop) {
    while (auto client = listener_.accept(stop)) client->write_all("hello");
    if (fails_) throw std::runtime_error("no goodbye");
  }

 private:
  tcp_listener listener_;
  bool fails_;
};

TEST(RunningServer, ServesUntilItIsStopped) {
  running_server<greeter> server(false);
  EXPECT_EQ(ask(server.port(), ""), "hello");
  EXPECT_EQ(ask(server.port(), ""), "hello");
  EXPECT_EQ(server.stop(), "");
}

TEST(RunningServer, StopsWhenItIsDestroyed) {
  const auto before = open_sockets();
  { const running_server<greeter> server(false); }
  EXPECT_EQ(open_sockets(), before);
}

TEST(RunningServer, TellsWhatRunThrewWhenItWasStopped) {
  running_server<greeter> server(true);
  EXPECT_EQ(server.stop(), "no goodbye");
}

}  // namespace
}  // namespace workbook::harness
