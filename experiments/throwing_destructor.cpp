// Experiment: a job whose destructor throws, and a box that refuses it.
// Build: plain
// Run:
// Expect: signal 6
// Expect-output: done
// Run: -DREFUSE
// Expect: compile error
// Expect-output: the destructor of a job must not throw
// Look at: the job itself is done without a fault; nobody can catch what its end throws.
#include <functional>
#include <iostream>
#include <stdexcept>
#include <type_traits>
#include <utility>

struct transaction {
  ~transaction() noexcept(false) {
    if (open) throw std::runtime_error("the transaction was never ended");
  }
  transaction() = default;
  transaction(transaction&& other) noexcept : open(std::exchange(other.open, false)) {}
  bool open = true;
};

template <class Function>
std::move_only_function<void()> make_job(Function function) {
#ifdef REFUSE
  static_assert(std::is_nothrow_destructible_v<Function>,
                "the destructor of a job must not throw: nobody could catch it");
#endif
  return function;
}

int main() {
  try {
    auto work = make_job([mine = transaction()] { std::cout << "done" << std::endl; });
    work();
  } catch (...) {
    std::cout << "caught" << std::endl;
  }
}
