#include <gtest/gtest.h>

#include <bounded_channel.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "03_pool/channel_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

/// Whether the thread of a test has been woken for no reason; or it sleeps, but not on a condition
/// variable, so that cannot happen.
auto woken_or_asleep(const thread_probes::spurious_wakeup& once) {
  return [&once] { return once.happened() || threads_waiting_on_futex() == 1; };
}

constexpr std::string_view a_receive_makes_room =
    "receive() makes room: it has to tell the senders, or they sleep for ever.";

TEST(BoundedChannel, NeedsRoomForAnItem) {
  about("", "A channel without room can never accept anything: its constructor has to throw.");
  step("a channel for 0 items");
  EXPECT_THROW(bounded_channel<int>(0), std::invalid_argument);
}

TEST(BoundedChannel, TrySendAcceptsAsManyAsThereIsRoomFor) {
  about("3.1",
        "A capacity of 2 means two items, not one and not three; and try_send() never waits.");
  bounded_channel<int> channel(2);
  const auto before = thread_probes::counts();
  step("two items into a channel for two");
  EXPECT_EQ(channel.try_send(1), send_result::accepted);
  EXPECT_EQ(channel.try_send(2), send_result::accepted) << "there was no room for the second item";
  step("a third");
  EXPECT_EQ(channel.try_send(3), send_result::full) << "a third item was accepted";
  EXPECT_EQ(thread_probes::counts().waits, before.waits) << "it waited for room";
}

TEST(BoundedChannel, TrySendWakesAReceiver) {
  about("3.1",
        "try_send() puts an item in, just as send() does: a sleeping receiver has to be told.");
  bounded_channel<int> channel(1);
  step("a receiver waits on an empty channel");
  std::optional<int> received;
  background receiver([&] { received = channel.receive(); });
  wait_until_asleep(1);
  step("try_send() puts an item in: the receiver wakes up and takes it");
  EXPECT_EQ(channel.try_send(7), send_result::accepted);
  receiver.wait();
  EXPECT_EQ(received, 7);
}

TEST(BoundedChannel, TrySendLeavesARefusedItemWithItsSender) {
  about("3.1",
        "`full` means that the sender still has the item, and can do something else with it: move "
        "from it only when it is accepted.");
  bounded_channel<std::unique_ptr<int>> channel(1);
  step("the channel is full; try_send() refuses the next item");
  EXPECT_EQ(channel.try_send(std::make_unique<int>(1)), send_result::accepted);
  auto item = std::make_unique<int>(2);
  EXPECT_EQ(channel.try_send(std::move(item)), send_result::full);
  step("the sender still has it");
  EXPECT_NE(item, nullptr) << "the refused item is gone";
}

TEST(BoundedChannel, SendWaitsForRoom) {
  about("3.1", "send() waits for room: it does not give up, and does not put in more than fits.");
  bounded_channel<int> channel(1);
  EXPECT_EQ(channel.send(1), send_result::accepted);
  step("the channel is full: a second send() waits");
  send_result second = send_result::full;
  background sender([&] { second = channel.send(2); });
  wait_until_asleep(1);
  about("3.2", a_receive_makes_room);
  step("an item is taken: the second is accepted, and comes out next");
  EXPECT_EQ(channel.receive(), 1);
  EXPECT_EQ(sender.wait(), "");
  EXPECT_EQ(second, send_result::accepted);
  EXPECT_EQ(channel.receive(), 2);
}

TEST(BoundedChannel, SendLooksAgainAfterWaking) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("3.1",
        "A wait on a condition variable may return for no reason (a spurious wakeup): wait in a "
        "loop, or with a predicate. Otherwise the channel ends up with more items than its "
        "capacity.");
  bounded_channel<int> channel(1);
  EXPECT_EQ(channel.send(1), send_result::accepted);
  const thread_probes::spurious_wakeup once;
  step("a sender waits for room, and is woken although there is none");
  background sender([&] { (void)channel.send(2); });
  ASSERT_TRUE(eventually(woken_or_asleep(once))) << "nobody waits for room";
  step("it goes back to sleep");
  wait_until_asleep(1);
  about("3.2", a_receive_makes_room);
  step("an item is taken: it goes on");
  EXPECT_EQ(channel.receive(), 1);
  sender.wait();
}

TEST(BoundedChannel, MovesItemsAndNeverCopiesThem) {
  about("3.1", "Items are moved through the channel: a copy may be expensive, or forbidden.");
  struct counted {
    counted() = default;
    counted(const counted& other) : copies(other.copies + 1) {}
    counted(counted&& other) noexcept : copies(other.copies) {}
    counted& operator=(const counted& other) { return copies = other.copies + 1, *this; }
    counted& operator=(counted&& other) noexcept { return copies = other.copies, *this; }
    int copies = 0;
  };
  bounded_channel<counted> channel(2);
  step("two items go through the channel");
  EXPECT_EQ(channel.send(counted()), send_result::accepted);
  EXPECT_EQ(channel.try_send(counted()), send_result::accepted);
  EXPECT_EQ(channel.receive()->copies, 0) << "an item was copied on its way";
  EXPECT_EQ(channel.receive()->copies, 0) << "an item was copied on its way";
}

TEST(BoundedChannel, ReceiveTakesTheOldestFirst) {
  about("3.2",
        "First in, first out. A channel that takes the newest first lets the oldest starve.");
  bounded_channel<int> channel(3);
  step("1, 2, 3 are sent, then received");
  for (int item : {1, 2, 3}) EXPECT_EQ(channel.send(std::move(item)), send_result::accepted);
  std::vector<int> received;
  for (int i = 0; i < 3; ++i) received.push_back(*channel.receive());
  EXPECT_EQ(received, (std::vector{1, 2, 3}));
}

TEST(BoundedChannel, ReceiveSleepsUntilThereIsAnItem) {
  about("3.2",
        "A receiver with nothing to do sleeps, and is woken when an item comes, each time. "
        "Checking in a loop would use up a whole core for nothing.");
  bounded_channel<int> channel(1);
  for (const int item : {7, 8}) {
    step(item == 7 ? "a receiver waits on an empty channel" : "it waits a second time");
    std::optional<int> received;
    background receiver([&] { received = channel.receive(); });
    wait_until_asleep(1);
    step("send() puts an item in: the receiver wakes up and takes it");
    EXPECT_EQ(channel.send(int{item}), send_result::accepted);
    receiver.wait();
    EXPECT_EQ(received, item);
  }
}

TEST(BoundedChannel, ReceiveLooksAgainAfterWaking) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("3.2",
        "A wait on a condition variable may return for no reason (a spurious wakeup). Then there "
        "is still no item: taking one is undefined behaviour. Wait in a loop or with a predicate.");
  bounded_channel<int> channel(1);
  const thread_probes::spurious_wakeup once;
  step("a receiver waits on an empty channel, and is woken although nothing was sent");
  std::optional<int> received;
  background receiver([&] { received = channel.receive(); });
  ASSERT_TRUE(eventually(woken_or_asleep(once))) << "nobody waits for an item";
  step("it goes back to sleep, and gets the item that is sent next");
  wait_until_asleep(1);
  EXPECT_EQ(channel.send(7), send_result::accepted);
  receiver.wait();
  EXPECT_EQ(received, 7);
}

TEST(BoundedChannel, ReceiveMakesRoomForEverySender) {
  about("3.2",
        "Each item that is taken makes room for one sender, and that sender has to be woken: "
        "not_full_ is for the senders, not_empty_ for the receivers.");
  bounded_channel<int> channel(1);
  EXPECT_EQ(channel.send(0), send_result::accepted);
  step("three senders wait for room");
  crew<send_result> senders;
  for (int item = 1; item <= 3; ++item) {
    senders.add([&channel, item] { return channel.send(int{item}); });
  }
  wait_until_asleep(3);
  step("four items are received, one after the other");
  int sum = 0;
  for (int i = 0; i < 4; ++i) sum += *channel.receive();
  EXPECT_EQ(sum, 0 + 1 + 2 + 3);
  step("all senders have returned");
  senders.wait();
  EXPECT_EQ(senders.results(), std::deque(3, send_result::accepted));
}

}  // namespace
}  // namespace workbook
