#include "server_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>  // sigdescr_np is glibc's, not C++'s
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "net/system_call.hpp"

namespace workbook::demo {
namespace {

using std::chrono::steady_clock;

/// In the child: becomes the program. The parent had one thread, so nobody holds a lock here.
[[noreturn]] void become(char* const* arguments, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a demo that is killed leaves no server behind
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  const std::string reason = std::generic_category().message(errno);
  ::write(STDERR_FILENO, reason.data(), reason.size());
  ::_exit(127);
}

}  // namespace

std::optional<std::uint16_t> port_of(std::string_view line) {
  if (!line.starts_with("listening on http://")) return std::nullopt;
  const auto address = line.substr(0, line.find("  "));
  const auto digits = address.substr(address.rfind(':') + 1);
  std::uint16_t port = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, port);
  if (error != std::errc() || end != last || port == 0) return std::nullopt;
  return port;
}

server_process::server_process(std::vector<std::string> command, line_reader on_line)
    : name_(std::filesystem::path(command.front()).filename()), on_line_(std::move(on_line)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot open a pipe");
  output_.reset(ends[0]);
  const unique_fd input(ends[1]);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::fflush(stdout);
  process_ = ::fork();
  if (process_ < 0) throw_errno("cannot start " + name_);
  if (process_ == 0) become(arguments.data(), input.get());
  reader_ = std::jthread([this] { read_output(); });
}

server_process::~server_process() {
  if (!ended()) kill();
}

void server_process::read_output() {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> output(::fdopen(output_.release(), "r"));
  bool port_known = false;
  char* line = nullptr;
  std::size_t size = 0;
  while (::getline(&line, &size, output.get()) > 0) {
    last_line_ = std::string(line, std::strcspn(line, "\n"));
    if (const auto port = port_of(last_line_); port && !port_known) {
      port_.set_value(port);
      port_known = true;
    }
    on_line_(last_line_);
  }
  std::free(line);
  if (!port_known) port_.set_value(std::nullopt);
}

std::uint16_t server_process::port(std::chrono::milliseconds limit) {
  auto said = port_.get_future();
  if (said.wait_for(limit) == std::future_status::timeout) {
    throw std::runtime_error(
        fmt::format("{} did not say within {} s where it listens.", name_, limit.count() / 1000));
  }
  if (const auto port = said.get()) return *port;
  kill();
  throw std::runtime_error(fmt::format("{} did not start: {}", name_, last_words()));
}

std::string server_process::stop(std::chrono::milliseconds limit) {
  ::kill(process_, SIGTERM);
  const bool stopped = ended_before(steady_clock::now() + limit);
  if (!stopped) {
    kill();
    return fmt::format("{} did not stop within {} s of SIGTERM, so it was killed.", name_,
                       limit.count() / 1000);
  }
  reader_.join();
  if (WIFSIGNALED(status_)) {
    const int signal = WTERMSIG(status_);
    return fmt::format("{} died of signal {} ({}).", name_, signal, ::sigdescr_np(signal));
  }
  if (WEXITSTATUS(status_) == 0) return {};
  return fmt::format("{} ended with exit code {}: {}", name_, WEXITSTATUS(status_), last_words());
}

bool server_process::ended() {
  if (!reaped_) reaped_ = ::wait4(process_, &status_, WNOHANG, &usage_) == process_;
  return reaped_;
}

bool server_process::ended_before(steady_clock::time_point deadline) {
  while (!ended()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

void server_process::kill() {
  if (!reaped_) {  // afterwards the number may belong to another process
    ::kill(process_, SIGKILL);
    ::wait4(process_, &status_, 0, &usage_);
    reaped_ = true;
  }
  if (reader_.joinable()) reader_.join();
}

// What it said before it ended, without its own name: "TODO 1.5 is not written yet (...)".
std::string server_process::last_words() const {
  if (last_line_.empty()) return "it printed no reason";
  const auto colon = last_line_.find(": ");
  return colon == last_line_.npos ? last_line_ : last_line_.substr(colon + 2);
}

}  // namespace workbook::demo
