#include "comparison_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "measure/conclusions.hpp"
#include "terminal.hpp"

namespace workbook {
namespace {

using json = nlohmann::ordered_json;

std::string sentences(const std::vector<std::string>& conclusions) {
  std::string text;
  for (const std::string& sentence : conclusions) text += demo::wrapped("- " + sentence, 2) + "\n";
  return text;
}

/// "1234 (1200-1300)", or "-" for what does not exist: no request was ok, so none took any time.
std::string cell(const std::optional<spread>& value, int decimals) {
  if (!value) return "-";
  return fmt::format("{:.{}f} ({:.{}f}-{:.{}f})", value->median, decimals, value->least, decimals,
                     value->most, decimals);
}

/// A line of the table for each quantity, a column for each server. A column is as wide as it has
/// to be.
class table_of_servers {
 public:
  explicit table_of_servers(const std::vector<compared_row>& rows) : rows_(rows) {}

  template <class Text>
  void add(const std::string& name, Text text) {
    std::vector<std::string> line{name};
    for (const compared_row& row : rows_) line.push_back(text(row));
    lines_.push_back(std::move(line));
  }

  template <class Value>
  void add(const std::string& name, Value compared_row::*value, int decimals) {
    add(name, [=](const auto& row) { return cell(row.*value, decimals); });
  }

  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& line : lines_) {
      text += fmt::format("{:17}", line.front());
      for (std::size_t i = 1; i < line.size(); ++i) {
        text += fmt::format("{:>{}}", line[i], width_of(i));
      }
      text += "\n";
    }
    return text;
  }

 private:
  [[nodiscard]] std::size_t width_of(std::size_t column) const {
    constexpr std::size_t usual = 21;
    std::size_t widest = 0;
    for (const auto& line : lines_) widest = std::max(widest, line[column].size());
    return std::max(usual, widest + 2);
  }

  const std::vector<compared_row>& rows_;
  std::vector<std::vector<std::string>> lines_;
};

json json_of(const std::optional<spread>& value) {
  if (!value) return nullptr;
  return {{"median", value->median}, {"least", value->least}, {"most", value->most}};
}

json json_of(const compared_row& row) {
  json outcomes;
  for (const outcome what : all_outcomes) outcomes[to_string(what)] = row.outcomes[what];
  return {{"server", row.server},
          {"outcomes", outcomes},
          {"throughput", json_of(row.throughput)},
          {"p50_ms", json_of(row.p50)},
          {"p90_ms", json_of(row.p90)},
          {"p99_ms", json_of(row.p99)},
          {"max_ms", json_of(row.max)},
          {"peak_threads", json_of(row.peak_threads)},
          {"peak_rss_mib", json_of(row.peak_rss_mib)},
          {"context_switches", json_of(row.context_switches)}};
}

}  // namespace

std::string to_text(const std::vector<head_of_line_count>& table) {
  std::string heading;
  std::string lines;
  std::string server;
  for (const head_of_line_count& count : table) {
    if (count.server != server) {
      server = count.server;
      lines += fmt::format("{}{:12}", lines.empty() ? "" : "\n", server);
    }
    if (server == table.front().server) heading += fmt::format("{:>6}", count.slow);
    lines += fmt::format("{:>6}", fmt::format("{}/{}", count.answered, count.fast));
  }
  return fmt::format("{:12}{}  slow requests are inside\n{}\n{}", "answered of", heading, lines,
                     sentences(conclude(table)));
}

std::string to_text(const std::vector<compared_row>& rows) {
  const compared_row& first = rows.front();
  std::string text = fmt::format(
      "{} clients x {} requests of {}, {} times in rotated order: median (least-most)\n",
      first.plan.clients, first.plan.requests, first.path, first.repetitions);
  table_of_servers table(rows);
  table.add("", [](const auto& row) { return row.server; });
  table.add("ok", [](const auto& row) {
    return fmt::format("{}/{}", row.outcomes[outcome::ok], row.outcomes.sum());
  });
  table.add("requests/s", &compared_row::throughput, 0);
  table.add("p50 ms", &compared_row::p50, 2);
  table.add("p90 ms", &compared_row::p90, 2);
  table.add("p99 ms", &compared_row::p99, 2);
  table.add("max ms", &compared_row::max, 1);
  table.add("threads", &compared_row::peak_threads, 0);
  table.add("memory MiB", &compared_row::peak_rss_mib, 1);
  table.add("context switches", &compared_row::context_switches, 0);
  return text + table.text() + sentences(conclude(rows));
}

std::string to_json(const comparison_options& options, const std::vector<head_of_line_count>& table,
                    const std::vector<compared_row>& rows) {
  auto counts = json::array();
  for (const head_of_line_count& count : table) {
    counts.push_back({{"server", count.server},
                      {"slow", count.slow},
                      {"fast", count.fast},
                      {"answered", count.answered}});
  }
  auto measured = json::array();
  for (const compared_row& row : rows) measured.push_back(json_of(row));
  const json all{{"side", options.side},
                 {"path", options.path},
                 {"clients", options.plan.clients},
                 {"requests_per_client", options.plan.requests},
                 {"repetitions", options.repetitions},
                 {"head_of_line", counts},
                 {"head_of_line_conclusions", conclude(table)},
                 {"measured", measured},
                 {"measured_conclusions", conclude(rows)}};
  return all.dump();
}

}  // namespace workbook
