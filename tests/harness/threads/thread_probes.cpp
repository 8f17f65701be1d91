#include "harness/threads/thread_probes.hpp"

#include <utility>

#include "harness/threads/interpose.hpp"
#include "harness/threads/probe_state.hpp"

namespace workbook::harness::thread_probes {

bool available() { return WORKBOOK_INTERPOSE != 0; }

const char* unavailable_reason() { return interposing_unavailable_reason(); }

call_counts counts() {
  return {.created = state.created,
          .refused = state.refused,
          .joined = state.joined,
          .detached = state.detached,
          .waits = state.waits,
          .notify_one = state.notify_one,
          .notify_all = state.notify_all,
          .sleeps = state.sleeps,
          .destroyed_under_waiter = state.destroyed_under_waiter};
}

int held_mutexes() { return mutexes_held; }
int waiting_threads() { return state.waiting; }

fail_thread_creation::fail_thread_creation(int k) {
  state.creation_failed = false;
  state.creations_until_failure = k;
}
fail_thread_creation::~fail_thread_creation() { state.creations_until_failure = 0; }
bool fail_thread_creation::happened() const { return state.creation_failed; }

thread_start_gate::thread_start_gate() { state.gate_closed = true; }
thread_start_gate::~thread_start_gate() { open(); }
void thread_start_gate::open() {
  state.gate_closed = false;
  state.gate_closed.notify_all();
}
int thread_start_gate::held() const { return state.held_at_gate; }
void thread_start_gate::wait_until_held(int threads) const {
  for (int now = held(); now < threads; now = held()) state.held_at_gate.wait(now);
}

after_creation::after_creation(std::function<void()> hook) : hook_(std::move(hook)) {
  state.creation_hook = &hook_;
}
after_creation::~after_creation() { state.creation_hook = nullptr; }

before_sleep::before_sleep(std::function<void()> hook) : hook_(std::move(hook)) {
  state.sleep_hook = &hook_;
}
before_sleep::~before_sleep() { state.sleep_hook = nullptr; }

spurious_wakeup::spurious_wakeup() {
  state.spurious_happened = false;
  state.spurious_armed = true;
}
spurious_wakeup::~spurious_wakeup() { state.spurious_armed = false; }
bool spurious_wakeup::happened() const { return state.spurious_happened; }

}  // namespace workbook::harness::thread_probes
