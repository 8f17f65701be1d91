#include <gtest/gtest.h>

#include <http.hpp>
#include <map>
#include <string>

#include "harness/raw_client.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

using fields = std::map<std::string, std::string>;

TEST(ToBytes, WritesEveryPartOfAResponse) {
  about("1.2",
        "A response is a status line, header fields, a blank line and the body; every line of the "
        "head ends in CR LF. `Connection: close` tells the client not to send a second request.");
  step("write a 200 with a body");
  const sent_response response = understood(to_bytes({200, "Fast response!\n"}));
  EXPECT_EQ(response.mistake, "");
  EXPECT_EQ(response.status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(response.fields, (fields{{"content-type", "text/plain; charset=utf-8"},
                                     {"content-length", "15"},
                                     {"connection", "close"}}));
  EXPECT_EQ(response.body, "Fast response!\n");
}

TEST(ToBytes, CountsTheBytesOfTheBody) {
  about("1.2",
        "Content-Length is the number of bytes of the body alone: not of characters, and not of "
        "the head.");
  step("write a body of 5 characters that takes 8 bytes in UTF-8");
  EXPECT_EQ(understood(to_bytes({200, "5 € ü"})).field("content-length"), "8");
}

TEST(ToBytes, WritesAnEmptyBody) {
  about("1.2", "A response without a body still has a Content-Length of 0, and a blank line.");
  step("write a 404 without a body");
  const sent_response response = understood(to_bytes({404, ""}));
  EXPECT_EQ(response.mistake, "");
  EXPECT_EQ(response.field("content-length"), "0");
  EXPECT_EQ(response.body, "");
}

TEST(ToBytes, WritesTheHeadersOfTheResponse) {
  about("1.2", "The response's own headers go into its head, one line each.");
  step("write a 405 with two headers of its own");
  const sent_response response =
      understood(to_bytes({405, "no", {{"Allow", "GET"}, {"Retry-After", "1"}}}));
  EXPECT_EQ(response.mistake, "");
  EXPECT_EQ(response.status_line, "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(response.fields, (fields{{"content-type", "text/plain; charset=utf-8"},
                                     {"content-length", "2"},
                                     {"connection", "close"},
                                     {"allow", "GET"},
                                     {"retry-after", "1"}}));
  EXPECT_EQ(response.body, "no");
}

}  // namespace
}  // namespace workbook
