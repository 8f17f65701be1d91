// Experiment: one thread replaces a shared_ptr while another copies it.
// Build: tsan
// Run:
// Expect: exit 66
// Expect-output: WARNING: ThreadSanitizer: data race[\s\S]*shared_ptr
// Run: -DONE_LOCK
// Expect: exit 0
// Expect-output: ^greeting: (Hello|Welcome)$
// Look at: the reference count is atomic, and yet the first run is a race. The lock ends it.
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

std::mutex mutex;  // guards greeting, if everybody takes it

void guarded(auto action) {
#ifdef ONE_LOCK
  const std::lock_guard lock(mutex);
#endif
  action();
}

int main() {
  auto greeting = std::make_shared<const std::string>("Hello");
  const auto keep = greeting;  // the old text outlives the race: this run must not crash
  std::shared_ptr<const std::string> copy;
  {
    std::jthread writer(
        [&] { guarded([&] { greeting = std::make_shared<const std::string>("Welcome"); }); });
    std::jthread reader([&] { guarded([&] { copy = greeting; }); });
  }
  std::cout << "greeting: " << *copy << '\n';
}
