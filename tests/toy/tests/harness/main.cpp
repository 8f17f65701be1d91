#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "harness/toy.hpp"

TEST(Twice, Doubles);
TEST(Thrice, Trebles);

// Speaks GoogleTest's options. With TOY_HANG=FILE a test writes its process there and hangs.
int main(int argc, char** argv) {
  const std::string option = argc > 1 ? argv[1] : "";
  if (option == "--gtest_list_tests") {
    std::puts("Twice.\n  Doubles\nThrice.\n  Trebles");
    return 0;
  }
  if (const char* file = std::getenv("TOY_HANG")) {
    std::ofstream(file, std::ios::app) << ::getpid() << std::endl;
    while (true) ::pause();
  }
  const bool passed = option == "--gtest_filter=Twice.Doubles" ? Twice_Doubles() : Thrice_Trebles();
  if (!passed) std::puts("It is wrong.");
  return passed ? 0 : 1;
}
