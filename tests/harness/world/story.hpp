#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace workbook::harness::exploration {

inline constexpr int world_column = -1;  // what belongs to nobody: time, the stop
inline constexpr int program_column = 0;

/// The story of one order of events, a column for the program and one for each client. It lies in
/// memory that the exploring child shares with the test, so it outlives a crash.
class story {
 public:
  explicit story(std::vector<std::string> clients);
  ~story();
  story(const story&) = delete;
  story& operator=(const story&) = delete;

  void begin();
  /// Adds what the program does, with the place in its code; with `client` in 1 … the step of that
  /// client; in world_column what belongs to nobody. Only the last 400 are kept.
  void tell(int column, std::string_view what);

  /// @returns the story as text of at most 40 lines. Blocks while addr2line(1) runs.
  [[nodiscard]] std::string draw() const;

 private:
  static constexpr int most_rows = 400;
  struct row {
    int column;
    int frame_count;
    std::array<char, 80> what;
    std::array<void*, 40> frames;
  };
  struct pages {
    int count;
    std::array<row, most_rows> rows;
  };

  [[nodiscard]] const row& at(int number) const;

  const std::vector<std::string> clients_;
  pages* const pages_;
};

}  // namespace workbook::harness::exploration
