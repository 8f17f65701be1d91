#include "support/todo.hpp"

#include <fmt/format.h>

#include <string_view>

namespace workbook {
namespace {

// The compiler knows the file by an absolute path; the reader knows it by its place in the
// workbook.
std::string path_in_workbook(std::string_view file) {
  const auto at = file.rfind("stages/");
  return std::string(at == file.npos ? file : file.substr(at));
}

std::string place_of(const todo_site& site) {
  return fmt::format("{}:{}", path_in_workbook(site.file), site.line);
}

}  // namespace

not_implemented::not_implemented(const todo_site& site)
    : std::logic_error(fmt::format("TODO {} is not written yet ({})", site.number, place_of(site))),
      number_(site.number),
      place_(place_of(site)) {}

void (*on_not_implemented)(const not_implemented& stub) = nullptr;

void throw_not_implemented(const todo_site& site) {
  const not_implemented stub(site);
  if (on_not_implemented != nullptr) on_not_implemented(stub);
  throw stub;
}

}  // namespace workbook
