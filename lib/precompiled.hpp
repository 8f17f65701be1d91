#pragma once

// The headers that most of the learner's files include. Reading them takes half of the time to compile
// one, so the preset dev reads them once for all. A file still includes what it uses: all other builds
// do without this one. {fmt} is missing on purpose: its pragmas for the optimiser would not end with it.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "net/tcp_listener.hpp"
#include "net/tcp_stream.hpp"
#include "support/event_log.hpp"
#include "support/todo.hpp"  // an untouched skeleton calls it, in its headers too
