// How many items go through a channel, with 1, 2 and 4 threads at either end. The argument is the
// number of receivers. Starting and joining the threads is measured, too: 100 000 items outweigh
// it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <bounded_channel.hpp>
#include <cstddef>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t items = 100'000;
constexpr std::size_t room = 1000;

using channel = workbook::bounded_channel<std::size_t>;

void send(channel& to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) (void)to.send(std::size_t{i});
}

void receive_all(channel& from) {
  while (auto item = from.receive()) benchmark::DoNotOptimize(*item);
}

void send_and_receive(std::size_t senders, std::size_t receivers) {
  channel between(room);
  std::vector<std::jthread> receiving;
  while (receiving.size() < receivers) receiving.emplace_back([&] { receive_all(between); });
  std::vector<std::jthread> sending;
  while (sending.size() < senders) sending.emplace_back([&] { send(between, items / senders); });
  sending.clear();  // joins them
  between.close();
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::size_t senders : {1U, 2U, 4U}) {
    const auto throughput = [senders](benchmark::State& state) {
      const auto receivers = static_cast<std::size_t>(state.range(0));
      for ([[maybe_unused]] auto step : state) send_and_receive(senders, receivers);
      state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
    };
    const std::string name = fmt::format("{} sender{}", senders, senders == 1 ? "" : "s");
    benchmark::RegisterBenchmark(name.c_str(), throughput)
        ->Arg(1)
        ->Arg(2)
        ->Arg(4)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
