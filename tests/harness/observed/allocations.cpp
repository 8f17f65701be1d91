// Memory as a whole: given out, given back, copied. These functions hide those of the C library from
// the program; what the compiler does not tell of, they tell the scheduler of a thread under
// explore(). The copying ones are linked with --wrap, so that libraries keep the C library's.
// Source: "Replacing malloc" in the manual of glibc; ld(1), --wrap.
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "harness/observed/tell.hpp"
#include "harness/threads/scheduler.hpp"

namespace {

using workbook::harness::exploration::scheduler;
using workbook::harness::exploration::tell;
using workbook::harness::memory::access_kind;

void* given_out(void* memory) {
  if (memory == nullptr) return nullptr;
  if (const auto explorer = scheduler::mine()) {
    explorer->given_out(memory, malloc_usable_size(memory));
  }
  return memory;
}

/// The memory that is given back is counted by a library, unseen: who was the last one to use it is
/// none of our business.
constinit thread_local bool counted_unseen = false;

/// So it is for the calling thread while this lives.
class counting_unseen {
 public:
  counting_unseen() : before_(std::exchange(counted_unseen, true)) {}
  ~counting_unseen() { counted_unseen = before_; }
  counting_unseen(const counting_unseen&) = delete;
  counting_unseen& operator=(const counting_unseen&) = delete;

 private:
  bool before_;
};

void given_back(void* memory, const void* code) {
  if (counted_unseen) given_out(memory);
  if (memory != nullptr) tell(memory, malloc_usable_size(memory), access_kind::free, code);
}

}  // namespace

#define HERE __builtin_return_address(0)

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the names are glibc's
extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return given_out(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return given_out(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) {
  given_back(memory, HERE);
  return given_out(__libc_realloc(memory, size));
}
void* memalign(std::size_t alignment, std::size_t size) {
  return given_out(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
  given_back(memory, HERE);
  __libc_free(memory);
}

// An exception may have owners in several threads, as std::exception_ptr and in catch. The last one
// destroys it and gives its memory back: libstdc++.so counts them.
void __cxa_end_catch() {
  static const auto really = reinterpret_cast<void (*)()>(dlsym(RTLD_NEXT, "__cxa_end_catch"));
  const counting_unseen while_here;
  really();
}
#define RELEASE_EXCEPTION "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv"
void release_exception(void* pointer) noexcept __asm__(RELEASE_EXCEPTION);
void release_exception(void* pointer) noexcept {
  static const auto really = reinterpret_cast<void (*)(void*)>(dlsym(RTLD_NEXT, RELEASE_EXCEPTION));
  const counting_unseen while_here;
  really(pointer);
}
#undef RELEASE_EXCEPTION

void* __real_memcpy(void*, const void*, std::size_t);
void* __real_memmove(void*, const void*, std::size_t);
void* __real_memset(void*, int, std::size_t);

void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  tell(from, size, access_kind::read, HERE);
  tell(to, size, access_kind::write, HERE);
  return __real_memcpy(to, from, size);
}
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
  tell(from, size, access_kind::read, HERE);
  tell(to, size, access_kind::write, HERE);
  return __real_memmove(to, from, size);
}
void* __wrap_memset(void* to, int value, std::size_t size) {
  tell(to, size, access_kind::write, HERE);
  return __real_memset(to, value, size);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
