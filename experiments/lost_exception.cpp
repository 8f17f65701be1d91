// Experiment: an exception that nobody asks for.
// Build: plain
// Run: async_dropped
// Expect: exit 0
// Expect-output: ^main is done, and knows nothing of it$
// Run: task_dropped
// Expect: exit 0
// Expect-output: ^main is done, and knows nothing of it$
// Run: async_asked
// Expect: exit 0
// Expect-output: ^main knows: no such page$
// Run: bare_thread
// Expect: signal 6
// Expect-output: what\(\):  no such page
// Look at: the first two runs end with exit 0. Compare with the last one.
#include <future>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <thread>

void load_page() { throw std::runtime_error("no such page"); }

int main(int, char** argv) {
  const std::string_view way = argv[1] != nullptr ? argv[1] : "";
  try {
    if (way == "async_dropped") {
      const auto answer = std::async(std::launch::async, load_page);
    } else if (way == "task_dropped") {
      std::packaged_task<void()> task(load_page);
      std::jthread worker([&task] { task(); });  // it catches: the worker lives on
    } else if (way == "async_asked") {
      std::async(std::launch::async, load_page).get();
    } else if (way == "bare_thread") {
      std::jthread worker(load_page);
    }
    std::cout << "main is done, and knows nothing of it\n";
  } catch (const std::exception& error) {
    std::cout << "main knows: " << error.what() << '\n';
  }
}
