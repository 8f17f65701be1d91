#include "harness/sent_response.hpp"

#include <algorithm>
#include <cctype>

namespace workbook::harness {
namespace {

void add_field(sent_response& response, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || line.find('\n') != line.npos) {
    response.mistake = "no header field that ends in CR LF: " + std::string(line);
    return;
  }
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (!response.fields.emplace(name, value).second) response.mistake = "twice: " + name;
}

}  // namespace

std::string sent_response::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "(missing)" : found->second;
}

sent_response understood(std::string_view bytes) {
  sent_response response;
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == bytes.npos) {
    response.mistake = "no blank line behind the head";
    return response;
  }
  response.body = bytes.substr(head_end + 4);
  const std::string_view head = bytes.substr(0, head_end);
  auto end = head.find("\r\n");
  response.status_line = head.substr(0, end);
  while (end != head.npos) {
    const auto begin = end + 2;
    end = head.find("\r\n", begin);
    add_field(response, head.substr(begin, end == head.npos ? end : end - begin));
  }
  return response;
}

}  // namespace workbook::harness
