#pragma once

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string_view>

namespace workbook {

/// What became of one request. Every request has exactly one outcome, so the counts of a load
/// always add up to what was asked for.
enum class outcome {
  ok,               ///< a complete response with a status 2xx
  http_error,       ///< a complete response with another status, or one that is no HTTP (status 0)
  refused,          ///< nobody listens there
  timed_out,        ///< not complete before the deadline, however much had arrived
  reset,            ///< the server has reset the connection
  truncated,        ///< the connection ended before the response was complete
  generator_limit,  ///< this side had no descriptor, port, thread or memory left
  not_started,      ///< the load was ended before its turn
};

inline constexpr std::array all_outcomes{
    outcome::ok,    outcome::http_error, outcome::refused,         outcome::timed_out,
    outcome::reset, outcome::truncated,  outcome::generator_limit, outcome::not_started,
};

/// @returns "ok", "http error", "refused", ...
[[nodiscard]] std::string_view to_string(outcome what);
std::ostream& operator<<(std::ostream& out, outcome what);

/// One request, as the client saw it.
struct answer {
  outcome what = outcome::not_started;
  int status = 0;  ///< of a complete response, else 0
};

/// How often there was each outcome.
class outcome_counts {
 public:
  void add(outcome what, std::size_t times = 1) { counts_[index(what)] += times; }
  [[nodiscard]] std::size_t operator[](outcome what) const { return counts_[index(what)]; }
  [[nodiscard]] std::size_t sum() const;

 private:
  static std::size_t index(outcome what) { return static_cast<std::size_t>(what); }

  std::array<std::size_t, all_outcomes.size()> counts_{};
};

}  // namespace workbook
