#pragma once

#include <climits>  // any header of the C library: it defines __GLIBC__

/// WORKBOOK_INTERPOSE is 1 where a test program may put its own functions in front of pthread_*,
/// `syscall` and the sleeping calls. The build sets it; without the build's word it is decided
/// here. ThreadSanitizer has to see these calls itself, and only glibc has the versions we look up.
#if !defined(WORKBOOK_INTERPOSE)
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WORKBOOK_INTERPOSE 0
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WORKBOOK_INTERPOSE 0
#endif
#endif
#if !defined(WORKBOOK_INTERPOSE)
#if defined(__linux__) && defined(__GLIBC__)
#define WORKBOOK_INTERPOSE 1
#else
#define WORKBOOK_INTERPOSE 0
#endif
#endif

namespace workbook::harness {

/// Why interposing is off in this build; "" where it is on.
[[nodiscard]] constexpr const char* interposing_unavailable_reason() {
#if WORKBOOK_INTERPOSE
  return "";
#else
  return "this build does not intercept pthread calls (ThreadSanitizer, or a C library other than "
         "glibc)";
#endif
}

}  // namespace workbook::harness
