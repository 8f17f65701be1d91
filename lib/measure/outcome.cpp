#include "measure/outcome.hpp"

#include <numeric>
#include <ostream>

namespace workbook {

std::string_view to_string(outcome what) {
  switch (what) {
    case outcome::ok: return "ok";
    case outcome::http_error: return "http error";
    case outcome::refused: return "refused";
    case outcome::timed_out: return "timed out";
    case outcome::reset: return "reset";
    case outcome::truncated: return "truncated";
    case outcome::generator_limit: return "generator's own limit";
    case outcome::not_started: return "not started";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& out, outcome what) { return out << to_string(what); }

std::size_t outcome_counts::sum() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0});
}

}  // namespace workbook
