#pragma once

#include <functional>

namespace workbook::harness {

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
