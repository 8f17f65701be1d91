#include "net/refused_connections.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace workbook {
namespace {

constexpr std::chrono::seconds longest_stay{1};

// More than these would use up the descriptors that the server needs: the oldest have to go.
constexpr std::size_t most_leaving = 64;

/// Throws away what has arrived. @returns whether the client has closed its end, or is gone.
bool has_left(const tcp_stream& client) {
  std::array<char, 4096> unread;
  for (;;) {
    const auto count = ::recv(client.fd(), unread.data(), unread.size(), MSG_DONTWAIT);
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return errno != EAGAIN && errno != EWOULDBLOCK;
  }
}

}  // namespace

void refused_connections::refuse(tcp_stream client, std::string_view response) noexcept {
  // A refusal fits into an empty send buffer. What does not fit is lost: better than waiting.
  [[maybe_unused]] const auto sent =
      ::send(client.fd(), response.data(), response.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.fd(), SHUT_WR);
  leaving_.push_back({std::move(client), clock::now() + longest_stay});
  sweep();
}

void refused_connections::sweep() noexcept {
  const auto now = clock::now();
  std::erase_if(leaving_,
                [now](const refused& r) { return now >= r.deadline || has_left(r.client); });
  while (leaving_.size() > most_leaving) leaving_.pop_front();
}

}  // namespace workbook
