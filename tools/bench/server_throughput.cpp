// Requests per second of server programs: 8 clients, a connection for each request, GET /fast. Each
// server is a process of its own; the clients are threads of this one.
//   bench_servers [options of Google Benchmark] SERVER...
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <load.hpp>
#include <string>

#include "http_client.hpp"
#include "server_process.hpp"

using namespace workbook;

namespace {

constexpr load_plan plan{.clients = 8, .requests = 250};
constexpr std::chrono::seconds patience{10};

void serve(benchmark::State& state, const std::string& program) {
  demo::server_process server({program, "--port", "0", "--quiet"}, [](const std::string&) {});
  const http_client client("127.0.0.1", server.port(patience), "/fast");
  const auto ask = [&] { return client.get(std::chrono::steady_clock::now() + patience); };
  for ([[maybe_unused]] auto step : state) {
    const load_report report = run_load(plan, ask);
    if (report.outcomes[outcome::ok] != plan.total()) {
      state.SkipWithError("not every request was ok");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(plan.total()));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string program = argv[i];
    benchmark::RegisterBenchmark(std::filesystem::path(program).filename().c_str(),
                                 [program](benchmark::State& state) { serve(state, program); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_servers: {}\n", error.what());
    return 1;
  }
}
