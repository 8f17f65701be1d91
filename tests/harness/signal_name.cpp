#include "harness/signal_name.hpp"

#include <fmt/format.h>
#include <string.h>  // sigabbrev_np is glibc's, not C++'s

namespace workbook::harness {

std::string signal_name(int signal) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
  if (const char* name = ::sigabbrev_np(signal)) return fmt::format("SIG{}", name);
#endif
  return fmt::format("signal {}", signal);
}

}  // namespace workbook::harness
