// Experiment: two coroutines share a loop; one of them waits for 200 ms, once as it should and once not.
// Build: solutions
// Expect: exit 0
// Expect-output: ^with co_await: +the longest pause of the other is +\d+ ms\n^with sleep_for: the longest pause of the other is +\d+ ms
// Look at: the second pause. Nothing warns: a call that blocks looks like any other.
#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <stop_token>
#include <thread>

#include "event_loop.hpp"

using namespace std::chrono_literals;
using workbook::event_loop;
using workbook::task;
using workbook::wait_result;

task<> waits(event_loop& loop) {
  [[maybe_unused]] const wait_result slept = co_await loop.sleep_until(loop.in(200ms));
}

task<> blocks() {
  std::this_thread::sleep_for(200ms);
  co_return;
}

/// Sleeps for 5 ms, forty times, and notes the longest time from one waking to the next.
task<> ticks(event_loop& loop, std::chrono::milliseconds& longest, std::stop_source end) {
  for (int i = 0; i < 40; ++i) {
    const auto before = event_loop::clock::now();
    [[maybe_unused]] const wait_result slept = co_await loop.sleep_until(loop.in(5ms));
    const auto pause = event_loop::clock::now() - before;
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(pause));
  }
  end.request_stop();
}

void run_beside(const char* label, task<> (*other)(event_loop&)) {
  std::chrono::milliseconds longest{0};
  const std::stop_source end;
  event_loop loop(&std::rethrow_exception);
  loop.spawn(ticks(loop, longest, end));
  loop.spawn(other(loop));
  loop.run(end.get_token());
  std::cout << label << "the longest pause of the other is " << longest.count() << " ms\n";
}

int main() {
  run_beside("with co_await:  ", waits);
  run_beside("with sleep_for: ", [](event_loop&) { return blocks(); });
}
