#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <mutex>
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
  [[nodiscard]] std::uint64_t failed_jobs() const;

 private:
  void work();
  void run(job& work) noexcept;

  bounded_channel<job> queue_;

  mutable std::mutex mutex_;  // guards failed_jobs_
  std::uint64_t failed_jobs_ = 0;

  std::vector<std::future<void>> workers_;  // last: a future of std::async waits for its thread
};

}  // namespace workbook
