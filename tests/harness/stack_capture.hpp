#pragma once

#include <sys/types.h>

#include <vector>

#include "harness/transcript.hpp"

namespace workbook::harness {

/// In the test's process: from now on each thread that receives the capture signal writes its own
/// stack into the transcript and goes on with what it did.
void answer_stack_requests();

/// In the supervisor: asks all `threads` of `process` for their stacks and waits for the answers,
/// at most a fraction of a second. A thread may not answer: under ThreadSanitizer, signals to a
/// thread that waits for a mutex are held back.
void request_stacks(pid_t process, const std::vector<pid_t>& threads, const transcript& shared);

}  // namespace workbook::harness
