#include "harness/raw_client.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

#include "harness/io_probes.hpp"
#include "net/system_call.hpp"
#include "net/tcp_stream.hpp"

namespace workbook::harness {
namespace {

// recv() of the code under test may be made to fail or to be short; the client's never is.
ssize_t receive(int socket, std::span<char> buffer) {
  const unprobed_calls guard;
  return retry_on_eintr([&] { return ::recv(socket, buffer.data(), buffer.size(), 0); });
}

void add_field(sent_response& response, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || line.find('\n') != line.npos) {
    response.mistake = "not a header field that ends in CR LF: " + std::string(line);
    return;
  }
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (!response.fields.emplace(name, value).second) response.mistake = "twice: " + name;
}

}  // namespace

raw_client::raw_client(std::uint16_t port)
    : socket_(tcp_stream::connect("127.0.0.1", port).release()) {}

void raw_client::keep_small_receive_buffer() {
  const int bytes = 256 << 10;  // not less than two packets: those of this machine have 64 KiB
  ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

void raw_client::send(std::string_view bytes) {
  if (!try_send(bytes)) throw_errno("the test's client cannot send");
}

bool raw_client::try_send(std::string_view bytes) {
  const unprobed_calls guard;
  while (!bytes.empty()) {
    const auto count =
        retry_on_eintr([&] { return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void raw_client::finish_sending() { ::shutdown(fd(), SHUT_WR); }

void raw_client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void raw_client::close() {
  const unprobed_calls guard;
  socket_.reset();
}

std::string raw_client::read_to_end() {
  std::string received;
  std::array<char, 65536> buffer;
  ssize_t count = 0;
  while ((count = receive(fd(), buffer)) > 0) {
    received.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (count < 0 && errno != ECONNRESET) throw_errno("the test's client cannot read");
  if (count < 0) received += "<connection reset>";
  close();
  return received;
}

std::string raw_client::read_some() {
  std::array<char, 4096> buffer;
  const auto count = receive(fd(), buffer);
  if (count < 0) throw_errno("the test's client cannot read");
  return {buffer.data(), static_cast<std::size_t>(count)};
}

int raw_client::queued_bytes() const {
  int queued = 0;
  if (::ioctl(fd(), SIOCOUTQ, &queued) != 0) throw_errno("cannot ask for unread bytes");
  return queued;
}

std::string ask(std::uint16_t port, std::string_view request) {
  raw_client client(port);
  client.send(request);
  return client.read_to_end();
}

raw_client& add_client(std::deque<raw_client>& clients, std::uint16_t port,
                       std::string_view request) {
  raw_client& client = clients.emplace_back(port);
  client.send(request);
  return client;
}

socket_pair make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("cannot open a socket pair");
  }
  return {unique_fd(ends[0]), unique_fd(ends[1])};
}

std::string sent_response::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "(missing)" : found->second;
}

sent_response understood(std::string_view bytes) {
  sent_response response;
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == bytes.npos) {
    response.mistake = "no blank line after the head";
    return response;
  }
  response.body = bytes.substr(head_end + 4);
  const std::string_view head = bytes.substr(0, head_end);
  auto end = head.find("\r\n");
  response.status_line = head.substr(0, end);
  while (end != head.npos) {
    const auto begin = end + 2;
    end = head.find("\r\n", begin);
    add_field(response, head.substr(begin, end == head.npos ? end : end - begin));
  }
  return response;
}

}  // namespace workbook::harness
