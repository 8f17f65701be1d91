#pragma once

#include <cstdio>
#include <cstdlib>

template <class... Unused>
[[noreturn]] void todo(const char* number, const Unused&... /*unused*/) {
  std::printf("TODO %s is not written yet (stages/01_toy/twice.cpp:1)\n", number);
  std::exit(1);
}
