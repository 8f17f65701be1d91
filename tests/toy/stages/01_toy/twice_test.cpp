#include <harness/toy.hpp>
#include <twice.hpp>

TEST(Twice, Doubles) {
  about("1.1");
  return twice(21) == 42;
}

// It is about no TODO.
TEST(Given, Counts) { return 1 + 1 == 2; }

TEST(Thrice, Trebles) {
  about("1.2");
  return every_schedule([] { return thrice(14) == 42; });
}
