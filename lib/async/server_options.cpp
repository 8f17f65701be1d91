#include "async/server_options.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace workbook {

std::size_t a_loop_for_each_core() { return std::max(1U, std::thread::hardware_concurrency()); }

void check(const async_options& options) {
  if (options.loops == 0) throw std::invalid_argument("a server needs at least one loop");
  if (options.max_connections == 0) throw std::invalid_argument("nobody could ever be served");
}

}  // namespace workbook
