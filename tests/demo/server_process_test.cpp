#include "server_process.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// A small shell script in the place of a server.
std::vector<std::string> script(const std::string& text) { return {"/bin/sh", "-c", text}; }

const auto ignore_lines = [](const std::string&) {};

std::string failure_to_start(const std::vector<std::string>& command) {
  server_process process(command, ignore_lines);
  try {
    return "port " + std::to_string(process.port(10s));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(ServerProcess, FindsThePort) {
  about("", "The port stands in the line that every server prints first.");
  step("such a line, and others");
  EXPECT_EQ(port_of("listening on http://127.0.0.1:43211  (Ctrl-C stops)"), 43211);
  EXPECT_EQ(port_of("listening on http://::1:7878"), 7878);
  EXPECT_EQ(port_of("listening on http://127.0.0.1:99999  (Ctrl-C stops)"), std::nullopt);
  EXPECT_EQ(port_of("listening on http://127.0.0.1"), std::nullopt);
  EXPECT_EQ(port_of("stage01_server: cannot listen on 127.0.0.1:7878"), std::nullopt);
}

TEST(ServerProcess, PassesEachLineOn) {
  about("", "What the program prints arrives line by line, also what it prints at the end.");
  std::vector<std::string> lines;
  {
    step("a server that says where it listens, and goodbye on SIGTERM");
    server_process process(script("trap 'echo stopped; exit 0' TERM; echo 'listening on "
                                  "http://127.0.0.1:81'; while :; do :; done"),
                           [&](const std::string& line) { lines.push_back(line); });
    EXPECT_EQ(process.port(10s), 81);
    EXPECT_EQ(process.stop(10s), "");
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"listening on http://127.0.0.1:81", "stopped"}));
}

TEST(ServerProcess, TellsWhyAServerDidNotStart) {
  about("", "A server that ends before it listens is quoted: its last line has the reason.");
  step("a server that complains");
  EXPECT_EQ(failure_to_start(script("echo 'server: --sleep is wrong' >&2; exit 1")),
            "sh did not start: --sleep is wrong");
  step("a program that says nothing");
  EXPECT_EQ(failure_to_start({"/bin/true"}), "true did not start: it printed no reason");
  step("no such program");
  EXPECT_EQ(failure_to_start({"/nowhere/server"}),
            "server did not start: No such file or directory");
}

TEST(ServerProcess, TellsHowAServerEnded) {
  about("", "A server that has died does not count as stopped.");
  const std::string listening = "trap '' TERM; echo 'listening on http://127.0.0.1:81'; ";
  const auto ending = [&](const std::string& text) {
    server_process process(script(listening + text), ignore_lines);
    (void)process.port(10s);
    return process.stop(10s);
  };
  step("an exit code, before the signal could arrive");
  EXPECT_EQ(ending("echo 'server: TODO 1.5 is not written yet' >&2; exit 1"),
            "sh ended with exit code 1: TODO 1.5 is not written yet");
  step("a signal");
  EXPECT_EQ(ending("kill -SEGV $$"), "sh died of signal 11 (Segmentation fault).");
}

TEST(ServerProcess, KillsAServerThatDoesNotStop) {
  about("", "A server that ignores SIGTERM cannot keep the demo waiting.");
  step("such a server, and no patience at all");
  server_process process(
      script("trap '' TERM; echo 'listening on http://127.0.0.1:81'; exec sleep 1000"),
      ignore_lines);
  (void)process.port(10s);
  EXPECT_EQ(process.stop(0s), "sh did not stop within 0 s of SIGTERM, so it was killed.");
}

}  // namespace
}  // namespace workbook::demo
