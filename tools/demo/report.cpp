#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace workbook::demo {
namespace {

/// "1", "1 and 2", "1, 2 and 3"
std::string listed(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool last = i + 1 == numbers.size();
    const std::string_view separator = i == 0 ? "" : last ? " and " : ", ";
    text += fmt::format("{}{}", separator, numbers[i]);
  }
  return fmt::format("{} {}", numbers.size() == 1 ? "Client" : "Clients", text);
}

// Which part of the rest of the first client's service this one has waited: 1 is all of it.
double part_waited(const client_measurement& client, const client_measurement& first) {
  const timeline_time rest = first.finished - client.connected;
  return rest > timeline_time::zero() ? waited(client) / rest : 0;
}

std::string caption(const client_measurement& client) {
  return client.request + (client.slow ? ", slow" : "");
}

}  // namespace

std::string table(const std::vector<client_measurement>& clients) {
  std::string text =
      fmt::format("{:>6}  {:<14}{:>11}{:>11}\n", "client", "request", "waited", "total");
  for (std::size_t i = 0; i < clients.size(); ++i) {
    text += fmt::format("{:>6}  {:<14}{:>9.3f} s{:>9.3f} s\n", i + 1, caption(clients[i]),
                        waited(clients[i]).count(), total(clients[i]).count());
  }
  return text;
}

std::string conclusion(const std::vector<client_measurement>& clients) {
  std::vector<std::size_t> blocked;
  std::vector<std::size_t> delayed;
  for (std::size_t i = 1; i < clients.size(); ++i) {
    const double part = part_waited(clients[i], clients.front());
    if (part >= 0.9) {
      blocked.push_back(i + 1);
    } else if (part >= 0.1) {
      delayed.push_back(i + 1);
    }
  }
  if (!blocked.empty()) {
    return fmt::format("{} waited for client 1: head-of-line blocking.", listed(blocked));
  }
  if (!delayed.empty()) {
    return fmt::format("{} waited, but not until client 1 had its answer.", listed(delayed));
  }
  return "No client waited for another.";
}

std::string summary(const std::vector<experiment_result>& results) {
  constexpr std::size_t screen = 80;
  constexpr std::size_t widest_column = 12;
  std::size_t name_width = std::string_view("waited").size();
  for (const auto& result : results) name_width = std::max(name_width, result.server.size());
  const std::size_t clients = results.front().clients.size();
  const std::size_t room = screen - std::min(name_width, screen);
  const std::size_t column = std::clamp<std::size_t>(room / (clients + 1), 10, widest_column);
  const auto time = [=](timeline_time t) {
    return fmt::format("{:>{}.3f} s", t.count(), column - 2);
  };

  std::string text = fmt::format("{:<{}}", "waited", name_width);
  for (std::size_t i = 0; i < clients; ++i) {
    text += fmt::format("{:>{}}", fmt::format("client {}", i + 1), column);
  }
  text += fmt::format("{:>{}}\n", "together", column);
  for (const auto& result : results) {
    timeline_time together{};
    text += fmt::format("{:<{}}", result.server, name_width);
    for (const auto& client : result.clients) {
      text += time(waited(client));
      together += waited(client);
    }
    text += time(together) + "\n";
  }
  return text;
}

}  // namespace workbook::demo
