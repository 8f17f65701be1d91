#include <fmt/format.h>
#include <gtest/gtest.h>

#include <http.hpp>
#include <memory>
#include <string>
#include <utility>

#include "harness/story.hpp"
#include "support/printable.hpp"

namespace workbook {

// GoogleTest prints values with this.
void PrintTo(parse_status status, std::ostream* out) {
  constexpr const char* names[] = {"incomplete", "complete", "bad_request", "head_too_large",
                                   "line_too_long"};
  *out << names[static_cast<int>(status)];
}

namespace {

using namespace harness;

/// Asks parse_request_head() alone: parse_request() would refuse some of these lines for other
/// reasons.
parse_status status_of_line(const std::string& request_line) {
  return parse_request_head(request_line + "\r\nHost: localhost\r\n\r\n").status;
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
  about("1.1", "Bytes after the blank line are not part of this request's head.");
  step("parse a request with a body that looks like a request");
  const auto parsed = parse_request("POST /fast HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(parsed.status, parse_status::complete);
  EXPECT_EQ(parsed.request.method, "POST");
}

TEST(ParseRequest, WantsExactlyThreeTokens) {
  about("1.1",
        "A request line that does not have exactly three tokens is a bad request: check that a "
        "token exists before you use it.");
  for (const std::string line :
       {"", " ", "GET", "GET ", "GET /", "GET / ", "GET  / HTTP/1.1", " GET / HTTP/1.1",
        "GET / HTTP/1.1 ", "GET / HTTP/1.1 more", "GET /a b HTTP/1.1", "/ HTTP/1.1", "HTTP/1.1"}) {
    step(fmt::format("parse '{}'", line));
    ASSERT_EQ(status_of_line(line), parse_status::bad_request);
  }
}

TEST(ParseRequest, AcceptsHttp1Only) {
  about("1.1",
        "The third token is `HTTP/1.` followed by one digit; this server speaks nothing else.");
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
        "char may be signed: then a byte above 127 is negative.");
  for (const char byte : {'\0', '\t', '\x01', '\x7f', '\x80', '\xff'}) {
    step(fmt::format("parse a path with the byte 0x{:02x}", static_cast<unsigned char>(byte)));
    ASSERT_EQ(status_of_line(std::string("GET /") + byte + " HTTP/1.1"), parse_status::bad_request);
  }
}

TEST(ParseRequest, AcceptsAHeadOfTheGreatestLength) {
  about("1.1", "A head of max_head_bytes is still allowed; the limit includes the blank line.");
  const std::string before = "GET / HTTP/1.1\r\nX: ";
  const std::string after = "\r\n\r\n";
  const std::string filler(max_head_bytes - before.size() - after.size(), 'x');
  step("parse a head of exactly max_head_bytes");
  ASSERT_EQ(parse_request(before + filler + after).status, parse_status::complete);
  step("parse a head that is one byte longer");
  EXPECT_EQ(parse_request(before + filler + "x" + after).status, parse_status::head_too_large);
}

TEST(ParseRequest, RefusesAnEndlessHeadBeforeItEnds) {
  about("1.1",
        "A client that never sends the blank line must not make the server collect bytes for ever: "
        "more than max_head_bytes without an end is too large.");
  const std::string begin = "GET / HTTP/1.1\r\nX: ";
  const std::string endless = begin + std::string(max_head_bytes - begin.size(), 'x');
  step("parse max_head_bytes without a blank line");
  ASSERT_EQ(parse_request(endless).status, parse_status::incomplete);
  step("parse one more byte");
  EXPECT_EQ(parse_request(endless + "x").status, parse_status::head_too_large);
}

TEST(ParseRequest, ReadsOnlyTheBytesItIsGiven) {
  about("1.1",
        "The bytes of a connection are not a C string: no '\\0' comes after them. Work with "
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

TEST(ParseRequest, LeavesRoomForFieldsBesideTheLongestLine) {
  about("1.1",
        "Two limits: parse_request checks the length of the request line (414); your part checks "
        "the length of the whole head (431).");
  const std::string line = "GET /" + std::string(max_request_line_bytes - 14, 'a') + " HTTP/1.1";
  ASSERT_EQ(line.size(), max_request_line_bytes);
  step("parse the longest request line, with 8000 bytes of fields");
  ASSERT_EQ(parse_request(line + "\r\nX: " + std::string(8000, 'x') + "\r\n\r\n").status,
            parse_status::complete);
  step("parse a line that is one byte longer, before and after its end");
  ASSERT_EQ(parse_request("x" + line).status, parse_status::line_too_long);
  EXPECT_EQ(parse_request("x" + line + "\r\n\r\n").status, parse_status::line_too_long);
}

TEST(ParseRequest, RefusesAtOnceWhatCanNeverBeARequest) {
  about("1.1",
        "Bytes that can never become a request are refused at once, not when the client has "
        "finished: parse_request looks at the bytes and, as soon as it is complete, at the request "
        "line.");
  for (const std::string begin : {"GET /\r\n", "GET / HTTP/2\r\nHo", "GET /fast HTTP/1.0\n",
                                  "GET / HTTP/1.1\rHost: me\r", "\n", "\x16\x03\x01", " "}) {
    step(fmt::format("parse '{}', with no blank line after it", printable(begin)));
    ASSERT_EQ(parse_request(begin).status, parse_status::bad_request);
  }
}

TEST(ParseRequest, PassesOverOneEmptyLine) {
  about("1.1",
        "Some clients send an extra CR LF after a body: one empty line before a request means "
        "nothing.");
  step("parse a request after an empty line, and an empty line alone");
  EXPECT_EQ(parse_request("\r\nGET /fast HTTP/1.1\r\n\r\n").request.path, "/fast");
  EXPECT_EQ(parse_request("\r").status, parse_status::incomplete);
  EXPECT_EQ(parse_request("\r\n").status, parse_status::incomplete);
  step("parse two empty lines");
  EXPECT_EQ(parse_request("\r\n\r\n").status, parse_status::bad_request);
}

TEST(ParseRequest, UnderstandsTheFormsOfATarget) {
  about("1.1",
        "A target may also name the server, as it does in a request to a proxy. Its path is the "
        "same.");
  for (const auto& [target, path] : {std::pair{"http://localhost:7878/fast?x=1", "/fast"},
                                     {"HTTP://[::1]/sleep", "/sleep"},
                                     {"http://localhost", "/"},
                                     {"http://localhost?x=1", "/"}}) {
    step(std::string("parse GET ") + target);
    const auto parsed = parse_request(fmt::format("GET {} HTTP/1.1\r\n\r\n", target));
    ASSERT_EQ(parsed.status, parse_status::complete);
    ASSERT_EQ(parsed.request.path, path);
  }
  step("parse a target in none of these forms");
  EXPECT_EQ(parse_request("GET fast HTTP/1.1\r\n\r\n").status, parse_status::bad_request);
}

TEST(ParseRequest, RefusesFieldsThatAreNone) {
  about("1.1", "parse_request looks at the fields after your request line, and refuses bad ones.");
  for (const std::string field : {"Host: a\r\nHost: a", "Host : a", "no colon", ": no name",
                                  " folded: line", "Content-Length: 1x", "X: \x01"}) {
    step(fmt::format("parse a request with the field '{}'", printable(field)));
    ASSERT_EQ(parse_request("GET / HTTP/1.1\r\n" + field + "\r\n\r\n").status,
              parse_status::bad_request);
  }
  step("parse a request with good fields, and with none");
  EXPECT_EQ(parse_request("GET / HTTP/1.1\r\nhost:a\r\nX: \xc3\xbc\r\n\r\n").status,
            parse_status::complete);
  EXPECT_EQ(parse_request("GET / HTTP/1.1\r\n\r\n").status, parse_status::complete);
}

TEST(ParseRequest, SaysWhetherTheClientMayStillBeSending) {
  about("1.1", "serve_connection needs to know whether the client may send more.");
  step("parse a request with nothing after it");
  EXPECT_FALSE(parse_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").more_may_come);
  for (const std::string more :
       {"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "GET / HTTP/1.1\r\n\r\nGET",
        "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\n", "GET\r\n"}) {
    step(fmt::format("parse '{}'", printable(more)));
    ASSERT_TRUE(parse_request(more).more_may_come);
  }
}

}  // namespace
}  // namespace workbook
