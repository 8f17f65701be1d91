#pragma once

// The headers that most tests include. Reading them takes half of the time to compile a test, so
// they are read once for all. A test still includes what it uses: all builds but dev do without
// this file. {fmt} is missing on purpose: its pragmas for the optimiser would not end with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/todo.hpp"  // an untouched skeleton calls it, in its headers too
