// Experiment: three coroutines are lambdas, and each is resumed when its lambda is gone.
// Build: asan
// Run:
// Expect: exit 1
// Expect-output: stack-use-after-scope
// Run: -DPASS_A_PARAMETER
// Expect: exit 0
// Expect-output: hello from connection 1\nhello from connection 2\nhello from connection 3
// Look at: the frame holds a copy of each parameter, but of a capture only the way to the lambda.
#include <coroutine>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

/// The smallest owner of a coroutine: it begins suspended, and is destroyed with its owner.
class task {
 public:
  struct promise_type {
    task get_return_object() { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (frame_) frame_.destroy();
  }

  void resume() const { frame_.resume(); }

 private:
  using handle = std::coroutine_handle<promise_type>;
  explicit task(handle frame) : frame_(frame) {}
  handle frame_;
};

int main() {
  std::vector<task> waiting;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "connection " + std::to_string(i);
#ifdef PASS_A_PARAMETER
    const auto greet = [](std::string who) -> task {
      std::cout << "hello from " << who << std::endl;
      co_return;
    };
    waiting.push_back(greet(name));
#else
    const auto greet = [name]() -> task {
      std::cout << "hello from " << name << std::endl;
      co_return;
    };
    waiting.push_back(greet());
#endif
  }
  for (const task& one : waiting) one.resume();  // as a loop does, later
}
