#include "measure/load_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace workbook {
namespace {

using std::chrono::nanoseconds;

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// "1.234 ms": four digits are more than a measurement is worth.
template <class Duration>
std::string in_ms(Duration time) {
  return fmt::format("{:.3f} ms", std::chrono::duration<double, std::milli>(time).count());
}

std::string what_was_asked(const load_report& report, const std::string& target) {
  const load_plan& plan = report.plan;
  const std::string loop =
      plan.rate > 0 ? fmt::format("open loop, {} requests/s", plan.rate) : "closed loop";
  return fmt::format("{}\n{} clients x {} requests, {}{}\n", target, plan.clients, plan.requests,
                     loop, report.partial() ? "  (PARTIAL: ended early)" : "");
}

std::string statuses_of(const load_report& report) {
  std::string text;
  for (const auto& [status, count] : report.statuses) {
    text += fmt::format("{}{} x {}", text.empty() ? "  (" : ", ", status, count);
  }
  return text.empty() ? text : text + ")";
}

/// Empty if each request was sent when it was due.
std::string what_was_late(const load_report& report) {
  if (report.late == 0) return {};
  return fmt::format("sent late: {} requests, since no client was free; in all {:.1f} requests/s\n",
                     report.late, report.reached_rate);
}

}  // namespace

double load_report::throughput() const {
  const double time = seconds(wall);
  return time > 0 ? static_cast<double>(outcomes[outcome::ok]) / time : 0;
}

std::string to_text(const load_report& report, const std::string& target,
                    const std::optional<latency_summary>& latencies) {
  std::string text = what_was_asked(report, target);
  for (const outcome what : all_outcomes) {
    const std::size_t count = report.outcomes[what];
    if (count == 0 && what != outcome::ok) continue;
    const double share =
        100.0 * static_cast<double>(count) / static_cast<double>(report.plan.total());
    text += fmt::format("  {:22} {:9}  {:5.1f} %{}\n", to_string(what), count, share,
                        what == outcome::http_error ? statuses_of(report) : "");
  }
  text += fmt::format("  {:22} {:9}\n", "in all", report.outcomes.sum());
  text += fmt::format("in {:.3f} s: {:.0f} successful requests/s\n", seconds(report.wall),
                      report.throughput());
  text += what_was_late(report);
  if (!latencies) return text + "no latencies: no request was successful\n";
  if (latencies->count < report.outcomes[outcome::ok]) {
    text += fmt::format("latencies of {} requests: there was no memory for the others\n",
                        latencies->count);
  }
  return text + fmt::format("latency  min {}  mean {}  p50 {}\n         p90 {}  p99 {}  max {}\n",
                            in_ms(latencies->min), in_ms(latencies->mean), in_ms(latencies->p50),
                            in_ms(latencies->p90), in_ms(latencies->p99), in_ms(latencies->max));
}

std::string to_json(const load_report& report, const std::string& target,
                    const std::optional<latency_summary>& latencies) {
  nlohmann::ordered_json outcomes;
  for (const outcome what : all_outcomes) outcomes[to_string(what)] = report.outcomes[what];
  auto statuses = nlohmann::ordered_json::object();
  for (const auto& [status, count] : report.statuses) statuses[std::to_string(status)] = count;
  nlohmann::ordered_json all{{"target", target},
                             {"clients", report.plan.clients},
                             {"requests_per_client", report.plan.requests},
                             {"rate", report.plan.rate},
                             {"reached_rate", report.reached_rate},
                             {"late", report.late},
                             {"partial", report.partial()},
                             {"wall_ns", report.wall.count()},
                             {"throughput", report.throughput()},
                             {"outcomes", outcomes},
                             {"statuses", statuses}};
  if (latencies) {
    all["latency_ns"] = {{"count", latencies->count},       {"min", latencies->min.count()},
                         {"mean", latencies->mean.count()}, {"p50", latencies->p50.count()},
                         {"p90", latencies->p90.count()},   {"p99", latencies->p99.count()},
                         {"max", latencies->max.count()}};
  }
  return all.dump();
}

}  // namespace workbook
