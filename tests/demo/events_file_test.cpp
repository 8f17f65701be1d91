#include "events_file.hpp"

#include <gtest/gtest.h>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;

std::string complaint_about(const std::string& text) {
  try {
    const auto events = parse_events(text);
    return "no complaint, " + std::to_string(events.size()) + " events";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(EventsFile, ReadsWhatServersWrite) {
  about("", "A line is an event: kind, connection, thread, nanoseconds, note.");
  step("two lines; a note may be empty or contain a tab");
  const auto events = parse_events("accepted\t1\t2\t1500\t\nfailed\t12\t3\t2500\ta\tb: c\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, event_kind::accepted);
  EXPECT_EQ(events[0].connection, 1u);
  EXPECT_EQ(events[0].thread, 2u);
  EXPECT_EQ(events[0].time.time_since_epoch(), std::chrono::nanoseconds(1500));
  EXPECT_EQ(events[0].note, "");
  EXPECT_EQ(events[1].connection, 12u);
  EXPECT_EQ(events[1].note, "a\tb: c");
}

TEST(EventsFile, KnowsEveryKind) {
  about("", "Each kind of event can be read back.");
  using enum event_kind;
  for (const auto kind : {accepted, queued, started, finished, failed, rejected}) {
    step(std::string(to_string(kind)));
    EXPECT_EQ(parse_events(std::string(to_string(kind)) + "\t1\t1\t1\t\n").at(0).kind, kind);
  }
}

TEST(EventsFile, NamesTheBadLineAndTheReason) {
  about("", "What is not an event is refused with its line and the reason, never guessed.");
  step("one bad line each");
  EXPECT_EQ(complaint_about("begun\t1\t1\t1\t\n"), "events, line 1: 'begun' is no kind of event");
  EXPECT_EQ(complaint_about("accepted\t1\t1\t1\t\n\n"), "events, line 2: '' is no kind of event");
  EXPECT_EQ(complaint_about("started\tone\t1\t1\t\n"),
            "events, line 1: 'one' is no connection number");
  EXPECT_EQ(complaint_about("started\t-1\t1\t1\t\n"),
            "events, line 1: '-1' is no connection number");
  EXPECT_EQ(complaint_about("started\t1\t1x\t1\t\n"), "events, line 1: '1x' is no thread number");
  EXPECT_EQ(complaint_about("started\t1\t1\t-5\t\n"),
            "events, line 1: '-5' is no time in nanoseconds");
  EXPECT_EQ(complaint_about("started\t1\t1\t99999999999999999999\t\n"),
            "events, line 1: '99999999999999999999' is no time in nanoseconds");
  EXPECT_EQ(complaint_about("started\t1"), "events, line 1: '' is no thread number");
}

TEST(EventsFile, SaysThatTheFileIsMissing) {
  about("", "A server that wrote no events is not a server without events.");
  step("a file that does not exist");
  EXPECT_THROW((void)read_events("/nowhere/events"), std::runtime_error);
}

}  // namespace
}  // namespace workbook::demo
