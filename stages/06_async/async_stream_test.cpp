#include <gtest/gtest.h>

#include <algorithm>
#include <async_stream.hpp>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "06_async/loop_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;

/// A stream on a loop, its client, and what a coroutine has read from it.
struct connected {
  explicit connected(event_loop& loop) : connected(loop, make_socket_pair()) {}
  connected(event_loop& loop, socket_pair pair)
      : client(std::move(pair.client)), stream(loop, std::move(pair.server)) {}

  raw_client client;
  async_stream stream;
  std::string received = {};
  read_status last = read_status::bytes;
};

task<> reads_to_the_end(connected& both) {
  while (both.last == read_status::bytes) {
    both.last = co_await both.stream.read_some(both.received, event_loop::never);
  }
}

TEST(AsyncStream, ReadsWhatIsThereAlready) {
  about(
      "6.6",
      "Bytes that have come before anybody waits are read at once: no event has to tell of them.");
  tested_loop tested;
  connected both(tested.loop());
  step("the client sends and closes; then a coroutine reads");
  both.client.send("hello");
  both.client.close();
  tested.run_to_the_end(reads_to_the_end(both));
  EXPECT_EQ(both.received, "hello");
  EXPECT_EQ(both.last, read_status::ended);
}

TEST(AsyncStream, WaitsForBytes) {
  about("6.6", "If nothing has come the coroutine waits, and is resumed when bytes come.");
  tested_loop tested;
  connected both(tested.loop());
  step("a coroutine reads; when it waits, the client sends, piece by piece, and closes");
  tested.loop().spawn(reads_to_the_end(both));
  tested.run_to_the_end([](event_loop& loop, connected& pair) -> task<> {
    for (const std::string piece : {"to", " and ", "fro"}) {
      for (int i = 0; i < 3; ++i) {
        task<> turn = a_turn(loop);
        co_await turn;
      }
      pair.client.send(piece);
    }
    pair.client.close();
    task<bool> coming = within_turns(loop, [&] { return !(pair.last != read_status::ended); });
    EXPECT_TRUE(co_await coming);
  }(tested.loop(), both));
  EXPECT_EQ(both.received, "to and fro");
}

TEST(AsyncStream, FindsTheEndThatCameWithTheBytes) {
  about("6.6",
        "The last bytes and the end come in one edge. A short read has taken all bytes, but the "
        "end is "
        "still to be read, and nothing will tell of it again: the source knows, in `ended`.");
  tested_loop tested;
  connected both(tested.loop());
  step("a coroutine waits; the client sends and closes before the loop looks");
  tested.loop().spawn(reads_to_the_end(both));
  tested.run_to_the_end([](event_loop& loop, connected& pair) -> task<> {
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    pair.client.send("bye");
    pair.client.close();
    task<bool> coming = within_turns(loop, [&] { return pair.last == read_status::ended; });
    EXPECT_TRUE(co_await coming) << "the end that came with the last bytes was not read";
  }(tested.loop(), both));
  EXPECT_EQ(both.received, "bye");
  EXPECT_EQ(both.last, read_status::ended) << "the end that came with the last bytes was not read";
}

TEST(AsyncStream, ReadsMoreThanFitsAtOnce) {
  about(
      "6.6",
      "An edge is told once, however much came: after a read that filled the whole scratch memory "
      "more may be there, and has to be read without waiting.");
  tested_loop tested;
  connected both(tested.loop());
  const std::string much(100'000, 'x');
  step("a coroutine waits; the client sends 100 000 bytes before the loop looks");
  tested.loop().spawn(reads_to_the_end(both));
  tested.run_to_the_end([](event_loop& loop, connected& pair, const std::string& what) -> task<> {
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    pair.client.send(what);
    task<bool> coming = within_turns(loop, [&] { return pair.received.size() == what.size(); });
    EXPECT_TRUE(co_await coming) << "the rest was not read: no event will tell of it";
  }(tested.loop(), both, much));
  EXPECT_EQ(both.received.size(), much.size());
}

TEST(AsyncStream, TimesOut) {
  about("6.6",
        "When nothing has come before the deadline, the read says so; the stream can go on.");
  tested_loop tested;
  connected both(tested.loop());
  std::vector<read_status> seen;
  step("a coroutine reads until now, and nothing is there; then again, when bytes are");
  tested.run_to_the_end([](event_loop& loop, connected& pair, auto& results) -> task<> {
    const auto now = loop.now();
    results.push_back(co_await pair.stream.read_some(pair.received, now));
    pair.client.send("late");
    results.push_back(co_await pair.stream.read_some(pair.received, event_loop::never));
  }(tested.loop(), both, seen));
  EXPECT_EQ(seen, (std::vector<read_status>{read_status::timed_out, read_status::bytes}));
  EXPECT_EQ(both.received, "late");
}

TEST(AsyncStream, TakesBytesThatCameWithTheStop) {
  about(
      "6.6",
      "Bytes come, and a stop is requested, before the loop looks. The request has arrived: after "
      "the wait was ended, one more look finds it.");
  tested_loop tested;
  connected both(tested.loop());
  std::vector<read_status> seen;
  std::stop_source stop;
  tested.loop().spawn([](connected& pair, auto& results) -> task<> {
    results.push_back(co_await pair.stream.read_some(pair.received, event_loop::never));
    results.push_back(co_await pair.stream.read_some(pair.received, event_loop::never));
  }(both, seen));
  step("a coroutine waits; the client sends, and the stop is requested in the same moment");
  tested.loop().spawn([](event_loop& loop, connected& pair, std::stop_source asked) -> task<> {
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    asked.request_stop();
    // A turn of its own: it goes on before the reader, whose wait the stop ends at its beginning.
    io_source nothing;
    nothing.writable = false;
    const wait_result waited = co_await loop.writable(nothing, loop.now());
    EXPECT_EQ(waited, wait_result::timed_out);
    pair.client.send("just in time");
  }(tested.loop(), both, stop));
  tested.loop().run(stop.get_token());
  EXPECT_EQ(both.received, "just in time");
  EXPECT_EQ(seen, (std::vector<read_status>{read_status::bytes, read_status::stopped}));
}

TEST(AsyncStream, DoesNotMixWhatTwoHaveSent) {
  about("6.6",
        "All streams of a loop read into the same scratch memory. What is in it belongs to the "
        "stream "
        "only until somebody else is resumed: it has to be taken out before.");
  tested_loop tested;
  connected one(tested.loop());
  connected other(tested.loop());
  step("two coroutines wait; their clients send in the same turn");
  tested.loop().spawn(reads_to_the_end(one));
  tested.loop().spawn(reads_to_the_end(other));
  tested.run_to_the_end([](event_loop& loop, connected& first, connected& second) -> task<> {
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    first.client.send("from the first");
    second.client.send("from the second");
    first.client.finish_sending();
    second.client.finish_sending();
    for (int i = 0; i < 6; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
  }(tested.loop(), one, other));
  EXPECT_EQ(one.received, "from the first");
  EXPECT_EQ(other.received, "from the second");
}

TEST(AsyncStream, ThrowsWhenTheClientHasReset) {
  about("6.6", "A reset is no end: what was being sent is lost, and the connection has failed.");
  tested_loop tested;
  tcp_listener listener("127.0.0.1", 0);
  raw_client client(listener.port());
  auto accepted = listener.accept({});
  ASSERT_TRUE(accepted);
  async_stream stream(tested.loop(), std::move(*accepted).release());
  step("the client resets the connection; a coroutine reads");
  client.reset();
  tested.run_to_the_end([](async_stream& from) -> task<> {
    std::string received;
    const read_status status = co_await from.read_some(received, event_loop::never);
    EXPECT_NE(status, read_status::bytes);
  }(stream));
  ASSERT_EQ(tested.failures().size(), 1u) << "the reset was taken for an end";
}

TEST(AsyncStream, WritesAllAlsoInSmallPieces) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.2", "The kernel may take less than all: the rest is written, too, and in order.");
  tested_loop tested;
  connected both(tested.loop());
  const std::string text = "a text that goes out in many pieces";
  step("each send takes three bytes");
  const capped_calls three(io_call::send, 3);
  tested.run_to_the_end([](connected& pair, const std::string& what) -> task<> {
    co_await pair.stream.write_all(what, event_loop::never);
    co_await pair.stream.linger(event_loop::time_point::min());
  }(both, text));
  both.client.finish_sending();
  EXPECT_EQ(both.client.read_some(), text);
}

TEST(AsyncStream, WritesMoreThanTheKernelTakes) {
  about(
      "6.4",
      "A megabyte does not fit into the kernel's buffer: the coroutine waits for room, as often as "
      "it must, while the client reads. Nothing is lost, and the bytes need not live meanwhile.");
  tested_loop tested;
  connected both(tested.loop());
  std::string expected;
  for (int i = 0; i < 100'000; ++i) expected += std::to_string(i) + ' ';
  step("a coroutine writes much; another thread reads slowly");
  std::string got;
  background reader([&] {
    while (got.size() < expected.size()) got += both.client.read_some();
  });
  std::string passing = expected;
  tested.loop().spawn([](event_loop& loop, std::string& bytes) -> task<> {
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    std::fill(bytes.begin(), bytes.end(), '!');
  }(tested.loop(), passing));
  tested.run_to_the_end([](connected& pair, const std::string& what) -> task<> {
    co_await pair.stream.write_all(what, event_loop::never);
  }(both, passing));
  EXPECT_EQ(reader.wait(), "");
  EXPECT_TRUE(got == expected) << "the bytes are not those that were written";
}

/// A client that sends another piece, which is more than one read takes, whenever one was read.
struct flood {
  explicit flood(connected& pair) : both(pair) {}

  connected& both;
  int pieces = 0;  // still to come
  int reads = 0;
  const hooked_calls more{io_call::recv, [this] {
                            ++reads;
                            if (pieces-- > 0) both.client.send(std::string(66'000, 'x'));
                          }};
};

TEST(AsyncStream, LingersAndLetsOthersHaveTheirTurn) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.6",
        "A peer sends and sends behind the last answer, faster than it is thrown away. Others have "
        "their turn after each read all the same.");
  tested_loop tested;
  connected both(tested.loop());
  flood coming(both);
  step("a stream is read once, then lingers; something more comes with each read");
  tested.run_to_the_end([](event_loop& loop, flood& from) -> task<> {
    from.pieces = 20;
    from.both.client.send(std::string(66'000, 'x'));
    const read_status got = co_await from.both.stream.read_some(from.both.received, loop.now());
    EXPECT_EQ(got, read_status::bytes);
    const int reads_in_one_call = std::exchange(from.reads, 0);
    int reads_before_the_other = -1;
    loop.spawn([](const int& reads, int& seen) -> task<> {
      seen = reads;
      co_return;
    }(from.reads, reads_before_the_other));
    from.pieces = 20;
    from.both.client.send("x");
    const auto now = loop.now();
    co_await from.both.stream.linger(now);
    EXPECT_LE(reads_before_the_other, reads_in_one_call) << "linger() keeps the loop for itself";
  }(tested.loop(), coming));
  EXPECT_TRUE(tested.failures().empty());
}

TEST(AsyncStream, GivesUpOnAClientThatDoesNotRead) {
  about("6.5", "A client that never reads may not keep its answer in memory for ever.");
  tested_loop tested;
  connected both(tested.loop());
  step("a megabyte for a client that reads nothing, with a deadline that has passed");
  tested.run_to_the_end([](event_loop& loop, connected& pair) -> task<> {
    const std::string much(1'000'000, 'x');
    const auto now = loop.now();
    co_await pair.stream.write_all(much, now);
  }(tested.loop(), both));
  ASSERT_EQ(tested.failures().size(), 1u) << "it waits for ever";
  EXPECT_NE(tested.failures()[0].find("the peer does not read"), std::string::npos);
}

}  // namespace
}  // namespace workbook
