#include "harness/threads/thread_ending.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <limits.h>
#include <link.h>

#include <array>
#include <atomic>
#include <cstring>
#include <utility>

#include "harness/threads/real_pthread.hpp"

namespace workbook::harness::exploration {
namespace {

using key_destructor = void (*)(void*);
constinit std::array<std::atomic<key_destructor>, PTHREAD_KEYS_MAX> key_destructors{};

struct memory_block {
  void* begin = nullptr;
  std::size_t size = 0;
};

/// The calling thread's thread_locals of the program, which is the first object in the list.
/// Source: dl_iterate_phdr(3).
int find_thread_locals(dl_phdr_info* program, std::size_t /*size*/, void* found) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    if (program->dlpi_phdr[i].p_type != PT_TLS) continue;
    *static_cast<memory_block*>(found) = {program->dlpi_tls_data, program->dlpi_phdr[i].p_memsz};
  }
  return 1;
}

/// Byte by byte and unseen by the address sanitizer, which may have variables of its own there.
__attribute__((no_sanitize("address"))) void copy_bytes(std::byte* to, const std::byte* from,
                                                        std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) static_cast<volatile std::byte*>(to)[i] = from[i];
}

}  // namespace

void remember_key(pthread_key_t key, void (*destructor)(void*)) {
  if (key < key_destructors.size()) key_destructors[key] = destructor;
}

void thread_ending::begin() {
  if (thread_locals_ != nullptr) return;
  memory_block block;
  dl_iterate_phdr(find_thread_locals, &block);
  thread_locals_ = static_cast<std::byte*>(block.begin);
  as_new_.resize(block.size);
  copy_bytes(as_new_.data(), thread_locals_, as_new_.size());
}

void thread_ending::renew_thread_locals() {
  copy_bytes(thread_locals_, as_new_.data(), as_new_.size());
}

void thread_ending::run_duties() {
  while (!destructors_.empty()) {
    const destructor last = destructors_.back();
    destructors_.pop_back();
    last.function(last.object);
  }
  // A destructor may give its key a value again, for the next round.
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && !keys_.empty(); ++round) {
    run_key_destructors();
  }
  keys_.clear();
}

void thread_ending::run_key_destructors() {
  for (const pthread_key_t key : std::exchange(keys_, {})) {
    void* const value = ::pthread_getspecific(key);
    if (value == nullptr) continue;
    real().setspecific(key, nullptr);
    const key_destructor destroy =
        key < key_destructors.size() ? key_destructors[key].load() : nullptr;
    if (destroy != nullptr) destroy(value);
  }
}

}  // namespace workbook::harness::exploration

#endif
