#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "net/tcp_listener.hpp"
#include "support/event_log.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name is the library's
class App;
}

namespace workbook {

/// Serves the clients of `listener` until `stop` is requested; `log` may be null.
using serve_function =
    std::function<void(tcp_listener listener, event_log* log, const std::stop_token& stop)>;

/// What all server programs have in common: their options, their log, and how they stop.
/// Options: `--port`, `--host`, `--sleep 5s`, `--quiet`, `--events FILE`.
class server_program {
 public:
  server_program(const std::string& name, const std::string& description,
                 std::uint16_t default_port);
  ~server_program();

  /// Adds an option for a number from 1 to 100 000, stored in `value`, whose current value is the
  /// default. `value` must outlive the program.
  void add_count(const std::string& option, std::size_t& value, const std::string& help);

  /// Adds an option for one of `choices`, likewise.
  void add_choice(const std::string& option, std::string& value,
                  const std::vector<std::string>& choices, const std::string& help);

  /// Adds an option for a time such as 500ms, 5s or 1min, likewise; one of 0 only if it `may_be_zero`.
  void add_time(const std::string& option, std::chrono::milliseconds& value,
                const std::string& help, bool may_be_zero = false);

  /// Lets every option be given in three places: on the command line; as an environment variable,
  /// PREFIX_HEAD_TIME for `--head-time`; in a file of lines `head-time = 5s`, which `--options FILE`
  /// names. An option that stands in several is taken from the first of these three. Also adds
  /// `--log text|json`. Call it behind all the others that add options.
  void accept_environment_and_file(const std::string& prefix);

  /// @returns how long `/sleep` sleeps: `--sleep`. Valid once run() has called its function.
  [[nodiscard]] std::chrono::milliseconds sleep_time() const { return sleep_time_; }

  /// Parses the command line, listens, says where, and calls `serve`. SIGINT (Ctrl-C) or SIGTERM
  /// requests the stop. Afterwards writes the events to `--events`, if given: a line for each,
  /// `kind connection thread nanoseconds note` with tabs between.
  /// A log that nobody reads loses lines; it never holds up the service, or its end.
  /// Programs that `serve` starts, with std::system() for instance, inherit that SIGINT and SIGTERM
  /// are blocked.
  /// @returns the exit code: 0 after a stop; otherwise 1, after one sentence on stderr.
  [[nodiscard]] int run(int argc, char** argv, const serve_function& serve);

 private:
  struct variable {
    std::string option;
    std::string name;
    std::string value;
  };

  void parse(int argc, char** argv);
  [[nodiscard]] std::string origin_of(std::string_view error) const;
  void serve_until_signal(const serve_function& serve) const;

  std::unique_ptr<CLI::App> app_;  // CLI11 takes seconds to compile: only the .cpp sees it
  std::uint16_t port_;
  std::string host_ = "127.0.0.1";
  std::chrono::milliseconds sleep_time_{5000};
  bool quiet_ = false;
  std::string log_format_ = "text";
  std::vector<variable> variables_;  // of the environment
  std::string events_file_;
};

}  // namespace workbook
