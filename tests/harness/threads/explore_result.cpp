// What does not depend on how a build explores: availability, options, summary.
#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

#include "harness/threads/explore.hpp"
#include "harness/threads/interpose.hpp"

namespace workbook::harness {
namespace {

/// 11835 as "11 835".
std::string with_thin_groups(long number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return digits;
}

std::string counted(long number, std::string_view noun) {
  return fmt::format("{} {}{}", with_thin_groups(number), noun, number == 1 ? "" : "s");
}

/// A number with a plus sign is added to `otherwise`.
/// @throws std::invalid_argument unless the variable is unset or a number from 0 to 1 000 000 000.
long from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < 0 || number > 1'000'000'000) {
    throw std::invalid_argument(fmt::format("{}={} is not a number", name, text));
  }
  return *text == '+' ? otherwise + number : number;
}

}  // namespace

bool explore_available() { return WORKBOOK_INTERPOSE != 0; }
const char* explore_unavailable_reason() { return interposing_unavailable_reason(); }

explore_options with_environment(explore_options defaults) {
  explore_options o = std::move(defaults);
  o.preemptions = static_cast<int>(from_environment("WORKBOOK_EXPLORE_PREEMPTIONS", o.preemptions));
  o.surprises = static_cast<int>(from_environment("WORKBOOK_EXPLORE_SURPRISES", o.surprises));
  o.max_schedules = from_environment("WORKBOOK_EXPLORE_SCHEDULES", o.max_schedules);
  const long ms = static_cast<long>(o.max_time.count());
  const long seconds = from_environment("WORKBOOK_EXPLORE_SECONDS", -1);
  o.max_time = std::chrono::milliseconds(seconds < 0 ? ms : seconds * 1000);
  if (const char* replay = std::getenv("WORKBOOK_EXPLORE_REPLAY")) o.replay = replay;
  return o;
}

std::string explore_result::summary() const {
  if (verdict == explore_verdict::unavailable) return "not explored: " + message;
  if (verdict == explore_verdict::no_verdict) return "cannot be explored: " + message;
  const std::string bound =
      fmt::format("at most {}{}", counted(preemptions, "preemption"),
                  surprises > 0 ? " and " + counted(surprises, "surprise") : "");
  if (replayed) return "this one schedule: " + (passed() ? "no failure" : "fails, " + message);
  if (!passed()) {
    return fmt::format("schedule {} of those with {} fails: {}", with_thin_groups(schedules), bound,
                       message);
  }
  if (all)
    return fmt::format("{}, {}, all of them: no failure", counted(schedules, "schedule"), bound);
  return fmt::format("the first {}, {}, budget reached, there are more: no failure so far",
                     counted(schedules, "schedule"), bound);
}

}  // namespace workbook::harness
