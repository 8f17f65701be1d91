#include "harness/interrupt_everywhere.hpp"

#include "harness/sanitizers.hpp"

#if defined(__x86_64__) && defined(__linux__)

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <thread>

namespace workbook::harness {

/// The thread that runs `second`, again and again. The signal handler starts and watches it, so
/// both sides use nothing but atomics and futexes: what a signal handler may do. Source: futex(2).
class intruder {
 public:
  enum phase : int { idle, may_begin, running, finished, leave };

  explicit intruder(const std::function<void()>& second)
      : thread_([this, &second] { run(second); }) {
    while (id_ == 0) wait_while(idle, 1'000'000);
    ::pthread_getcpuclockid(thread_.native_handle(), &clock_);
  }
  ~intruder() { enter(leave); }
  intruder(const intruder&) = delete;
  intruder& operator=(const intruder&) = delete;

  /// Runs `second` until it has returned, or cannot go on before the interrupted code does: it
  /// sleeps or spins for a lock that the interrupted code holds.
  void intrude() {
    if (phase_ != running) {
      spins_ = false;
      begin_ = processor_time();
      enter(may_begin);
    }
    for (int now = phase_; now != finished && !spins_; now = phase_) {
      if (now == running && waits_in_kernel()) return;
      spins_ = processor_time() - begin_ > longest_run;
      wait_while(now, 200'000);
    }
  }

  /// Blocks until `second` has returned. @returns how often it has run.
  int finish() {
    while (phase_ == running) wait_while(running, 1'000'000);
    return runs_;
  }

 private:
  void run(const std::function<void()>& second) {
    id_ = ::syscall(SYS_gettid);
    for (int now = phase_; now != leave; now = phase_) {
      if (now != may_begin) {
        wait_while(now, 1'000'000'000);
        continue;
      }
      phase_ = running;
      second();
      ++runs_;
      enter(finished);
    }
  }

  void enter(int next) {
    phase_ = next;
    ::syscall(SYS_futex, reinterpret_cast<int*>(&phase_), FUTEX_WAKE_PRIVATE, INT_MAX, nullptr,
              nullptr, 0);
  }

  /// Waits until the phase is not `now` any more, at most `nanoseconds`.
  void wait_while(int now, long nanoseconds) {
    const timespec limit{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    ::syscall(SYS_futex, reinterpret_cast<int*>(&phase_), FUTEX_WAIT_PRIVATE, now, &limit, nullptr,
              0);
  }

  /// @returns whether the thread sleeps in the kernel: it waits for a lock.
  /// Source: proc(5), [pid]/stat.
  [[nodiscard]] bool waits_in_kernel() const {
    std::array<char, 64> path{};
    fmt::format_to_n(path.data(), path.size() - 1, "/proc/self/task/{}/stat", id_.load());
    const int file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
    std::array<char, 256> stat{};
    const auto count = ::read(file, stat.data(), stat.size() - 1);
    ::close(file);
    const char* const after_name = count > 0 ? std::strrchr(stat.data(), ')') : nullptr;
    return after_name != nullptr && after_name[2] == 'S';
  }

  /// @returns what the thread has used so far, in nanoseconds: how busy the machine is plays no
  /// part. Source: pthread_getcpuclockid(3).
  [[nodiscard]] long processor_time() const {
    timespec used{};
    ::clock_gettime(clock_, &used);
    return used.tv_sec * 1'000'000'000 + used.tv_nsec;
  }

  static constexpr long longest_run = 20'000'000;  // a run that waits for nobody takes microseconds

  std::atomic<int> phase_ = idle;
  std::atomic<int> runs_ = 0;
  std::atomic<long> id_ = 0;
  clockid_t clock_{};
  long begin_ = 0;       // of the present run, in the thread's processor time
  bool spins_ = false;   // the present run uses the processor and does not end
  std::jthread thread_;  // last: it uses the members above
};

namespace {

/// How often each instruction has been interrupted. A loop that starts again whenever it was
/// disturbed, as one with compare_exchange does, would never end if it were disturbed every time.
class visits {
 public:
  /// @returns whether this instruction may be interrupted once more.
  bool note(std::uintptr_t instruction) {
    constexpr int most = 3;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      place& it = places_[(instruction + i) % places_.size()];
      if (it.instruction == 0) it.instruction = instruction;
      if (it.instruction == instruction) return ++it.times <= most;
    }
    return false;
  }
  void forget() { places_ = {}; }

 private:
  struct place {
    std::uintptr_t instruction = 0;
    int times = 0;
  };
  std::array<place, 1 << 14> places_{};
};

visits visited;
intruder* the_intruder = nullptr;
struct sigaction action_before {};

// The processor raises a trap after each instruction while the trap flag is set.
void on_instruction(int /*signal*/, siginfo_t* /*info*/, void* context) {
  const int saved_errno = errno;
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  if (visited.note(static_cast<std::uintptr_t>(registers[REG_RIP]))) the_intruder->intrude();
  errno = saved_errno;
}

constexpr long trap_flag = 0x100;  // Intel SDM, volume 1, section 3.4.3.3

}  // namespace

bool can_interrupt_everywhere() { return !thread_sanitizer; }

interruptions::interruptions(const std::function<void()>& second)
    : intruder_(std::make_unique<intruder>(second)) {
  the_intruder = intruder_.get();
  visited.forget();
  struct sigaction action {};
  action.sa_sigaction = on_instruction;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGTRAP, &action, &action_before);
}

interruptions::~interruptions() { ::sigaction(SIGTRAP, &action_before, nullptr); }

void interruptions::begin() {
  __asm__ volatile("pushfq; orq %0, (%%rsp); popfq" : : "i"(trap_flag) : "memory", "cc");
}

int interruptions::end() {
  __asm__ volatile("pushfq; andq %0, (%%rsp); popfq" : : "i"(~trap_flag) : "memory", "cc");
  return intruder_->finish();
}

}  // namespace workbook::harness

#else

namespace workbook::harness {

class intruder {};

bool can_interrupt_everywhere() { return false; }

interruptions::interruptions(const std::function<void()>&) {}
interruptions::~interruptions() = default;
void interruptions::begin() {}
int interruptions::end() { return 0; }

}  // namespace workbook::harness

#endif
