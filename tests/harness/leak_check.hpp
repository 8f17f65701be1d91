#pragma once

namespace workbook::harness {

/// @returns whether LeakSanitizer can do its work here: it stops the threads of its process with
/// ptrace(2), which a container, a debugger or a kernel setting may forbid. Tried out once.
[[nodiscard]] bool leaks_can_be_found();

}  // namespace workbook::harness
