// Experiment: what a thread does that sends into a full channel. Linux only.
// Build: solutions
// Expect: exit 0
// Expect-output: ^the sender sleeps in futex\(\), time limit: none$[\s\S]*^send\(3\) has returned$
// Look at: who wakes the sender, and how long it would have slept.
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <iostream>
#include <string>
#include <thread>

#include "bounded_channel.hpp"

/// Waits until thread `id` sleeps in futex(), the system call under every lock and every condition
/// variable. @returns the time limit that it gave: the fourth argument, "0x0" for none.
std::string time_limit_of_its_futex(pid_t id) {
  for (;;) {
    std::ifstream file("/proc/self/task/" + std::to_string(id) + "/syscall");
    std::string call;
    std::string arguments[4];
    file >> call >> arguments[0] >> arguments[1] >> arguments[2] >> arguments[3];
    if (call == std::to_string(SYS_futex)) return arguments[3];
    std::this_thread::yield();  // "running", or another call on its way there
  }
}

int main() {
  workbook::bounded_channel<int> channel(2);
  std::promise<pid_t> its_id;
  std::jthread sender([&] {
    for (const int number : {1, 2}) (void)channel.send(int{number});  // there is room for two
    its_id.set_value(gettid());
    (void)channel.send(3);
    std::cout << "send(3) has returned\n";
  });

  const std::string limit = time_limit_of_its_futex(its_id.get_future().get());
  std::cout << "the sender sleeps in futex(), time limit: " << (limit == "0x0" ? "none" : limit)
            << std::endl;
  std::cout << "main receives one item" << std::endl;
  (void)channel.receive();
}
