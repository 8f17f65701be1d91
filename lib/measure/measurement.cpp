#include "measure/measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace workbook {
namespace {

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// Runs of one server that were treated alike.
using runs_of_one = std::vector<const measurement*>;

template <class Value>
spread spread_over(const runs_of_one& runs, Value value) {
  std::vector<double> values;
  for (const measurement* run : runs) values.push_back(static_cast<double>(value(*run)));
  return spread_of(std::move(values));
}

/// A latency of all runs that have one; none if no request of any run was ok.
std::optional<spread> latency_over(const runs_of_one& runs,
                                   std::chrono::nanoseconds latency_summary::*which) {
  std::vector<double> values;
  for (const measurement* run : runs) {
    if (run->latencies) values.push_back(milliseconds((*run->latencies).*which));
  }
  if (values.empty()) return std::nullopt;
  return spread_of(std::move(values));
}

compared_row row_of(const runs_of_one& runs) {
  const measurement& first = *runs.front();
  compared_row row;
  row.server = first.server;
  row.path = first.path;
  row.plan = first.report.plan;
  row.repetitions = runs.size();
  for (const measurement* run : runs) {
    for (const outcome what : all_outcomes) row.outcomes.add(what, run->report.outcomes[what]);
  }
  row.throughput = spread_over(runs, [](const auto& run) { return run.report.throughput(); });
  row.p50 = latency_over(runs, &latency_summary::p50);
  row.p90 = latency_over(runs, &latency_summary::p90);
  row.p99 = latency_over(runs, &latency_summary::p99);
  row.max = latency_over(runs, &latency_summary::max);
  row.peak_threads = spread_over(runs, [](const auto& run) { return run.used.peak_threads; });
  row.peak_rss_mib = spread_over(
      runs, [](const auto& run) { return static_cast<double>(run.used.peak_rss_kib) / 1024; });
  row.context_switches =
      spread_over(runs, [](const auto& run) { return run.used.context_switches; });
  return row;
}

std::string treatment(const std::string& path, const load_plan& plan, std::size_t repetitions) {
  return fmt::format("{} x {} requests of {} at rate {}, {} times", plan.clients, plan.requests,
                     path, plan.rate, repetitions);
}

void require_same_treatment(const std::vector<compared_row>& rows) {
  for (const compared_row& row : rows) {
    const compared_row& first = rows.front();
    const auto wanted = treatment(first.path, first.plan, first.repetitions);
    const auto found = treatment(row.path, row.plan, row.repetitions);
    if (found != wanted) {
      throw std::invalid_argument(fmt::format("{} had {}, and {} had {}: that is no comparison",
                                              first.server, wanted, row.server, found));
    }
  }
}

void require_same_plan(const runs_of_one& runs) {
  for (const measurement* run : runs) {
    if (treatment(run->path, run->report.plan, 1) !=
        treatment(runs.front()->path, runs.front()->report.plan, 1)) {
      throw std::invalid_argument(
          fmt::format("the runs of {} have different plans: that is no repetition", run->server));
    }
  }
}

}  // namespace

spread spread_of(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("no values have no median");
  std::ranges::sort(values);
  return {values[(values.size() - 1) / 2], values.front(), values.back()};
}

std::vector<compared_row> compare(const std::vector<measurement>& runs) {
  std::vector<runs_of_one> servers;
  for (const measurement& run : runs) {
    const auto known = std::ranges::find_if(
        servers, [&](const runs_of_one& of) { return of.front()->server == run.server; });
    if (known == servers.end()) {
      servers.push_back({&run});
    } else {
      known->push_back(&run);
    }
  }
  std::vector<compared_row> rows;
  for (const runs_of_one& of_one : servers) {
    require_same_plan(of_one);
    rows.push_back(row_of(of_one));
  }
  require_same_treatment(rows);
  return rows;
}

}  // namespace workbook
