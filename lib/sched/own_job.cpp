#include "sched/own_job.hpp"

#include <cstdio>
#include <cstdlib>

namespace workbook {

void refuse_own_job(const char* pool) {
  std::fprintf(stderr,
               "%s: destroyed by one of its own jobs. The destructor waits for the workers, and a "
               "worker cannot wait for itself: let another thread own the pool.\n",
               pool);
  std::abort();
}

}  // namespace workbook
