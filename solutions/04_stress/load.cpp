#include "load.hpp"

#include <condition_variable>
#include <latch>
#include <mutex>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "measure/departures.hpp"

namespace workbook {
namespace {

using time_point = load_clock::time_point;

/// One request of a client: what became of it, and how long that took.
struct sample {
  answer result;
  std::chrono::nanoseconds latency{};
};

/// The requests of one client.
class sample_list {
 public:
  /// An exception would end the whole process here, on a client's thread. If there is no memory
  /// left, the request still counts, without its time.
  void push_back(const sample& one) noexcept {
    try {
      samples_.push_back(one);
    } catch (const std::bad_alloc&) {
      without_time_.add(one.result.what);
    }
  }

  [[nodiscard]] const std::vector<sample>& samples() const { return samples_; }
  [[nodiscard]] const outcome_counts& without_time() const { return without_time_; }

 private:
  std::vector<sample> samples_;
  outcome_counts without_time_;
};

/// What all clients of a load have in common.
struct shared_load {
  const load_plan& plan;
  const requester& ask;
  const std::stop_token& stop;
  const load_clock& clock;
  std::atomic<std::size_t>& done;
  time_point begin{};   ///< set before `start` opens
  std::latch start{1};  ///< opens when all clients are there
};

/// When request `round` of client `client` is due, if the plan says so (an open loop).
time_point due(const shared_load& load, std::size_t client, std::size_t round) {
  const auto number = static_cast<double>(round * load.plan.clients + client);
  const std::chrono::duration<double> offset(number / load.plan.rate);
  return load.begin + std::chrono::duration_cast<std::chrono::nanoseconds>(offset);
}

/// What client number `client` does: its requests, one after the other. It writes into `mine`,
/// which no other thread uses meanwhile.
void run_client(shared_load& load, std::size_t client, sample_list& mine) {
  load.start.wait();
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

/// Runs all clients at the same time, sets `begin` when all are there, and returns when all have
/// finished. @returns how many clients got a thread.
std::size_t run_clients(shared_load& load, std::vector<sample_list>& samples) {
  std::vector<std::jthread> clients;
  try {
    for (std::size_t i = 0; i < load.plan.clients; ++i) {
      clients.emplace_back([&load, i, &mine = samples[i]] { run_client(load, i, mine); });
    }
  } catch (const std::system_error&) {  // no more threads to be had: the others go on
  }
  load.begin = load.clock.now();
  load.start.count_down();
  for (std::jthread& client : clients) client.join();
  return clients.size();
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
  departures sent;
  const load_clock noting = sent.noting(clock);
  shared_load load{plan, ask, stop, noting, done != nullptr ? *done : nobody_watches};
  std::vector<sample_list> samples(plan.clients);
  const std::size_t clients = run_clients(load, samples);

  load_report report;
  report.plan = plan;
  report.wall = clock.now() - load.begin;
  report.reached_rate = sent.rate();
  report.late = sent.late();
  for (const sample_list& of_one_client : samples) {
    for (const sample& one : of_one_client.samples()) add(report, one);
    for (const outcome what : all_outcomes) {
      report.outcomes.add(what, of_one_client.without_time()[what]);
    }
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
