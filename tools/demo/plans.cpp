#include "plans.hpp"

#include <fmt/format.h>

namespace workbook::demo {
namespace {

double seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

experiment common(const plan_options& chosen) {
  experiment plan;
  plan.gap = chosen.gap;
  plan.sleep = chosen.sleep;
  plan.out = chosen.out;
  return plan;
}

}  // namespace

experiment fast_beside_sleep(const plan_options& chosen) {
  experiment plan = common(chosen);
  plan.clients = {{"/sleep"}, {"/fast"}, {"/fast"}};
  plan.story =
      fmt::format("/sleep takes {} s. Three clients come, {} s apart: /sleep, /fast, /fast",
                  seconds(plan.sleep), seconds(plan.gap));
  return plan;
}

experiment fast_behind_slow_clients(const plan_options& chosen, std::size_t slow) {
  experiment plan = common(chosen);
  plan.file_suffix = "_slow_client";
  plan.clients.assign(slow, {"/", chosen.byte_every});
  plan.clients.push_back({"/fast"});
  const std::string who = slow == 1 ? "Client 1 sends a byte of its request"
                                    : fmt::format("Clients 1 to {} send a byte of a request", slow);
  plan.story = fmt::format("{} every {} s. Client {} comes {} s later: /fast", who,
                           seconds(chosen.byte_every), slow + 1, seconds(plan.gap));
  return plan;
}

std::vector<experiment> overload(const plan_options& chosen) {
  constexpr std::size_t clients = 7;
  std::vector<experiment> plans;
  for (const std::string policy : {"reject", "wait"}) {
    experiment plan = common(chosen);
    plan.file_suffix = "_overload_" + policy;
    plan.server_options = {"--workers", "2", "--queue", "2", "--overload", policy};
    plan.good = good_answers::also_503;
    plan.clients.assign(clients, {"/sleep"});
    plan.story = fmt::format("{} clients want /sleep, {} s each, {} s apart", clients,
                             seconds(plan.sleep), seconds(plan.gap));
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace workbook::demo
