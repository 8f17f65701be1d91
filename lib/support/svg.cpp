#include "support/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace workbook::svg {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: {
        // XML knows no other control characters, not even escaped ones.
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        safe += control ? '?' : c;
      }
    }
  }
  return safe;
}

double fitting_size(std::string_view text, double wanted, double space) {
  const auto characters = static_cast<double>(std::max<std::size_t>(text.size(), 1));
  return std::min(wanted, space / (0.62 * characters));
}

std::string rectangle(double x, double y, double w, double h, std::string_view paint) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" "
      "stroke=\"{}\"/>\n",
      x, y, w, h, paint, ink);
}

std::string text_at(double x, double y, std::string_view text, const text_style& style) {
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.1f}\" text-anchor=\"{}\" fill=\"{}\" "
      "font-weight=\"{}\">{}</text>\n",
      x, y, style.size, style.anchor, style.paint, style.weight, escaped(text));
}

}  // namespace workbook::svg
