#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace workbook {

/// Throws what errno says, with the attempt in words: "cannot read from the client: Connection
/// reset by peer".
[[noreturn]] inline void throw_errno(const std::string& attempt) {
  throw std::system_error(errno, std::generic_category(), attempt);
}

/// Repeats `call` for as long as a signal handler interrupts it (EINTR). Not for close(2): see
/// unique_fd. Source: signal(7), "Interruption of system calls".
template <class Call>
[[nodiscard]] auto retry_on_eintr(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace workbook
