#include "litmus.hpp"

#include <array>
#include <cstdint>

#include "harness/memory/memory_model.hpp"
#include "harness/memory/shadow.hpp"

namespace workbook::harness::memory::litmus {
namespace {

/// Answers questions so that, run after run, every combination of answers is given once.
class all_choices {
 public:
  void start() { position_ = 0; }
  int choose(int options) {
    if (position_ == picks_.size()) picks_.push_back({0, options});
    return picks_[position_++].pick;
  }
  bool next() {
    while (!picks_.empty() && picks_.back().pick + 1 == picks_.back().options) picks_.pop_back();
    if (!picks_.empty()) ++picks_.back().pick;
    return !picks_.empty();
  }

 private:
  struct choice {
    int pick, options;
  };
  std::vector<choice> picks_;
  std::size_t position_ = 0;
};

/// A thread that takes its instructions one by one.
struct machine_thread {
  const thread_program* code = nullptr;
  std::size_t next = 0;
  std::vector<std::optional<int>> registers;

  /// The next instruction that is to be done; null at the end.
  const instruction* current() {
    for (; next < code->size(); ++next) {
      const instruction& it = (*code)[next];
      const auto& condition = it.condition;
      if (!condition ||
          registers[static_cast<std::size_t>(condition->first)] == condition->second) {
        return &it;
      }
      if (it.reads()) registers.emplace_back();
    }
    return nullptr;
  }
};

class machine {
 public:
  machine(const std::vector<thread_program>& programs, const main_thread& main)
      : programs_(programs), main_(main) {}

  outcome_set all_outcomes() {
    outcome_set all;
    do {
      all.insert(run());
    } while (choices_.next());
    return all;
  }

 private:
  std::string run() {
    start();
    run_alone(0, main_.before);
    for (int i = 1; i < thread_count(); ++i) {
      model_.created(0, i);
      thread(i).code = &programs_[static_cast<std::size_t>(i) - 1];
    }
    while (!raced_ && !all_have_ended()) {
      std::vector<int> ready;
      for (int i = 1; i < thread_count(); ++i) {
        if (thread(i).current() != nullptr && can_go_on(i)) ready.push_back(i);
      }
      if (ready.empty()) return "stuck";
      step(ready[static_cast<std::size_t>(choices_.choose(static_cast<int>(ready.size())))]);
    }
    for (int i = 1; i < thread_count(); ++i) {
      model_.ended(i);
      if (main_.joins) model_.joined(0, i);
    }
    run_alone(0, main_.after);
    return raced_ ? "race" : text();
  }

  void start() {
    choices_.start();
    model_.start();
    shadow_.start();
    memory_.fill(0);
    owner_.fill(no_thread);
    readers_.fill(0);
    raced_ = false;
    threads_.assign(programs_.size() + 1, {});
  }

  void run_alone(int number, const thread_program& code) {
    thread(number).code = &code;
    thread(number).next = 0;
    while (!raced_ && thread(number).current() != nullptr) step(number);
  }

  [[nodiscard]] int thread_count() const { return static_cast<int>(threads_.size()); }
  machine_thread& thread(int i) { return threads_[static_cast<std::size_t>(i)]; }
  int& value_of(object_name it) { return memory_[it]; }
  static std::uintptr_t address_of(object_name it) {
    return 0x1000 + 64 * static_cast<std::uintptr_t>(it);
  }
  atomic_object found(object_name it) {
    return {address_of(it), sizeof(int), static_cast<unsigned>(value_of(it))};
  }

  bool all_have_ended() {
    for (int i = 1; i < thread_count(); ++i) {
      if (thread(i).current() != nullptr) return false;
    }
    return true;
  }

  bool can_go_on(int number) {
    const instruction& it = *thread(number).current();
    if (it.what == act::lock) return owner_[it.object] == no_thread && readers_[it.object] == 0;
    if (it.what == act::lock_shared) return owner_[it.object] == no_thread;
    return it.what != act::wait_for || !stores_with(number, it).empty();
  }

  /// Those that a load may return and that hold the value that is waited for.
  std::vector<int> stores_with(int number, const instruction& it) {
    std::vector<int> all;
    const atomic_object at = found(it.object);
    for (int back = 0; back < model_.readable(number, at, it.order); ++back) {
      if (it.what != act::wait_for ||
          model_.peek(at, back).value == static_cast<unsigned>(it.value)) {
        all.push_back(back);
      }
    }
    return all;
  }

  int pick(const std::vector<int>& options) {
    return options[static_cast<std::size_t>(choices_.choose(static_cast<int>(options.size())))];
  }

  void touch(int number, access_kind kind, object_name it) {
    const auto conflict =
        shadow_.access(model_.known_to(number), {kind, number, 0}, address_of(it), sizeof(int));
    raced_ = raced_ || conflict.has_value();
  }

  void step(int number) {
    machine_thread& me = thread(number);
    const instruction& it = (*me.code)[me.next++];
    switch (it.what) {
      case act::load:
      case act::wait_for: return do_load(number, it, pick(stores_with(number, it)));
      case act::kernel_look: return do_load(number, it, 0);
      case act::store:
        touch(number, access_kind::atomic_write, it.object);
        model_.store(number, found(it.object), it.order, static_cast<unsigned>(it.value));
        value_of(it.object) = it.value;
        return;
      case act::add: return do_exchange(number, it, value_of(it.object) + it.value);
      case act::exchange: return do_exchange(number, it, it.value);
      case act::compare_exchange: return do_compare_exchange(number, it);
      case act::fence: return model_.fence(number, it.order);
      case act::read: return touch(number, access_kind::read, it.object);
      case act::write: return touch(number, access_kind::write, it.object);
      case act::lock:
        owner_[it.object] = number;
        return model_.acquire(number, address_of(it.object));
      case act::unlock:
        owner_[it.object] = no_thread;
        return model_.release(number, address_of(it.object));
      case act::lock_shared:
        ++readers_[it.object];
        return model_.acquire(number, address_of(it.object), hold::shared);
      case act::unlock_shared:
        --readers_[it.object];
        return model_.release(number, address_of(it.object), hold::shared);
    }
  }

  void do_load(int number, const instruction& it, int back) {
    touch(number, access_kind::atomic_read, it.object);
    const auto order = it.what == act::compare_exchange ? it.if_it_fails : it.order;
    const loaded_value read = model_.load(number, found(it.object), order, back);
    thread(number).registers.push_back(static_cast<int>(read.value));
  }

  void do_exchange(int number, const instruction& it, int value) {
    touch(number, access_kind::atomic_write, it.object);
    const loaded_value before =
        model_.exchange(number, found(it.object), it.order, static_cast<unsigned>(value));
    value_of(it.object) = value;
    thread(number).registers.push_back(static_cast<int>(before.value));
  }

  void do_compare_exchange(int number, const instruction& it) {
    constexpr int success = -1;
    std::vector<int> ways;
    const unsigned failing = model_.may_fail_with(
        number, found(it.object), static_cast<unsigned>(it.expected), it.if_it_fails);
    for (int back = 0; failing >> back != 0; ++back) {
      if ((failing >> back & 1U) != 0) ways.push_back(back);
    }
    if ((failing & 1U) == 0) ways.push_back(success);
    const int way = pick(ways);
    way == success ? do_exchange(number, it, it.value) : do_load(number, it, way);
  }

  std::string text() {
    std::string all;
    for (int i = 1; i <= thread_count(); ++i) {
      machine_thread& it = thread(i % thread_count());  // the first thread ends last
      if (it.registers.empty()) continue;
      if (!all.empty()) all += '|';
      std::string values;
      for (const auto& value : it.registers) {
        values += (values.empty() ? "" : " ") + (value ? std::to_string(*value) : "-");
      }
      all += values;
    }
    return all;
  }

  const std::vector<thread_program>& programs_;
  const main_thread& main_;
  all_choices choices_;
  memory_model model_;
  shadow shadow_;
  std::vector<machine_thread> threads_;
  std::array<int, object_count> memory_{};
  std::array<int, object_count> owner_{};
  std::array<int, object_count> readers_{};
  bool raced_ = false;
};

}  // namespace

outcome_set outcomes(const std::vector<thread_program>& threads, const main_thread& main) {
  return machine(threads, main).all_outcomes();
}

}  // namespace workbook::harness::memory::litmus
