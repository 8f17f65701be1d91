#include "axioms.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace workbook::harness::memory::litmus {
namespace {

/// A relation of at most 32 events.
class relation {
 public:
  explicit relation(std::size_t events) : rows_(events) {}

  void add(std::size_t a, std::size_t b) { rows_[a] |= std::uint32_t{1} << b; }
  [[nodiscard]] bool operator()(std::size_t a, std::size_t b) const {
    return (rows_[a] >> b & 1U) != 0;
  }
  void close() {
    for (std::size_t via = 0; via < rows_.size(); ++via) {
      for (std::uint32_t& row : rows_) {
        if ((row >> via & 1U) != 0) row |= rows_[via];
      }
    }
  }

 private:
  std::vector<std::uint32_t> rows_;
};

struct event {
  int thread;  // -1: what an object holds at first
  instruction what;
  bool loads = false, stores = false;
  std::memory_order order = relaxed;
  int value = 0;               // that it stores
  std::size_t reads_from = 0;  // an event
  std::size_t position = 0;    // in the order of the whole

  [[nodiscard]] bool is_fence() const { return what.what == act::fence; }
  [[nodiscard]] bool acquires() const {
    return (loads || is_fence()) && order != relaxed && order != release;
  }
  [[nodiscard]] bool releases() const {
    return (stores || is_fence()) && order != relaxed && order != acquire && order != consume;
  }
};

class execution {
 public:
  explicit execution(const std::vector<thread_program>& threads) : threads_(threads) {
    for (const object_name it : {x, y, z}) {
      event made{-1, store(it, 0, relaxed)};
      made.stores = true;
      made.position = events_.size();
      events_.push_back(made);
    }
    next_.assign(threads.size(), 0);
  }

  outcome_set all() {
    extend();
    return outcomes_;
  }

 private:
  /// Tries every next instruction, with every store that it may read from. What comes later orders
  /// nothing among what was before, so a rule that is broken stays so.
  void extend() {
    if (!follows_the_rules()) return;
    bool complete = true;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (next_[i] == threads_[i].size()) continue;
      complete = false;
      const instruction& it = threads_[i][next_[i]++];
      if (it.reads()) {
        for (std::size_t from = 0, end = events_.size(); from < end; ++from) {
          if (events_[from].stores && same_object(events_[from].what, it)) {
            append(static_cast<int>(i), it, from);
          }
        }
      } else {
        append(static_cast<int>(i), it, 0);
      }
      --next_[i];
    }
    if (complete) outcomes_.insert(text());
  }

  void append(int thread, const instruction& it, std::size_t from) {
    event made{thread, it};
    made.loads = it.reads();
    made.stores = it.what == act::store || it.what == act::add || it.what == act::exchange;
    made.order = it.order;
    made.value = it.what == act::add ? events_[from].value + it.value : it.value;
    made.reads_from = from;
    made.position = events_.size();
    if (it.what == act::compare_exchange) {
      made.stores = events_[from].value == it.expected;
      if (!made.stores) made.order = it.if_it_fails;
    }
    events_.push_back(made);
    extend();
    events_.pop_back();
  }

  static bool same_object(const instruction& a, const instruction& b) {
    return a.what != act::fence && b.what != act::fence && a.object == b.object;
  }
  /// The order of the whole is the modification order of every object.
  [[nodiscard]] bool modified_before(const event& a, const event& b) const {
    return a.stores && b.stores && same_object(a.what, b.what) && a.position < b.position;
  }
  [[nodiscard]] bool sequenced_before(const event& a, const event& b) const {
    return a.thread == b.thread && a.position < b.position;
  }

  /// [intro.races]/5, also of a store that is no release operation.
  [[nodiscard]] bool in_release_sequence(const event& head, const event& it) const {
    if (&head == &it) return true;
    if (!modified_before(head, it)) return false;
    return std::ranges::all_of(events_, [&](const event& between) {
      const bool is_between = modified_before(head, between) && between.position <= it.position;
      return !is_between || between.loads;
    });
  }

  /// [intro.races]/10, of [atomics.order]/2 and [atomics.fences]/2 to /4.
  [[nodiscard]] relation happens_before() const {
    relation before(events_.size());
    for (const event& a : events_) {
      for (const event& b : events_) {
        if (sequenced_before(a, b) || (a.thread == -1 && b.thread != -1)) {
          before.add(a.position, b.position);
        }
        if (!b.loads || !a.stores || !in_release_sequence(a, events_[b.reads_from])) continue;
        for (const event& from : events_) {
          const bool heads = &from == &a || (from.is_fence() && sequenced_before(from, a));
          for (const event& to : events_) {
            const bool hears = &to == &b || (to.is_fence() && sequenced_before(b, to));
            if (heads && hears && from.releases() && to.acquires()) {
              before.add(from.position, to.position);
            }
          }
        }
      }
    }
    before.close();
    return before;
  }

  /// [atomics.order]/3.
  [[nodiscard]] relation coherence_ordered_before() const {
    relation before(events_.size());
    for (const event& a : events_) {
      for (const event& b : events_) {
        if (&a == &b || !same_object(a.what, b.what)) continue;
        const bool reads_it = a.stores && b.loads && b.reads_from == a.position;
        const bool reads_older = a.loads && modified_before(events_[a.reads_from], b);
        if (reads_it || modified_before(a, b) || reads_older) before.add(a.position, b.position);
      }
    }
    before.close();
    return before;
  }

  [[nodiscard]] bool follows_the_rules() const {
    const relation before = happens_before();
    const relation coherent = coherence_ordered_before();
    for (const event& a : events_) {
      for (const event& b : events_) {
        if (!is_coherent(a, b, before) || !is_in_s(a, b, before, coherent)) return false;
      }
    }
    return std::ranges::all_of(events_, [&](const event& it) { return is_indivisible(it); });
  }

  [[nodiscard]] bool is_coherent(const event& a, const event& b, const relation& before) const {
    if (!before(a.position, b.position) || !same_object(a.what, b.what)) return true;
    const event& read_by_a = events_[a.reads_from];
    const event& read_by_b = events_[b.reads_from];
    if (a.stores && b.stores && !modified_before(a, b)) return false;               // /15
    if (a.loads && b.loads && modified_before(read_by_b, read_by_a)) return false;  // /16
    if (a.loads && b.stores && !modified_before(read_by_a, b)) return false;        // /17
    return !(a.stores && b.loads && modified_before(read_by_b, a));                 // /18
  }

  /// [atomics.order]/10.
  [[nodiscard]] bool is_indivisible(const event& it) const {
    if (!it.loads || !it.stores) return true;
    return std::ranges::none_of(events_, [&](const event& between) {
      return modified_before(events_[it.reads_from], between) && modified_before(between, it);
    });
  }

  /// [atomics.order]/4: S is the order of the whole, so "precedes in S" is "stands before".
  [[nodiscard]] bool is_in_s(const event& a, const event& b, const relation& before,
                             const relation& coherent) const {
    if (!coherent(a.position, b.position)) return true;
    for (const event& from : events_) {
      const bool fence_before_a = from.is_fence() && before(from.position, a.position);
      if (from.order != seq_cst || !(&from == &a || fence_before_a)) continue;
      for (const event& to : events_) {
        const bool fence_after_b = to.is_fence() && before(b.position, to.position);
        if (to.order != seq_cst || !(&to == &b || fence_after_b)) continue;
        if (from.position >= to.position) return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::string text() const {
    std::string all;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      std::string values;
      for (const event& it : events_) {
        if (!it.loads || it.thread != static_cast<int>(i)) continue;
        values += (values.empty() ? "" : " ") + std::to_string(events_[it.reads_from].value);
      }
      if (!values.empty()) all += (all.empty() ? "" : "|") + values;
    }
    return all;
  }

  const std::vector<thread_program>& threads_;
  std::vector<event> events_;  // in the order of the whole
  std::vector<std::size_t> next_;
  outcome_set outcomes_;
};

}  // namespace

outcome_set outcomes_by_axioms(const std::vector<thread_program>& threads) {
  return execution(threads).all();
}

}  // namespace workbook::harness::memory::litmus
