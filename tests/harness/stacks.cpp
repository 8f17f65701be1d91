#include "harness/stacks.hpp"

#if WORKBOOK_GLIBC
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#endif

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "harness/sanitizers.hpp"
#include "harness/threads/probe_state.hpp"
#include "support/os_thread_id.hpp"
#include "support/thread_states.hpp"
#include "support/thread_work.hpp"

namespace workbook::harness {
namespace {

constexpr int capture_signal = SIGUSR2;

#if WORKBOOK_GLIBC

std::size_t call_stack(std::span<void*> frames) {
  return static_cast<std::size_t>(
      std::max(::backtrace(frames.data(), static_cast<int>(frames.size())), 0));
}

/// @returns where the program's file has the call that returns to `address`, or nothing if the
/// address lies in a library. Source: dladdr(3).
std::optional<std::uintptr_t> place_in_program(const void* address) {
  Dl_info symbol{};
  void* object = nullptr;
  if (::dladdr1(address, &symbol, &object, RTLD_DL_LINKMAP) == 0) return std::nullopt;
  const auto& loaded = *static_cast<const link_map*>(object);
  // The dynamic linker gives the program itself no name.
  if (loaded.l_name[0] != '\0') return std::nullopt;
  // A return address points behind its call: one byte back lies the call's line.
  return reinterpret_cast<std::uintptr_t>(address) - loaded.l_addr - 1;
}

#else

std::size_t call_stack(std::span<void*> /*frames*/) { return 0; }
std::optional<std::uintptr_t> place_in_program(const void* /*address*/) { return std::nullopt; }

#endif

// Runs in a signal handler: only the thread's own slot is touched, nothing is allocated.
void capture(int /*signal*/) {
  const int saved_errno = errno;
  for (captured_stack& slot : current_transcript().stacks) {
    pid_t free_slot = 0;
    if (!slot.thread.compare_exchange_strong(free_slot, static_cast<pid_t>(os_thread_id())))
      continue;
    slot.mutex_holder = thread_probes::holder_of_awaited_mutex();
    slot.frame_count = call_stack(slot.frames);
    break;
  }
  errno = saved_errno;
}

std::size_t answers(const transcript& shared) {
  return static_cast<std::size_t>(
      std::ranges::count_if(shared.stacks, [](const auto& s) { return s.frame_count > 0; }));
}

std::vector<std::string> output_lines(const std::string& command) {
  std::vector<std::string> lines;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 4096> buffer;
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    lines.emplace_back(buffer.data());
    if (lines.back().ends_with('\n')) lines.back().pop_back();
  }
  return lines;
}

/// "void workbook::(anonymous namespace)::channel<int>::send(int)" as "send".
std::string short_function(std::string name) {
  if (name.find("operator()") != std::string::npos) return "a lambda";
  for (const std::string_view noise : {"(anonymous namespace)::", "[abi:cxx11]"}) {
    for (auto at = name.find(noise); at != name.npos; at = name.find(noise)) {
      name.erase(at, noise.size());
    }
  }
  std::string last;
  int depth = 0;  // of template arguments
  for (const char c : name) {
    if (c == '<') ++depth;
    if (depth == 0 && c == '(') break;
    if (depth == 0) last = c == ':' || c == ' ' ? "" : last + c;
    if (c == '>') --depth;
  }
  return last;
}

/// @returns nothing if the file is none of the workbook's.
std::optional<source_line> to_source_line(const std::string& function, const std::string& place) {
  const std::string root = WORKBOOK_SOURCE_DIR "/";
  const auto colon = place.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string file =
      std::filesystem::path(place.substr(0, colon)).lexically_normal().string();
  if (!file.starts_with(root)) return std::nullopt;
  return source_line{file.substr(root.size()), file, std::atoi(place.c_str() + colon + 1),
                     short_function(function)};
}

}  // namespace

bool stacks_available() { return WORKBOOK_GLIBC != 0; }

void answer_stack_requests() {
  // The first call of backtrace(3) loads libgcc, which allocates: not in a signal handler.
  std::array<void*, 1> frame{};
  (void)call_stack(frame);
  struct sigaction action {};
  action.sa_handler = capture;
  // ThreadSanitizer runs the handler when the interrupted call has returned: it must not restart.
  action.sa_flags = thread_sanitizer ? 0 : SA_RESTART;
  ::sigaction(capture_signal, &action, nullptr);
}

void request_stacks(pid_t process, const std::vector<pid_t>& threads, const transcript& shared) {
  constexpr int enough_chances = 100;
  constexpr int most_looks = 10'000;  // a process that is stopped has no chance, and never will
  for (const pid_t thread : threads) ::syscall(SYS_tgkill, process, thread, capture_signal);
  auto used = processor_time(process);
  for (int looks = 0, chances = 0; looks < most_looks && chances < enough_chances; ++looks) {
    if (answers(shared) >= threads.size()) return;
    ::poll(nullptr, 0, 1);
    const auto used_now = processor_time(process);
    const auto states = read_thread_states(process);
    const bool all_asleep = std::ranges::all_of(states, &thread_state::asleep);
    if (all_asleep || used_now != used) ++chances;
    used = used_now;
  }
}

std::string to_string(const source_line& place) {
  return fmt::format("{}:{} in {}", place.path, place.line, place.function);
}

std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses) {
  // One run for all, each address once: addr2line spends its time on reading the program.
  std::map<std::uintptr_t, const void*> wanted;
  for (const void* const address : addresses) {
    if (const auto place = place_in_program(address)) wanted[*place] = address;
  }
  std::map<const void*, std::vector<source_line>> found;
  if (wanted.empty()) return found;

  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string command = fmt::format("addr2line -a -f -C -i -e '{}'", program);
  for (const auto& [place, address] : wanted) command += fmt::format(" {:#x}", place);

  // -a prints each address, and after it two lines for each of its frames.
  const auto lines = output_lines(command + " 2>/dev/null");
  const void* address = nullptr;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("0x")) {
      address = wanted[std::stoull(lines[i], nullptr, 16)];
    } else if (i + 1 < lines.size()) {
      if (auto line = to_source_line(lines[i], lines[i + 1])) found[address].push_back(*line);
      ++i;
    }
  }
  return found;
}

}  // namespace workbook::harness
