#pragma once

#include <cstddef>
#include <string>

#include "http/request_head.hpp"

namespace workbook {

/// The longest body that a server reads, in bytes.
inline constexpr std::size_t max_body_bytes = 65'536;

/// What has arrived of a client's next request, head and body, and what comes behind it. `Parsed` is
/// what stage 01's parse_request() returns.
/// Not thread-safe.
template <class Parsed>
struct arriving_request {
  std::string received = {};
  Parsed head = {};
  field_facts facts = {};
  bool ended = false;      ///< nothing will follow
  bool timed_out = false;  ///< it took too long

  /// @returns whether its head is not complete, and can still become so.
  [[nodiscard]] bool lacks_head() const { return head.status == Status::incomplete && goes_on(); }

  /// @returns the same for its body, if that is one to be read.
  [[nodiscard]] bool lacks_body() const {
    return refusal_of_body() == 0 && body_is_short() && goes_on();
  }

  /// @returns the status that says why its body is not read: 411 or 413; 0 if it is.
  [[nodiscard]] int refusal_of_body() const {
    if (facts.chunked) return 411;
    return facts.body_bytes > max_body_bytes ? 413 : 0;
  }

  /// @returns the status that says why it is refused, if its head is one of a request: 408, 411, 413,
  /// or 400 if its body has an early end; 0 if it is not.
  [[nodiscard]] int refusal() const {
    if (timed_out) return 408;
    if (refusal_of_body() != 0) return refusal_of_body();
    return body_is_short() ? 400 : 0;
  }

  /// @returns whether not all of its body is there.
  [[nodiscard]] bool body_is_short() const {
    return head.status == Status::complete &&
           received.size() - head_bytes(received) < facts.body_bytes;
  }

  /// @returns whether its client may send another one behind it.
  [[nodiscard]] bool may_be_followed() const {
    return head.status == Status::complete && refusal_of_body() == 0 && !body_is_short() &&
           client_stays(received);
  }

  /// Looks at what is there now.
  void look(Parsed parsed) {
    head = std::move(parsed);
    facts = head.status == Status::complete ? facts_of(received) : field_facts{};
  }

  /// Takes the request away; what came behind it stays.
  void drop() { received.erase(0, head_bytes(received) + facts.body_bytes); }

 private:
  using Status = decltype(Parsed::status);
  [[nodiscard]] bool goes_on() const { return !ended && !timed_out; }
};

}  // namespace workbook
