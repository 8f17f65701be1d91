#include "harness/test_threads.hpp"

#include <exception>
#include <utility>

#include "harness/transcript.hpp"

namespace workbook::harness {

background::background(std::function<void()> code)
    : thread_([this, code = std::move(code)] { run(code); }) {}

void background::run(const std::function<void()>& code) {
  try {
    code();
  } catch (const std::exception& error) {
    error_ = error.what();
    current_transcript().beside.set(error_);
  }
}

std::string background::wait() {
  if (thread_.joinable()) thread_.join();
  return error_;
}

void gate::pass() {
  std::unique_lock lock(mutex_);
  ++arrivals_;
  ++inside_;
  arrived_.notify_all();
  opened_.wait(lock, [this] { return open_; });
  --inside_;
}

void gate::wait_for_arrivals(std::size_t count) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return arrivals_ >= count; });
}

void gate::open() {
  const std::scoped_lock lock(mutex_);
  open_ = true;
  opened_.notify_all();
}

std::size_t gate::inside() const {
  const std::scoped_lock lock(mutex_);
  return inside_;
}

}  // namespace workbook::harness
