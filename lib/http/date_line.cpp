#include "http/date_line.hpp"

#include <chrono>
#include <string>

#include "http/http_date.hpp"

namespace workbook {

std::string_view date_line() {
  static thread_local std::chrono::sys_seconds written{};
  static thread_local std::string line;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (line.empty() || now != written) {
    line = "Date: " + http_date(now) + "\r\n";
    written = now;
  }
  return line;
}

}  // namespace workbook
