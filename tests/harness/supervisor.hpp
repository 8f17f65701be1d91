#pragma once

#include <string>

#include "harness/test_record.hpp"

namespace workbook::harness {

/// Runs the test `name` ("Suite.Name") in a process of its own and watches it. A test that hangs is
/// recognised, named and ended. @returns its record, under the name `suite.name`; the record has the
/// `proof` only if the body of the test came to its end.
/// The calling process must have no other thread: it forks.
/// Blocks until the test has ended. Its time (see allow_time) is time in which it could work and
/// does not (see idle_time). It may use half as much processor time; with the processes that it
/// has started, five times as much.
[[nodiscard]] test_record supervise(const std::string& suite, const std::string& name,
                                    const std::string& proof = {});

}  // namespace workbook::harness
