// Experiment: one echo server, written in four ways; it numbers what it sends back.
// Build: solutions
// Expect: exit 0
// Expect-output: ^threads +3 +\d+ +300\n^futures +3 +\d+ +300\n^callbacks +0 +\d+ +300\n^coroutines +0 +\d+ +300
// Look at: the four functions. Where does each keep the number, and who waits?
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "async_stream.hpp"
#include "event_loop.hpp"

using workbook::async_stream;
using workbook::event_loop;
using workbook::read_status;
using workbook::task;
using workbook::unique_fd;

struct result {
  const char* way;
  int threads;  // that it has started
  int lines;    // of code
  int echoed;
};

std::string numbered(int number, char byte) { return std::to_string(number) + byte + '\n'; }

void answer(int client, int number, char byte) {
  const std::string line = numbered(number, byte);
  if (send(client, line.data(), line.size(), MSG_NOSIGNAL) < 0) std::abort();
}

constexpr int threads_begin = __LINE__;
int echo_until_the_end(int client) {
  int number = 0;
  for (char byte = 0; recv(client, &byte, 1, 0) == 1;) answer(client, ++number, byte);
  return number;
}

result with_threads(const std::vector<unique_fd>& clients) {
  std::atomic<int> echoed = 0;
  std::vector<std::jthread> threads;
  for (const unique_fd& client : clients) {
    threads.emplace_back([&] { echoed += echo_until_the_end(client.get()); });
  }
  threads.clear();
  constexpr int lines = __LINE__ - threads_begin;
  return {"threads", static_cast<int>(clients.size()), lines, echoed};
}

constexpr int futures_begin = __LINE__ - 6;  // and echo_until_the_end
result with_futures(const std::vector<unique_fd>& clients) {
  std::vector<std::future<int>> counts;
  for (const unique_fd& client : clients) {
    counts.push_back(std::async(std::launch::async, echo_until_the_end, client.get()));
  }
  int echoed = 0;
  for (auto& count : counts) echoed += count.get();
  constexpr int lines = __LINE__ - futures_begin;
  return {"futures", static_cast<int>(clients.size()), lines, echoed};
}

constexpr int callbacks_begin = __LINE__;
result with_callbacks(const std::vector<unique_fd>& clients) {
  std::map<int, std::function<bool()>> when_readable;  // whether it wants to be called again
  int echoed = 0;
  for (const unique_fd& client : clients) {
    when_readable[client.get()] = [fd = client.get(), number = 0, &echoed]() mutable {
      char byte = 0;
      if (recv(fd, &byte, 1, 0) != 1) return false;
      answer(fd, ++number, byte);
      ++echoed;
      return true;
    };
  }
  while (!when_readable.empty()) {
    std::vector<pollfd> watched;
    for (const auto& [fd, callback] : when_readable) watched.push_back({fd, POLLIN, 0});
    poll(watched.data(), watched.size(), -1);
    for (const pollfd& one : watched) {
      if (one.revents != 0 && !when_readable[one.fd]()) when_readable.erase(one.fd);
    }
  }
  constexpr int lines = __LINE__ - callbacks_begin;
  return {"callbacks", 0, lines, echoed};
}

constexpr int coroutines_begin = __LINE__;
task<> echo(event_loop& loop, unique_fd client, int& echoed, std::size_t& open,
            std::stop_source end) {
  async_stream stream(loop, std::move(client));
  std::string received;
  int number = 0;
  while (co_await stream.read_some(received, event_loop::never) == read_status::bytes) {
    for (const char byte : received) {
      const std::string line = numbered(++number, byte);
      co_await stream.write_all(line, event_loop::never);
      ++echoed;
    }
    received.clear();
  }
  if (--open == 0) end.request_stop();
}

result with_coroutines(std::vector<unique_fd> clients) {
  int echoed = 0;
  std::size_t open = clients.size();
  std::stop_source end;
  event_loop loop(&std::rethrow_exception);
  for (unique_fd& client : clients) loop.spawn(echo(loop, std::move(client), echoed, open, end));
  loop.run(end.get_token());
  constexpr int lines = __LINE__ - coroutines_begin;
  return {"coroutines", 0, lines, echoed};
}

/// Three clients, who send a byte each in turn, a hundred times, and read what comes back.
void show(const std::function<result(std::vector<unique_fd>)>& serve) {
  std::vector<unique_fd> theirs;
  std::vector<unique_fd> ours;
  for (int i = 0; i < 3; ++i) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
    theirs.emplace_back(ends[0]);
    ours.emplace_back(ends[1]);
  }
  const std::jthread clients([&ours] {
    for (int round = 1; round <= 100; ++round) {
      for (const unique_fd& client : ours) send(client.get(), "x", 1, 0);
      for (const unique_fd& client : ours) {
        char line[8];
        if (recv(client.get(), line, sizeof line, 0) <= 0) std::abort();
        if (std::string(line, line + numbered(round, 'x').size()) != numbered(round, 'x'))
          std::abort();
      }
    }
    ours.clear();
  });
  const result found = serve(std::move(theirs));
  std::cout << std::left << std::setw(12) << found.way << std::right << std::setw(8)
            << found.threads << std::setw(8) << found.lines << std::setw(8) << found.echoed << '\n';
}

int main() {
  std::cout << "             threads   lines  echoed\n";
  show(with_threads);
  show(with_futures);
  show(with_callbacks);
  show(with_coroutines);
}
