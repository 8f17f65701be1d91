#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <routes.hpp>
#include <string>
#include <vector>

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// Routes whose sleeper only writes down for how long it was asked to sleep.
class Routes : public testing::Test {
 protected:
  http_response get(const std::string& path) const { return handler_({"GET", path}); }

  std::vector<std::chrono::milliseconds> slept_;
  request_handler handler_ = make_routes({.greeting = [] { return "Hello from the test!\n"; },
                                          .sleep_time = 5s,
                                          .sleep = [this](auto time) { slept_.push_back(time); }});
};

TEST_F(Routes, GreetsOnTheRoot) {
  about("1.3", "GET / answers 200 with what `greeting` returns.");
  step("GET /");
  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(get("/").body, "Hello from the test!\n");
}

TEST_F(Routes, AnswersFastAtOnce) {
  about("1.3", "GET /fast answers 200 and does not sleep.");
  step("GET /fast");
  EXPECT_EQ(get("/fast").status, 200);
  EXPECT_EQ(get("/fast").body, "Fast response!\n");
  EXPECT_TRUE(slept_.empty());
}

TEST_F(Routes, SleepsThroughTheSleeperItWasGiven) {
  about("1.3",
        "GET /sleep calls options.sleep once, with options.sleep_time. If it slept by itself "
        "(sleep_for), every test of it would take that long.");
  const long slept_before = thread_probes::counts().sleeps;
  const auto sleeps_itself = [&] { return thread_probes::counts().sleeps > slept_before; };
  http_response response;
  std::atomic<bool> answered = false;
  step("GET /sleep, with a sleeper that returns at once");
  background asking([&] {
    response = get("/sleep");
    answered = true;
  });
  if (!eventually([&] { return answered || sleeps_itself(); }) || sleeps_itself()) {
    fail_now("the handler calls sleep_for itself instead of options.sleep");
  }
  asking.wait();
  step("the sleeper was called once, for 5 s; the answer says how long that was");
  ASSERT_EQ(slept_, std::vector<std::chrono::milliseconds>{5s});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "Slept for 5000 ms!\n");
}

TEST_F(Routes, DoesNotKnowOtherPaths) {
  about("1.3", "A path that is none of the three gets 404, whatever the method.");
  for (const std::string path : {"/nowhere", "/fast/", "/Fast", "", "fast", "*"}) {
    step("GET '" + path + "'");
    ASSERT_EQ(get(path).status, 404);
  }
  step("POST /nowhere");
  EXPECT_EQ(handler_({"POST", "/nowhere"}).status, 404);
}

TEST_F(Routes, AllowsOnlyGet) {
  about("1.3",
        "The path exists, but not for this method: 405, and `Allow` says which method it has. Look "
        "at the method, and look at it before you sleep.");
  for (const std::string path : {"/", "/fast", "/sleep"}) {
    for (const std::string method : {"POST", "DELETE", "HEAD", "get"}) {
      step(method + " " + path);
      const auto response = handler_({method, path});
      ASSERT_EQ(response.status, 405);
      ASSERT_EQ(response.headers.size(), 1u) << "a 405 has one header of its own: Allow";
      ASSERT_EQ(response.headers[0].name, "Allow");
      ASSERT_EQ(response.headers[0].value, "GET");
    }
  }
  step("nobody has slept");
  EXPECT_TRUE(slept_.empty());
}

}  // namespace
}  // namespace workbook
