#pragma once

namespace workbook {

/// Ends the process with a message on stderr: `pool` was destroyed by one of its own jobs. Its
/// destructor waits for the workers, and a thread cannot wait for its own end.
[[noreturn]] void refuse_own_job(const char* pool);

}  // namespace workbook
