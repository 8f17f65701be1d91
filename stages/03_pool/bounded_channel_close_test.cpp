#include <gtest/gtest.h>

#include <bounded_channel.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "03_pool/channel_fixture.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(BoundedChannel, CloseLeavesWhatIsInTheChannel) {
  about("3.3",
        "Closed means that nothing more is sent, not that accepted items are lost. receive() "
        "returns nothing only when the channel is closed *and* empty: look at the items first.");
  bounded_channel<int> channel(3);
  step("1, 2, 3 are sent, then the channel is closed");
  for (int item : {1, 2, 3}) EXPECT_EQ(channel.send(std::move(item)), send_result::accepted);
  channel.close();
  step("all three are received, in order, and then nothing");
  for (int item : {1, 2, 3}) EXPECT_EQ(channel.receive(), item) << "an accepted item was lost";
  EXPECT_EQ(channel.receive(), std::nullopt);
  EXPECT_EQ(channel.receive(), std::nullopt);
}

TEST(BoundedChannel, CloseEndsReceive) {
  about("3.3",
        "No item will ever come in a channel that is closed and empty: receive() must not wait for "
        "one. It looks at closed_ before it sleeps, and again when it is woken.");
  bounded_channel<int> channel(1);
  step("an empty channel is closed");
  channel.close();
  step("receive() returns nothing");
  EXPECT_EQ(channel.receive(), std::nullopt);
}

TEST(BoundedChannel, CloseRefusesWhatComesLater) {
  about("3.3",
        "After close() both functions answer `closed`, whether the channel is full or has room, "
        "and the sender keeps its item: look at closed_ before you put the item in.");
  bounded_channel<std::unique_ptr<int>> channel(1);
  step("the channel is full, and then closed");
  EXPECT_EQ(channel.send(std::make_unique<int>(1)), send_result::accepted);
  channel.close();
  auto item = std::make_unique<int>(2);
  step("try_send() and send() are refused");
  EXPECT_EQ(channel.try_send(std::move(item)), send_result::closed);
  EXPECT_EQ(channel.send(std::move(item)), send_result::closed);
  EXPECT_NE(item, nullptr) << "the refused item is gone";
  step("the same again when there is room");
  EXPECT_NE(channel.receive(), std::nullopt);
  EXPECT_EQ(channel.try_send(std::move(item)), send_result::closed);
  EXPECT_EQ(channel.send(std::move(item)), send_result::closed);
  EXPECT_NE(item, nullptr) << "the refused item is gone";
}

TEST(BoundedChannel, CloseMeetsABusySender) {
  about("3.3",
        "A sender that is about to send looks at closed_ too: under the mutex, or ThreadSanitizer "
        "reports it. Every item that was accepted can be received.");
  bounded_channel<int> channel(100'000);
  step("a sender sends one item after the other, until the channel is closed");
  int accepted = 0;
  background sender([&] {
    while (channel.send(int{accepted}) == send_result::accepted) ++accepted;
  });
  EXPECT_EQ(channel.receive(), 0);
  channel.close();
  EXPECT_EQ(sender.wait(), "");
  step("everything that was accepted is received");
  int received = 1;
  while (channel.receive()) ++received;
  EXPECT_EQ(received, accepted);
}

TEST(BoundedChannel, CloseMayBeCalledTwice) {
  about("3.3", "Closing a closed channel changes nothing.");
  bounded_channel<int> channel(1);
  step("close() twice");
  channel.close();
  channel.close();
  EXPECT_EQ(channel.receive(), std::nullopt);
}

TEST(BoundedChannel, CloseWakesEveryReceiver) {
  about("3.3",
        "close() has to wake every thread that waits, not just one: no item will come that could "
        "wake the others.");
  bounded_channel<int> channel(1);
  step("four receivers wait on an empty channel");
  crew<std::optional<int>> receivers;
  for (int i = 0; i < 4; ++i) receivers.add([&] { return channel.receive(); });
  wait_until_asleep(4);
  step("close(): all four return nothing");
  channel.close();
  receivers.wait();
  EXPECT_EQ(receivers.results(), std::deque(4, std::optional<int>()));
}

TEST(BoundedChannel, CloseWakesEverySender) {
  about("3.3",
        "Senders wait too, on the other condition. close() has to wake all of them, and none of "
        "them may still put its item in.");
  bounded_channel<int> channel(1);
  EXPECT_EQ(channel.send(0), send_result::accepted);
  step("three senders wait for room");
  crew<send_result> senders;
  for (int i = 1; i <= 3; ++i) senders.add([&channel] { return channel.send(7); });
  wait_until_asleep(3);
  step("close(): all three return, refused");
  channel.close();
  senders.wait();
  EXPECT_EQ(senders.results(), std::deque(3, send_result::closed));
  step("the channel holds only what was accepted");
  EXPECT_EQ(channel.receive(), 0);
  EXPECT_EQ(channel.receive(), std::nullopt) << "an item was put into a closed channel";
}

}  // namespace
}  // namespace workbook
