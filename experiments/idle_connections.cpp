// Experiment: 1000 connections whose clients say nothing, a thread for each. Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^1000 threads wait in recv[\s\S]* 0 voluntary, 0 involuntary$
// Look at: how often the scheduler gave a turn to one of the 1000 threads.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

struct switches {
  long voluntary = 0;    // the thread went to sleep
  long involuntary = 0;  // it was taken off its core and would have gone on
  bool operator==(const switches&) const = default;
};

/// The sum over all threads of this process but main, since they began.
switches counted_so_far() {
  switches sum;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(getpid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      long number = 0;
      if (word == "voluntary_ctxt_switches:" && status >> number) sum.voluntary += number;
      if (word == "nonvoluntary_ctxt_switches:" && status >> number) sum.involuntary += number;
    }
  }
  return sum;
}

int main() {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);

  std::vector<int> clients;
  std::vector<std::jthread> handlers;
  for (int i = 0; i < 1000; ++i) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
      std::cout << "only " << i << " connections: raise the limit of open files (ulimit -Hn)\n";
      break;
    }
    clients.push_back(ends[0]);
    handlers.emplace_back([connection = ends[1]] {
      char byte = 0;
      recv(connection, &byte, 1, 0);  // until the client speaks or goes
      close(connection);
    });
  }

  using std::chrono::milliseconds;
  switches before = counted_so_far();
  for (switches now; now != before; now = counted_so_far()) {  // until all have gone to sleep
    before = now;
    std::this_thread::sleep_for(milliseconds(200));
  }
  before = counted_so_far();
  std::cout << handlers.size() << " threads wait in recv" << std::endl;
  std::this_thread::sleep_for(milliseconds(2000));
  const switches after = counted_so_far();
  std::cout << "their switches in 2 s: " << after.voluntary - before.voluntary << " voluntary, "
            << after.involuntary - before.involuntary << " involuntary\n";
  for (const int client : clients) close(client);
}
