#pragma once

#include <cstdio>
#include <cstdlib>

inline const char* unwritten = "";  // the TODO whose stub was called

template <class... Unused>
[[noreturn]] void todo(const char* number, const Unused&... /*unused*/) {
  unwritten = number;
  std::printf("TODO %s is not written yet (stages/01_toy/twice.cpp:1)\n", number);
  std::exit(1);
}
