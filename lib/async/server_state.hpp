#pragma once

#include <array>
#include <cstddef>

namespace workbook {

/// In their order: a server goes from one to a later one, never back.
enum class server_state {
  starting,  ///< it does not serve yet
  ready,     ///< send it clients
  draining,  ///< send it no others; those it has are served
  stopped,   ///< it serves nobody any more
};

/// @returns "starting", "ready", ...
[[nodiscard]] constexpr const char* to_string(server_state state) {
  constexpr std::array<const char*, 4> names{"starting", "ready", "draining", "stopped"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace workbook
