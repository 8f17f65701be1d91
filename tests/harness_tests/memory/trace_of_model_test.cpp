// Two beginnings with one trace hash leave threads and memory in one state.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>

#include "harness/memory/memory_model.hpp"
#include "harness/memory/trace_hash.hpp"

namespace workbook::harness::memory {
namespace {

constexpr int threads_of_model = 3;
constexpr std::uintptr_t order_s = 8;  // what the trace takes for S
constexpr std::array<std::uintptr_t, 2> addresses = {0x1000, 0x2000};
constexpr std::uintptr_t mutex_address = 0x3000;

struct random_step {
  int kind;
  std::size_t object;
  std::memory_order order;
  std::uint64_t number;  // of its thread
};
using random_program = std::array<std::array<random_step, 3>, threads_of_model>;

/// One run of a program, in an order and with stale values by chance.
class random_run {
 public:
  random_run(memory_model& model, trace_hash& trace, std::mt19937& random)
      : model_(model), trace_(trace), random_(random) {
    model_.start();
    trace_.start();
    for (int i = 1; i < threads_of_model; ++i) {
      model_.created(0, i);
      trace_.step_after(i, 1, 0);
    }
  }

  /// Takes one step of a thread.
  void take(int thread, const random_step& it) {
    const std::uint64_t what = 100 * it.number;
    const atomic_object at = {addresses[it.object], 4, values_[it.object]};
    if (it.kind == 0) {
      const auto readable = static_cast<unsigned>(model_.readable(thread, at, it.order));
      const int back = static_cast<int>(random_() % readable);
      const loaded_value read = model_.load(thread, at, it.order, back);
      trace_.step(thread, what, read.origin.trace);
    } else if (it.kind <= 2) {
      const std::uint64_t hash = trace_.change(thread, what, at.address);
      const auto value =
          static_cast<unsigned>(10 * (thread + 1)) + static_cast<unsigned>(it.number);
      it.kind == 1 ? model_.store(thread, at, it.order, value, {0, hash})
                   : static_cast<void>(model_.exchange(thread, at, it.order, value, {0, hash}));
      values_[it.object] = value;
    } else if (it.kind == 3) {
      model_.fence(thread, it.order);
      it.order == std::memory_order_seq_cst ? trace_.change(thread, what, order_s)
                                            : trace_.step(thread, what);
      return;
    } else {
      it.number % 2 == 0 ? model_.acquire(thread, mutex_address)
                         : model_.release(thread, mutex_address);
      trace_.change(thread, what, mutex_address);
      return;
    }
    if (it.order == std::memory_order_seq_cst) trace_.look(thread, what + 1, order_s);
  }

  /// All that can be seen from outside: what each thread knows, and may read.
  std::string state() {
    std::string text;
    for (int thread = 0; thread < threads_of_model; ++thread) {
      for (int other = 0; other < threads_of_model; ++other) {
        text += std::to_string(model_.known_to(thread).of(other)) + " ";
      }
      for (std::size_t i = 0; i < addresses.size(); ++i) {
        for (const auto order : {std::memory_order_relaxed, std::memory_order_seq_cst}) {
          const atomic_object at = {addresses[i], 4, values_[i]};
          const int readable = model_.readable(thread, at, order);
          for (int back = 0; back < readable; ++back) {
            text += std::to_string(static_cast<unsigned>(model_.peek(at, back).value)) + ",";
          }
        }
      }
    }
    return text;
  }

 private:
  memory_model& model_;
  trace_hash& trace_;
  std::mt19937& random_;
  std::array<unsigned, addresses.size()> values_{};
};

random_program make_program(std::mt19937& random) {
  constexpr std::array orders = {std::memory_order_relaxed, std::memory_order_acquire,
                                 std::memory_order_release, std::memory_order_seq_cst,
                                 std::memory_order_seq_cst};
  random_program made;
  for (auto& thread : made) {
    for (std::size_t i = 0; i < thread.size(); ++i) {
      thread[i] = {static_cast<int>(random() % 5), random() % addresses.size(),
                   orders[random() % orders.size()], i + 1};
    }
  }
  return made;
}

TEST(TraceOfModel, OneHashIsOneState) {
  memory_model model;
  trace_hash trace;
  std::mt19937 random(1);
  int met_again = 0;
  for (int round = 0; round < 30; ++round) {
    const random_program program = make_program(random);
    std::map<std::uint64_t, std::string> state_of_hash;
    for (int i = 0; i < 60; ++i) {
      random_run run(model, trace, random);
      std::array<std::size_t, threads_of_model> next{};
      for (std::size_t steps = 0; steps < 9;) {
        const std::size_t thread = random() % threads_of_model;
        if (next[thread] == program[thread].size()) continue;
        run.take(static_cast<int>(thread), program[thread][next[thread]++]);
        ++steps;
        const std::string state = run.state();
        const auto [known, added] = state_of_hash.emplace(trace.sum(), state);
        ASSERT_EQ(known->second, state);
        if (!added) ++met_again;
      }
    }
  }
  EXPECT_GT(met_again, 1000);
}

}  // namespace
}  // namespace workbook::harness::memory
