// Plain memory: what is told of each access to it, and what two accesses are that collide. Called by
// the functions of harness/observed/, where the code under test is compiled for it.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <execinfo.h>

#include <algorithm>
#include <string>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

using memory::access_kind;
using memory::memory_conflict;

namespace {

const char* verb_of(access_kind kind) {
  switch (kind) {
    case access_kind::read: return "reads";
    case access_kind::write: return "writes";
    case access_kind::atomic_read: return "reads atomically";
    case access_kind::atomic_write: return "writes atomically";
    case access_kind::free: return "gives back";
  }
  return "?";
}

operation operation_of(access_kind kind) {
  if (kind == access_kind::free) return operation::give_back;
  const bool writes = kind == access_kind::write || kind == access_kind::atomic_write;
  return writes ? operation::write : operation::read;
}

}  // namespace

/// As it would stand in the trace.
event scheduler::event_here(operation what, const void* at, std::size_t size) const {
  event e{};
  e.what = what;
  e.thread = running_;
  e.object = at;
  e.other = shared_.event_count;
  e.value = size;
  e.frame_count = backtrace(e.frames.data(), static_cast<int>(e.frames.size()));
  return e;
}

void scheduler::access(const void* at, std::size_t size, access_kind kind, std::uintptr_t code) {
  if (!memory_) return;
  if (trace_) {
    code = memory_->told.size();
    memory_->told.push_back(event_here(operation_of(kind), at, size));
  }
  const auto conflict = memory_->accesses.access(memory_->model.known_to(running_),
                                                 {kind, running_, code}, number_of(at), size);
  if (conflict) fail_conflict(*conflict);
  if (kind == access_kind::free) require_no_mutex_in(at, size);
  if (kind == access_kind::write || kind == access_kind::free) {
    memory_->model.forget(number_of(at), size);
    memory_->trace.forget(number_of(at), size);
  }
}

void scheduler::given_out(const void* at, std::size_t size) {
  if (!memory_) return;
  memory_->model.forget(number_of(at), size);
  memory_->trace.forget(number_of(at), size);
  memory_->accesses.fresh(number_of(at), size);
  if (trace_) memory_->allocations.push_back(event_here(operation::give_out, at, size));
}

void scheduler::did_unseen() {
  if (memory_) memory_->model.did_unseen(running_);
}

raced_memory scheduler::look_up(std::uintptr_t address) {
  raced_memory found{reinterpret_cast<const void*>(address), nobody, {}};
  found.allocation.thread = nobody;
  const auto in = [=](const void* begin, std::size_t size) {
    return address >= number_of(begin) && address < number_of(begin) + size;
  };
  const auto block = std::find_if(memory_->allocations.rbegin(), memory_->allocations.rend(),
                                  [&](const event& it) { return in(it.object, it.value); });
  if (block != memory_->allocations.rend()) found.allocation = *block;
  for (int i = 0; i < shared_.thread_count; ++i) {
    pthread_attr_t attributes;
    void* stack = nullptr;
    std::size_t size = 0;
    const pthread_t handle = crew_[static_cast<std::size_t>(i)].handle;
    if (::pthread_getattr_np(handle, &attributes) != 0) continue;
    ::pthread_attr_getstack(&attributes, &stack, &size);
    ::pthread_attr_destroy(&attributes);
    if (in(stack, size)) found.stack_of = i;
  }
  return found;
}

void scheduler::fail_conflict(const memory_conflict& found) {
  if (trace_) {
    shared_.racing = {memory_->told[found.earlier.place], memory_->told[found.later.place]};
    for (event& e : shared_.racing) e.value = found.size;
    shared_.racing[1].interrupted = interrupted_;
    shared_.raced = look_up(found.address);
    shared_.races = true;
  }
  const std::string first = info(found.earlier.thread).name.data();
  const std::string second = info(found.later.thread).name.data();
  if (found.earlier.kind == access_kind::free) {
    fail(explore_verdict::use_after_free,
         second + " " + verb_of(found.later.kind) + " memory that " + first + " has given back");
  }
  fail(explore_verdict::data_race, "data race: " + first + " " + verb_of(found.earlier.kind) +
                                       " and " + second + " " + verb_of(found.later.kind) +
                                       " the same memory, and nothing orders the two");
}

/// Too much to hold means that the schedule's verdict would be a guess.
void scheduler::require_all_observed() {
  if (!memory_) return;
  const char* const model = memory_->model.limit_reached();
  const char* const limit = model != nullptr ? model : memory_->accesses.limit_reached();
  if (limit == nullptr) return;
  fail(explore_verdict::no_verdict,
       std::string("the body uses ") + limit + ": too much to observe");
}

}  // namespace workbook::harness::exploration

#endif
