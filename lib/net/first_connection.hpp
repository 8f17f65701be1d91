#pragma once

#include <cerrno>
#include <chrono>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace workbook {

/// @returns whether an error of socket(2) or connect(2) says that this machine has no way to such
/// an address, and nothing about the server.
[[nodiscard]] inline bool is_about_this_machine(const std::system_error& error) {
  switch (error.code().value()) {
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL:
    case ENETUNREACH:
    case EACCES:
    case EPERM: return true;
    default: return false;
  }
}

/// @returns when an attempt has to end so that as many others of equal length fit in before
/// `deadline`.
[[nodiscard]] inline std::chrono::steady_clock::time_point share_of(
    std::chrono::steady_clock::time_point deadline, std::ptrdiff_t attempts) {
  using std::chrono::steady_clock;
  const auto now = steady_clock::now();
  if (deadline == steady_clock::time_point::max() || deadline <= now) return deadline;
  return now + (deadline - now) / attempts;
}

/// Calls `attempt(address, deadline)` with one of `addresses` after the other, until one does not
/// throw std::system_error. Each has an equal share of the time that is left, so an address that
/// never answers leaves time for the others. @returns what that attempt returned.
/// @throws the first failure that tells something about the server; if there is none, the first.
/// Source: RFC 8305 §5, where the attempts overlap.
template <class Addresses, class Attempt>
auto first_connection(const Addresses& addresses, std::chrono::steady_clock::time_point deadline,
                      Attempt attempt) {
  std::optional<std::system_error> failure;
  auto left = std::distance(addresses.begin(), addresses.end());
  for (const auto& address : addresses) {
    try {
      return attempt(address, share_of(deadline, left--));
    } catch (const std::system_error& error) {
      if (!failure || (is_about_this_machine(*failure) && !is_about_this_machine(error))) {
        failure = error;
      }
    }
  }
  if (!failure) throw std::invalid_argument("there is no address to connect to");
  throw std::system_error(*failure);
}

}  // namespace workbook
