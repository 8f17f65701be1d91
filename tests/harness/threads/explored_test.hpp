#pragma once

#include <gtest/gtest.h>

#include "harness/threads/explore.hpp"

namespace workbook::harness {

/// The base of the suites that explore: skipped, with the reason, in a build that cannot.
class explored_test : public testing::Test {
 protected:
  void SetUp() override {
    if (!explore_available()) GTEST_SKIP() << explore_unavailable_reason();
  }
};

}  // namespace workbook::harness
