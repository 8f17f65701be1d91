#include "program/server_program.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "program/option_values.hpp"
#include "program/output_file.hpp"
#include "program/stop_on_signal.hpp"

namespace workbook {
namespace {

void write_events(const event_log& log, std::FILE* file, const std::string& path) {
  std::string lines;
  for (const server_event& event : log.events()) {
    lines += fmt::format("{}\t{}\t{}\t{}\t{}\n", to_string(event.kind), event.connection,
                         event.thread, event.time.time_since_epoch().count(), event.note);
  }
  std::fwrite(lines.data(), 1, lines.size(), file);
  finish_output(file, "the events to " + path);
}

/// Prints the log of a server, or only its last word if it shall be quiet.
class server_output {
 public:
  explicit server_output(bool quiet) {
    if (!quiet) printer_.emplace(STDOUT_FILENO);
  }

  [[nodiscard]] line_printer* live() { return printer_ ? &*printer_ : nullptr; }

  void say(std::string_view line) {
    if (!printer_) printer_.emplace(STDOUT_FILENO);
    printer_->print(line);
  }

 private:
  std::optional<line_printer> printer_;
};

/// Accepts whole numbers from 1 to `most`, and says so otherwise.
CLI::Validator count_up_to(std::size_t most) {
  const auto check = [most](const std::string& text) -> std::string {
    std::size_t count = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, count);
    if (error == std::errc() && end == last && count >= 1 && count <= most) return "";
    return fmt::format("give a whole number from 1 to {}, not '{}'", most, text);
  };
  return {check, "COUNT"};
}

/// STAGE07_HEAD_TIME for --head-time.
std::string variable_of(const std::string& prefix, std::string option) {
  option.erase(0, option.find_first_not_of('-'));
  std::ranges::transform(option, option.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return prefix + "_" + option;
}

/// Gives the threads that are started from now on stacks of 2 MiB in place of 8. The C library
/// keeps the stacks of threads that have ended for those that come, 40 MiB of them: a server that
/// starts a thread for each connection then finds nineteen ready, not four.
void use_smaller_stacks() {
#ifdef __GLIBC__
  constexpr std::size_t stack_size = 2 << 20;
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  if (::pthread_attr_setstacksize(&attributes, stack_size) == 0) {
    ::pthread_setattr_default_np(&attributes);
  }
  ::pthread_attr_destroy(&attributes);
#endif
}

std::string remedy(const std::system_error& error) {
  if (error.code() == std::errc::address_in_use) {
    return "; another program has this port: choose another with --port, or 0 for any free one";
  }
  if (error.code() == std::errc::resource_unavailable_try_again) {
    return "; the system has no thread left: ask for fewer, or raise the limit (ulimit -u)";
  }
  return error.code() == std::errc::permission_denied ? "; choose a port of 1024 or above" : "";
}

}  // namespace

server_program::server_program(const std::string& name, const std::string& description,
                               std::uint16_t default_port)
    : app_(std::make_unique<CLI::App>(description, name)), port_(default_port) {
  app_->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app_->add_option("--port", port_, "port to listen on, 0 for any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app_->add_option("--host", host_,
                   "address to listen on, the first one if a name has several; 0.0.0.0 opens it to "
                   "the network")
      ->capture_default_str();
  const auto store = [this](const std::string& text) {
    sleep_time_ = parse_duration("--sleep", text);
  };
  app_->add_option_function<std::string>("--sleep", store,
                                         "how long /sleep sleeps: 500ms, 5s, 1min")
      ->type_name("TIME")
      ->default_str("5s");
  app_->add_flag("--quiet", quiet_, "do not print the log");
  app_->add_option("--events", events_file_, "write the events to this file at the end");
}

server_program::~server_program() = default;

void server_program::add_count(const std::string& option, std::size_t& value,
                               const std::string& help) {
  constexpr std::size_t most = 100'000;
  app_->add_option(option, value, help)->check(count_up_to(most))->capture_default_str();
}

void server_program::add_choice(const std::string& option, std::string& value,
                                const std::vector<std::string>& choices, const std::string& help) {
  app_->add_option(option, value, help)->check(CLI::IsMember(choices))->capture_default_str();
}

void server_program::add_time(const std::string& option, std::chrono::milliseconds& value,
                              const std::string& help, bool may_be_zero) {
  const auto store = [&value, option, may_be_zero](const std::string& text) {
    const auto time = parse_duration(option, text);
    if (time.count() == 0 && !may_be_zero) {
      throw CLI::ValidationError(option, fmt::format("'{}' is no time at all", text));
    }
    value = time;
  };
  app_->add_option_function<std::string>(option, store, help)
      ->type_name("TIME")
      ->default_str(fmt::format("{}ms", value.count()));
}

void server_program::accept_environment_and_file(const std::string& prefix) {
  add_choice("--log", log_format_, {"text", "json"}, "the log for people, or a JSON object a line");
  for (const CLI::Option* option : app_->get_options()) {
    if (option->get_name() == "--help") continue;
    const std::string name = variable_of(prefix, option->get_name());
    if (const char* value = std::getenv(name.c_str())) {
      variables_.push_back({option->get_name(), name, value});
    }
  }
  app_->set_config("--options", "", "read options from this file: lines such as port = 7885");
  app_->allow_config_extras(CLI::config_extras_mode::error);
  app_->footer("Each option can also be an environment variable, such as " +
               variable_of(prefix, "--port") +
               ", or stand in the file of --options.\n"
               "The command line comes before the environment, and that before the file.");
}

/// What the environment says stands in front of the command line, whose options then count.
void server_program::parse(int argc, char** argv) {
  std::vector<std::string> words;
  for (const auto& [option, name, value] : variables_) words.push_back(option + "=" + value);
  words.insert(words.end(), argv + 1, argv + argc);
  std::ranges::reverse(words);  // as CLI11 wants them
  app_->parse(std::move(words));
}

/// @returns a remark on where an option stands that an error is about, if it is the environment.
std::string server_program::origin_of(std::string_view error) const {
  for (const auto& [option, name, value] : variables_) {
    const bool about_it = error.starts_with(option + ":") && error.find(value) != error.npos;
    if (about_it) return fmt::format(", from the environment: {}", name);
  }
  return "";
}

int server_program::run(int argc, char** argv, const serve_function& serve) {
  try {
    parse(argc, argv);
    serve_until_signal(serve);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app_->exit(help);
  } catch (const CLI::ConfigError& error) {
    const std::string_view words = error.what();
    fmt::print(stderr, "{}: the file of --options has an unknown key: {} (see --help)\n",
               app_->get_name(), words.substr(words.rfind(' ') + 1));
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}: {}{} (see --help)\n", app_->get_name(), error.what(),
               origin_of(error.what()));
  } catch (const std::system_error& error) {
    fmt::print(stderr, "{}: {}{}\n", app_->get_name(), error.what(), remedy(error));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app_->get_name(), error.what());
  }
  return 1;
}

void server_program::serve_until_signal(const serve_function& serve) const {
  use_smaller_stacks();
  // Before any other thread exists, so that all of them inherit the blocked signals.
  const stop_on_signal signals;
  const output_file events = open_output(events_file_);
  tcp_listener listener(host_, port_);
  fmt::print("listening on http://{}:{}  (Ctrl-C stops)\n", host_, listener.port());
  std::fflush(stdout);

  server_output output(quiet_);
  event_log log(output.live(), events ? keep_events::yes : keep_events::no,
                log_format_ == "json" ? log_format::json : log_format::text);
  const bool wanted = !quiet_ || events != nullptr;
  serve(std::move(listener), wanted ? &log : nullptr, signals.token());
  if (events) write_events(log, events.get(), events_file_);
  if (log_format_ == "text") output.say("stopped");
}

}  // namespace workbook
