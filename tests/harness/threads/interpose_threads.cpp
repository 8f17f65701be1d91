// Threads of this test program begin and end here: these functions hide those of the C library from
// std::thread. A thread under explore() gets the scheduler's version, every other thread passes the
// probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>
#include <memory>

#include "harness/threads/probe_state.hpp"
#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"

using workbook::harness::real;
using workbook::harness::exploration::scheduler;
using namespace workbook::harness::thread_probes;

namespace {

using thread_function = void* (*)(void*);

struct thread_start {
  thread_function function;
  void* argument;
};

void* start_at_gate(void* memory) {
  const std::unique_ptr<thread_start> start(static_cast<thread_start*>(memory));
  ++state.held_at_gate;
  state.held_at_gate.notify_all();
  state.gate_closed.wait(true);
  --state.held_at_gate;
  return start->function(start->argument);
}

bool starts_detached(const pthread_attr_t* attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) ::pthread_attr_getdetachstate(attributes, &state);
  return state == PTHREAD_CREATE_DETACHED;
}

bool creation_is_to_fail() {
  int left = state.creations_until_failure;
  while (left > 0 && !state.creations_until_failure.compare_exchange_weak(left, left - 1)) {
  }
  if (left == 1) state.creation_failed = true;
  return left == 1;
}

}  // namespace

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, thread_function function,
                   void* argument) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return creation_is_to_fail() ? EAGAIN : explorer->create(thread, function, argument);
  }
  if (creation_is_to_fail()) {
    ++state.refused;
    return EAGAIN;
  }
  // Counted before it begins: it may have done all that there is to see before this thread goes on.
  const bool detached = starts_detached(attributes);
  ++state.created;
  if (detached) ++state.detached;
  int error = 0;
  if (state.gate_closed) {
    auto start = std::make_unique<thread_start>(thread_start{function, argument});
    error = real().create(thread, attributes, start_at_gate, start.get());
    if (error == 0) start.release();
  } else {
    error = real().create(thread, attributes, function, argument);
  }
  if (error != 0) {
    --state.created;
    if (detached) --state.detached;
    ++state.refused;
  }
  if (error == 0) run_hook(state.creation_hook);
  return error;
}

int pthread_join(pthread_t thread, void** result) {
  if (scheduler* explorer = scheduler::mine()) return explorer->join(thread);
  const int error = real().join(thread, result);
  if (error == 0) ++state.joined;
  return error;
}

int pthread_detach(pthread_t thread) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->detach(thread);
  ++state.detached;
  return real().detach(thread);
}

}  // extern "C"

#endif
