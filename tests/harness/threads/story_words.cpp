#include "harness/threads/story_words.hpp"

#include "harness/threads/interpose.hpp"
#include "harness/threads/names_in_source.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace workbook::harness::exploration {
namespace {

std::string of_waiters(const event& e) {
  return e.waiters == 0 ? "nobody" : fmt::format("{} of {}", e.other, e.waiters);
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
  }
  return "?";
}

bool is_mutex(object_kind kind) {
  return kind == object_kind::mutex || kind == object_kind::shared_mutex;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

story_words::story_words(const shared_state& shared) : shared_(shared) {
  std::set<const void*> addresses;
  for (int i = first_step(); i < end_of_steps(); ++i) {
    const event& e = step(i);
    addresses.insert(e.frames.begin(), e.frames.begin() + e.frame_count);
  }
  lines_ = find_source_lines({addresses.begin(), addresses.end()});
  name_objects();
}

int story_words::first_step() const {
  // More than anyone reads, and enough to see every object named.
  return std::max(0, shared_.event_count - 500);
}

const event& story_words::step(int number) const {
  return shared_.events[static_cast<std::size_t>(number % max_events)];
}

const object_info* story_words::find(const void* address) const {
  for (int i = 0; i < shared_.object_count; ++i) {
    const object_info& known = shared_.objects[static_cast<std::size_t>(i)];
    if (known.address == address) return &known;
  }
  return nullptr;
}

/// Given names first, then the name in a source line that uses the object, then a number.
void story_words::name_objects() {
  for (int i = first_step(); i < end_of_steps(); ++i) {
    const event& e = step(i);
    const object_info* it = find(e.object);
    const source_line* line = line_of(e);
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

std::string story_words::thread(int number) const {
  if (number < 0 || number >= shared_.thread_count) return "nobody";
  return shared_.threads[static_cast<std::size_t>(number)].name.data();
}

std::string story_words::object(const void* address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? "?" : found->second;
}

std::string story_words::what(const event& e) const {
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
    case operation::wake_spuriously: return "wakes unasked";
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
  }
  return "?";
}

const source_line* story_words::line_of(const event& e) const {
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

std::string story_words::place(const event& e) const {
  const source_line* line = line_of(e);
  if (line == nullptr) return "";
  return fmt::format("{}:{} in {}", file_name(line->path), line->line, line->function);
}

std::string story_words::full_place(const event& e) const {
  const source_line* line = line_of(e);
  return line == nullptr ? ""
                         : fmt::format("{}:{} in {}()", line->path, line->line, line->function);
}

std::string story_words::waiting_for(const thread_info& it) const {
  const object_info* object_waited = find(it.object);
  switch (it.state) {
    case thread_state::joins: return "waits for the end of " + thread(it.joins);
    case thread_state::wants_mutex:
    case thread_state::wants_to_read:
      return fmt::format("waits for {}, held by {}", object(it.object),
                         object_waited != nullptr ? holders(*object_waited) : "nobody");
    case thread_state::waits_condition:
    case thread_state::waits_atomic:
      return fmt::format("waits on {}: {}", object(it.object),
                         object_waited != nullptr ? why_no_notification(*object_waited) : "");
    case thread_state::ready:
    case thread_state::patient: return "could go on";
    case thread_state::ended: return "";
  }
  return "";
}

std::string story_words::holders(const object_info& it) const {
  if (it.readers == 0) return thread(it.owner);
  std::string names;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if ((it.readers >> i & 1U) != 0) names += (names.empty() ? "" : " and ") + thread(i);
  }
  return names;
}

std::string story_words::why_no_notification(const object_info& it) const {
  if (it.notifications == 0) return "nobody has notified it";
  const std::string times =
      it.notifications == 1 ? "once" : fmt::format("{} times", it.notifications);
  if (it.woken == 0) return fmt::format("it was notified {}, while nobody waited", times);
  const std::string late =
      it.unheard == 0 ? "" : fmt::format("; {} came while nobody waited", it.unheard);
  return fmt::format("it was notified {}, which woke {}{}", times, it.woken, late);
}

}  // namespace workbook::harness::exploration

#endif
