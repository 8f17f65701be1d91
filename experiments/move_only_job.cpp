// Experiment: a job that owns a connection, in two kinds of box.
// Build: asan
// Run:
// Expect: exit 0
// Expect-output: ^connection 7 served$
// Run: -DUSE_STD_FUNCTION
// Expect: compile error
// Expect-output: static assertion failed|copy.constructible|call to deleted
// Run: -DCALL_IT_AGAIN
// Expect: exit 1
// Expect-output: SUMMARY: (Address|UndefinedBehavior)Sanitizer
// Look at: the second run does not compile, and says why. The third one does, without a warning.
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

#ifdef USE_STD_FUNCTION
using job = std::function<void()>;  // copyable, so everything in it must be copyable
#else
using job = std::move_only_function<void()>;
#endif

int main() {
  auto connection = std::make_unique<int>(7);  // stands for a socket: one owner
  job work = [connection = std::move(connection)] {
    std::cout << "connection " << *connection << " served" << std::endl;
  };
  job accepted = std::move(work);  // what a queue does with it
  accepted();
#ifdef CALL_IT_AGAIN
  work();  // moved away two lines above
#endif
}
