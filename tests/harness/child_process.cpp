#include "harness/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>  // sigabbrev_np is glibc's, not C++'s
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include "net/system_call.hpp"
#include "net/unique_fd.hpp"

namespace workbook::harness {
namespace {

[[noreturn]] void be_the_child(const std::function<void()>& code, int error_output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(error_output, STDERR_FILENO);
  code();
  std::fflush(nullptr);
  ::_exit(0);
}

std::string read_to_end(int fd) {
  std::string text;
  std::array<char, 1024> buffer;
  for (;;) {
    const auto count = retry_on_eintr([&] { return ::read(fd, buffer.data(), buffer.size()); });
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

process_end run_in_child_process(const std::function<void()>& code) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot open a pipe");
  const unique_fd read_end(ends[0]);
  unique_fd write_end(ends[1]);
  std::fflush(nullptr);  // what is not written yet would be written twice
  const pid_t child = ::fork();
  if (child < 0) throw_errno("cannot start a process");
  if (child == 0) be_the_child(code, write_end.get());
  write_end.reset();

  process_end end;
  end.error_output = read_to_end(read_end.get());
  int status = 0;
  (void)retry_on_eintr([&] { return ::waitpid(child, &status, 0); });
  end.ended_by = WIFSIGNALED(status) ? signal_name(WTERMSIG(status))
                                     : "exit code " + std::to_string(WEXITSTATUS(status));
  return end;
}

std::string signal_name(int signal) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
  if (const char* name = ::sigabbrev_np(signal)) return fmt::format("SIG{}", name);
#endif
  return fmt::format("signal {}", signal);
}

}  // namespace workbook::harness
