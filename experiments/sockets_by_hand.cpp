// Experiment: what a listening socket is when nobody tells it otherwise.
// Build: plain
// Run: bare
// Expect: exit 0
// Expect-output: a child program inherits it: yes\nthe server again: Address already in use
// Run: by_hand
// Expect: exit 0
// Expect-output: a child program inherits it: no\nthe server again: Success
// Look at: the two answers of each run. One flag and one option make the difference.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>

int open_listener(const sockaddr* address, bool by_hand) {
  const int fd = socket(AF_INET, SOCK_STREAM | (by_hand ? SOCK_CLOEXEC : 0), 0);
  const int on = 1;
  if (by_hand) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  errno = 0;
  if (bind(fd, address, sizeof(sockaddr_in)) == 0) listen(fd, 128);  // 128 may wait for accept()
  return fd;
}

int main(int, char** argv) {
  const bool by_hand = argv[1] != nullptr && std::string_view(argv[1]) == "by_hand";
  sockaddr_in address{};  // port 0: the system chooses one
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;

  const int listener = open_listener(raw, by_hand);
  const bool kept_at_exec = (fcntl(listener, F_GETFD) & FD_CLOEXEC) == 0;
  std::cout << "a child program inherits it: " << (kept_at_exec ? "yes" : "no") << '\n';

  getsockname(listener, raw, &size);  // now `address` holds the real port
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, raw, size);
  close(accept(listener, nullptr, nullptr));  // the server closes first, as ours does
  close(client);
  close(listener);
  open_listener(raw, by_hand);
  std::cout << "the server again: " << std::system_category().message(errno) << '\n';
}
