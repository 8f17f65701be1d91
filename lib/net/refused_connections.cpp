#include "net/refused_connections.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace workbook {
namespace {

constexpr std::chrono::seconds longest_stay{1};

// More than these would use up the descriptors that the server needs: the oldest have to go.
constexpr std::size_t most_leaving = 64;

/// Throws away what has arrived, but looks only a few times: a client that sends for ever must not
/// keep the acceptor here. @returns whether the client has closed its end, or is gone.
bool has_left(const tcp_stream& client) {
  std::array<char, 16384> unread;
  for (int look = 0; look < 4; ++look) {
    const auto count = ::recv(client.fd(), unread.data(), unread.size(), MSG_DONTWAIT);
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return errno != EAGAIN && errno != EWOULDBLOCK;
  }
  return false;
}

}  // namespace

void refused_connections::refuse(tcp_stream client, std::string_view response) noexcept {
  // A refusal fits into an empty send buffer. What does not fit is lost: better than waiting.
  [[maybe_unused]] const auto sent =
      ::send(client.fd(), response.data(), response.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.fd(), SHUT_WR);
  if (leaving_.size() == most_leaving) {
    (void)has_left(leaving_.front().client);  // closing it with unread bytes would send a reset
    leaving_.pop_front();
  }
  leaving_.push_back({std::move(client), clock::now() + longest_stay});
}

void refused_connections::sweep() noexcept {
  if (leaving_.empty()) return;
  // One poll tells of all of them who has sent something or left; most have not.
  std::array<pollfd, most_leaving> events;
  std::ranges::transform(leaving_, events.begin(), [](const refused& r) {
    return pollfd{r.client.fd(), POLLIN, 0};
  });
  ::poll(events.data(), leaving_.size(), 0);
  const auto now = clock::now();
  auto event = events.cbegin();
  std::erase_if(leaving_, [&event, now](const refused& r) {
    const bool ready = (event++)->revents != 0;
    // In this order: a socket that is closed with unread bytes sends a reset.
    return (ready && has_left(r.client)) || now >= r.deadline;
  });
}

}  // namespace workbook
