#pragma once

#include <cstddef>
#include <functional>

/// The sanitizer that this build has, and what the harness asks of it: exit codes that tell it
/// apart, leaks, a hook at each allocation. Other sanitizers than AddressSanitizer and
/// ThreadSanitizer take no part.
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

namespace exit_code {

// The sanitizers are told to end the process with these (see sanitizers.cpp), so that the
// supervisor knows which one it was.
inline constexpr int address_sanitizer = 99;  // leaks and undefined behavior included
inline constexpr int thread_sanitizer = 97;

}  // namespace exit_code

/// @returns whether LeakSanitizer can do its work here: it stops the threads of its process with
/// ptrace(2), which a container, a debugger or a kernel setting may forbid. Tried out once.
[[nodiscard]] bool leaks_can_be_found();

/// Spares LeakSanitizer the memory of the sanitizers' own runtimes: twelve megabytes that point to
/// nothing of the program's, and four fifths of the time of a search. To be called by main().
void search_leaks_without_the_runtimes();

/// @returns how many bytes malloc(3) and operator new have given to all threads, less those that were
/// given back; 0 in a build without AddressSanitizer, which counts them.
/// Source: sanitizer/allocator_interface.h.
[[nodiscard]] std::size_t allocated_bytes();

/// While it lives, `hook` runs in every thread that has just been given memory by malloc(3) or
/// operator new, before it can use it. By waiting there it stops a container that makes room for
/// one more: after it has looked at what it has, before it writes that down.
///
/// One object at a time. The hook must have returned everywhere before the object dies; what it
/// allocates itself does not call it again. For builds with AddressSanitizer, which offers the
/// place. Source: sanitizer/allocator_interface.h, __sanitizer_install_malloc_and_free_hooks.
class after_allocation {
 public:
  [[nodiscard]] static bool available();
  [[nodiscard]] static const char* unavailable_reason();

  explicit after_allocation(std::function<void()> hook);
  ~after_allocation();
  after_allocation(const after_allocation&) = delete;
  after_allocation& operator=(const after_allocation&) = delete;

 private:
  const std::function<void()> hook_;
};

}  // namespace workbook::harness
