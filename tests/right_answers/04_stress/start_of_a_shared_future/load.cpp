// Starts the clients with a promise: each waits for the future that will tell when the load began.
#include "load.hpp"

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace workbook {
namespace {

using time_point = load_clock::time_point;

/// One request of a client: what became of it, and how long that took.
struct sample {
  answer result;
  std::chrono::nanoseconds latency{};
};

/// What all clients of a load have in common.
struct shared_load {
  const load_plan& plan;
  const requester& ask;
  const std::stop_token& stop;
  const load_clock& clock;
  std::atomic<std::size_t>& done;
  time_point begin{};                ///< set before `start` opens
  std::shared_future<void> start{};  ///< ready when all clients are there
};

/// When request `round` of client `client` is due, if the plan says so (an open loop).
time_point due(const shared_load& load, std::size_t client, std::size_t round) {
  const auto number = static_cast<double>(round * load.plan.clients + client);
  const std::chrono::duration<double> offset(number / load.plan.rate);
  return load.begin + std::chrono::duration_cast<std::chrono::nanoseconds>(offset);
}

void run_client(shared_load& load, std::size_t client, std::vector<sample>& mine) {
  const std::shared_future<void> start = load.start;  // each thread has its own
  start.wait();
  for (std::size_t round = 0; round < load.plan.requests; ++round) {
    time_point begin = load.clock.now();
    if (load.plan.rate > 0) {
      begin = due(load, client, round);
      load.clock.sleep_until(begin, load.stop);
    }
    if (load.stop.stop_requested()) return;
    const answer result = load.ask();
    mine.push_back({result, load.clock.now() - begin});
    ++load.done;
  }
}

std::size_t run_clients(shared_load& load, std::vector<std::vector<sample>>& samples) {
  std::promise<void> all_are_here;
  load.start = all_are_here.get_future().share();
  std::vector<std::jthread> clients;
  for (std::vector<sample>& mine : samples) {
    try {
      clients.emplace_back(run_client, std::ref(load), clients.size(), std::ref(mine));
    } catch (const std::system_error&) {
      break;
    }
  }
  load.begin = load.clock.now();
  all_are_here.set_value();
  const std::size_t there_were = clients.size();
  clients.clear();  // joins
  return there_were;
}

void add(load_report& report, const sample& one) {
  report.outcomes.add(one.result.what);
  if (one.result.status != 0) ++report.statuses[one.result.status];
  if (one.result.what == outcome::ok) report.latencies.push_back(one.latency);
}

}  // namespace

load_report run_load(const load_plan& plan, const requester& ask, const std::stop_token& stop,
                     const load_clock& clock, std::atomic<std::size_t>* done) {
  if (plan.clients == 0) throw std::invalid_argument("a load needs at least one client");
  if (plan.requests == 0) throw std::invalid_argument("a client needs at least one request");
  if (plan.rate < 0) throw std::invalid_argument("a rate cannot be negative");
  std::atomic<std::size_t> nobody_watches = 0;
  shared_load load{plan, ask, stop, clock, done != nullptr ? *done : nobody_watches};
  std::vector<std::vector<sample>> samples(plan.clients);
  const std::size_t clients = run_clients(load, samples);

  load_report report;
  report.plan = plan;
  report.wall = clock.now() - load.begin;
  for (const auto& of_one_client : samples) {
    for (const sample& one : of_one_client) add(report, one);
  }
  report.outcomes.add(outcome::generator_limit, (plan.clients - clients) * plan.requests);
  report.outcomes.add(outcome::not_started, plan.total() - report.outcomes.sum());
  return report;
}

void load_clock::sleep_until_or_stop(time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, time, [] { return false; });
}

}  // namespace workbook
