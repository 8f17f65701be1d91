#pragma once

#include <cstddef>
#include <cstdint>

namespace workbook {

/// The base of a promise whose coroutine's frame is counted, and comes from a small store of frames
/// that have ended: once a server is warm, a request needs no memory from the system.
/// With AddressSanitizer there is no store: it has to see each frame come and go.
///
/// Not thread-safe, but each thread has its own store and count; a frame may end on another thread
/// than it began on.
class counted_frame {
 public:
  static void* operator new(std::size_t size);
  static void operator delete(void* frame, std::size_t size) noexcept;
};

/// @returns how many frames of counted coroutines there are: those that were made by this thread
/// and by threads that have ended, without those that these threads have destroyed.
[[nodiscard]] std::int64_t live_frames() noexcept;

/// @returns how many frames this thread has made so far.
[[nodiscard]] std::uint64_t frames_made() noexcept;

}  // namespace workbook
