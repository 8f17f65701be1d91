// Experiment: a server writes to a client that has gone.
// Build: plain
// Run: bare
// Expect: signal 13
// Expect-output: ^the first send\(\): Success$
// Run: by_hand
// Expect: exit 0
// Expect-output: ^the first send\(\): Success\nthe second send\(\): Broken pipe; the next client, please$
// Look at: which send() fails, and how the first run ends: one client has ended the server for all.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>

/// A connection over TCP whose client has closed its side.
int connection_without_client() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, raw, size);
  listen(listener, 1);
  getsockname(listener, raw, &size);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, raw, size);
  const int connection = accept(listener, nullptr, nullptr);
  close(client);
  return connection;
}

int main(int, char** argv) {
  const bool by_hand = argv[1] != nullptr && std::string_view(argv[1]) == "by_hand";
  const int connection = connection_without_client();
  const auto say_hello = [&] {
    errno = 0;
    send(connection, "hello", 5, by_hand ? MSG_NOSIGNAL : 0);
    return std::system_category().message(errno);
  };

  std::cout << "the first send(): " << say_hello() << std::endl;
  pollfd reset{connection, 0, 0};
  poll(&reset, 1, -1);  // until the client's kernel has answered: nobody is here
  std::cout << "the second send(): " << say_hello() << "; the next client, please\n";
}
