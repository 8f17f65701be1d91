#include "clients.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <exception>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "net/tcp_stream.hpp"

namespace workbook::demo {
namespace {

void limit_reading(const tcp_stream& stream, milliseconds patience) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  timeval limit{};
  limit.tv_sec = seconds.count();
  limit.tv_usec = std::chrono::microseconds(patience - seconds).count();
  ::setsockopt(stream.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void send_request(tcp_stream& stream, const client_plan& plan) {
  // HTTP/1.0: a whole request without a Host field, so that even byte by byte it does not take
  // long.
  const std::string request = fmt::format("GET {} HTTP/1.0\r\n\r\n", plan.path);
  if (plan.byte_every == milliseconds::zero()) return stream.write_all(request);
  auto due = steady_clock::now();
  for (const char& byte : request) {
    std::this_thread::sleep_until(due);
    stream.write_all({&byte, 1});
    due += plan.byte_every;
  }
}

std::string read_to_end(tcp_stream& stream) {
  std::string answer;
  std::array<char, 4096> buffer;
  while (const std::size_t count = stream.read_some(buffer)) answer.append(buffer.data(), count);
  return answer;
}

void talk(tcp_stream stream, const client_plan& plan, milliseconds patience, client_visit& visit) {
  try {
    limit_reading(stream, patience);
    send_request(stream, plan);
    visit.sent = steady_clock::now();
    visit.answer = read_to_end(stream);
    visit.answered = steady_clock::now();
  } catch (const std::system_error& error) {
    const bool gave_up = error.code() == std::errc::resource_unavailable_try_again;
    visit.error = gave_up ? fmt::format("it heard nothing for {} s", patience.count() / 1000)
                          : std::string(error.what());
  }
}

}  // namespace

std::vector<client_visit> run_clients(std::uint16_t port, const std::vector<client_plan>& plans,
                                      milliseconds gap, milliseconds patience) {
  std::vector<client_visit> visits(plans.size());
  std::vector<std::jthread> clients;  // after what they write to: joined before it is destroyed
  auto due = steady_clock::now();
  for (std::size_t i = 0; i < plans.size(); ++i, due += gap) {
    std::this_thread::sleep_until(due);
    visits[i].connected = steady_clock::now();
    try {
      clients.emplace_back(talk, tcp_stream::connect("127.0.0.1", port), plans[i], patience,
                           std::ref(visits[i]));
    } catch (const std::system_error& error) {
      visits[i].error = error.what();
    }
  }
  clients.clear();
  return visits;
}

}  // namespace workbook::demo
