#include "support/todo.hpp"

#include <fmt/format.h>

#include <string_view>

namespace workbook {
namespace {

// The compiler knows the file by an absolute path; the reader knows it by its place in the
// workbook.
std::string_view path_in_workbook(std::string_view file) {
  const auto at = file.rfind("stages/");
  return at == std::string_view::npos ? file : file.substr(at);
}

}  // namespace

void (*on_not_implemented)(const char* message) = nullptr;

void throw_not_implemented(const todo_site& site) {
  const not_implemented error(fmt::format("TODO {} is not written yet ({}:{})", site.number,
                                          path_in_workbook(site.file), site.line));
  if (on_not_implemented != nullptr) on_not_implemented(error.what());
  throw error;
}

}  // namespace workbook
