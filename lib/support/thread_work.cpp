#include "support/thread_work.hpp"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace workbook {

std::chrono::nanoseconds processor_time(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0) return {};
  ::clock_gettime(clock, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::vector<thread_work> read_thread_work(pid_t process) {
  std::vector<thread_work> works;
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), gone)) {
    std::ifstream file(task.path() / "schedstat");
    thread_work work;
    std::int64_t running = 0;
    std::int64_t waiting = 0;  // for a processor: grows only when it gets one
    if (!(file >> running >> waiting >> work.turns)) continue;
    work.thread = static_cast<pid_t>(std::stol(task.path().filename().string()));
    work.running = std::chrono::nanoseconds(running);
    works.push_back(work);
  }
  return works;
}

}  // namespace workbook
