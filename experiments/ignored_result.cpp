// Experiment: two calls that fail, and a caller who does not look.
// Build: plain
// Run:
// Expect: exit 0
// Expect-output: ^close\(\) has failed, the channel was full: the client waits for ever$
// Run: -DMARKED
// Expect: compiler warnings
// Expect-output: nodiscard.*\[-Wunused-result\]
// Run: -DMARKED -DON_PURPOSE
// Expect: exit 0
// Look at: for which of the two calls the compiler speaks up, and what silences it.
#include <unistd.h>

#include <cerrno>
#include <iostream>

enum class send_result { accepted, full, closed };

#ifdef MARKED
[[nodiscard]] send_result try_send(int connection);
#endif
send_result try_send(int /*connection*/) { return send_result::full; }

int main() {
  close(-1);  // says -1, and the reason is in errno
  std::cout << (errno == EBADF ? "close() has failed, " : "close() was fine, ");
#ifdef ON_PURPOSE
  (void)try_send(7);  // a reader sees that somebody has decided this
#else
  try_send(7);
#endif
  std::cout << "the channel was full: the client waits for ever\n";
}
