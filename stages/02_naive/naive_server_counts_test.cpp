#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <naive_server.hpp>
#include <stdexcept>
#include <string>

#include "01_single/server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

/// Waits until all `clients` that came have been counted out, once each.
testing::AssertionResult all_are_counted_out(const naive_server& server, std::uint64_t clients) {
  if (eventually([&] { return server.total() == clients && server.active() == 0; })) {
    return testing::AssertionSuccess();
  }
  const auto active = server.active();
  if (active > server.total()) {
    return testing::AssertionFailure()
           << "active() has fallen below 0: a connection was counted out twice";
  }
  return testing::AssertionFailure() << "total() is " << server.total() << ", active() is "
                                     << active << ": a connection was not counted out";
}

TEST(NaiveServer, CountsConnectionsNotRequests) {
  about("2.2",
        "`total` counts connections: each one that accept() brings, once, whatever the client does "
        "with it. It counts neither calls of accept() nor requests.");
  running_server<naive_server> server([](const http_request&) { return http_response{200, "ok"}; });
  step("the server waits in accept(), and nobody has come yet");
  ASSERT_TRUE(eventually([] { return some_thread_is(thread_activity::waiting_for_events); }));
  ASSERT_EQ(server.server().total(), 0u);
  step("two clients come; one sends a request, the other leaves without a word");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  raw_client silent(server.port());
  silent.finish_sending();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(server.server().total(), 2u);
}

TEST(NaiveServer, CountsConnectionsInAndOut) {
  about("2.3",
        "A connection is counted out once, when it ends, and not when somebody cleans up after it: "
        "the thread that serves it takes over `counted`.");
  gate held;
  running_server<naive_server> server([&](const http_request& request) {
    if (request.path == "/sleep") held.pass();
    return http_response{200, "ok"};
  });
  step("one client is served; nobody comes after it");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  ASSERT_TRUE(all_are_counted_out(server.server(), 1));
  step("two more are inside");
  raw_client first(server.port());
  first.send(get_sleep);
  raw_client second(server.port());
  second.send(get_sleep);
  held.wait_for_arrivals(2);
  EXPECT_EQ(server.server().total(), 3u);
  EXPECT_EQ(server.server().active(), 2u);
  step("they are released");
  held.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
  EXPECT_TRUE(all_are_counted_out(server.server(), 3));
}

TEST(NaiveServer, CountsOutOnEveryPath) {
  about("2.3",
        "A bad request, no request, a reset, a handler that throws: every path out of a connection "
        "must count it out. Only a destructor is on all of them.");
  running_server<naive_server> server([](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    return {200, "ok"};
  });
  step("a bad request");
  (void)ask(server.port(), "nonsense\r\n\r\n");
  ASSERT_TRUE(all_are_counted_out(server.server(), 1));
  step("no request");
  raw_client(server.port()).close();
  ASSERT_TRUE(all_are_counted_out(server.server(), 2));
  step("a reset");
  raw_client(server.port()).reset();
  ASSERT_TRUE(all_are_counted_out(server.server(), 3));
  step("a handler that throws");
  (void)ask(server.port(), get_sleep);
  ASSERT_TRUE(all_are_counted_out(server.server(), 4));
}

TEST(NaiveServer, IsActiveUntilTheResponseIsSent) {
  about("2.3",
        "A connection is active until it is closed. If it is counted out too early, a server that "
        "waits for `active() == 0` cuts off its last responses.");
  constexpr std::size_t more_than_fits = 6u << 20;
  running_server<naive_server> server([](const http_request&) {
    return http_response{200, std::string(more_than_fits, 'x')};
  });
  step("a client asks for 6 MiB and does not read: its thread waits in send");
  raw_client lazy(server.port());
  lazy.keep_small_receive_buffer();
  lazy.send(get_fast);
  ASSERT_TRUE(eventually([] { return some_thread_is(thread_activity::waiting_to_write); }))
      << "no thread waits in send";
  ASSERT_EQ(server.server().active(), 1u) << "counted out before its response was sent";
  step("the client reads everything");
  EXPECT_GT(lazy.read_to_end().size(), more_than_fits);
  EXPECT_TRUE(all_are_counted_out(server.server(), 1));
}

}  // namespace
}  // namespace workbook
