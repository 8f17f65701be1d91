// Experiment: a server and its client in one thread, call by call.
// Build: plain
// Expect: exit 0
// Expect-output: connected: nobody has called accept[\s\S]*received 'GET [\s\S]*sends no more$
// Look at: the numbers of the descriptors, and how many pieces arrive. Two were sent.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <iostream>
#include <string_view>

int main() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // 127.0.0.1: this machine, nobody else
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;

  const int listener = socket(AF_INET, SOCK_STREAM, 0);  // a descriptor; SOCK_STREAM means TCP
  bind(listener, raw, size);          // gives it the address; port 0: the kernel chooses one
  listen(listener, 8);                // from now on the kernel lets clients in
  getsockname(listener, raw, &size);  // now `address` holds the chosen port

  const int client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, raw, size);
  std::cout << "the client is connected: nobody has called accept() yet\n";
  send(client, "GET ", 4, 0);
  send(client, "/fast", 5, 0);
  close(client);

  const int connection = accept(listener, nullptr, nullptr);  // one more descriptor
  std::cout << "listener " << listener << ", client " << client << ", connection " << connection
            << '\n';
  char bytes[100];
  ssize_t count = 0;
  while ((count = recv(connection, bytes, sizeof bytes, 0)) > 0) {
    std::cout << "received '" << std::string_view(bytes, count) << "'\n";
  }
  std::cout << "recv() returned 0: the client sends no more\n";
  close(connection);
  close(listener);
}
