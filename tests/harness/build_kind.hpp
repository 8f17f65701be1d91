#pragma once

namespace workbook::harness {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool thread_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool thread_sanitizer = true;
#else
inline constexpr bool thread_sanitizer = false;
#endif
#else
inline constexpr bool thread_sanitizer = false;
#endif

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool address_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool address_sanitizer = true;
#else
inline constexpr bool address_sanitizer = false;
#endif
#else
inline constexpr bool address_sanitizer = false;
#endif

/// ThreadSanitizer slows a program down five to fifteen times (clang.llvm.org/docs); the limits
/// give way accordingly. They end a test that is wrong; no right test comes near them.
inline constexpr int time_scale = thread_sanitizer ? 8 : 1;
inline constexpr int deadline_seconds = 4 * time_scale;

}  // namespace workbook::harness
