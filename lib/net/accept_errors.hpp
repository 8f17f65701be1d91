#pragma once

#include <cerrno>

namespace workbook {

/// @returns whether an error of accept(2) belongs to one connection which is gone, not to the
/// listener: Linux passes pending network errors of the new socket through accept.
/// Source: accept(2), "Error handling".
[[nodiscard]] inline bool concerns_one_client(int error) {
  return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == ENOPROTOOPT ||
         error == EHOSTDOWN || error == EHOSTUNREACH || error == EOPNOTSUPP || error == ENETUNREACH;
}

/// @returns whether an error of accept(2) says that descriptors or memory have run out: the client
/// stays in the queue, and accept would fail again at once.
[[nodiscard]] inline bool means_out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace workbook
