// Experiment: four ways to leave a thread behind.
// Build: plain
// Run: forgotten
// Expect: signal 6
// Expect-output: terminate called without an active exception
// Run: joined
// Expect: exit 0
// Expect-output: ^the thread has worked$
// Run: throws
// Expect: signal 6
// Expect-output: what\(\):  no such page
// Run: detached
// Expect: exit 0
// Expect-output: ^main is done$
// Look at: which runs end with a signal, and which end well without the thread's work.
#include <iostream>
#include <latch>
#include <stdexcept>
#include <string_view>
#include <thread>

std::latch never_opened(1);
void work() { std::cout << "the thread has worked\n"; }

int main(int, char** argv) {
  const std::string_view way = argv[1] != nullptr ? argv[1] : "forgotten";
  if (way == "forgotten") {
    std::thread handler([] { never_opened.wait(); });
  } else if (way == "joined") {
    std::jthread handler(work);
  } else if (way == "throws") {
    std::jthread handler([] { throw std::runtime_error("no such page"); });
  } else if (way == "detached") {
    std::thread([] {
      never_opened.wait();
      work();
    }).detach();
    std::cout << "main is done\n";
  }
}
