#pragma once

namespace workbook::harness {

/// @returns whether LeakSanitizer can do its work here: it stops the threads of its process with
/// ptrace(2), which a container, a debugger or a kernel setting may forbid. Tried out once.
[[nodiscard]] bool leaks_can_be_found();

/// Spares LeakSanitizer the memory of the sanitizers' own runtimes: twelve megabytes that point to
/// nothing of the program's, and four fifths of the time of a search. To be called by main().
void search_leaks_without_the_runtimes();

}  // namespace workbook::harness
