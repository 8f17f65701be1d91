// What the calls have in common.
#include "harness/world/program_calls.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace workbook::harness::exploration {

program_calls::program_calls(const shared_state& shared, descriptor_table& open,
                             surroundings& around, event_choices& choices, livelock_watch& watch,
                             order_report& report)
    : shared_(shared),
      open_(open),
      around_(around),
      choices_(choices),
      watch_(watch),
      report_(report) {}

void program_calls::begin() {
  ports_given_ = 0;
  seen_ = 0;
}

void program_calls::observe(const void* bytes, std::size_t count) {
  const auto* const text = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < count; ++i) observe(text[i]);
}

void program_calls::changed(int result) {
  watch_.called();
  watch_.moved();
  observe(static_cast<std::uint64_t>(result));
}

/// Tells of a call that has moved bytes, or has not.
ssize_t program_calls::result_of(ssize_t result, std::string_view call, int fd) {
  const int error = errno;
  watch_.called();
  if (result > 0) watch_.moved();
  observe(static_cast<std::uint64_t>(result));
  if (result < 0) observe(static_cast<std::uint64_t>(error));
  report_.tell(program_column, [&] {
    const std::string what = result < 0    ? strerrorname_np(error)
                             : result == 0 ? "the end"
                             : result == 1 ? "1 byte"
                                           : fmt::format("{} bytes", result);
    return fmt::format("{} {}: {}", call, open_.name_of(fd), what);
  });
  errno = error;
  return result;
}

int program_calls::add(int fd, descriptor it) {
  if (fd < 0) return fd;
  changed(fd);
  open_.add(fd, std::move(it));
  return fd;
}

void program_calls::fail_blocked(std::string_view call, const std::string& on) {
  report_.tell(program_column, [&] { return fmt::format("{} {} waits", call, on); });
  report_.fail(
      explore_verdict::blocked,
      fmt::format("the program waits in {} for {}: nothing else can happen until then", call, on));
}

void program_calls::about_to_sleep(const char* function) {
  report_.tell(program_column, [&] { return fmt::format("{} waits", function); });
  report_.fail(
      explore_verdict::blocked,
      fmt::format("the program sleeps in {}: nothing else can happen until then", function));
}

bool never_blocks(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0; }

bool is_ready(int fd, short events) {
  pollfd now{fd, events, 0};
  return kernel().poll(&now, 1, 0) > 0;
}

int fail_for_now() {
  errno = EAGAIN;
  return -1;
}

}  // namespace workbook::harness::exploration

#endif
