#include "echo_server.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string>

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

  void run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [&] {
      const std::uint64_t once = 1;
      if (wrong_ != mistake::looks_for_stop_only_once) (void)!::write(wake_.get(), &once, 8);
    });
    while (!stop.stop_requested()) {
      std::array<epoll_event, 8> events{};
      const int count = ::epoll_wait(epoll_.get(), events.data(), 8, -1);
      for (int i = 0; i < count; ++i) handle(events.at(static_cast<std::size_t>(i)));
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

  void handle(const epoll_event& event) {
    if (event.data.fd == wake_.get()) return;
    if (event.data.fd == listening_.get()) return accept_all();
    if (connections_.contains(event.data.fd)) serve(event.data.fd, false);
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
    if (wrong_ == mistake::keeps_connection_open && !last) return;
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
        return;
      }
      it.in.append(buffer.data(), static_cast<std::size_t>(count));
      const bool short_read = static_cast<std::size_t>(count) < buffer.size();
      if (wrong_ == mistake::takes_short_read_for_drained && short_read) return;
      if (wrong_ == mistake::one_read_per_event) return;
    }
  }

  void answer(connection& it) const {
    for (auto end = it.in.find('\n'); end != std::string::npos; end = it.in.find('\n')) {
      it.out += it.in.substr(0, end + 1);
      it.in.erase(0, wrong_ == mistake::drops_second_request ? it.in.size() : end + 1);
    }
    while (!it.out.empty()) {
      const auto count = ::send(it.socket.get(), it.out.data(), it.out.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) it.ended = true;
      const bool all = count < 0 || wrong_ == mistake::ignores_partial_write;
      it.out.erase(0, all ? it.out.size() : static_cast<std::size_t>(count));
    }
  }

  const mistake wrong_;
  unique_fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  unique_fd listening_ = listen_somewhere();
  std::map<int, connection> connections_;
};

}  // namespace

void run_echo_server(const std::stop_token& stop, mistake wrong) { echo_server(wrong).run(stop); }

}  // namespace workbook::harness
