#include "event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

#include "net/system_call.hpp"

namespace workbook {

event_loop::event_loop(failure_handler on_failure)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      on_failure_(std::move(on_failure)) {
  if (epoll_.get() < 0 || wake_up_.get() < 0) throw_errno("cannot make an event loop");
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_up_.get(), &event) != 0) {
    throw_errno("cannot make an event loop");
  }
}

event_loop::~event_loop() = default;

void event_loop::watch(io_source& source) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &source}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source.fd, &event) != 0) {
    throw_errno("cannot watch a descriptor");
  }
}

void event_loop::unwatch(io_source& source) noexcept {
  // Closing is not enough: as long as a copy of the descriptor is open somewhere, epoll goes on
  // telling of it, with a pointer to what is gone.
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.fd, nullptr);
}

void event_loop::spawn(task<> work) {
  const auto frame = work.frame();
  frame.promise().awaiting = frame;  // so it comes up in the ready queue once more, when it is done
  spawned_.emplace(frame.address(), std::move(work));
  ready_.push(frame);
}

void event_loop::run(const std::stop_token& stop) {
  const ready_queue::as_current current(ready_);
  const std::stop_callback at_stop(stop, [this] { wake_up(); });
  stopping_ = false;
  for (;;) {
    if (!stopping_ && stop.stop_requested()) begin_stop();
    while (!ready_.empty()) ready_.run_batch([this](auto who) { resume(who); });
    if (stopping_ && spawned_.empty()) return;
    wait_for_events();
    wake_late();
  }
}

void event_loop::resume(std::coroutine_handle<> who) {
  if (who.done()) {
    bury(who);
  } else {
    who.resume();
  }
}

/// Destroys a spawned task that has ended, and says so if it has failed.
void event_loop::bury(std::coroutine_handle<> ended) {
  const auto node = spawned_.extract(ended.address());
  if (const auto error = node.mapped().frame().promise().error) on_failure_(error);
}

void event_loop::wait_for_events() {
  std::array<epoll_event, 256> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 milliseconds_to_wait());
  if (count < 0 && errno != EINTR) throw_errno("cannot wait for events");
  now_ = clock::now();
  for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
}

/// @returns how long epoll_wait may sleep: -1 is for ever. Rounded up, or the loop would look for
/// nothing in the last millisecond, again and again.
int event_loop::milliseconds_to_wait() const {
  const waiter* const first = waiting_.first();
  if (first == nullptr || first->deadline == never) return -1;
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(first->deadline - clock::now());
  constexpr milliseconds longest{std::numeric_limits<int>::max()};
  return static_cast<int>(std::clamp(left, milliseconds(0), longest).count());
}

/// Notes what an event says, and makes ready who waits for it. Nobody is resumed here: they might
/// destroy a source that a later event of the same batch is about.
void event_loop::dispatch(const epoll_event& event) {
  if (event.data.ptr == nullptr) {
    take_posted();
    return;
  }
  io_source& source = *static_cast<io_source*>(event.data.ptr);
  constexpr std::uint32_t gone = EPOLLHUP | EPOLLERR;
  if ((event.events & (EPOLLRDHUP | gone)) != 0) source.ended = true;
  if ((event.events & (EPOLLIN | EPOLLRDHUP | gone)) != 0) {
    source.readable = true;
    if (source.reader != nullptr) wake(*source.reader, wait_result::ready);
  }
  if ((event.events & (EPOLLOUT | gone)) != 0) {
    source.writable = true;
    if (source.writer != nullptr) wake(*source.writer, wait_result::ready);
  }
}

/// Ends a wait, whatever was first. It forgets the waiter everywhere, so nothing else ends it again.
void event_loop::wake(waiter& who, wait_result result) {
  waiting_.remove(who);
  if (who.slot != nullptr) *who.slot = nullptr;
  who.result = result;
  ready_.push(who.coroutine);
}

void event_loop::wake_late() {
  for (waiter* who = waiting_.first(); who != nullptr && who->deadline <= now_;
       who = waiting_.first()) {
    wake(*who, wait_result::timed_out);
  }
}

/// From now on no wait begins that a stop ends; those that have begun end now.
void event_loop::begin_stop() {
  stopping_ = true;
  const auto all = waiting_.all();
  for (waiter* who : all) {
    if (who->ends_at_stop) wake(*who, wait_result::stopped);
  }
}

void event_loop::post(std::coroutine_handle<> who) {
  {
    const std::scoped_lock lock(mutex_);
    posted_.push_back(who);
  }
  wake_up();
}

void event_loop::take_posted() {
  std::uint64_t times = 0;
  [[maybe_unused]] const auto count = ::read(wake_up_.get(), &times, sizeof times);
  const std::scoped_lock lock(mutex_);
  for (const auto who : posted_) ready_.push(who);
  posted_.clear();
}

void event_loop::wake_up() noexcept {
  constexpr std::uint64_t once = 1;
  [[maybe_unused]] const auto count = ::write(wake_up_.get(), &once, sizeof once);
}

event_loop::suspension event_loop::readable(io_source& source, time_point deadline) {
  return {*this, deadline, &source.readable, &source.reader, true};
}

event_loop::suspension event_loop::writable(io_source& source, time_point deadline) {
  return {*this, deadline, &source.writable, &source.writer, false};
}

event_loop::suspension event_loop::sleep_until(time_point time) {
  return {*this, time, nullptr, nullptr, true};
}

event_loop::suspension::suspension(event_loop& loop, time_point until, const bool* flag,
                                   waiter** where, bool stop_ends_it)
    : waiter{.deadline = until, .slot = where, .ends_at_stop = stop_ends_it},
      loop_(loop),
      flag_(flag) {}

event_loop::suspension::~suspension() {
  loop_.waiting_.remove(*this);
  if (slot != nullptr && *slot == this) *slot = nullptr;
}

bool event_loop::suspension::await_ready() {
  if (flag_ != nullptr && *flag_) return true;
  if (!ends_at_stop || !loop_.stopping_) return false;
  result = wait_result::stopped;
  return true;
}

void event_loop::suspension::await_suspend(std::coroutine_handle<> who) {
  coroutine = who;
  if (slot != nullptr) *slot = this;
  loop_.waiting_.add(*this);
}

}  // namespace workbook
