#pragma once

#include <string>
#include <string_view>

/// The few elements of SVG that a timeline needs, each as one line of text. All lengths are pixels.
namespace workbook::svg {

inline constexpr std::string_view ink = "#1f2a36";

struct text_style {
  double size;
  std::string_view anchor = "start";
  std::string_view paint = ink;
  std::string_view weight = "normal";
};

/// @returns `text` as it may stand in XML; control characters, which XML does not know, become '?'.
[[nodiscard]] std::string escaped(std::string_view text);

/// @returns a rectangle with its upper left corner at (x, y), filled with `paint`.
[[nodiscard]] std::string rectangle(double x, double y, double width, double height,
                                    std::string_view paint);

/// @returns one line of text, escaped; y is its base line.
[[nodiscard]] std::string text_at(double x, double y, std::string_view text,
                                  const text_style& style);

/// @returns `wanted`, or the smaller font size at which `text` is about `space` wide: a character
/// of DejaVu Sans, the widest of the usual fonts, is about 0.62 of its size wide.
[[nodiscard]] double fitting_size(std::string_view text, double wanted, double space);

}  // namespace workbook::svg
