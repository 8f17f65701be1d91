#pragma once

#include <stdexcept>
#include <string>

namespace workbook {

/// The number of a TODO and the place that names it. The compiler fills in the place.
struct todo_site {
  // Implicit on purpose: todo("1.1") makes one, and so file and line are those of that call.
  todo_site(const char* todo_number, const char* calling_file = __builtin_FILE(),
            int calling_line = __builtin_LINE())
      : number(todo_number), file(calling_file), line(calling_line) {}

  const char* number;
  const char* file;
  int line;
};

/// Thrown by a part of a stage that the learner has not written yet:
/// "TODO 1.1 is not written yet (stages/01_single/http.cpp:41)".
class not_implemented : public std::logic_error {
 public:
  explicit not_implemented(const todo_site& site);

  [[nodiscard]] const std::string& number() const { return number_; }
  /// @returns where the stub stands: "stages/01_single/http.cpp:41".
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  std::string number_;
  std::string place_;
};

/// @throws not_implemented always.
[[noreturn]] void throw_not_implemented(const todo_site& site);

/// Called before throw_not_implemented throws, if it is set: the tests end there, at once, whatever
/// thread it is. Set it before any other thread exists.
extern void (*on_not_implemented)(const not_implemented& stub);

/// Stands where code is still to be written. `unused` are parameters and members that the code will
/// need: naming them here keeps the compiler from warning about them meanwhile.
/// @throws not_implemented always.
template <class... Unused>
[[noreturn]] void todo(const todo_site& site, const Unused&... /*unused*/) {
  throw_not_implemented(site);
}

}  // namespace workbook
