#include "async/coroutine_frame.hpp"

#include <array>
#include <atomic>
#include <new>
#include <vector>

namespace workbook {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps_frames = false;
#elif defined(__has_feature)
constexpr bool keeps_frames = !__has_feature(address_sanitizer);
#else
constexpr bool keeps_frames = true;
#endif

constexpr std::size_t step = 64;   // sizes are rounded up to a multiple of it
constexpr std::size_t sizes = 32;  // frames above 2 KiB are not kept
constexpr std::size_t most_of_a_size =
    64;  // 10 000 connections that have ended leave little behind

std::atomic<std::int64_t> frames_of_ended_threads = 0;

/// What a thread knows of frames. Plain numbers: an atomic that all threads count in would be
/// fetched from another processor several times a request.
class frame_store {
 public:
  ~frame_store() {
    frames_of_ended_threads += live_;
    for (auto& kept : kept_) {
      for (void* frame : kept) ::operator delete(frame);
    }
  }

  void* take(std::size_t size) {
    const std::size_t group = (size - 1) / step;
    void* frame = nullptr;
    if (keeps_frames && group < sizes && !kept_[group].empty()) {
      frame = kept_[group].back();
      kept_[group].pop_back();
    } else {
      frame = ::operator new(keeps_frames ? (group + 1) * step : size);
    }
    ++live_;
    ++made_;
    return frame;
  }

  void give_back(void* frame, std::size_t size) noexcept {
    --live_;
    const std::size_t group = (size - 1) / step;
    if (keeps_frames && group < sizes && kept_[group].size() < most_of_a_size) {
      if (kept_[group].capacity() == 0) kept_[group].reserve(most_of_a_size);
      kept_[group].push_back(frame);
    } else {
      ::operator delete(frame);
    }
  }

  [[nodiscard]] std::int64_t live() const { return live_; }
  [[nodiscard]] std::uint64_t made() const { return made_; }

 private:
  std::array<std::vector<void*>, sizes> kept_;
  std::int64_t live_ = 0;  // may be negative: frames that another thread has made
  std::uint64_t made_ = 0;
};

frame_store& store() {
  static thread_local frame_store mine;
  return mine;
}

}  // namespace

void* counted_frame::operator new(std::size_t size) { return store().take(size); }

void counted_frame::operator delete(void* frame, std::size_t size) noexcept {
  store().give_back(frame, size);
}

std::int64_t live_frames() noexcept { return store().live() + frames_of_ended_threads; }

std::uint64_t frames_made() noexcept { return store().made(); }

}  // namespace workbook
