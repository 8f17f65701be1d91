#include "measure/conclusions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

namespace workbook {
namespace {

/// "6 of 6 with 0 to 3 slow requests inside, 0 of 6 with 4"
std::string answered_by(const std::vector<head_of_line_count>& counts) {
  std::string text;
  for (std::size_t begin = 0; begin < counts.size();) {
    std::size_t end = begin + 1;
    while (end < counts.size() && counts[end].answered == counts[begin].answered) ++end;
    const head_of_line_count& first = counts[begin];
    const std::size_t last_slow = counts[end - 1].slow;
    text += fmt::format("{}{} of {} with {}", text.empty() ? "" : ", ", first.answered, first.fast,
                        first.slow);
    if (last_slow != first.slow) text += fmt::format(" to {}", last_slow);
    if (begin == 0) text += " slow requests inside";
    begin = end;
  }
  return text;
}

std::string failures(const compared_row& row) {
  std::string text;
  for (const outcome what : all_outcomes) {
    if (what == outcome::ok || row.outcomes[what] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.outcomes[what], to_string(what));
  }
  return text;
}

struct server_value {
  std::string server;
  spread value;
};

/// One quantity of all servers; who has none of it is left out.
template <class Value>
std::vector<server_value> values_of(const std::vector<compared_row>& rows,
                                    Value compared_row::*which) {
  std::vector<server_value> values;
  for (const compared_row& row : rows) {
    const std::optional<spread> value = row.*which;
    if (value) values.push_back({row.server, *value});
  }
  return values;
}

bool overlap(const spread& a, const spread& b) { return a.least <= b.most && b.least <= a.most; }

/// "naive (400 requests/s)"
std::string with_number(const server_value& one, const std::string& unit) {
  const double median = one.value.median;
  const bool whole = median >= 100 || median == std::floor(median);
  return fmt::format("{} ({:.{}f}{})", one.server, median, whole ? 0 : 1, unit);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) {
    text += (i + 1 < names.size() ? ", " : " and ") + names[i];
  }
  return text;
}

/// Compares the first of `ranks` with all others, and then those that are below it with each other.
/// Only with the first: of three servers each may be about the same as the next, and the first more
/// than the last. `name` says how a server is called.
std::string compared(const std::vector<server_value>& ranks,
                     const std::function<std::string(const server_value&)>& name) {
  std::vector<std::string> same;
  std::vector<std::string> less;
  std::vector<server_value> below;
  for (std::size_t i = 1; i < ranks.size(); ++i) {
    const server_value& other = ranks[i];
    const bool alike = overlap(ranks.front().value, other.value);
    (alike ? same : less).push_back(name(other));
    if (!alike) below.push_back(other);
  }
  std::string text = name(ranks.front());
  if (!same.empty()) text += ", about the same as " + listed(same);
  if (!less.empty()) text += ", more than " + listed(less);
  if (below.size() < 2) return text;
  return text + "; " + compared(below, &server_value::server);
}

/// Ranks the servers by one value, the largest first.
std::string ranking(std::vector<server_value> ranks, const std::string& what,
                    const std::string& unit) {
  std::ranges::stable_sort(
      ranks, [](const auto& a, const auto& b) { return a.value.median > b.value.median; });
  const auto name = [&](const server_value& one) { return with_number(one, unit); };
  return what + ": " + compared(ranks, name) + ".";
}

}  // namespace

std::vector<std::string> conclude(const std::vector<head_of_line_count>& table) {
  std::vector<std::pair<std::string, std::vector<head_of_line_count>>> servers;
  for (const head_of_line_count& count : table) {
    if (servers.empty() || servers.back().first != count.server) {
      servers.emplace_back(count.server, std::vector<head_of_line_count>());
    }
    servers.back().second.push_back(count);
  }
  std::vector<std::string> sentences;
  for (const auto& [server, counts] : servers) {
    sentences.push_back(fmt::format("{} answers {}.", server, answered_by(counts)));
  }
  return sentences;
}

std::vector<std::string> conclude(const std::vector<compared_row>& rows) {
  std::vector<std::string> sentences;
  for (const compared_row& row : rows) {
    if (const std::string failed = failures(row); !failed.empty()) {
      sentences.push_back(
          fmt::format("{}: not all of {} requests were ok: {}. Its other numbers are of the rest.",
                      row.server, row.outcomes.sum(), failed));
    }
  }
  if (rows.empty()) return sentences;
  if (rows.front().repetitions < 2) {
    sentences.emplace_back("Each server ran once: what differs may be chance. Repeat it.");
    return sentences;
  }
  const auto rank = [&](auto which, const std::string& what, const std::string& unit) {
    const auto values = values_of(rows, which);
    if (!values.empty()) sentences.push_back(ranking(values, what, unit));
  };
  rank(&compared_row::throughput, "Throughput", " requests/s");
  rank(&compared_row::p99, "99 % of the requests took at most", " ms");
  rank(&compared_row::peak_threads, "Threads", "");
  rank(&compared_row::peak_rss_mib, "Memory", " MiB");
  rank(&compared_row::context_switches, "Context switches", " in a run");
  return sentences;
}

}  // namespace workbook
