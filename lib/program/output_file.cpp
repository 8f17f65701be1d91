#include "program/output_file.hpp"

#include <cerrno>
#include <system_error>

namespace workbook {

output_file open_output(const std::string& path) {
  output_file opened(path.empty() ? nullptr : std::fopen(path.c_str(), "w"), std::fclose);
  if (opened == nullptr && !path.empty()) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
  return opened;
}

void finish_output(std::FILE* out, const std::string& what) {
  if (std::fflush(out) != 0 || std::ferror(out) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + what);
  }
}

}  // namespace workbook
