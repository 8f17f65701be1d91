#include <fmt/format.h>
#include <gtest/gtest.h>

#include <http.hpp>
#include <memory>
#include <string>

#include "harness/story.hpp"

namespace workbook {

// GoogleTest prints values with this.
void PrintTo(parse_status status, std::ostream* out) {
  constexpr const char* names[] = {"incomplete", "complete", "bad_request", "head_too_large"};
  *out << names[static_cast<int>(status)];
}

namespace {

using namespace harness;

parse_status status_of_line(const std::string& request_line) {
  return parse_request(request_line + "\r\nHost: localhost\r\n\r\n").status;
}

TEST(ParseRequest, FindsMethodAndPath) {
  about("1.1", "The first line is `method target version`, with one space between.");
  step("parse 'GET /fast HTTP/1.1' with one header field");
  const auto parsed = parse_request("GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(parsed.status, parse_status::complete);
  EXPECT_EQ(parsed.request.method, "GET");
  EXPECT_EQ(parsed.request.path, "/fast");
}

TEST(ParseRequest, LeavesTheQueryOutOfThePath) {
  about("1.1", "What follows '?' is the query: it does not belong to the path.");
  step("parse a target with a query");
  EXPECT_EQ(parse_request("GET /sleep?for=ever HTTP/1.1\r\n\r\n").request.path, "/sleep");
  EXPECT_EQ(parse_request("GET /? HTTP/1.1\r\n\r\n").request.path, "/");
}

TEST(ParseRequest, IsIncompleteUntilTheBlankLine) {
  about("1.1", "A request ends at its blank line, CR LF CR LF, and not one byte before.");
  const std::string request = "GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n";
  step("parse its first 0, 1, 2, ... bytes");
  for (std::size_t length = 0; length < request.size(); ++length) {
    ASSERT_EQ(parse_request(request.substr(0, length)).status, parse_status::incomplete)
        << "after " << length << " of " << request.size() << " bytes";
  }
  step("parse all of it");
  EXPECT_EQ(parse_request(request).status, parse_status::complete);
}

TEST(ParseRequest, IgnoresWhatFollowsTheBlankLine) {
  about("1.1", "Bytes behind the blank line are not part of this request's head.");
  step("parse a request with a body that looks like a request");
  const auto parsed = parse_request("POST /fast HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(parsed.status, parse_status::complete);
  EXPECT_EQ(parsed.request.method, "POST");
}

TEST(ParseRequest, WantsExactlyThreeTokens) {
  about("1.1",
        "A request line that has not exactly three tokens is a bad request: check that a token "
        "exists before you use it.");
  for (const std::string line :
       {"", " ", "GET", "GET ", "GET /", "GET / ", "GET  / HTTP/1.1", " GET / HTTP/1.1",
        "GET / HTTP/1.1 ", "GET / HTTP/1.1 more", "GET /a b HTTP/1.1", "/ HTTP/1.1"}) {
    step(fmt::format("parse '{}'", line));
    ASSERT_EQ(status_of_line(line), parse_status::bad_request);
  }
}

TEST(ParseRequest, AcceptsHttp1Only) {
  about("1.1", "The third token is HTTP/1. and one digit; this server speaks nothing else.");
  for (const std::string version : {"HTTP/1.0", "HTTP/1.1", "HTTP/1.9"}) {
    step(fmt::format("parse version '{}'", version));
    ASSERT_EQ(status_of_line("GET / " + version), parse_status::complete);
  }
  for (const std::string version :
       {"HTTP/2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.", "HTTP/1.x", "HTTP/1.10", "http/1.1", "HTTP"}) {
    step(fmt::format("parse version '{}'", version));
    ASSERT_EQ(status_of_line("GET / " + version), parse_status::bad_request);
  }
}

TEST(ParseRequest, RefusesBytesThatAreNotVisibleAscii) {
  about("1.1",
        "Control characters and bytes above 126 have no place in a request line. Remember that "
        "char may be signed: a byte above 127 is negative then.");
  for (const char byte : {'\0', '\t', '\x01', '\x7f', '\x80', '\xff'}) {
    step(fmt::format("parse a path with the byte 0x{:02x}", static_cast<unsigned char>(byte)));
    ASSERT_EQ(status_of_line(std::string("GET /") + byte + " HTTP/1.1"), parse_status::bad_request);
  }
}

TEST(ParseRequest, AcceptsAHeadOfTheGreatestLength) {
  about("1.1", "max_head_bytes are still allowed; the limit includes the blank line.");
  const std::string before = "GET / HTTP/1.1\r\nX: ";
  const std::string after = "\r\n\r\n";
  const std::string filler(max_head_bytes - before.size() - after.size(), 'x');
  step("parse a head of exactly max_head_bytes");
  ASSERT_EQ(parse_request(before + filler + after).status, parse_status::complete);
  step("parse a head with one byte more");
  EXPECT_EQ(parse_request(before + filler + "x" + after).status, parse_status::head_too_large);
}

TEST(ParseRequest, RefusesAnEndlessHeadBeforeItEnds) {
  about("1.1",
        "A client that never sends the blank line must not make the server collect bytes for ever: "
        "more than max_head_bytes without an end is too large.");
  step("parse max_head_bytes without a blank line");
  ASSERT_EQ(parse_request(std::string(max_head_bytes, 'x')).status, parse_status::incomplete);
  step("parse one byte more");
  EXPECT_EQ(parse_request(std::string(max_head_bytes + 1, 'x')).status,
            parse_status::head_too_large);
}

TEST(ParseRequest, ReadsOnlyTheBytesItIsGiven) {
  about("1.1",
        "The bytes of a connection are no C string: no '\\0' stands behind them. Work with "
        "string_view and its size.");
  const std::string request = "GET /fast HTTP/1.1\r\n\r\n";
  // An exact copy on the heap: AddressSanitizer sees the first byte read behind it.
  const auto exact = std::make_unique<char[]>(request.size());
  request.copy(exact.get(), request.size());
  step("parse bytes that end where their memory ends");
  for (std::size_t length = 0; length <= request.size(); ++length) {
    const bool complete = parse_request({exact.get(), length}).status == parse_status::complete;
    ASSERT_EQ(complete, length == request.size());
  }
}

}  // namespace
}  // namespace workbook
