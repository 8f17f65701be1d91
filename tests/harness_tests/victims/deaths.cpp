// Tests that fail, or that end their process in one of the ways a process can end.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include "01_single/running_server_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "support/todo.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(Ending, Passed) {
  about("1.1", "Nothing is wrong.");
  step("one and one");
  EXPECT_EQ(1 + 1, 2);
}

TEST(Ending, Skipped) { GTEST_SKIP() << "this build cannot look inside"; }

TEST(Ending, FailedAssertion) {
  about("1.2", "The length is that of the body.");
  step("a body of three bytes");
  step("is written");
  EXPECT_EQ(std::string("abc").size(), 4U) << "bytes in the body";
}

TEST(Ending, Exception) {
  about("1.2", "No input makes it throw.");
  throw std::runtime_error("the head is too long");
}

TEST(Ending, ExceptionBesideTheTest) {
  auto [client_end, server_end] = make_socket_pair();
  background serve([end = std::make_shared<unique_fd>(std::move(server_end))]() mutable {
    end.reset();
    throw std::runtime_error("stoul: no conversion");
  });
  EXPECT_EQ(raw_client(std::move(client_end)).read_to_end(), "an answer");
}

TEST(Ending, NotWritten) {
  about("1.3", "Nobody should see this sentence.");
  todo("1.3");
}

TEST(Ending, NotWrittenOnAnotherThread) {
  about("1.5", "Nobody should see this sentence.");
  auto [client_end, server_end] = make_socket_pair();
  background serve([] { todo("1.5"); });
  step("a client waits for its answer");
  EXPECT_EQ(raw_client(std::move(client_end)).read_to_end(), "");
}

TEST(Ending, NotWrittenOnAThreadOfTheLearner) {
  about("3.4", "Nobody should see this sentence.");
  std::thread([] { todo("3.4"); }).join();
}

TEST(Ending, ExceptionOutOfAThread) {
  about("2.3", "A throwing handler costs one connection.");
  step("a handler throws");
  std::thread([] { throw std::runtime_error("no such file"); }).join();
}

TEST(Ending, JoinableThreadDestroyed) {
  about("2.4", "Every thread is joined.");
  const std::thread forgotten([] {});
}

TEST(Ending, Sigpipe) {
  about("1.4", "A client that has gone costs its connection, nothing more.");
  auto [client_end, server_end] = make_socket_pair();
  step("the client goes away, the server writes");
  client_end.reset();
  ::send(server_end.get(), "x", 1, 0);
}

TEST(Ending, Abort) { std::abort(); }

TEST(Ending, Segv) { ::raise(SIGSEGV); }

TEST(Ending, ExitInTheMiddle) { std::exit(0); }

TEST(Ending, MoreStepsThanFit) {
  for (int number = 1; number <= 30; ++number) step("step number " + std::to_string(number));
  FAIL() << "in the thirtieth step";
}

/// A server that ends although nobody has asked it to.
class short_lived_server {
 public:
  short_lived_server(tcp_listener listener, bool throws)
      : listener_(std::move(listener)), throws_(throws) {}
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  void run(const std::stop_token& /*stop*/) {
    if (throws_) throw std::runtime_error("out of patience");
  }

 private:
  tcp_listener listener_;
  bool throws_;
};

TEST(Ending, ServerThrows) {
  const running_server<short_lived_server> server(true);
  EXPECT_EQ(ask(server.port(), "hello"), "");
}

TEST(Ending, ServerReturns) {
  const running_server<short_lived_server> server(false);
  EXPECT_EQ(ask(server.port(), "hello"), "");
}

TEST(Ending, TooManyCalls) {
  auto [client_end, server_end] = make_socket_pair();
  const limited_calls limit(io_call::send, 100, "100 calls of send are enough for three bytes");
  for (;;) ::send(server_end.get(), "x", 0, MSG_NOSIGNAL);
}

// What only a sanitizer sees.

TEST(Sanitizer, UseAfterFree) {
  std::unique_ptr<std::string> text = std::make_unique<std::string>("a text beyond the short ones");
  const std::string* const volatile dangling = text.get();
  text.reset();
  EXPECT_EQ(dangling->size(), 28U);
}

TEST(Sanitizer, UseAfterFreeByAThreadLeftBehind) {
  static std::atomic<bool> freed = false;
  auto text = std::make_unique<std::string>("a text beyond the short ones");
  std::thread([dangling = text.get()] {
    freed.wait(false);
    if (dangling->size() != 28) std::abort();
  }).detach();
  text.reset();
  freed = true;
  freed.notify_one();
}

TEST(Sanitizer, Leak) {
  static void* volatile forgotten = nullptr;
  forgotten = ::operator new(100);
  EXPECT_NE(forgotten, nullptr);
  forgotten = nullptr;
}

void* volatile older_than_the_test = ::operator new(100);

// As many bytes are given back as are lost.
TEST(Sanitizer, LeakInPlaceOfAnOlderBlock) {
  ::operator delete(older_than_the_test);
  older_than_the_test = ::operator new(100);
  EXPECT_NE(older_than_the_test, nullptr);
  older_than_the_test = nullptr;
}

TEST(Sanitizer, LeakOfAThread) {
  std::thread([] { (void)::strdup("a line that nobody frees"); }).join();
}

TEST(Sanitizer, LeakOfAStaticObject) {
  struct forgetful {
    ~forgetful() { (void)::strdup("said at the very end"); }
  };
  static const forgetful at_the_end;
}

TEST(Sanitizer, Overflow) {
  volatile int number = std::numeric_limits<int>::max();
  number = number + 1;
}

TEST(Sanitizer, DataRace) {
  int counter = 0;
  std::thread one([&] { ++counter; });
  std::thread two([&] { ++counter; });
  one.join();
  two.join();
}

}  // namespace
}  // namespace workbook
