#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <system_error>

#include "async/nonblocking.hpp"
#include "event_loop.hpp"

namespace workbook {

/// One end of a connection, on an event loop. It owns the socket: destroying the object closes it.
/// Not thread-safe: it belongs to its loop, which knows its address, so it does not move.
class async_stream {
 public:
  /// Takes over `socket`, a connected stream socket. @throws std::system_error, see poller.
  async_stream(event_loop& loop, unique_fd socket)
      : loop_(loop), socket_(std::move(socket)), source_{.fd = socket_.get()} {
    loop_.watches().watch(source_);
  }
  ~async_stream() { loop_.watches().unwatch(source_); }
  async_stream(const async_stream&) = delete;
  async_stream& operator=(const async_stream&) = delete;

  /// Waits for bytes and adds what has arrived to `to`, which must live until the task has ended.
  /// What is there is read, also after `deadline` or a stop. A read that was less than the scratch
  /// memory holds has taken all: the next waits first, so a request costs one recv.
  /// @throws std::system_error, for instance ECONNRESET.
  task<read_status> read_some(std::string& to, event_loop::time_point deadline) {
    for (wait_result waited = wait_result::ready;;) {
      if (source_.readable || waited != wait_result::ready) {
        const io_result got = receive_now(source_.fd, loop_.scratch());
        to.append(loop_.scratch().data(), got.bytes);
        // A short read has taken all there was, and more makes a new edge; but the end may have
        // made its edge already.
        source_.readable = source_.ended || got.bytes == loop_.scratch().size();
        if (got.status == io_status::done) co_return read_status::bytes;
        if (got.status == io_status::ended) co_return read_status::ended;
      }
      if (waited == wait_result::timed_out) co_return read_status::timed_out;
      if (waited == wait_result::stopped) co_return read_status::stopped;
      waited = co_await loop_.readable(source_, deadline);
    }
  }

  /// Hands all of `bytes` to the kernel, waiting for room as often as it must; no stop ends that.
  /// `bytes` are used until the task first suspends: of what is left then it keeps a copy.
  /// @throws std::system_error: EPIPE when the peer has gone, ETIMEDOUT when it has not read enough
  /// before `deadline`.
  task<> write_all(std::string_view bytes, event_loop::time_point deadline) {
    std::string rest;
    while (!bytes.empty()) {
      const io_result put = send_now(source_.fd, bytes);
      bytes.remove_prefix(put.bytes);
      if (put.status == io_status::done) continue;
      if (rest.empty()) bytes = rest.assign(bytes);
      source_.writable = false;
      const wait_result waited = co_await loop_.writable(source_, deadline);
      if (waited == wait_result::timed_out) throw_peer_does_not_read();
    }
  }

  /// Ends the connection so that the peer can read all that was written: says "no more", and throws
  /// away what still comes until the peer closes or resets, `deadline`, or a stop.
  task<> linger(event_loop::time_point deadline) {
    ::shutdown(source_.fd, SHUT_WR);
    try {
      for (std::string unwanted; co_await read_some(unwanted, deadline) == read_status::bytes;) {
        unwanted.clear();
        (void)co_await loop_.turn();  // who sends without end has the loop no longer than others
        if (loop_.stopping() || loop_.now() >= deadline) co_return;
      }
    } catch (const std::system_error&) {  // a reset: nothing is owed to the peer any more
    }
  }

 private:
  event_loop& loop_;
  unique_fd socket_;
  io_source source_;
};

}  // namespace workbook
