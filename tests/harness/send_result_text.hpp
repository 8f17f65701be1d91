#pragma once

#include <bounded_channel.hpp>  // of the stage under test, as its suite includes it
#include <ostream>

namespace workbook {

/// For the messages of EXPECT_EQ(): GoogleTest alone would show the bytes of the value.
inline std::ostream& operator<<(std::ostream& out, send_result result) {
  switch (result) {
    case send_result::accepted: return out << "accepted";
    case send_result::full: return out << "full";
    case send_result::closed: return out << "closed";
  }
  return out << "no send_result";
}

}  // namespace workbook
