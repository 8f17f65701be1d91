// Experiment: what the frames of six coroutines cost, in bytes, and what it takes to make one.
// Build: plain
// Expect: exit 0
// Expect-output: ^nothing +\d+ bytes[\s\S]*^1 KiB that lives across a wait +1\d\d\d bytes[\s\S]*^a thread +\d+ ns
// Look at: what a variable costs that lives across a wait, and how the last three lines differ.
#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iomanip>
#include <iostream>
#include <new>
#include <string>
#include <thread>

std::size_t last_frame = 0;  // bytes that the last frame took

/// A coroutine that somebody destroys by hand. Its frame is asked for here, so its size is known.
struct task {
  struct promise_type {
    static void* operator new(std::size_t bytes) {
      last_frame = bytes;
      return ::operator new(bytes);
    }
    static void operator delete(void* frame) { ::operator delete(frame); }

    task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

using memory = std::array<std::byte, 1024>;

void use(memory& what) { what.back() = std::byte{1}; }

task nothing() { co_return; }
task waits() { co_await std::suspend_always(); }
task keeps_1_kib() {
  memory mine{};
  co_await std::suspend_always();
  use(mine);
}
task has_1_kib_before() {
  {
    memory mine{};
    use(mine);
  }
  co_await std::suspend_always();
}
task takes_a_string(std::string /*text*/) { co_await std::suspend_always(); }
task refers_to_a_string(const std::string& /*text*/) { co_await std::suspend_always(); }

void print(const char* label, task made) {
  std::cout << std::left << std::setw(42) << label << std::right << std::setw(6) << last_frame
            << " bytes\n";
  made.frame.destroy();
}

void measure(const char* label, int times, void (*work)()) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  std::cout << std::left << std::setw(42) << label << std::right << std::setw(6)
            << static_cast<long>(took.count() / times) << " ns\n";
}

int main() {
  const std::string text(100, 'x');
  print("nothing", nothing());
  print("a wait", waits());
  print("1 KiB that lives across a wait", keeps_1_kib());
  print("1 KiB that is gone before the wait", has_1_kib_before());
  print("a string, as a parameter", takes_a_string(text));
  print("a reference to a string, as a parameter", refers_to_a_string(text));

  std::cout << "\nmade, run, and destroyed:\n";
  measure("a function", 1'000'000, [] {
    [[maybe_unused]] volatile int called = 0;
    called = 1;
  });
  measure("a coroutine", 1'000'000, [] {
    const task made = nothing();
    made.frame.resume();
    made.frame.destroy();
  });
  measure("a thread", 1'000, [] { std::thread([] {}).join(); });
}
