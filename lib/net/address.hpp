#pragma once

#include <netdb.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

namespace workbook {

/// The socket addresses that `host` and `port` stand for, best first; never empty.
/// Blocks while a name is looked up. Source: getaddrinfo(3).
class address_list {
 public:
  /// @throws std::runtime_error if `host` is neither a numeric address nor a known name.
  address_list(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0) {
      throw std::runtime_error("cannot find the host '" + host + "': " + ::gai_strerror(error));
    }
    first_.reset(found);
  }

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = addrinfo;
    using difference_type = std::ptrdiff_t;
    using pointer = const addrinfo*;
    using reference = const addrinfo&;

    explicit iterator(const addrinfo* at) : at_(at) {}
    const addrinfo& operator*() const { return *at_; }
    iterator& operator++() {
      at_ = at_->ai_next;
      return *this;
    }
    bool operator==(const iterator&) const = default;

   private:
    const addrinfo* at_;
  };

  [[nodiscard]] iterator begin() const { return iterator(first_.get()); }
  [[nodiscard]] iterator end() const { return iterator(nullptr); }

 private:
  struct free_list {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
  };
  std::unique_ptr<addrinfo, free_list> first_;
};

}  // namespace workbook
