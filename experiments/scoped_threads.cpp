// Experiment: a thread that ends with its block, and one that does not.
// Build: asan
// Run:
// Expect: exit 0
// Expect-output: ^inside, worker 1 has served 21\nthe block has ended$
// Run: -DOUTLIVE_THE_BLOCK
// Expect: exit 1
// Expect-output: stack-use-after-scope
// Look at: both lambdas capture the same variable. Only the place of two names differs.
#include <iostream>
#include <latch>
#include <thread>

int main() {
  std::latch block_has_ended(1);
  std::jthread survivor;  // destroyed, and so joined, at the end of main
  {
    int served = 21;
    std::jthread scoped([&served] {  // joined at the end of the block, before `served` goes
      std::cout << "inside, worker 1 has served " << served << std::endl;
    });
#ifdef OUTLIVE_THE_BLOCK
    survivor = std::jthread([&served, &block_has_ended] {
      block_has_ended.wait();
      std::cout << "outside, worker 2 has served " << served << std::endl;
    });
#endif
  }
  std::cout << "the block has ended" << std::endl;
  block_has_ended.count_down();
}
