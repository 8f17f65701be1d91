#include "exposition.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace workbook {

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

/// Adds a line: NAMEsuffix{label="value",other="value"} number
void exposition::line(std::string_view suffix, const label_set& labels, double value) {
  std::string pairs;
  for (const auto& [name, text] : labels) {
    pairs += fmt::format("{}{}=\"{}\"", pairs.empty() ? "" : ",", name, escaped_label(text));
  }
  if (!pairs.empty()) pairs = "{" + pairs + "}";
  text_ += fmt::format("{}{}{} {}\n", name_, suffix, pairs, value);
}

void exposition::distribution(const histogram_snapshot& seen) {
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < seen.buckets.size(); ++i) {
    so_far += seen.buckets[i];
    const bool is_last = i == seen.bounds.size();
    const std::string bound = is_last ? "+Inf" : fmt::format("{}", seen.bounds[i]);
    line("_bucket", {{"le", bound}}, static_cast<double>(so_far));
  }
  line("_sum", {}, seen.sum);
  line("_count", {}, static_cast<double>(so_far));
}

}  // namespace workbook
