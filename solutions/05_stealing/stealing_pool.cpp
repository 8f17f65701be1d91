#include "stealing_pool.hpp"

namespace workbook {

template class stealing_pool<job_deque>;

}  // namespace workbook
