#include "measure/standstill.hpp"

#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/thread_states.hpp"

namespace workbook {

standstill::standstill() {
  for (const thread_state& state : read_thread_states(::getpid())) others_.push_back(state.thread);
}

void standstill::wait() const {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  quiescence_detector detector(::getpid(), others_);
  while (!detector.look()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the threads of the server never come to rest");
    }
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace workbook
