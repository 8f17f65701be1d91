#include "support/line_printer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <csignal>
#include <utility>

namespace workbook {
namespace {

constexpr std::size_t most_waiting_bytes = 1 << 20;

// So long the thread sleeps after a batch: a busy server's lines go out together, which costs it a
// hundred writes a second and not one for each line.
constexpr std::chrono::milliseconds between_batches{10};

// While nobody reads, the end is noticed this late.
constexpr int look_again_ms = 20;

/// @returns the beginning of `lines` that one write takes whole, without waiting, when poll says
/// that there is room: at most PIPE_BUF bytes, and whole lines if one fits. Source: pipe(7).
std::string_view one_write(std::string_view lines) {
  const auto piece = lines.substr(0, PIPE_BUF);
  const auto last_end = piece.rfind('\n');
  return last_end == piece.npos ? piece : piece.substr(0, last_end + 1);
}

}  // namespace

line_printer::line_printer(int fd) : fd_(fd), thread_([this] { work(); }) {}

line_printer::~line_printer() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void line_printer::print(std::string_view line) {
  const std::scoped_lock lock(mutex_);
  if (lost_ > 0 || waiting_.size() + line.size() >= most_waiting_bytes) {
    ++lost_;
    return;
  }
  waiting_ += line;
  waiting_ += '\n';
  if (std::exchange(idle_, false)) changed_.notify_one();
}

void line_printer::work() {
  // A reader that has gone is no reason to end the program: write says EPIPE then.
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  for (std::string batch = next_batch(); !batch.empty(); batch = next_batch()) {
    if (!write_lines(batch) && ending_) return;
  }
}

/// @returns what waits, and a word on what was lost behind it. Blocks until there is something, or
/// it is the end: then nothing is returned.
std::string line_printer::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, between_batches, [this] { return ending_.load(); });
  idle_ = true;
  changed_.wait(lock, [this] { return ending_ || !waiting_.empty() || lost_ > 0; });
  idle_ = false;
  std::string batch = std::exchange(waiting_, {});
  if (const std::size_t lost = std::exchange(lost_, 0); lost > 0) {
    batch += fmt::format("({} lines lost: nobody reads this log)\n", lost);
  }
  return batch;
}

/// @returns whether all was written; what was not is lost.
bool line_printer::write_lines(std::string_view lines) {
  while (!lines.empty() && wait_for_room()) {
    const auto piece = one_write(lines);
    const auto count = ::write(fd_, piece.data(), piece.size());
    if (count < 0 && errno != EINTR && errno != EAGAIN) break;  // the disk is full, the reader gone
    if (count > 0) lines.remove_prefix(static_cast<std::size_t>(count));
  }
  const std::scoped_lock lock(mutex_);
  lost_ += static_cast<std::size_t>(std::ranges::count(lines, '\n'));
  return lines.empty();
}

/// @returns whether a write would be taken now; false at the end, if it would not.
bool line_printer::wait_for_room() const {
  for (;;) {
    const bool last_time = ending_;
    pollfd room{fd_, POLLOUT, 0};
    if (::poll(&room, 1, last_time ? 0 : look_again_ms) > 0) return true;
    if (last_time) return false;
  }
}

}  // namespace workbook
