// Experiment: which limit of threads comes first here, and is the prediction right? Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^the first wall here: [\s\S]*predicted \d+ threads\n +got \d+, then: Resource temp
// Look at: the smallest number of the table; then prediction and result under a limit of our own.
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <latch>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

/// The first number in a file; nothing if there is none, as in "max".
std::optional<long> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  long number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

/// The smallest pids.max of our control group and of the groups that it lies in.
std::optional<long> control_group_limit() {
  std::optional<long> smallest;
  std::ifstream groups("/proc/self/cgroup");  // lines such as 0::/user.slice or 8:pids:/
  for (std::string line; std::getline(groups, line);) {
    const auto colon = line.rfind(':');
    const bool counts_pids = line.find(":pids:") != std::string::npos;
    if (!counts_pids && !line.starts_with("0::")) continue;
    const std::string mount = counts_pids ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";
    for (std::filesystem::path group = line.substr(colon + 1);; group = group.parent_path()) {
      const auto limit = number_in(mount + group.string() + "/pids.max");
      if (limit && (!smallest || *limit < *smallest)) smallest = limit;
      if (group == group.parent_path()) break;
    }
  }
  return smallest;
}

/// How many addresses the library reserves for one thread: its stack and the guard below it.
long reserved_for_a_thread() {
  pthread_attr_t defaults;
  std::size_t stack = 0;
  std::size_t guard = 0;
  pthread_getattr_default_np(&defaults);
  pthread_attr_getstacksize(&defaults, &stack);
  pthread_attr_getguardsize(&defaults, &guard);
  pthread_attr_destroy(&defaults);
  return static_cast<long>(stack + guard);
}

long addresses_in_use() { return *number_in("/proc/self/statm") * sysconf(_SC_PAGESIZE); }

void print_limits_of_this_machine() {
  std::map<std::string, long> limits;
  if (const auto n = number_in("/proc/sys/kernel/pid_max")) limits["kernel.pid_max"] = *n;
  if (const auto n = number_in("/proc/sys/kernel/threads-max")) limits["kernel.threads-max"] = *n;
  // A stack and its guard are two entries in the map of the address space.
  if (const auto n = number_in("/proc/sys/vm/max_map_count"))
    limits["vm.max_map_count / 2"] = *n / 2;
  if (const auto n = control_group_limit()) limits["pids.max of the control group"] = *n;
  rlimit processes{};
  getrlimit(RLIMIT_NPROC, &processes);
  if (geteuid() != 0 && processes.rlim_cur != RLIM_INFINITY) {  // it does not bind root
    limits["ulimit -u"] = static_cast<long>(processes.rlim_cur);
  }
  rlimit space{};
  getrlimit(RLIMIT_AS, &space);
  const long addresses =
      space.rlim_cur == RLIM_INFINITY ? 1L << 47 : static_cast<long>(space.rlim_cur);
  limits["addresses / stack"] = addresses / reserved_for_a_thread();
  auto first = limits.begin();
  for (auto limit = limits.begin(); limit != limits.end(); ++limit) {
    std::cout << std::setw(31) << limit->first << std::setw(11) << limit->second << '\n';
    if (limit->second < first->second) first = limit;
  }
  std::cout << "the first wall here: " << first->first << '\n';
}

/// Starts threads until the system refuses one.
void start_as_many_as_possible() {
  std::latch gate(1);
  std::vector<std::jthread> threads;
  try {
    for (;;) threads.emplace_back([&gate] { gate.wait(); });
  } catch (const std::system_error& refused) {
    std::cout << "    got " << threads.size() << ", then: " << refused.what() << std::endl;
  }
  gate.count_down();
}

int main() {
  print_limits_of_this_machine();
  std::cout << "a child with 1 GiB of addresses:" << std::endl;
  if (const pid_t child = fork(); child != 0) return waitpid(child, nullptr, 0) == child ? 0 : 1;
  const rlimit one_gib{1 << 30, 1 << 30};
  setrlimit(RLIMIT_AS, &one_gib);
  std::cout << "    predicted " << ((1 << 30) - addresses_in_use()) / reserved_for_a_thread()
            << " threads\n";
  start_as_many_as_possible();
}
