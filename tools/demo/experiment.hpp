#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clients.hpp"
#include "measurement.hpp"

namespace workbook::demo {

/// The same for every server: who comes, and when.
struct experiment {
  std::string story;        ///< what happens, in one sentence
  std::string file_suffix;  ///< tells the pictures of two experiments apart
  std::vector<client_plan> clients;
  milliseconds gap{};                            ///< the time between two clients' arrivals
  milliseconds sleep{};                          ///< how long /sleep takes
  std::filesystem::path out;                     ///< the folder for events and pictures; exists
  std::vector<std::string> server_options = {};  ///< beyond those that every server has
  good_answers good = good_answers::only_200;
};

struct experiment_result {
  std::string server;  ///< the name of the program
  std::vector<client_measurement> clients;
  std::size_t most_in_backlog = 0;  ///< clients that waited in the kernel to be accepted, at most
};

/// @returns the server's name with the options that only this experiment gives it.
[[nodiscard]] std::string heading(const experiment& plan, const std::string& server);

/// Runs `plan` with one server program as a child process and prints its log as it grows.
/// Blocks for as long as the clients take. Call it while this process has no other thread.
/// @throws std::runtime_error with one sentence if the server cannot start, does not answer as it
/// should, or does not stop.
[[nodiscard]] experiment_result run_experiment(const experiment& plan,
                                               const std::filesystem::path& server);

}  // namespace workbook::demo
