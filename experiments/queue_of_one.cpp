// Experiment: how long does each client wait for one server? No clock, only arithmetic.
// Build: plain
// Expect: exit 0
// Expect-output: client 2 waits 4900 ms[\s\S]*client 3 waits 4810 ms[\s\S]*together 9710 ms
// Look at: the sum. Then change the table in the source and predict again.
#include <algorithm>
#include <iostream>
#include <vector>

struct client {
  int arrives_ms;
  int needs_ms;
};

int main() {
  const std::vector<client> clients = {{0, 5000}, {100, 10}, {200, 10}};
  int server_is_free_ms = 0;
  int waited_ms = 0;
  int number = 0;
  for (const auto& [arrives_ms, needs_ms] : clients) {
    const int starts_ms = std::max(arrives_ms, server_is_free_ms);
    std::cout << "client " << ++number << " waits " << starts_ms - arrives_ms << " ms\n";
    waited_ms += starts_ms - arrives_ms;
    server_is_free_ms = starts_ms + needs_ms;
  }
  std::cout << "together " << waited_ms << " ms; the last client leaves at " << server_is_free_ms
            << " ms\n";
}
