#include "harness/gate.hpp"

namespace workbook::harness {

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
