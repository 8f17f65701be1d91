#include "support/timed_waits.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "net/unique_fd.hpp"

namespace workbook {
namespace {

std::ifstream fdinfo_of(const std::string& task, int fd) {
  return std::ifstream(fmt::format("{}/fdinfo/{}", task, fd));
}

/// @returns the same open file as `fd` of `process`, in this process. Nothing if it is not allowed.
unique_fd copy_from(pid_t process, int fd) {
#ifdef SYS_pidfd_getfd
  const unique_fd other(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  if (other.get() >= 0) {
    return unique_fd(static_cast<int>(::syscall(SYS_pidfd_getfd, other.get(), fd, 0)));
  }
#endif
  return {};
}

}  // namespace

// "it_value: (4, 999)" is the time that is left.
bool is_armed_timer(const std::string& task, int fd) {
  std::ifstream file = fdinfo_of(task, fd);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("it_value:")) return line.find("(0, 0)") == std::string::npos;
  }
  return false;
}

// "tfd: 7 events: 19 …" for each descriptor that it watches.
bool watches_armed_timer(const std::string& task, int epoll) {
  std::ifstream file = fdinfo_of(task, epoll);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    int watched = -1;
    if (words >> name >> watched && name == "tfd:" && is_armed_timer(task, watched)) return true;
  }
  return false;
}

bool has_time_limit(pid_t process, int socket, int option) {
  unique_fd copy;
  if (process != ::getpid()) {
    copy = copy_from(process, socket);
    socket = copy.get();
  }
  timeval limit{};
  socklen_t length = sizeof limit;
  return ::getsockopt(socket, SOL_SOCKET, option, &limit, &length) == 0 &&
         (limit.tv_sec != 0 || limit.tv_usec != 0);
}

}  // namespace workbook
