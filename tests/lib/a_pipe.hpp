#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "net/system_call.hpp"
#include "net/unique_fd.hpp"

namespace workbook {

/// What a program's standard output may be.
struct a_pipe {
  unique_fd read_end;
  unique_fd write_end;

  a_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot open a pipe");
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }

  /// Blocks until something has been written. @returns it, or nothing at the end.
  [[nodiscard]] std::string read_some() {
    std::array<char, 4096> buffer;
    const auto count = ::read(read_end.get(), buffer.data(), buffer.size());
    if (count < 0) throw_errno("cannot read from a pipe");
    return {buffer.data(), static_cast<std::size_t>(count)};
  }

  /// Closes the writing end. @returns all that was written and not read yet.
  [[nodiscard]] std::string read_to_end() {
    write_end.reset();
    std::string text;
    for (std::string some = read_some(); !some.empty(); some = read_some()) text += some;
    return text;
  }
};

}  // namespace workbook
