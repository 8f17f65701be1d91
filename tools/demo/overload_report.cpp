#include <fmt/format.h>

#include <algorithm>

#include "report.hpp"

namespace workbook::demo {
namespace {

/// Clients with the same kind of answer.
struct share {
  std::size_t clients = 0;
  timeline_time longest{};  ///< from connecting to the end of the answer
};

share share_of(const std::vector<client_measurement>& clients, bool rejected) {
  share part;
  for (const auto& client : clients) {
    if (client.rejected != rejected) continue;
    ++part.clients;
    part.longest = std::max(part.longest, total(client));
  }
  return part;
}

}  // namespace

std::string overload_table(const std::vector<client_measurement>& clients) {
  std::string text =
      fmt::format("{:>6}  {:<14}{:>6}{:>11}\n", "client", "request", "answer", "after");
  for (std::size_t i = 0; i < clients.size(); ++i) {
    text += fmt::format("{:>6}  {:<14}{:>6}{:>9.3f} s\n", i + 1, clients[i].request,
                        clients[i].rejected ? 503 : 200, total(clients[i]).count());
  }
  return text;
}

std::string overload_conclusion(const experiment_result& result) {
  const share served = share_of(result.clients, false);
  const share rejected = share_of(result.clients, true);
  std::string text = fmt::format("{} of {} clients were served, the slowest after {:.3f} s; ",
                                 served.clients, result.clients.size(), served.longest.count());
  text += rejected.clients == 0 ? std::string("nobody was rejected")
                                : fmt::format("{} read 503, the slowest after {:.3f} s",
                                              rejected.clients, rejected.longest.count());
  return text + fmt::format("; at most {} waited in the kernel's backlog.", result.most_in_backlog);
}

}  // namespace workbook::demo
