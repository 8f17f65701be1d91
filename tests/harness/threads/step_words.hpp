#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/stacks.hpp"
#include "harness/threads/exploration.hpp"

namespace workbook::harness::exploration {

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
  /// What the memory is in which two accesses collide, or "".
  [[nodiscard]] std::string raced() const;
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

}  // namespace workbook::harness::exploration
