// Experiment: what a second thread can touch.
// Build: plain
// Expect: exit 0
// Expect-output: my local variable: 2[\s\S]*working directory: "/"[\s\S]*read \d+ bytes
// Look at: three things that main never did, and that happened to main.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iostream>
#include <thread>

int main() {
  int local = 1;  // on the stack of the main thread
  int descriptor = -1;

  std::jthread other([&] {
    const int its_own = 0;
    std::cout << "stack of main:      near " << &local << '\n'
              << "stack of the other: near " << &its_own << '\n';
    local = 2;
    std::filesystem::current_path("/");
    descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  });
  other.join();

  std::array<char, 100> bytes{};
  const auto size = read(descriptor, bytes.data(), bytes.size());
  std::cout << "my local variable: " << local << ", I had set it to 1\n"
            << "working directory: " << std::filesystem::current_path() << '\n'
            << "descriptor " << descriptor << ": opened by the other thread, I read " << size
            << " bytes from it\n";
  close(descriptor);
}
