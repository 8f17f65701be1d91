#include "harness/interrupt_everywhere.hpp"

#include "harness/build_kind.hpp"

#if defined(__x86_64__) && defined(__linux__)

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <stop_token>
#include <thread>

namespace workbook::harness {
namespace {

/// Leaves the processor to other threads, in a loop that has waited `turns` times already. A yield
/// is cheap, but the scheduler may let a thread that yields go on until its time slice is over.
void give_way(int turns) {
  const timespec moment{0, 10'000};
  if (turns < 20) {
    ::sched_yield();
  } else {
    ::ppoll(nullptr, 0, &moment, nullptr);
  }
}

enum class phase { idle, may_begin, running, finished };

/// The thread that runs `second`, again and again. The signal handler starts and watches it.
class intruder {
 public:
  explicit intruder(const std::function<void()>& second)
      : thread_([this, &second](const std::stop_token& stop) { run(second, stop); }) {
    for (int turns = 0; id_ == 0; ++turns) give_way(turns);
  }

  void begin() { enter(phase::may_begin); }
  [[nodiscard]] bool is_running() const { return phase_ == phase::running; }
  [[nodiscard]] bool has_finished() const { return phase_ == phase::finished; }
  [[nodiscard]] long id() const { return id_; }

  /// Blocks until `second` has returned. @returns how often it has run in all.
  int finish() {
    for (phase now = phase_; now == phase::running; now = phase_) phase_.wait(now);
    return runs_;
  }

 private:
  void enter(phase next) {
    phase_ = next;
    phase_.notify_all();
  }

  void run(const std::function<void()>& second, const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { enter(phase::may_begin); });
    id_ = ::syscall(SYS_gettid);
    for (;;) {
      for (phase now = phase_; now != phase::may_begin; now = phase_) phase_.wait(now);
      if (stop.stop_requested()) return;
      phase_ = phase::running;
      second();
      ++runs_;
      enter(phase::finished);
    }
  }

  std::atomic<phase> phase_ = phase::idle;
  std::atomic<int> runs_ = 0;
  std::atomic<long> id_ = 0;
  std::jthread thread_;  // last: it uses the members above
};

intruder* the_intruder = nullptr;

/// @returns whether the intruder sleeps in the kernel: it waits for a lock. Only calls what a
/// signal handler may call. Source: proc(5), [pid]/stat; signal-safety(7).
bool intruder_waits() {
  std::array<char, 64> path{};
  *fmt::format_to_n(path.data(), path.size() - 1, "/proc/self/task/{}/stat", the_intruder->id())
       .out = '\0';
  const int file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  std::array<char, 256> stat{};
  const auto count = ::read(file, stat.data(), stat.size() - 1);
  ::close(file);
  const char* const after_name = count > 0 ? std::strrchr(stat.data(), ')') : nullptr;
  return after_name != nullptr && after_name[2] == 'S';
}

// The processor raises a trap after each instruction while the trap flag is set. The intruder then
// runs until it has finished, or waits for a lock that the interrupted code holds.
void on_instruction(int /*signal*/) {
  const int saved_errno = errno;
  if (!the_intruder->is_running()) the_intruder->begin();
  for (int turns = 0; !the_intruder->has_finished(); ++turns) {
    if (the_intruder->is_running() && intruder_waits()) break;
    give_way(turns);
  }
  errno = saved_errno;
}

constexpr long trap_flag = 0x100;  // Intel SDM, volume 1, section 3.4.3.3

void set_trap_flag() {
  __asm__ volatile("pushfq; orq %0, (%%rsp); popfq" : : "i"(trap_flag) : "memory", "cc");
}

void clear_trap_flag() {
  __asm__ volatile("pushfq; andq %0, (%%rsp); popfq" : : "i"(~trap_flag) : "memory", "cc");
}

}  // namespace

bool can_interrupt_everywhere() { return !thread_sanitizer; }

int interrupt_everywhere(const std::function<void()>& first, const std::function<void()>& second) {
  intruder other(second);
  the_intruder = &other;
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = on_instruction;
  ::sigaction(SIGTRAP, &action, &before);
  set_trap_flag();
  first();
  clear_trap_flag();
  ::sigaction(SIGTRAP, &before, nullptr);
  return other.finish();
}

}  // namespace workbook::harness

#else

namespace workbook::harness {

bool can_interrupt_everywhere() { return false; }

int interrupt_everywhere(const std::function<void()>& first, const std::function<void()>& second) {
  first();
  second();
  return 1;
}

}  // namespace workbook::harness

#endif
