#pragma once

namespace workbook {

/// What became of an item that a thread wanted to send.
enum class send_result {
  accepted,  ///< it is in the channel
  full,      ///< there is no room: the sender still has it
  closed,    ///< nothing is accepted any more: the sender still has it
};

}  // namespace workbook
