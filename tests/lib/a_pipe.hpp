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

  /// Closes the writing end. @returns all that was written and not read yet.
  [[nodiscard]] std::string read_to_end() {
    write_end.reset();
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = ::read(read_end.get(), buffer.data(), buffer.size())) > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
};

}  // namespace workbook
