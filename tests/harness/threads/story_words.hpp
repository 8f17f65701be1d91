#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/source_lines.hpp"
#include "harness/threads/exploration.hpp"

namespace workbook::harness::exploration {

/// Puts recorded steps into words: threads, objects and places by their names.
class story_words {
 public:
  explicit story_words(const shared_state& shared);

  [[nodiscard]] const event& step(int number) const;
  [[nodiscard]] int first_step() const;  // older ones were not kept
  [[nodiscard]] int end_of_steps() const { return shared_.event_count; }

  [[nodiscard]] std::string thread(int number) const;
  [[nodiscard]] std::string object(const void* address) const;
  /// "lock mutex_".
  [[nodiscard]] std::string what(const event& e) const;
  /// "bounded_channel.hpp:57 in receive", or "".
  [[nodiscard]] std::string place(const event& e) const;
  /// "stages/03_pool/bounded_channel.hpp:57 in receive()", or "".
  [[nodiscard]] std::string full_place(const event& e) const;
  /// Why a thread cannot go on, for each that has not ended: "waits for mutex_, held by main".
  [[nodiscard]] std::string waiting_for(const thread_info& thread) const;

 private:
  [[nodiscard]] const source_line* line_of(const event& e) const;
  [[nodiscard]] const object_info* find(const void* address) const;
  [[nodiscard]] std::string holders(const object_info& object) const;
  [[nodiscard]] std::string why_no_notification(const object_info& object) const;
  void name_objects();

  const shared_state& shared_;
  std::map<const void*, std::vector<source_line>> lines_;
  std::map<const void*, std::string> names_;
};

}  // namespace workbook::harness::exploration
