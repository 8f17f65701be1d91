#include "harness/threads/step_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/symbols.hpp"
#include "harness/threads/source_names.hpp"

namespace workbook::harness::exploration {
namespace {

bool is_on_atomic(operation what) { return what >= operation::load && what <= operation::change; }

std::string of_waiters(const event& e) {
  return e.waiters == 0 ? "nobody" : fmt::format("{} of {}", e.other, e.waiters);
}

/// Small numbers as they are; of pointers and the like, the last digits tell which is which.
std::string value_of(const event& e) {
  if (e.value < 1'000'000) return std::to_string(e.value);
  const auto with_sign = static_cast<std::int32_t>(e.value);
  if (e.value <= UINT32_MAX && with_sign > -1'000'000) return std::to_string(with_sign);
  return fmt::format("…{:04x}", e.value & 0xFFFFU);
}

std::string bytes_of(const event& e) {
  return e.value == 1 ? "a byte" : fmt::format("{} bytes", e.value);
}

std::string kind_of(object_kind kind) {
  switch (kind) {
    case object_kind::mutex: return "mutex";
    case object_kind::shared_mutex: return "shared mutex";
    case object_kind::condition: return "condition";
    case object_kind::atomic: return "atomic";
    case object_kind::once: return "once";
    case object_kind::semaphore: return "semaphore";
    case object_kind::barrier: return "barrier";
    case object_kind::events: return "event";
  }
  return "?";
}

bool is_mutex(object_kind kind) {
  return kind == object_kind::mutex || kind == object_kind::shared_mutex;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

step_words::step_words(const shared_state& shared) : shared_(shared) {
  std::set<const void*> addresses;
  for (int i = first_step(); i < end_of_steps(); ++i) {
    const event& e = step(i);
    addresses.insert(e.frames.begin(), e.frames.begin() + e.frame_count);
  }
  for (const event& e : {shared_.racing[0], shared_.racing[1], shared_.raced.allocation}) {
    addresses.insert(e.frames.begin(), e.frames.begin() + e.frame_count);
  }
  lines_ = find_source_lines({addresses.begin(), addresses.end()});
  name_objects();
  choose_rows();
}

int step_words::first_step() const {
  // More than anyone reads, and enough to see every object named.
  return std::max(0, shared_.event_count - 500);
}

/// The story is about what the threads do to each other: an atomic that only one of them touches
/// is left out of it. Of plain memory it tells the two accesses that collide.
void step_words::choose_rows() {
  std::map<const void*, std::set<int>> users;
  for (int i = first_step(); i < end_of_steps(); ++i) {
    if (is_on_atomic(step(i).what)) users[step(i).object].insert(step(i).thread);
  }
  bool interrupted = false;
  const auto tell = [&](const event& e) {
    rows_.push_back({&e, interrupted || e.interrupted});
    interrupted = false;
  };
  bool told = !shared_.races;
  for (int i = first_step(); i < end_of_steps(); ++i) {
    if (!told && shared_.racing[0].other <= i) tell(shared_.racing[0]);
    told = told || shared_.racing[0].other <= i;
    const event& e = step(i);
    if (!is_on_atomic(e.what) || users[e.object].size() > 1) {
      tell(e);
    } else {
      interrupted = interrupted || e.interrupted;
    }
  }
  if (!told) tell(shared_.racing[0]);
  if (shared_.races) tell(shared_.racing[1]);
}

const event& step_words::step(int number) const {
  return shared_.events[static_cast<std::size_t>(number % max_events)];
}

const object_info* step_words::find(const void* address) const {
  for (int i = 0; i < shared_.object_count; ++i) {
    const object_info& known = shared_.objects[static_cast<std::size_t>(i)];
    if (known.address == address) return &known;
  }
  return nullptr;
}

/// Given names first, then the name in a source line that uses the object, then a number.
void step_words::name_objects() {
  for (int i = first_step(); i < end_of_steps(); ++i) {
    const event& e = step(i);
    const object_info* it = find(e.object);
    const source_line* line = line_of(e);
    if (is_on_atomic(e.what) && line != nullptr && !names_.contains(e.object)) {
      const std::string name = name_of_atomic_in(*line);
      if (!name.empty()) names_[e.object] = name;
    }
    if (it == nullptr || line == nullptr || names_.contains(e.object)) continue;
    const std::string name = it->kind == object_kind::condition ? name_of_condition_in(*line)
                             : is_mutex(it->kind)               ? name_of_mutex_in(*line)
                                                                : "";
    if (!name.empty()) names_[e.object] = name;
  }
  std::map<std::string, int> used;
  for (int i = 0; i < shared_.object_count; ++i) {
    const object_info& it = shared_.objects[static_cast<std::size_t>(i)];
    std::string& name = names_[it.address];
    if (it.name[0] != '\0') name = it.name.data();
    const bool nameless = name.empty();
    if (nameless) {
      name = kind_of(it.kind);
    }
    const int count = ++used[name];
    if (count > 1 || nameless) name += fmt::format(" {}", count);
  }
}

std::string step_words::thread(int number) const {
  if (number < 0 || number >= shared_.thread_count) return "nobody";
  return shared_.threads[static_cast<std::size_t>(number)].name.data();
}

std::string step_words::object(const void* address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? "atomic" : found->second;
}

std::string step_words::what(const event& e) const {
  const std::string name = object(e.object);
  switch (e.what) {
    case operation::begin: return "begins";
    case operation::create: return "starts " + thread(e.other);
    case operation::join: return "joins " + thread(e.other);
    case operation::detach: return "detaches " + thread(e.other);
    case operation::end: return e.object == nullptr ? "ends" : "ends with " + name;
    case operation::lock: return "locks " + name;
    case operation::lock_shared: return "reads under " + name;
    case operation::blocked: return "blocked by " + name;
    case operation::unlock: return "unlocks " + name;
    case operation::try_lock: return "try_lock " + name;
    case operation::try_lock_failed: return "try_lock fails";
    case operation::wait: return "waits " + name;
    case operation::wake: return "wakes " + name;
    case operation::wake_spuriously: return "wakes for no reason";
    case operation::time_out: return "times out";
    case operation::notify_one: return fmt::format("notify_one {}", of_waiters(e));
    case operation::notify_all: return fmt::format("notify_all {}", of_waiters(e));
    case operation::destroy: return "destroys " + name;
    case operation::once: return "runs " + name;
    case operation::acquire: return "acquires " + name;
    case operation::arrive: return "arrives at " + name;
    case operation::atomic_wait: return "waits " + name;
    case operation::atomic_notify: return fmt::format("notifies {}", of_waiters(e));
    case operation::yield: return "yields";
    case operation::sleep: return "sleeps";
    case operation::point: return static_cast<const char*>(e.object);
    case operation::load: return fmt::format("{} is {}", name, value_of(e));
    case operation::load_stale: return fmt::format("{} is still {}", name, value_of(e));
    case operation::store: return fmt::format("{} = {}", name, value_of(e));
    case operation::change: return fmt::format("{} -> {}", name, value_of(e));
    case operation::fence: return "fence";
    case operation::look_again: return "looks again";
    case operation::turn_over: return "lets the others run";
    case operation::read: return fmt::format("READS {}", bytes_of(e));
    case operation::write: return fmt::format("WRITES {}", bytes_of(e));
    case operation::give_out: return "allocates memory";
    case operation::give_back: return "FREES memory";
  }
  return "?";
}

const source_line* step_words::line_of(const event& e) const {
  for (int i = 0; i < e.frame_count; ++i) {
    const auto found = lines_.find(e.frames[static_cast<std::size_t>(i)]);
    if (found == lines_.end()) continue;
    // The explorer's own functions are on every stack: they tell nothing.
    for (const source_line& line : found->second) {
      if (!line.path.starts_with("tests/harness/")) return &line;
    }
  }
  return nullptr;
}

std::string step_words::place(const event& e) const {
  const source_line* line = line_of(e);
  if (line == nullptr) return "";
  return fmt::format("{}:{} in {}", file_name(line->path), line->line, line->function);
}

std::string step_words::full_place(const event& e) const {
  const source_line* line = line_of(e);
  return line == nullptr ? ""
                         : fmt::format("{}:{} in {}()", line->path, line->line, line->function);
}

std::string step_words::source(const event& e) const {
  const source_line* line = line_of(e);
  return line == nullptr ? "" : text_of(*line);
}

std::string step_words::raced() const {
  const raced_memory& it = shared_.raced;
  if (const event& block = it.allocation; block.thread != nobody) {
    const auto offset =
        static_cast<const char*>(it.address) - static_cast<const char*>(block.object);
    const std::string where = full_place(block);
    return fmt::format("byte {} of a block of {} that {} allocated{}", offset, bytes_of(block),
                       thread(block.thread), where.empty() ? "" : " at " + where);
  }
  if (it.stack_of != nobody) return "a variable on the stack of " + thread(it.stack_of);
  const std::string variable = name_of_variable_at(it.address);
  return variable.empty() ? "" : "the variable " + variable;
}

std::string step_words::waiting_for(const thread_info& it) const {
  const object_info* object_waited = find(it.object);
  switch (it.state) {
    case run_state::joins: return "waits for the end of " + thread(it.joins);
    case run_state::wants_mutex:
    case run_state::wants_to_read:
      return fmt::format("waits for {}, held by {}", object(it.object),
                         object_waited != nullptr ? holders(*object_waited) : "nobody");
    case run_state::waits_condition:
    case run_state::waits_atomic:
      return fmt::format("waits on {}: {}", object(it.object),
                         object_waited != nullptr ? why_no_notification(*object_waited) : "");
    case run_state::ready:
    case run_state::patient: return "could go on";
    case run_state::ended: return "";
  }
  return "";
}

std::string step_words::holders(const object_info& it) const {
  if (it.readers == 0) return thread(it.owner);
  std::string names;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if ((it.readers >> i & 1U) != 0) names += (names.empty() ? "" : " and ") + thread(i);
  }
  return names;
}

std::string step_words::why_no_notification(const object_info& it) const {
  if (it.notifications == 0) return "nobody has notified it";
  const std::string times =
      it.notifications == 1 ? "once" : fmt::format("{} times", it.notifications);
  if (it.woken == 0) return fmt::format("it was notified {}, while nobody waited", times);
  const std::string late =
      it.unheard == 0 ? "" : fmt::format("; {} came while nobody waited", it.unheard);
  return fmt::format("it was notified {}, which woke {}{}", times, it.woken, late);
}

}  // namespace workbook::harness::exploration
