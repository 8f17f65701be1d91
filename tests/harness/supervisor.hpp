#pragma once

#include <string>

#include "harness/verdict.hpp"

namespace workbook::harness {

/// Runs the test `name` ("Suite.Name") in a process of its own, watches it, and prints its story
/// under the name `suite.name` to stdout. A test that hangs is recognised, named and ended.
/// The calling process must have no other thread: it forks.
/// Blocks until the test has ended, at most the time that it has (see allow_time); five times as
/// long if it works, ten times if other programs keep it from working.
[[nodiscard]] outcome supervise(const std::string& suite, const std::string& name);

}  // namespace workbook::harness
