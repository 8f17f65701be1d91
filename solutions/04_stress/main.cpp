#include <chrono>

#include "http_client.hpp"
#include "latency.hpp"
#include "load.hpp"
#include "program/load_program.hpp"

using namespace workbook;

int main(int argc, char** argv) {
  load_program program("stage04_stress");
  return program.run(argc, argv, [](const load_options& options, const load_watch& watch) {
    const http_client client(options.host, options.port, options.path);
    const auto ask = [&] { return client.get(std::chrono::steady_clock::now() + options.timeout); };
    const load_report report = run_load(options.plan, ask, watch.stop, {}, &watch.done);
    return load_result{report, summarize(report.latencies)};
  });
}
