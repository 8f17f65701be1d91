#include "measured_run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "http_client.hpp"
#include "latency.hpp"
#include "load.hpp"
#include "server_process.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using demo::server_process;

/// Counts the threads of a process, again and again, until it is destroyed.
class thread_counter {
 public:
  explicit thread_counter(pid_t process)
      : process_(process), thread_([this](const std::stop_token& stop) { count(stop); }) {}

  [[nodiscard]] std::size_t peak() const { return peak_; }

 private:
  void count(const std::stop_token& stop) {
    const std::filesystem::path tasks(fmt::format("/proc/{}/task", process_));
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      std::error_code gone;
      const std::filesystem::directory_iterator threads(tasks, gone);
      const auto now = static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
      peak_ = std::max(peak_.load(), now);
      never.wait_for(lock, stop, 5ms, [] { return false; });
    }
  }

  const pid_t process_;
  std::atomic<std::size_t> peak_ = 0;
  std::jthread thread_;  // last: it uses the members above
};

/// A request that takes longer has failed.
constexpr auto timeout = 10s;

}  // namespace

measurement measure(const server_program_name& server, const comparison_options& options,
                    const std::stop_token& stop) {
  measurement run{
      .server = server.name, .path = options.path, .report = {}, .latencies = {}, .used = {}};
  const auto program = std::filesystem::path(options.folder) / (options.side + server.program);
  server_process process({program, "--port", "0", "--quiet"}, [](const std::string&) {});
  const http_client client("127.0.0.1", process.port(5s), options.path);
  const auto ask = [&] { return client.get(std::chrono::steady_clock::now() + timeout); };
  {
    const thread_counter threads(process.id());
    run.report = run_load(options.plan, ask, stop);
    run.used.peak_threads = threads.peak();
  }
  run.latencies = summarize(run.report.latencies);
  if (const std::string wrong = process.stop(5s); !wrong.empty()) throw std::runtime_error(wrong);
  const rusage used = process.usage();
  run.used.peak_rss_kib = static_cast<std::size_t>(used.ru_maxrss);
  run.used.context_switches = static_cast<std::uint64_t>(used.ru_nvcsw + used.ru_nivcsw);
  return run;
}

}  // namespace workbook
