#include "program/stop_on_signal.hpp"

#include <pthread.h>
#include <unistd.h>

namespace workbook {

stop_on_signal::stop_on_signal() {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGINT);
  ::sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiter_ = std::jthread([this] { wait_for_signals(); });
}

stop_on_signal::~stop_on_signal() {
  done_ = true;
  ::pthread_kill(waiter_.native_handle(), SIGTERM);  // gets it out of sigwait
  waiter_.join();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void stop_on_signal::wait_for_signals() {
  int signal = 0;
  while (::sigwait(&signals_, &signal) == 0 && !done_) {
    if (source_.stop_requested()) ::_exit(128 + signal);
    source_.request_stop();
  }
}

}  // namespace workbook
