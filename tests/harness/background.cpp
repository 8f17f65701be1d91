#include "harness/background.hpp"

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

}  // namespace workbook::harness
