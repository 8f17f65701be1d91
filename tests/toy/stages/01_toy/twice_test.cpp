#include <harness/toy.hpp>
#include <twice.hpp>

TEST(Twice, Doubles) {
  about("1.1");
  return twice(21) == 42;
}

TEST(Thrice, Trebles) {
  about("1.2");
  return every_schedule([] { return thrice(14) == 42; });
}
