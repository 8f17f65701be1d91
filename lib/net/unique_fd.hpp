#pragma once

namespace workbook {

/// Owns one file descriptor and closes it: the C++ counterpart of a descriptor inside a Rust
/// `TcpStream`. Move-only, so at any moment exactly one object is responsible for closing.
///
/// Not thread-safe. Never throws: an error of close(2) is ignored, because the number is free again
/// whatever close says, and retrying would close a descriptor that another thread has just opened.
/// Source: close(2), "Dealing with error returns from close()".
class unique_fd {
 public:
  unique_fd() noexcept = default;
  explicit unique_fd(int fd) noexcept : fd_(fd) {}
  ~unique_fd() { reset(); }

  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
  unique_fd& operator=(unique_fd&& other) noexcept;
  unique_fd(const unique_fd&) = delete;
  unique_fd& operator=(const unique_fd&) = delete;

  /// @returns the descriptor, or -1 if this object owns none.
  [[nodiscard]] int get() const noexcept { return fd_; }

  /// Gives the descriptor away: from now on closing it is the caller's task.
  [[nodiscard]] int release() noexcept;

  /// Closes the descriptor, if there is one, and owns `fd` (or nothing) from now on.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

}  // namespace workbook
