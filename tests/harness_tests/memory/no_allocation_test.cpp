// What the explorer knows of memory may be told by code that stands in front of malloc.
#include <gtest/gtest.h>

#include <memory>

#include "harness/memory/memory_model.hpp"
#include "harness/memory/shadow.hpp"
#include "harness/memory/trace_hash.hpp"
#include "harness/sanitizers.hpp"

namespace workbook::harness::memory {
namespace {

void use_all_of_it(memory_model& model, shadow& accesses, trace_hash& trace) {
  model.start();
  accesses.start();
  trace.start();
  model.created(0, 1);
  for (std::uintptr_t i = 1; model.limit_reached() == nullptr; ++i) {
    const atomic_object it{8 * i, 4, 0};
    model.store(0, it, std::memory_order_seq_cst, 0);
    model.exchange(0, it, std::memory_order_acq_rel, 0);
    model.load(1, it, std::memory_order_relaxed, 1);
    model.acquire(1, 8 * i);
    model.release(1, 8 * i);
    trace.change(1, 1, 8 * i);
  }
  model.fence(1, std::memory_order_seq_cst);
  model.forget(0, 1U << 20U);
  model.ended(1);
  model.joined(0, 1);
  const vector_clock& known = model.known_to(0);
  for (std::uintptr_t i = 1; accesses.limit_reached() == nullptr; ++i) {
    accesses.access(known, {access_kind::write, 0, 0}, 8 * i, 8);
    accesses.access(known, {access_kind::free, 0, 0}, 8 * i, 8);
  }
  accesses.fresh(0, 1U << 20U);
}

TEST(NoAllocation, IsMadeByWhatKnowsOfMemory) {
  if (!after_allocation::available()) GTEST_SKIP() << after_allocation::unavailable_reason();
  memory_model model;
  shadow accesses;
  trace_hash trace;
  int allocations = 0;
  {
    const after_allocation hook([&] { ++allocations; });
    use_all_of_it(model, accesses, trace);
    EXPECT_EQ(allocations, 0);
    const auto counted = std::make_unique<int>(1);
    EXPECT_EQ(allocations, *counted) << "but others are seen";
  }
}

}  // namespace
}  // namespace workbook::harness::memory
