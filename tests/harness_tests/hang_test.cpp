// A hang is recognised by the state of the threads, and named by their stacks.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/hang_report.hpp"
#include "harness/io_probes.hpp"
#include "harness/sanitizers.hpp"
#include "harness/stacks.hpp"
#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"
#include "victim.hpp"

namespace workbook::harness {
namespace {

/// Hangs are named by the stacks of their threads.
class Hang : public testing::Test {
 protected:
  void SetUp() override {
    if (!stacks_available()) GTEST_SKIP() << "only glibc tells where a thread is";
  }
};

/// Not by its deadline: no thread could go on, and that was seen.
void expect_hang(const victim_result& result) {
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.says("FAILED (hang, no thread can go on; seen after ")) << result.output;
}

TEST_F(Hang, TwoLocksInTwoOrdersAreShownAtTheirPlace) {
  if (thread_sanitizer)
    GTEST_SKIP() << "ThreadSanitizer holds back signals to a thread that waits for a mutex";
  const auto result = run_victim("Hang.TwoLocksInTwoOrders");
  expect_hang(result);
  EXPECT_TRUE(
      result.says("Each of 2 threads waits for a mutex:\n"
                  "    tests/harness_tests/victims/hangs.cpp:"))
      << result.output;
  EXPECT_TRUE(result.says("A thread waits for the end of a thread:")) << result.output;
  EXPECT_TRUE(!thread_probes::available() ||
              result.says("held by a thread at tests/harness_tests/victims/hangs.cpp:"))
      << result.output;
}

TEST_F(Hang, ALoopWhoseTimerIsNotArmedWaitsForEver) {
  const auto result = run_victim("Hang.ALoopWhoseTimerIsNotArmed");
  expect_hang(result);
  EXPECT_TRUE(result.says("A thread waits for an event (poll, epoll):")) << result.output;
}

TEST_F(Hang, AMutexThatItsOwnThreadHoldsIsCalledSo) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  const auto result = run_victim("Hang.OneLockTwice");
  expect_hang(result);
  EXPECT_TRUE(result.says("A thread waits for a mutex:")) << result.output;
  EXPECT_TRUE(result.says("    held by itself\n")) << result.output;
}

TEST_F(Hang, AMutexWhoseHolderHasEndedIsCalledSo) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  const auto result = run_victim("Hang.TheHolderHasEnded");
  expect_hang(result);
  EXPECT_TRUE(result.says("    held by a thread that has ended\n")) << result.output;
}

TEST_F(Hang, BothEndsThatReadGetTheirHint) {
  const auto result = run_victim("Hang.BothEndsRead");
  expect_hang(result);
  EXPECT_TRUE(result.says("2. it reads the answer <- here")) << result.output;
  EXPECT_TRUE(result.says("Both ends are reading.")) << result.output;
}

// The second test is forked from the process that has looked at the sockets of the first.
TEST_F(Hang, TheLookIsNoCallOfTheNextTest) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot probe calls";
  const auto result = run_victim("Hang.WaitsForMoreThanHasCome:Patience.HasClosedNothingYet");
  EXPECT_TRUE(result.says("A thread waits for bytes (recv)")) << result.output;
  EXPECT_TRUE(result.says("Patience.HasClosedNothingYet  passed")) << result.output;
}

TEST_F(Hang, AServerThatIsNotStoppedGetsItsHint) {
  const auto result = run_victim("Hang.TheServerDoesNotHearTheStop");
  expect_hang(result);
#if defined(__OPTIMIZE__)
  GTEST_SKIP() << "an optimised build has no stop() on the stack any more";
#endif
  EXPECT_TRUE(result.says("pass the stop token to")) << result.output;
}

TEST_F(Hang, AWorkerThatNobodyWakesIsShownWhereItWaits) {
  const auto result = run_victim("Hang.NobodyWakesTheWorker");
  expect_hang(result);
  EXPECT_TRUE(result.says("A thread waits for a condition variable")) << result.output;
  EXPECT_TRUE(result.says("TODO 3.3 · make hint-03 TODO=3.3")) << result.output;
}

TEST_F(Hang, ThreadsThatWaitAtTheSamePlaceAreOneGroup) {
  const auto result = run_victim("Hang.FourWorkersOfAPool");
  expect_hang(result);
  EXPECT_TRUE(result.says("Each of 4 threads waits for a condition variable")) << result.output;
}

TEST_F(Hang, AtTheEndOfTheProgramIsSeenToo) {
  expect_hang(run_victim("Hang.InTheDestructorOfAGlobal"));
}

TEST_F(Hang, ABusyLoopIsNamedWithItsPlace) {
  if (thread_sanitizer) GTEST_SKIP() << "16 seconds of processor time are too much for a test";
  allow_time(std::chrono::seconds(20));
  const auto result = run_victim("Busy.ALoopWithoutAnEnd");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.says("FAILED (busy for ")) << result.output;
  EXPECT_TRUE(result.says("Busy loop")) << result.output;
  EXPECT_TRUE(result.says("tests/harness_tests/victims/hangs.cpp:")) << result.output;
}

TEST_F(Hang, ALoopThatSleepsAndLooksAgainIsEnded) {
  if (thread_sanitizer) GTEST_SKIP() << "32 seconds are too much for a test";
  allow_time(std::chrono::seconds(20));
  const auto result = run_victim("Busy.ALoopThatSleepsInBetween");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.says("FAILED (not finished after ")) << result.output;
  EXPECT_TRUE(result.says("tests/harness_tests/victims/hangs.cpp:")) << result.output;
}

source_line in_file(const std::string& path, int line, const std::string& function) {
  return {path, "/workbook/" + path, line, function};
}

TEST(HangReport, PrefersTheLearnersOwnFrame) {
  const stuck_thread thread{{},
                            "waits for bytes",
                            {in_file("lib/net/tcp_stream.cpp", 60, "read_some"),
                             in_file("stages/01_single/connection.cpp", 31, "serve_connection"),
                             in_file("stages/01_single/serve_connection_test.cpp", 9, "TestBody")}};
  EXPECT_EQ(describe_threads({thread}),
            "  A thread waits for bytes:\n"
            "    stages/01_single/connection.cpp:31 in serve_connection\n");
}

TEST(HangReport, ElseShowsTheTestsPlace) {
  const stuck_thread thread{{},
                            "waits for bytes",
                            {in_file("tests/harness/raw_client.cpp", 60, "read_some"),
                             in_file("stages/01_single/serve_connection_test.cpp", 9, "TestBody")}};
  EXPECT_EQ(describe_threads({thread}),
            "  A thread waits for bytes:\n"
            "    stages/01_single/serve_connection_test.cpp:9 in the test\n");
}

TEST(HangReport, KnowsALoadThatReadsForEver) {
  const stuck_thread client{{},
                            "waits for an event (poll, epoll)",
                            {in_file("lib/net/timed_stream.cpp", 80, "read_some"),
                             in_file("stages/04_stress/http_client.cpp", 72, "read_answer")}};
  const stuck_thread server{
      {}, "waits for bytes", {in_file("tests/harness/raw_client.cpp", 60, "read_some")}};
  EXPECT_TRUE(hint_for_hang({client, server}).starts_with("The client waits for bytes"));
}

TEST(HangReport, KnowsALoadWhoseClientsWaitForEachOther) {
  const stuck_thread joins{{},
                           "waits for the end of a thread",
                           {in_file("stages/04_stress/load.cpp", 62, "run_clients")}};
  const stuck_thread held{
      {}, "waits for a condition variable", {in_file("tests/harness/test_threads.cpp", 9, "pass")}};
  EXPECT_TRUE(hint_for_hang({held, joins}).starts_with("The requests of the load are not in"));
}

TEST(HangReport, HasNoHintForAnUnknownHang) {
  const stuck_thread thread{
      {}, "waits for a mutex", {in_file("stages/03_pool/thread_pool.cpp", 31, "work")}};
  EXPECT_EQ(hint_for_hang({thread}), "");
}

stuck_thread with_frames(std::vector<source_line> frames) {
  return {{}, "waits", std::move(frames)};
}

const source_line receiving = in_file("stages/03_pool/bounded_channel.hpp", 57, "receive");
const source_line sending = in_file("stages/03_pool/bounded_channel.hpp", 46, "send");
const source_line job = in_file("stages/03_pool/thread_pool.cpp", 50, "run");

bool hint_says(const std::vector<stuck_thread>& threads, const std::string& words) {
  return hint_for_hang(threads).find(words) != std::string::npos;
}

TEST(HangReport, NamesAPoolThatWaitsForWorkersThatWait) {
  const auto ending = with_frames({in_file("stages/03_pool/thread_pool.cpp", 60, "shut_down"),
                                   in_file("stages/03_pool/thread_pool.cpp", 30, "~thread_pool")});
  EXPECT_TRUE(
      hint_says({ending, with_frames({receiving})}, "Was the queue closed before the join"));
  EXPECT_EQ(hint_for_hang({with_frames({receiving})}), "") << "an idle worker is no mistake";
}

TEST(HangReport, NamesASenderThatNobodyTellsOfRoom) {
  EXPECT_TRUE(hint_says({with_frames({sending})}, "has to notify not_full_"));
}

TEST(HangReport, NamesWhoWaitsForRoomAgainstItsPromise) {
  const auto offering = in_file("stages/03_pool/thread_pool.cpp", 44, "try_execute");
  const auto admitting = in_file("stages/03_pool/pooled_server.cpp", 35, "admit");
  EXPECT_TRUE(hint_says({with_frames({sending, offering})}, "It promises to answer at once"));
  EXPECT_TRUE(hint_says({with_frames({sending, admitting})}, "Is that the policy it was given?"));
}

TEST(HangReport, NamesAJobThatWaitsForItsOwnPool) {
  EXPECT_TRUE(hint_says({with_frames({sending, job})}, "a job should call try_execute()"));
  EXPECT_FALSE(hint_says({with_frames({sending}), with_frames({job})}, "try_execute()"))
      << "the sender is no job";
}

TEST(HangReport, NamesAQueueThatIsDestroyedTooEarly) {
  EXPECT_TRUE(hint_says(
      {with_frames({in_file("stages/03_pool/bounded_channel.hpp", 25, "~bounded_channel")})},
      "Join the workers first"));
}

}  // namespace
}  // namespace workbook::harness
