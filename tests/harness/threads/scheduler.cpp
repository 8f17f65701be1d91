#include "harness/threads/scheduler.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>

namespace workbook::harness::exploration {
namespace {

thread_local scheduler* explored_by = nullptr;

struct crew_start {
  scheduler* by;
  int thread;
};

}  // namespace

scheduler* scheduler::mine() { return explored_by; }

scheduler::scheduler(shared_state& shared, schedule_search& search, int max_steps, bool story)
    : shared_(shared), search_(search), max_steps_(max_steps), story_(story) {}

void scheduler::run_schedule(const std::function<void()>& body) {
  search_.start_schedule();
  shared_.thread_count = 1;
  shared_.object_count = 0;
  shared_.event_count = 0;
  info(0) = {};
  info(0).last_event = nobody;
  running_ = 0;
  shared_.running = 0;
  steps_ = 0;
  now_ = 0;
  ways_given_ = 0;
  interrupted_ = false;
  name_current_thread("main");
  ending().begin();
  explored_by = this;
  try {
    body();
  } catch (const std::exception& error) {
    fail(explore_verdict::exception, std::string("an exception left the body: ") + error.what());
  } catch (...) {
    fail(explore_verdict::exception, "an exception that is no std::exception left the body");
  }
  ending().run_duties();
  end_body();
  explored_by = nullptr;
  ending().renew_thread_locals();
}

void scheduler::end_body() {
  require_no_lock_held();
  for (int i = 1; i < shared_.thread_count; ++i) {
    const std::string name = info(i).name.data();
    if (info(i).state != thread_state::ended) {
      fail(explore_verdict::unfinished_thread, "the body returned while " + name + " still runs");
    }
    if (!info(i).joined_or_detached) {
      fail(explore_verdict::unfinished_thread,
           "the body returned and nobody has joined or detached " + name);
    }
  }
  if (search_.nondeterministic() || search_.ended_early()) {
    fail(explore_verdict::nondeterministic,
         "the body ended in another place although its schedule began like an earlier one");
  }
}

void scheduler::fail(explore_verdict verdict, const std::string& message) {
  shared_.verdict = verdict;
  std::strncpy(shared_.message.data(), message.c_str(), shared_.message.size() - 1);
  std::fflush(nullptr);
  _exit(1);  // the other threads are stuck for good: there is nothing to unwind
}

void scheduler::cannot_explore(const std::string& call) {
  fail(explore_verdict::no_verdict, current_thread_name() + " calls " + call);
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
  info(thread) = {};
  info(thread).last_event = nobody;
  const std::string name = "thread " + std::to_string(thread);
  std::strncpy(info(thread).name.data(), name.c_str(), sizeof(name_text) - 1);
  *handle = member.handle;
  record(operation::create, nullptr, thread);
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
  require_no_lock_held();
  record(operation::end);
  me().state = thread_state::ended;
  explored_by = nullptr;
  ending().renew_thread_locals();
  dispatch();
}

void scheduler::require_no_lock_held() {
  for (int i = 0; i < shared_.object_count; ++i) {
    const object_info& it = shared_.objects[static_cast<std::size_t>(i)];
    const bool reads = (it.readers >> running_ & 1U) != 0;
    if (it.owner != running_ && !reads) continue;
    record(operation::end, it.address);
    fail(explore_verdict::misuse, current_thread_name() + " ends while it holds a mutex");
  }
}

int scheduler::join(pthread_t handle) {
  const int other = thread_of(handle);
  if (other == nobody) return ESRCH;
  if (info(other).state != thread_state::ended) {
    me().state = thread_state::joins;
    me().joins = other;
    about_to_ = operation::join;
    record(operation::join, nullptr, other);
    dispatch();
  } else {
    record(operation::join, nullptr, other);
  }
  info(other).joined_or_detached = true;
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

void scheduler::name_current_thread(std::string_view name) {
  name_text& text = me().name;
  text = {};
  std::memcpy(text.data(), name.data(), std::min(name.size(), text.size() - 1));
}

void scheduler::name_object(const void* address, std::string_view name) {
  name_text& text = object(address, object_kind::mutex).name;
  text = {};
  std::memcpy(text.data(), name.data(), std::min(name.size(), text.size() - 1));
}

std::string scheduler::current_thread_name() { return me().name.data(); }

}  // namespace workbook::harness::exploration

#endif
