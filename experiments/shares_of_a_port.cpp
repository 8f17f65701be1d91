// Experiment: four listeners share a port; how many clients does the kernel give to each? Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^ +8 clients: [ \d]+[\s\S]*^ +1000 clients: [ \d]+
// Look at: the shares of 8 clients, and of 1000. Run it several times: each run has other numbers.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <vector>

constexpr int listeners = 4;

void need(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::exit(1);
}

sockaddr_in loopback(in_port_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = port;
  return address;
}

/// Opens a socket that listens on `port` (in network order, 0 is any free one), beside others.
int listen_beside_others(in_port_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  need(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  need(listen(listener, 1024) == 0, "listen");
  return listener;
}

in_port_t port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return address.sin_port;
}

void share_out(int count, const std::vector<int>& from, in_port_t port) {
  std::vector<int> open;
  for (int i = 0; i < count; ++i) {
    open.push_back(socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = loopback(port);
    need(connect(open.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
         "connect");
  }
  std::cout << std::setw(5) << count << " clients:";
  for (const int listener : from) {
    int taken = 0;
    for (int client = 0; (client = accept(listener, nullptr, nullptr)) >= 0; ++taken) {
      open.push_back(client);
    }
    std::cout << std::setw(6) << taken;
  }
  std::cout << '\n';
  for (const int one : open) close(one);
}

int main() {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);

  std::vector<int> from = {listen_beside_others(0)};
  const in_port_t port = port_of(from.front());
  while (from.size() < listeners) from.push_back(listen_beside_others(port));
  for (int round = 0; round < 3; ++round) share_out(8, from, port);
  for (int round = 0; round < 3; ++round) share_out(1000, from, port);
}
