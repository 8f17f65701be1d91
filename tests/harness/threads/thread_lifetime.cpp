// How threads begin and end: under a schedule, where a real thread serves one explored thread after
// the other, and the functions that hide pthread_create, pthread_join and the like of the C library
// from std::thread. A thread under explore() gets the scheduler's version; every other thread
// passes the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <limits.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "harness/threads/probe_state.hpp"
#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

using key_destructor = void (*)(void*);
constinit std::array<std::atomic<key_destructor>, PTHREAD_KEYS_MAX> key_destructors{};

struct memory_block {
  void* begin = nullptr;
  std::size_t size = 0;
};

/// The calling thread's thread_locals of the program, which is the first object in the list.
/// Source: dl_iterate_phdr(3).
int find_thread_locals(dl_phdr_info* program, std::size_t /*size*/, void* found) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    if (program->dlpi_phdr[i].p_type != PT_TLS) continue;
    *static_cast<memory_block*>(found) = {program->dlpi_tls_data, program->dlpi_phdr[i].p_memsz};
  }
  return 1;
}

/// Byte by byte and unseen by the address sanitizer, which may have variables of its own there.
__attribute__((no_sanitize("address"))) void copy_bytes(std::byte* to, const std::byte* from,
                                                        std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) static_cast<volatile std::byte*>(to)[i] = from[i];
}

struct crew_start {
  scheduler* by;
  int thread;
};

}  // namespace

void remember_key(pthread_key_t key, void (*destructor)(void*)) {
  if (key < key_destructors.size()) key_destructors[key] = destructor;
}

void thread_ending::begin() {
  if (thread_locals_ != nullptr) return;
  memory_block block;
  dl_iterate_phdr(find_thread_locals, &block);
  thread_locals_ = static_cast<std::byte*>(block.begin);
  as_new_.resize(block.size);
  copy_bytes(as_new_.data(), thread_locals_, as_new_.size());
}

void thread_ending::renew_thread_locals() {
  copy_bytes(thread_locals_, as_new_.data(), as_new_.size());
}

void thread_ending::run_duties() {
  while (!destructors_.empty()) {
    const destructor last = destructors_.back();
    destructors_.pop_back();
    last.function(last.object);
  }
  // A destructor may give its key a value again, for the next round.
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && !keys_.empty(); ++round) {
    run_key_destructors();
  }
  keys_.clear();
}

void thread_ending::run_key_destructors() {
  for (const pthread_key_t key : std::exchange(keys_, {})) {
    void* const value = ::pthread_getspecific(key);
    if (value == nullptr) continue;
    real().setspecific(key, nullptr);
    const key_destructor destroy =
        key < key_destructors.size() ? key_destructors[key].load() : nullptr;
    if (destroy == nullptr) continue;
    destroy(value);
    // The standard library's own, with what is to be done at_thread_exit, is not observed.
    if (const auto explorer = scheduler::mine()) explorer->did_unseen();
  }
}

int scheduler::create(pthread_t* handle, void* (*function)(void*), void* argument) {
  const int thread = shared_.thread_count;
  if (thread == max_threads) {
    fail(explore_verdict::no_verdict, "the body starts more than 47 threads: too many to explore");
  }
  crew_member& member = crew_[static_cast<std::size_t>(thread)];
  member.function = function;
  member.argument = argument;
  if (!member.exists) {
    const int error = real().create(&member.handle, nullptr, serve, new crew_start{this, thread});
    if (error != 0) return error;
    member.exists = true;
  }
  ++shared_.thread_count;
  if (memory_) memory_->model.created(running_, thread);
  info(thread) = {};
  info(thread).last_event = nobody;
  const std::string name = "thread " + std::to_string(thread);
  std::strncpy(info(thread).name.data(), name.c_str(), sizeof(name_text) - 1);
  *handle = member.handle;
  record(operation::create, nullptr, thread);
  if (memory_) memory_->trace.step_after(thread, 0, running_);
  step(operation::create);
  return 0;
}

void* scheduler::serve(void* start) {
  const crew_start mine = *static_cast<crew_start*>(start);
  delete static_cast<crew_start*>(start);
  crew_member& member = mine.by->crew_[static_cast<std::size_t>(mine.thread)];
  member.ending.begin();
  for (;;) {
    member.turn.take();
    explored_by = mine.by;
    member.function(member.argument);
    mine.by->end_thread();
  }
}

/// The end of an explored thread; the real one goes on in the crew.
void scheduler::end_thread() {
  ending().run_duties();
  const scheduler_entry entry(this);
  require_no_lock_held();
  record(operation::end);
  me().state = run_state::ended;
  if (memory_) memory_->model.ended(running_);
  explored_by = nullptr;
  ending().renew_thread_locals();
  dispatch();
}

int scheduler::join(pthread_t handle) {
  const int other = thread_of(handle);
  if (other == nobody) return ESRCH;
  if (info(other).state != run_state::ended) {
    me().state = run_state::joins;
    me().joins = other;
    about_to_ = operation::join;
    record(operation::join, nullptr, other);
    dispatch();
  } else {
    record(operation::join, nullptr, other);
  }
  info(other).joined_or_detached = true;
  if (memory_) {
    memory_->model.joined(running_, other);
    memory_->trace.step_after(running_, 0, other);
  }
  return 0;
}

int scheduler::detach(pthread_t handle) {
  const int other = thread_of(handle);
  if (other == nobody) return ESRCH;
  record(operation::detach, nullptr, other);
  info(other).joined_or_detached = true;
  return 0;
}

int scheduler::thread_of(pthread_t handle) {
  for (int i = 1; i < shared_.thread_count; ++i) {
    if (pthread_equal(crew_[static_cast<std::size_t>(i)].handle, handle) != 0) return i;
  }
  return nobody;
}

}  // namespace workbook::harness::exploration

using workbook::harness::real;
using workbook::harness::exploration::remember_key;
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

// NOLINTBEGIN(readability-identifier-naming): the names are the C library's
extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, thread_function function,
                   void* argument) noexcept {
  if (const auto explorer = scheduler::mine()) {
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
  if (const auto explorer = scheduler::mine()) return explorer->join(thread);
  const int error = real().join(thread, result);
  if (error == 0) ++state.joined;
  return error;
}

int pthread_detach(pthread_t thread) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->detach(thread);
  ++state.detached;
  return real().detach(thread);
}

// Where the destructor of a thread_local is registered.
// Source: gnu.org/software/libc, "Destructor support for thread_local variables".
int __cxa_thread_atexit_impl(void (*function)(void*), void* object, void* library) noexcept {
  if (const auto explorer = scheduler::mine()) {
    explorer->ending().add_destructor(function, object);
    return 0;
  }
  return real().cxa_thread_atexit(function, object, library);
}

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) noexcept {
  const int error = real().key_create(key, destructor);
  if (error == 0) remember_key(*key, destructor);
  return error;
}

int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
  if (const auto explorer = scheduler::mine(); explorer && value != nullptr) {
    explorer->ending().add_key(key);
  }
  return real().setspecific(key, value);
}

void pthread_exit(void* result) {
  if (const auto explorer = scheduler::mine()) explorer->cannot_explore("pthread_exit");
  real().exit(result);
  __builtin_unreachable();
}

int pthread_cancel(pthread_t thread) {
  if (const auto explorer = scheduler::mine()) explorer->cannot_explore("pthread_cancel");
  return real().cancel(thread);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)

#endif
