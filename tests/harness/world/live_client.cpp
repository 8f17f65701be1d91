#include "harness/world/live_client.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <utility>

#include "harness/memory/address_table.hpp"
#include "harness/system_calls.hpp"

namespace workbook::harness {
namespace {

using exploration::client_act;
using exploration::client_step;
using exploration::no_deadline;

constexpr int first_client_fd = 400;  // the small numbers are the program's

/// The kernel gives out the lowest number, and the program shall not see which clients there are.
unique_fd out_of_the_way(unique_fd socket) {
  return unique_fd(::fcntl(socket.get(), F_DUPFD_CLOEXEC, first_client_fd));
}

ssize_t kernel_send(int socket, const char* bytes, std::size_t count) {
  iovec buffer{const_cast<char*>(bytes), count};
  msghdr message{};
  message.msg_iov = &buffer;
  message.msg_iovlen = 1;
  return kernel().send(socket, message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

ssize_t kernel_receive(int socket, char* bytes, std::size_t count) {
  iovec buffer{bytes, count};
  msghdr message{};
  message.msg_iov = &buffer;
  message.msg_iovlen = 1;
  return kernel().receive(socket, message, MSG_DONTWAIT);
}

}  // namespace

void live_client::start() {
  *this = live_client(*script_, number_);
  script_->received_.clear();
  script_->saw_end_ = false;
  script_->was_reset_ = false;
  script_->was_refused_ = false;
  script_->is_done_ = false;
}

void live_client::finish() {
  if (is_connected() && reads_) read();
  script_->is_done_ = step_ == script_->steps_.size();
  socket_.reset();
}

const client_step* live_client::next() const {
  return step_ < script_->steps_.size() ? &script_->steps_[step_] : nullptr;
}

bool live_client::waits_for_program() const {
  const client_step* const it = next();
  return it != nullptr && (it->act == client_act::await_text || it->act == client_act::await_end);
}

bool live_client::waits() const {
  return waits_for_program() || (next() != nullptr && next()->act == client_act::pause);
}

std::string live_client::what_it_waits_for() const {
  switch (next()->act) {
    case client_act::await_text: return fmt::format("waits for \"{}\"", next()->text);
    case client_act::await_end: return "waits for the end of the connection";
    case client_act::connect: return "wants to connect, and nobody listens";
    default: return "waits";
  }
}

bool live_client::waits_in_vain() const {
  return next() != nullptr && next()->act == client_act::await_text &&
         (script_->saw_end_ || script_->was_reset_);
}

bool live_client::has_gone() const { return program_fd_ >= 0 && !is_connected(); }

bool live_client::keeps_small_buffer() const {
  return script_->steps_.size() > 1 && script_->steps_[1].act == client_act::stop_reading;
}

bool live_client::connect(const sockaddr_un& listener, socklen_t length) {
  unique_fd socket(kernel().socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* const address = reinterpret_cast<const sockaddr*>(&listener);
  if (kernel().connect(socket.get(), address, length) != 0) return false;
  socket_ = out_of_the_way(std::move(socket));
  advance();
  return true;
}

void live_client::refuse() {
  script_->was_refused_ = true;
  step_ = script_->steps_.size();
}

void live_client::take_over(unique_fd socket) {
  socket_ = out_of_the_way(std::move(socket));
  advance();
}

void live_client::advance() {
  ++step_;
  pauses_until_ = no_deadline;
}

live_client::step_taken live_client::take_step() {
  const client_step& step = *next();
  advance();
  ssize_t bytes = 0;
  switch (step.act) {
    case client_act::send: bytes = send(step.text); break;
    case client_act::half_close: kernel().shutdown(socket_.get(), SHUT_WR); break;
    case client_act::close: socket_.reset(); break;
    case client_act::reset: reset(); break;
    case client_act::stop_reading: reads_ = false; break;
    case client_act::read_on: reads_ = may_have_bytes_ = true; break;
    case client_act::connect:
    case client_act::await_text:
    case client_act::await_end:
    case client_act::pause: break;
  }
  const bool fitted = bytes < 0 || static_cast<std::size_t>(bytes) == step.text.size();
  return {step.act, bytes, fitted || step.act != client_act::send};
}

std::string live_client::step_taken::in_words() const {
  switch (act) {
    case client_act::send:
      return bytes < 0 ? "sends in vain"
                       : fmt::format("sends {} byte{}", bytes, bytes == 1 ? "" : "s");
    case client_act::half_close: return "half-closes";
    case client_act::close: return "closes";
    case client_act::reset: return "resets";
    case client_act::stop_reading: return "stops reading";
    case client_act::read_on: return "reads on";
    default: return "";
  }
}

ssize_t live_client::send(const std::string& bytes) {
  if (!is_connected()) return -1;
  const ssize_t sent = kernel_send(socket_.get(), bytes.data(), bytes.size());
  return sent < 0 && errno == EAGAIN ? 0 : sent;
}

/// A connection is reset when its end is closed with bytes that nobody has read. Source: unix(7) does
/// not say so; Linux, net/unix/af_unix.c, unix_release_sock(); for TCP RFC 2525 §2.17.
void live_client::reset() {
  int unread = 0;
  if (program_fd_ < 0) {
    resets_when_accepted_ = true;
    return;
  }
  if (::ioctl(socket_.get(), FIONREAD, &unread) != 0 || unread == 0)
    kernel_send(program_fd_, "x", 1);
  socket_.reset();
}

void live_client::program_has_accepted(int fd) {
  program_fd_ = fd;
  if (std::exchange(resets_when_accepted_, false)) reset();
}

void live_client::program_has_closed() {
  program_fd_ = -1;
  may_have_bytes_ = true;
}

void live_client::look(std::int64_t now, bool any_end) {
  if (may_have_bytes_ && is_connected() && reads_) read();
  while (pass_over(now, any_end)) {
  }
}

void live_client::read() {
  may_have_bytes_ = false;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t count = kernel_receive(socket_.get(), buffer.data(), buffer.size());
    if (count > 0) {
      script_->received_.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    script_->saw_end_ = script_->saw_end_ || count == 0;
    script_->was_reset_ = script_->was_reset_ || (count < 0 && errno == ECONNRESET);
    return;
  }
}

bool live_client::pass_over(std::int64_t now, bool any_end) {
  const client_step* const step = next();
  if (step == nullptr) return false;
  bool over = false;
  if (step->act == client_act::await_text) {
    const auto found = script_->received_.find(step->text, awaited_to_);
    over = any_end || found != std::string::npos;
    if (found != std::string::npos) awaited_to_ = found + step->text.size();
  } else if (step->act == client_act::await_end) {
    over = any_end || script_->saw_end_ || script_->was_reset_;
  } else if (step->act == client_act::pause) {
    if (pauses_until_ == no_deadline) pauses_until_ = now + step->time.count();
    over = pauses_until_ <= now;
  }
  if (over) advance();
  return over;
}

std::uint64_t live_client::state() const {
  const auto flags = static_cast<std::uint64_t>((reads_ ? 1 : 0) + (resets_when_accepted_ ? 2 : 0));
  std::uint64_t hash = memory::mix(step_, flags);
  hash = memory::mix(hash, static_cast<std::uint64_t>(pauses_until_));
  return memory::mix(hash, script_->received_.size());
}

}  // namespace workbook::harness

#endif
