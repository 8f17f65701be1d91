#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "bounded_channel.hpp"
#include "support/job.hpp"

namespace workbook {

class thread_pool {
 public:
  thread_pool(std::size_t workers, std::size_t queue_capacity);
  ~thread_pool();
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  [[nodiscard]] send_result execute(job&& work);
  [[nodiscard]] send_result try_execute(job&& work);

  [[nodiscard]] std::size_t size() const { return workers_.size(); }
  [[nodiscard]] std::uint64_t failed_jobs() const { return failed_jobs_; }

 private:
  void work();
  void shut_down();

  bounded_channel<job> queue_;
  std::atomic<std::uint64_t> failed_jobs_ = 0;
  std::once_flag shut_down_;
  std::vector<std::thread> workers_;  // joined by shut_down(), whichever way the pool ends
};

}  // namespace workbook
