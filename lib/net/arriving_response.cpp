#include "net/arriving_response.hpp"

namespace workbook {
namespace {

constexpr std::size_t longest_head = 64 * 1024;

constexpr response_head no_http{.status = 0, .bytes = 0, .content_length = 0, .chunked = false};

/// 101 is no interim response: what follows it is another protocol.
bool is_interim(const response_head& head) {
  return head.status >= 100 && head.status < 200 && head.status != 101;
}

}  // namespace

void arriving_response::append(std::string_view bytes) {
  if (!head_) {
    beginning_ += bytes;
    if (bytes.find('\n') == bytes.npos && beginning_.size() <= longest_head) return;
    head_ = parse_head(beginning_);
    while (head_ && is_interim(*head_)) {
      beginning_.erase(0, head_->bytes);
      head_ = parse_head(beginning_);
    }
    if (!head_ && beginning_.size() <= longest_head) return;
    if (!head_ || head_->bytes > longest_head) {
      head_ = no_http;
      return;
    }
    bytes.remove_prefix(bytes.size() - (beginning_.size() - head_->bytes));
    beginning_.clear();
  }
  body_bytes_ += bytes.size();
  if (head_->chunked) chunks_.append(bytes);
  if (chunks_.malformed()) head_ = no_http;
}

}  // namespace workbook
