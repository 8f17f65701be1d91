#pragma once

#include <string>
#include <string_view>

#include "metrics/histogram_snapshot.hpp"
#include "metrics/labels.hpp"

namespace workbook {

/// The text in which a server tells its metrics. Each family, and each set of labels in it, comes once.
/// Not thread-safe. Source: Prometheus, "Exposition formats", text format 0.0.4.
class exposition {
 public:
  /// Begins a family. `name` is of letters, digits and `_`, with its unit ("_seconds"), and "_total"
  /// if it only grows; `type` is "counter", "gauge" or "histogram"; `help` is a line for people.
  void family(std::string_view name, std::string_view type, std::string_view help);

  /// Adds a sample to the family: its name, {the labels, if there are any}, a blank, the number.
  void sample(const label_set& labels, double value) { line("", labels, value); }

  /// Adds a histogram to the family: NAME_bucket, with a label `le` for each bound and "+Inf" at the
  /// end, each with the number of all values up to it; then NAME_sum and NAME_count.
  void distribution(const histogram_snapshot& seen);

  /// @returns the text: lines that end in a line feed, the last one too.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void line(std::string_view suffix, const label_set& labels, double value);

  std::string name_;  // of the present family
  std::string text_;
};

}  // namespace workbook
