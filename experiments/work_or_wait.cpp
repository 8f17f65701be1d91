// Experiment: three requests that wait, three requests that compute.
// Build: plain
// Expect: exit 0
// Expect-output: cores: \d+[\s\S]*waiting, in turn: +\d+ ms[\s\S]*computing, together: +\d+ ms
// Look at: what three threads gained in each case, and the number of cores.
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <thread>
#include <vector>

void wait_for_something() { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }

void compute_something() {
  volatile std::uint64_t sum = 0;  // volatile: the loop must not be optimised away
  for (std::uint64_t n = 0; n < 300'000'000; ++n) sum = sum + n;
}

void in_turn(void (*request)()) {
  for (int i = 0; i < 3; ++i) request();
}

void together(void (*request)()) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(request);
}

void measure(const char* label, void (*arrange)(void (*)()), void (*request)()) {
  const auto start = std::chrono::steady_clock::now();
  arrange(request);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::cout << label << static_cast<long>(took.count()) << " ms\n";
}

int main() {
  std::cout << "cores: " << std::thread::hardware_concurrency() << '\n';
  measure("waiting, in turn:    ", in_turn, wait_for_something);
  measure("waiting, together:   ", together, wait_for_something);
  measure("computing, in turn:  ", in_turn, compute_something);
  measure("computing, together: ", together, compute_something);
}
