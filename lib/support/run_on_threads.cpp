#include "support/run_on_threads.hpp"

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace workbook {

void run_on_threads(std::size_t count, const std::stop_token& stop,
                    const std::function<void(std::size_t, const std::stop_token&)>& work) {
  std::stop_source ending;
  const std::stop_callback pass_on(stop, [&ending] { ending.request_stop(); });
  std::once_flag failed;
  std::exception_ptr failure;
  const auto keep_failure = [&] {
    std::call_once(failed, [&] { failure = std::current_exception(); });
    ending.request_stop();
  };
  const auto run = [&](std::size_t index) {
    try {
      work(index, ending.get_token());
    } catch (...) {
      keep_failure();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < count) others.emplace_back(run, others.size() + 1);
    } catch (...) {
      keep_failure();
    }
    run(0);
  }  // the others are joined
  if (failure) std::rethrow_exception(failure);
}

}  // namespace workbook
