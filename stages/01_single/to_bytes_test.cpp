#include <gtest/gtest.h>

#include <http.hpp>
#include <string>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(ToBytes, WritesEveryPartOfAResponse) {
  about(
      "1.2",
      "A response is its status line, its header fields, a blank line and the body; every line of "
      "the head ends in CR LF. `Connection: close` tells the client that no second request is "
      "welcome.");
  step("write a 200 with a body");
  EXPECT_EQ(to_bytes({200, "Fast response!\n"}),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 15\r\n"
            "Connection: close\r\n"
            "\r\n"
            "Fast response!\n");
}

TEST(ToBytes, CountsTheBytesOfTheBody) {
  about("1.2",
        "Content-Length is the number of bytes of the body alone: not of characters, and not of "
        "the head.");
  step("write a body of 5 characters that takes 8 bytes in UTF-8");
  const std::string bytes = to_bytes({200, "5 € ü"});
  EXPECT_TRUE(bytes.contains("Content-Length: 8\r\n")) << bytes;
}

TEST(ToBytes, WritesAnEmptyBody) {
  about("1.2", "A response without a body still has a Content-Length, 0, and a blank line.");
  step("write a 404 without a body");
  const std::string bytes = to_bytes({404, ""});
  EXPECT_TRUE(bytes.contains("Content-Length: 0\r\n")) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n")) << bytes;
}

TEST(ToBytes, WritesTheHeadersOfTheResponse) {
  about("1.2", "The response's own headers stand in its head, one line each.");
  step("write a 405 with two headers of its own");
  EXPECT_EQ(to_bytes({405, "no", {{"Allow", "GET"}, {"Retry-After", "1"}}}),
            "HTTP/1.1 405 Method Not Allowed\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 2\r\n"
            "Connection: close\r\n"
            "Allow: GET\r\n"
            "Retry-After: 1\r\n"
            "\r\n"
            "no");
}

}  // namespace
}  // namespace workbook
