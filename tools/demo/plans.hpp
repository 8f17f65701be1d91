#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "experiment.hpp"

namespace workbook::demo {

/// What a person may change about the experiments.
struct plan_options {
  milliseconds sleep{2000};        ///< how long /sleep takes
  milliseconds gap{100};           ///< the time from one client's arrival to the next
  milliseconds byte_every{250};    ///< the slow clients' pause between two bytes
  std::filesystem::path out = {};  ///< the folder for events and pictures
};

/// @returns the experiment of the three clients: /sleep, /fast, /fast.
[[nodiscard]] experiment fast_beside_sleep(const plan_options& chosen);

/// @returns `slow` clients that send byte by byte, and one that wants /fast behind them.
[[nodiscard]] experiment fast_behind_slow_clients(const plan_options& chosen, std::size_t slow);

/// @returns more /sleep clients than a server with a small queue has room for: once it rejects
/// them, once it lets them wait.
[[nodiscard]] std::vector<experiment> overload(const plan_options& chosen);

}  // namespace workbook::demo
