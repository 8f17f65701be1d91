#include "echo_server.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "net/unique_fd.hpp"

namespace workbook::harness {
namespace {

struct connection {
  unique_fd socket;
  std::string in, out;
  bool ended = false;
};

class echo_server {
 public:
  explicit echo_server(mistake wrong) : wrong_(wrong) {
    watch(wake_.get(), EPOLLIN | EPOLLET);
    watch(listening_.get(), EPOLLIN | EPOLLET);
  }

  ~echo_server() {
    if (wrong_ == mistake::never_closes_epoll) (void)std::move(epoll_).release();
  }
  echo_server(const echo_server&) = delete;
  echo_server& operator=(const echo_server&) = delete;

  void run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [&] {
      const std::uint64_t once = 1;
      const bool wakes = wrong_ != mistake::never_looks_at_stop_again || waits_;
      if (wakes) (void)!::write(wake_.get(), &once, sizeof once);
    });
    while (!stop.stop_requested()) {
      if (wrong_ == mistake::never_looks_at_stop_again) accept_all();
      wait_and_handle();
    }
    if (wrong_ != mistake::forgets_queued_clients) accept_all();
    while (!connections_.empty()) serve(connections_.begin()->first, true);
  }

 private:
  static unique_fd listen_somewhere() {
    unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in any{};
    any.sin_family = AF_INET;
    ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any);
    ::listen(socket.get(), 16);
    return socket;
  }

  void watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void wait_and_handle() {
    std::array<epoll_event, 8> events{};
    std::array<connection*, 8> found{};
    waits_ = true;
    const int count = ::epoll_wait(epoll_.get(), events.data(), 8, -1);
    waits_ = false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto at = connections_.find(events[i].data.fd);
      found[i] = at == connections_.end() ? nullptr : &at->second;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (wrong_ == mistake::uses_pointer_of_batch && found[i] != nullptr) read_all(*found[i]);
      handle(events[i].data.fd);
    }
  }

  void handle(int fd) {
    if (fd == listening_.get()) accept_all();
    if (connections_.contains(fd)) serve(fd, false);
  }

  void accept_all() {
    const int blocking = wrong_ == mistake::blocks ? 0 : SOCK_NONBLOCK;
    for (;;) {
      unique_fd client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | blocking));
      if (client.get() < 0) return;
      const int fd = client.get();
      const std::uint32_t trigger = wrong_ == mistake::leaves_room_interest_on ? 0U : EPOLLET;
      connections_[fd].socket = std::move(client);
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | trigger);
      if (wrong_ == mistake::one_accept_per_event) return;
    }
  }

  void serve(int fd, bool last) {
    connection& it = connections_[fd];
    read_all(it);
    answer(it);
    if (last) it.ended = true;
    if (!it.ended || (!last && !it.out.empty())) return;
    if (wrong_ == mistake::keeps_connection_of_the_gone && !last) return;
    if (wrong_ == mistake::closes_twice) ::close(fd);
    connections_.erase(fd);
  }

  void read_all(connection& it) const {
    std::array<char, 64> buffer;
    for (;;) {
      const auto count = ::recv(it.socket.get(), buffer.data(), buffer.size(), 0);
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        it.ended = true;
        if (count < 0) it.out.clear();
        return;
      }
      it.in.append(buffer.data(), static_cast<std::size_t>(count));
      const bool short_read = static_cast<std::size_t>(count) < buffer.size();
      if (wrong_ == mistake::takes_short_read_for_drained && short_read) return;
      if (wrong_ == mistake::one_read_per_event) return;
    }
  }

  void answer(connection& it) {
    for (auto end = it.in.find('\n'); end != std::string::npos; end = it.in.find('\n')) {
      if (wrong_ == mistake::sleeps) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::string line = it.in.substr(0, end + 1);
      it.in.erase(0, line.size());
      it.out += line;
      if (line == "only me\n") close_others(it);
      if (wrong_ == mistake::answers_one_request_per_read) break;
    }
    send_what_fits(it);
  }

  void close_others(const connection& but) {
    std::erase_if(connections_, [&](const auto& other) { return &other.second != &but; });
  }

  void send_what_fits(connection& it) const {
    while (!it.out.empty()) {
      const auto count = ::send(it.socket.get(), it.out.data(), it.out.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) return;
      it.ended = it.ended || count < 0;
      const bool forgotten = count < 0 || wrong_ == mistake::ignores_partial_write;
      it.out.erase(0, forgotten ? it.out.size() : static_cast<std::size_t>(count));
    }
  }

  const mistake wrong_;
  unique_fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  unique_fd listening_ = listen_somewhere();
  std::map<int, connection> connections_;
  bool waits_ = false;
};

}  // namespace

void run_echo_server(const std::stop_token& stop, mistake wrong) { echo_server(wrong).run(stop); }

}  // namespace workbook::harness
