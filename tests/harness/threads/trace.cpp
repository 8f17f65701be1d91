#include "harness/threads/trace.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "harness/stacks.hpp"

namespace workbook::harness::exploration {
namespace {

/// The first match of the pattern's first group in the line's text.
std::string find_in(const source_line& where, const std::regex& pattern) {
  std::ifstream file(where.full_path);
  std::string text;
  for (int i = 0; i < where.line; ++i) {
    if (!std::getline(file, text)) return "";
  }
  std::smatch match;
  return std::regex_search(text, match, pattern) ? match[1].str() : "";
}

std::string name_of_condition_in(const source_line& where) {
  static const std::regex call(
      R"((\w+)(?:\(\))?\s*(?:\.|->)\s*(?:wait|wait_for|wait_until|notify_\w+)\s*\()");
  return find_in(where, call);
}

std::string name_of_mutex_in(const source_line& where) {
  static const std::regex lock(R"((?:_lock|lock_guard)\b[^({]*[({]\s*(?:\w+(?:\.|->))*(\w+))");
  const std::string name = find_in(where, lock);
  if (!name.empty()) return name;
  static const std::regex call(R"((\w+)\s*(?:\.|->)\s*(?:lock|try_lock|try_lock_for)\s*\()");
  return find_in(where, call);
}

std::string name_of_atomic_in(const source_line& where) {
  static const std::regex call(
      R"((\w+)(?:\[[^\]]*\])?\s*(?:\.|->)\s*(?:load|store|exchange|compare_exchange_\w+|fetch_\w+|test|test_and_set|clear|wait|notify_\w+)\s*\()");
  const std::string name = find_in(where, call);
  if (!name.empty()) return name;
  static const std::regex before(R"((?:\+\+|--)(\w+))");
  const std::string counted = find_in(where, before);
  if (!counted.empty()) return counted;
  static const std::regex after(R"((\w+)\s*(?:\+\+|--|[-+|&^]?=[^=]))");
  return find_in(where, after);
}

bool is_on_atomic(operation what) { return what >= operation::load && what <= operation::change; }

/// Puts recorded steps into words: threads, objects and places by their names.
class step_words {
 public:
  explicit step_words(const shared_state& shared);

  [[nodiscard]] const event& step(int number) const;
  [[nodiscard]] int first_step() const;  // older ones were not kept
  /// A step that is told, in their order.
  struct row {
    const event* what;
    bool after_interruption;  // of the thread of the step before
  };
  [[nodiscard]] const std::vector<row>& rows() const { return rows_; }
  [[nodiscard]] int end_of_steps() const { return shared_.event_count; }

  [[nodiscard]] std::string thread(int number) const;
  [[nodiscard]] std::string object(const void* address) const;
  /// "lock mutex_".
  [[nodiscard]] std::string what(const event& e) const;
  /// "bounded_channel.hpp:57 in receive", or "".
  [[nodiscard]] std::string place(const event& e) const;
  /// "stages/03_pool/bounded_channel.hpp:57 in receive()", or "".
  [[nodiscard]] std::string full_place(const event& e) const;
  /// The text of that line, or "".
  [[nodiscard]] std::string source(const event& e) const;
  /// Why a thread cannot go on, for each that has not ended: "waits for mutex_, held by main".
  [[nodiscard]] std::string waiting_for(const thread_info& thread) const;

 private:
  [[nodiscard]] const source_line* line_of(const event& e) const;
  [[nodiscard]] const object_info* find(const void* address) const;
  [[nodiscard]] std::string holders(const object_info& object) const;
  [[nodiscard]] std::string why_no_notification(const object_info& object) const;
  void name_objects();
  void choose_rows();

  const shared_state& shared_;
  std::map<const void*, std::vector<source_line>> lines_;
  std::map<const void*, std::string> names_;
  std::vector<row> rows_;
};

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
  }
  return "?";
}

bool is_mutex(object_kind kind) {
  return kind == object_kind::mutex || kind == object_kind::shared_mutex;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

step_words::step_words(const shared_state& shared) : shared_(shared) {
  std::set<const void*> addresses;
  for (int i = first_step(); i < end_of_steps(); ++i) {
    const event& e = step(i);
    addresses.insert(e.frames.begin(), e.frames.begin() + e.frame_count);
  }
  for (const event& e : shared_.racing) {
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
    case operation::read: return fmt::format("READS {}", bytes_of(e));
    case operation::write: return fmt::format("WRITES {}", bytes_of(e));
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
  static const std::regex all(R"(^\s*(.*\S))");
  const source_line* line = line_of(e);
  return line == nullptr ? "" : find_in(*line, all);
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

constexpr int max_lines = 40;
constexpr int first_rows = 8;  // shown when the middle of a long story is left out
constexpr std::size_t narrowest_column = 12;
constexpr std::size_t widest_column = 22;

/// The characters on the screen: bytes that only continue a UTF-8 character do not count.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t length = width(text);
  return text + std::string(length < columns ? columns - length : 1, ' ');
}

/// The column of each thread: only threads that take a step have one.
class columns {
 public:
  columns(const step_words& words, int thread_count)
      : widths_(static_cast<std::size_t>(thread_count), 0) {
    for (const auto& [e, after_interruption] : words.rows()) {
      std::size_t& column = widths_[static_cast<std::size_t>(e->thread)];
      column = std::max({column, narrowest_column, width(words.what(*e)) + 2});
      column = std::min(column, widest_column);
    }
  }

  [[nodiscard]] std::string heading(const step_words& words) const {
    std::string text;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      if (widths_[i] > 0) text += padded(words.thread(static_cast<int>(i)), widths_[i]);
    }
    return text;
  }

  [[nodiscard]] std::string row(int thread, const std::string& what) const {
    std::string text;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      if (widths_[i] > 0) text += padded(static_cast<int>(i) == thread ? what : "", widths_[i]);
    }
    return text;
  }

 private:
  std::vector<std::size_t> widths_;
};

std::string draw_waits(const step_words& words, const shared_state& shared) {
  std::string text;
  for (int i = 0; i < shared.thread_count; ++i) {
    const thread_info& thread = shared.threads[static_cast<std::size_t>(i)];
    if (thread.state == run_state::ended) continue;
    text += fmt::format("  {} {}\n", words.thread(i), words.waiting_for(thread));
    const bool seen = thread.last_event >= words.first_step();
    const std::string where = seen ? words.full_place(words.step(thread.last_event)) : "";
    if (!where.empty()) text += fmt::format("      at {}\n", where);
  }
  return text + "  and no thread is left that could wake them\n";
}

/// The two accesses that collide, in full.
std::string draw_race(const step_words& words, const shared_state& shared) {
  std::string text;
  for (const event& e : shared.racing) {
    const std::string place = words.full_place(e);
    text += fmt::format("  {} {} at {}\n", words.thread(e.thread), words.what(e),
                        place.empty() ? "(place unknown)" : place);
    const std::string source = words.source(e);
    if (!source.empty()) text += fmt::format("      {}\n", source);
  }
  return text +
         (shared.verdict == explore_verdict::data_race ? "  and nothing orders the two\n" : "");
}

}  // namespace

std::string draw_trace(const shared_state& shared) {
  const step_words words(shared);
  const columns table(words, shared.thread_count);
  const bool deadlock = shared.verdict == explore_verdict::deadlock;
  const std::string end = deadlock       ? draw_waits(words, shared)
                          : shared.races ? draw_race(words, shared)
                                         : "";
  const int used = 3 + static_cast<int>(std::count(end.begin(), end.end(), '\n'));
  const int fitting = max_lines - used;
  const auto& rows = words.rows();
  const int count = static_cast<int>(rows.size());

  std::string text = "      " + table.heading(words) + "\n";
  bool interrupted = false;
  for (int i = 0; i < count; ++i) {
    if (count > fitting && i == first_rows) {
      const int next = count - (fitting - first_rows);
      text += fmt::format("      … {} steps left out …\n", next - i);
      i = next;
    }
    const auto& [e, after_interruption] = rows[static_cast<std::size_t>(i)];
    interrupted = interrupted || after_interruption;
    std::string row =
        fmt::format("{:>4}{} {}{}", words.first_step() + i + 1, after_interruption ? '!' : ' ',
                    table.row(e->thread, words.what(*e)), words.place(*e));
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  if (interrupted) text += "   ! the thread of the step before was interrupted here\n";
  return text + end;
}

}  // namespace workbook::harness::exploration

#endif
