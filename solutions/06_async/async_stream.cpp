#include "async_stream.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "async/nonblocking.hpp"

namespace workbook {
namespace {

read_status status_of(wait_result waited) {
  return waited == wait_result::stopped ? read_status::stopped : read_status::timed_out;
}

}  // namespace

async_stream::async_stream(event_loop& loop, unique_fd socket)
    : loop_(loop), socket_(std::move(socket)), source_{.fd = socket_.get()} {
  loop_.watch(source_);
}

async_stream::~async_stream() { loop_.unwatch(source_); }

task<read_status> async_stream::read_some(std::string& to, event_loop::time_point deadline) {
  wait_result waited = wait_result::ready;
  for (;;) {
    if (source_.readable || waited != wait_result::ready) {
      const auto scratch = loop_.scratch();
      const io_result got = receive_now(source_.fd, scratch);
      // A short read has taken all, so the next edge will tell; but the end makes no second edge.
      source_.readable = source_.ended || got.bytes == scratch.size();
      to.append(scratch.data(), got.bytes);
      if (got.status == io_status::done) co_return read_status::bytes;
      if (got.status == io_status::ended) co_return read_status::ended;
    }
    if (waited != wait_result::ready) co_return status_of(waited);
    waited = co_await loop_.readable(source_, deadline);
  }
}

task<> async_stream::write_all(std::string_view bytes, event_loop::time_point deadline) {
  std::string rest;
  while (!bytes.empty()) {
    const io_result put = send_now(source_.fd, bytes);
    bytes.remove_prefix(put.bytes);
    if (put.status == io_status::done) continue;
    if (rest.empty()) bytes = rest = bytes;
    source_.writable = false;
    const wait_result waited = co_await loop_.writable(source_, deadline);
    if (waited == wait_result::timed_out) {
      throw std::system_error(ETIMEDOUT, std::generic_category(), "the peer does not read");
    }
  }
}

task<> async_stream::linger(event_loop::time_point deadline) {
  ::shutdown(source_.fd, SHUT_WR);
  std::string unwanted;
  read_status status = read_status::bytes;
  while (status == read_status::bytes) {
    unwanted.clear();
    status = co_await read_some(unwanted, deadline);
  }
}

}  // namespace workbook
