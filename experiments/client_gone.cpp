// Experiment: a server writes to a client that has gone.
// Build: plain
// Run: bare
// Expect: signal 13
// Expect-output: ^one client has gone$
// Run: by_hand
// Expect: exit 0
// Expect-output: ^send\(\): Broken pipe; the next client, please$
// Look at: how the first run ends. One client has ended the server for all the others.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>

int main(int, char** argv) {
  const bool by_hand = argv[1] != nullptr && std::string_view(argv[1]) == "by_hand";
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  close(ends[1]);
  std::cout << "one client has gone" << std::endl;

  send(ends[0], "hello", 5, by_hand ? MSG_NOSIGNAL : 0);
  std::cout << "send(): " << std::system_category().message(errno) << "; the next client, please\n";
}
