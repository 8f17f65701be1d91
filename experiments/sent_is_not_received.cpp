// Experiment: a server that sends everything to a client that reads nothing.
// Build: plain
// Expect: exit 0
// Expect-output: send\(\) took 15 of 15 bytes\nthe client has read 0[\s\S]*Connection reset by peer
// Look at: the order of the lines. send() had succeeded before anything went wrong.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <system_error>

int main() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw_address = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, raw_address, length);
  listen(listener, 128);
  getsockname(listener, raw_address, &length);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, raw_address, length);
  const int server = accept(listener, nullptr, nullptr);

  const auto sent = send(server, "HTTP/1.1 200 OK", 15, MSG_NOSIGNAL);
  std::cout << "send() took " << sent << " of 15 bytes\n";

  const linger reset_on_close{.l_onoff = 1, .l_linger = 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof reset_on_close);
  close(client);
  std::cout << "the client has read 0 bytes and is gone\n";

  char byte = 0;
  recv(server, &byte, 1, 0);
  std::cout << "the server's next recv(): " << std::system_category().message(errno) << '\n';
}
