// The channel under every schedule of a small scenario: each order in which two or three threads
// can take their steps, with interruptions, spurious wakeups and every choice of the woken thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bounded_channel.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class ChannelSchedules : public explored_test {};

void send_or_fail(bounded_channel<int>& channel, int item) {
  explore_check(channel.send(std::move(item)) == send_result::accepted, "a sender was refused");
}

constexpr const char* received_nothing = "a receiver got nothing from an open channel";

int receive_or_fail(bounded_channel<int>& channel) {
  const std::optional<int> item = channel.receive();
  explore_check(item.has_value(), received_nothing);
  return *item;
}

/// expect_every_schedule(), for tests that use both ends of a channel. If a receiver gives up, or
/// takes what is not there, that is the fault of receive(), whichever function the test is about.
void expect_every_schedule_of_both_ends(const explore_options& options,
                                        const std::function<void()>& body,
                                        const char* file = __builtin_FILE(),
                                        int line = __builtin_LINE()) {
  const testing::AssertionResult result = every_schedule(options, body);
  if (std::string_view(result.message()).contains(received_nothing)) {
    about("3.2",
          "receive() may return nothing only when the channel is closed and empty. A thread that "
          "was woken may come too late, because another was faster: then it waits again.");
  }
  if (!result) ADD_FAILURE_AT(file, line) << result.message();
}

TEST_F(ChannelSchedules, TwoSendersAndTwoReceivers) {
  about(
      "3.2",
      "Every item is received, once, whatever the order in which the threads run. A thread that "
      "was woken may come too late, because another was faster: it waits again. And a notification "
      "has to reach a thread that can use it: a receiver for an item, a sender for a free place.");
  step("two senders and two receivers on a channel for one item, under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 1, .surprises = 0}, [] {
    bounded_channel<int> channel(1);
    int first = 0;
    int second = 0;
    {
      const auto sender_1 = named_thread("sender 1", [&] { send_or_fail(channel, 1); });
      const auto sender_2 = named_thread("sender 2", [&] { send_or_fail(channel, 2); });
      const auto receiver = named_thread("receiver", [&] { first = receive_or_fail(channel); });
      second = receive_or_fail(channel);
    }
    explore_check(first + second == 3, "an item was lost, or came twice");
  });
}

TEST_F(ChannelSchedules, TryingSendersTellTheTruth) {
  about("3.1",
        "try_send() decides under the lock, and puts the item in under the same lock. If you look "
        "first and act later, another sender may take the place in between. And a lock that "
        "somebody holds does not mean that there is no room.");
  step(
      "two senders try a channel with room for two, then one with room for one, under every "
      "schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    bounded_channel<int> for_two(2);
    bounded_channel<int> for_one(1);
    const auto try_both = [&](send_result& first, send_result& second) {
      first = for_two.try_send(1);
      second = for_one.try_send(2);
    };
    std::array<send_result, 2> of_two{};
    std::array<send_result, 2> of_one{};
    {
      const auto other = named_thread("sender", [&] { try_both(of_two[0], of_one[0]); });
      try_both(of_two[1], of_one[1]);
    }
    const auto accepted = [](const auto& answers) {
      return std::ranges::count(answers, send_result::accepted);
    };
    explore_check(accepted(of_two) == 2, "an item was refused although there was room");
    explore_check(accepted(of_one) == 1,
                  "there was room for one item, and not exactly one was accepted");
  });
}

TEST_F(ChannelSchedules, TwoItemsWakeTwoReceivers) {
  about("3.1",
        "Two items and two sleeping receivers: both have to wake up. If you skip the notification "
        "because the channel was not empty, a receiver sleeps on although there is an item.");
  step("two receivers wait, two items come, under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 2, .surprises = 0}, [] {
    bounded_channel<int> channel(2);
    const auto first = named_thread("receiver 1", [&] { (void)receive_or_fail(channel); });
    const auto second = named_thread("receiver 2", [&] { (void)receive_or_fail(channel); });
    send_or_fail(channel, 1);
    send_or_fail(channel, 2);
  });
}

TEST_F(ChannelSchedules, TwoFreePlacesWakeTwoSenders) {
  about(
      "3.2",
      "Two free places and two sleeping senders: both have to wake up. If you skip the "
      "notification because the channel was not full, a sender sleeps on although there is room.");
  step("two senders wait for room, two items are taken, under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 2, .surprises = 0}, [] {
    bounded_channel<int> channel(2);
    send_or_fail(channel, 1);
    send_or_fail(channel, 2);
    const auto first = named_thread("sender 1", [&] { send_or_fail(channel, 3); });
    const auto second = named_thread("sender 2", [&] { send_or_fail(channel, 4); });
    (void)receive_or_fail(channel);
    (void)receive_or_fail(channel);
  });
}

TEST_F(ChannelSchedules, ItemsOfOneSenderStayInOrder) {
  about("3.1",
        "A sender that waits for room goes on when an item is taken, and its items come out in the "
        "order in which it sent them.");
  step("a sender sends 1, 2, 3 through a channel for one item, under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 2}, [] {
    bounded_channel<int> channel(1);
    const auto sender = named_thread("sender", [&] {
      for (int item = 1; item <= 3; ++item) send_or_fail(channel, item);
    });
    for (int item = 1; item <= 3; ++item) {
      explore_check(receive_or_fail(channel) == item, "the items came out of order");
    }
  });
}

TEST_F(ChannelSchedules, CloseMeetsReceivers) {
  about(
      "3.3",
      "A receiver sees 'empty and open', and then goes to sleep. If the channel can be closed "
      "between the two, the notification comes too early and the receiver sleeps for ever: "
      "change what a waiting thread looks at only while you hold the mutex. What the mutex guards "
      "is also read only under the mutex.");
  step("two receivers and a close(), under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    bounded_channel<int> channel(1);
    const auto expect_nothing = [&] {
      explore_check(!channel.receive(), "an item came out of a channel that had none");
    };
    const auto first = named_thread("receiver 1", expect_nothing);
    const auto second = named_thread("receiver 2", expect_nothing);
    channel.close();
  });
}

TEST_F(ChannelSchedules, CloseMeetsReceiversAndAnItem) {
  about("3.3",
        "close() wakes every receiver, even when there is an item: one of them gets it, and the "
        "others have to learn that no more will come.");
  step("two receivers, one item and a close(), under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    bounded_channel<int> channel(1);
    const auto first = named_thread("receiver 1", [&] { (void)channel.receive(); });
    const auto second = named_thread("receiver 2", [&] { (void)channel.receive(); });
    send_or_fail(channel, 7);
    channel.close();
  });
}

TEST_F(ChannelSchedules, CloseMeetsSendersAndARoom) {
  about("3.3",
        "close() wakes every sender, even when there is room: one of them may take it, and the "
        "others have to learn that they are refused.");
  step("two senders wait, an item is taken, and then a close(), under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 1, .surprises = 0}, [] {
    bounded_channel<int> channel(1);
    send_or_fail(channel, 0);
    const auto first = named_thread("sender 1", [&] { (void)channel.send(1); });
    const auto second = named_thread("sender 2", [&] { (void)channel.send(2); });
    (void)receive_or_fail(channel);
    channel.close();
  });
}

TEST_F(ChannelSchedules, CloseMeetsSenders) {
  about("3.3",
        "A sender that waits for room has to learn that there won't be any. And an item counts as "
        "accepted only if somebody can receive it. What the mutex guards is also read only under "
        "the mutex.");
  step("two senders on a channel for one item, and a close(), under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    bounded_channel<int> channel(1);
    send_result first_sent = send_result::full;
    send_result second_sent = send_result::full;
    {
      const auto first = named_thread("sender 1", [&] { first_sent = channel.send(1); });
      const auto second = named_thread("sender 2", [&] { second_sent = channel.send(2); });
      channel.close();
    }
    const int accepted =
        (first_sent == send_result::accepted) + (second_sent == send_result::accepted);
    int received = 0;
    while (channel.receive()) ++received;
    explore_check(received == accepted, "the numbers of accepted and received items differ");
  });
}

TEST_F(ChannelSchedules, CloseMeetsATry) {
  about("3.1",
        "try_send() looked at closed_ before it had the lock. After that look the channel may be "
        "closed, and emptied too: then the item goes where nobody will ever look. Check closed_ "
        "under the same lock under which you put the item in.");
  step("a sender tries, the channel is closed, then everything is received, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    bounded_channel<int> channel(1);
    send_result tried = send_result::full;
    std::optional<int> received;
    {
      const auto sender = named_thread("sender", [&] { tried = channel.try_send(7); });
      channel.close();
      received = channel.receive();
    }
    explore_check(tried != send_result::full, "an empty channel said that it was full");
    explore_check((tried == send_result::accepted) == received.has_value(),
                  "an item was accepted after the closed channel had said that no more would come");
  });
}

TEST_F(ChannelSchedules, CloseMeetsASenderAndAReceiver) {
  about("3.3", "Whatever the order: accepted means received, refused means not received.");
  step("a sender, a receiver and a close(), under every schedule");
  expect_every_schedule_of_both_ends({.preemptions = 2}, [] {
    bounded_channel<int> channel(1);
    send_result sent = send_result::full;
    std::optional<int> received;
    {
      const auto sender = named_thread("sender", [&] { sent = channel.send(7); });
      const auto receiver = named_thread("receiver", [&] { received = channel.receive(); });
      channel.close();
    }
    explore_check((sent == send_result::accepted) == received.has_value(),
                  "an accepted item was lost, or a refused one came through");
  });
}

/// Destroys a channel as soon as its item has come, while its sender may still be in `send`.
template <class Send>
void destroy_after_receiving(Send send) {
  std::optional<bounded_channel<int>> channel(std::in_place, 1);
  const auto sender = named_thread("sender", [&] {
    explore_check(send(*channel) == send_result::accepted, "a sender was refused");
  });
  explore_check(receive_or_fail(*channel) == 7, "a different item came out");
  channel.reset();
}

TEST_F(ChannelSchedules, TheReceiverMayDestroyTheChannel) {
  about("3.1",
        "The receiver of the last item may destroy the channel. A sender that unlocks the mutex "
        "first and then notifies may notify a condition variable that is gone: notify while you "
        "hold the mutex, as this channel promises.");
  step("an item is received, and the channel is destroyed at once, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    destroy_after_receiving([](auto& channel) { return channel.send(7); });
  });
}

TEST_F(ChannelSchedules, TheReceiverMayDestroyTheChannelOfATry) {
  about("3.1",
        "try_send() must also notify while it holds the mutex: the receiver of the last item may "
        "destroy the channel.");
  step(
      "an item sent with try_send() is received, and the channel is destroyed, under every "
      "schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    destroy_after_receiving([](auto& channel) { return channel.try_send(7); });
  });
}

}  // namespace
}  // namespace workbook
