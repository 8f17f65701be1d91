#include "harness/stack_capture.hpp"

#include <execinfo.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "harness/build_kind.hpp"

namespace workbook::harness {
namespace {

constexpr int capture_signal = SIGUSR2;

pid_t this_thread() { return static_cast<pid_t>(::syscall(SYS_gettid)); }

// Runs in a signal handler: only the thread's own slot is touched, nothing is allocated.
void capture(int /*signal*/) {
  const int saved_errno = errno;
  for (captured_stack& slot : current_transcript().stacks) {
    pid_t free_slot = 0;
    if (!slot.thread.compare_exchange_strong(free_slot, this_thread())) continue;
    const int count = ::backtrace(slot.frames.data(), captured_stack::max_frames);
    slot.frame_count = static_cast<std::size_t>(std::max(count, 0));
    break;
  }
  errno = saved_errno;
}

std::size_t answers(const transcript& shared) {
  return static_cast<std::size_t>(
      std::ranges::count_if(shared.stacks, [](const auto& s) { return s.frame_count > 0; }));
}

}  // namespace

void answer_stack_requests() {
  // The first call of backtrace() loads libgcc, which allocates: not in a signal handler.
  void* frame = nullptr;
  ::backtrace(&frame, 1);
  struct sigaction action {};
  action.sa_handler = capture;
  // ThreadSanitizer runs the handler when the interrupted call has returned: it must not restart.
  action.sa_flags = thread_sanitizer ? 0 : SA_RESTART;
  ::sigaction(capture_signal, &action, nullptr);
}

void request_stacks(pid_t process, const std::vector<pid_t>& threads, const transcript& shared) {
  for (const pid_t thread : threads) ::syscall(SYS_tgkill, process, thread, capture_signal);
  for (int waited = 0; waited < 100 && answers(shared) < threads.size(); ++waited) {
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace workbook::harness
