#pragma once

#include <sys/types.h>

#include <vector>

namespace workbook {

/// Tells when the threads that were started since it was made have come to rest: all of them wait
/// without a time limit, so nothing will happen any more unless the caller makes it happen.
/// This is how "no answer comes" can be known without waiting for an answer. Linux only.
///
/// Not thread-safe.
class standstill {
 public:
  standstill();

  /// Blocks until they rest. @throws std::runtime_error if they do not within ten seconds.
  void wait() const;

 private:
  std::vector<pid_t> others_;  // threads that do not count
};

}  // namespace workbook
