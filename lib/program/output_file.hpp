#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace workbook {

using output_file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// @returns `path`, opened for writing; nothing if it is empty. Call it before what is to be
/// written is measured: a report that cannot be written would be lost. @throws std::system_error
[[nodiscard]] output_file open_output(const std::string& path);

/// Hands what `out` has been given to the system, which may not take it: the disk can be full.
/// @throws std::system_error, naming `what`, if anything of it was not written.
void finish_output(std::FILE* out, const std::string& what);

}  // namespace workbook
