// What the head of a response says, and where its body ends. Given code.
#include "net/response_head.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

#include "harness/story.hpp"
#include "net/arriving_response.hpp"

namespace workbook {
namespace {

using namespace harness;

response_head head_with(const std::string& fields) {
  return *parse_head("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n");
}

std::optional<std::size_t> length_of(const std::string& fields) {
  return head_with(fields).content_length;
}

TEST(ResponseHead, SaysHowManyBytesFollow) {
  about("", "RFC 9110 §5.5: spaces before and after a value do not belong to it.");
  step("a length, with and without spaces around it");
  for (const std::string field :
       {"Content-Length: 5", "content-length:5", "Content-Length: \t5", "Content-Length: 5 \t"}) {
    EXPECT_EQ(length_of(field), 5u) << field;
  }
  step("none");
  EXPECT_EQ(length_of("Content-Type: text/plain"), std::nullopt);
  means("RFC 9112 §6.3: 204 and 304 end with their head, whatever it says.");
  for (const std::string status : {"204", "304"}) {
    step("a response without a body");
    EXPECT_EQ(parse_head("HTTP/1.1 " + status + " x\r\n\r\n")->content_length, 0u) << status;
  }
}

TEST(ResponseHead, TakesNoOtherFieldForTheLength) {
  about("", "The name of a field is everything between the start of the line and the colon.");
  step("a field whose name ends in Content-Length");
  EXPECT_EQ(length_of("X-Content-Length: 9"), std::nullopt);
  step("a value that looks like the field");
  EXPECT_EQ(length_of("X-Note: Content-Length: 9"), std::nullopt);
}

TEST(ResponseHead, EndsAtItsBlankLine) {
  about("", "Whatever comes after the blank line is body, no matter what it looks like.");
  step("a body that looks like a field");
  EXPECT_EQ(parse_head("HTTP/1.1 200 OK\r\n\r\nContent-Length: 9\r\n\r\n")->content_length,
            std::nullopt);
}

TEST(ResponseHead, DoesNotGuessALength) {
  about("",
        "RFC 9112 §6.3: a length that is not a number, or two that differ, make the response "
        "invalid. That is an outcome for the report, not an exception.");
  for (const std::string value : {"abc", "", "-5", "+5", "5x", "0x5", "5 6", "5, 6"}) {
    step("a length that is not a number");
    const response_head head = head_with("Content-Length: " + value);
    EXPECT_EQ(head.status, 0) << value;
    EXPECT_EQ(head.content_length, 0u) << value;
  }
  step("a number that is too large");
  const std::string most = std::to_string(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(head_with("Content-Length: " + most + "0").status, 0);
  step("two lengths, different and the same");
  EXPECT_EQ(head_with("Content-Length: 5\r\nContent-Length: 6").status, 0);
  EXPECT_EQ(length_of("Content-Length: 5\r\nContent-Length: 5"), 5u);
  EXPECT_EQ(length_of("Content-Length: 5, 5"), 5u);
}

TEST(ResponseHead, KnowsWhatIsNoHttp) {
  about("", "RFC 9112 §4: HTTP/1.x, a space, three digits.");
  for (const std::string line : {"SSH-2.0-OpenSSH_9.2", "HTTP/2 200", "HTTP/1.1",
                                 "HTTP/1.1 2000 OK", "HTTP/1.1 abc OK", "HTTP/1.1 099 x", ""}) {
    step("another first line");
    EXPECT_EQ(parse_head(line + "\r\n\r\n")->status, 0) << line;
  }
  step("the reason may be missing");
  EXPECT_EQ(parse_head("HTTP/1.1 200\r\n\r\n")->status, 200);
}

TEST(ResponseHead, TellsThatTheBodyComesInChunks) {
  about(
      "",
      "RFC 9112 §6.3: Transfer-Encoding decides how long a body is, whatever Content-Length says.");
  step("chunked, also as the last of several codings, and next to a length");
  for (const std::string fields :
       {"Transfer-Encoding: chunked", "transfer-encoding: gzip, Chunked ",
        "Content-Length: 5\r\nTransfer-Encoding: chunked"}) {
    EXPECT_TRUE(head_with(fields).chunked) << fields;
    EXPECT_EQ(length_of(fields), std::nullopt) << fields;
  }
  step("another coding: the end of the connection is the end of the body");
  EXPECT_FALSE(head_with("Transfer-Encoding: chunked, gzip").chunked);
  EXPECT_EQ(length_of("Transfer-Encoding: gzip\r\nContent-Length: 5"), std::nullopt);
}

/// A response of these bytes, which come one by one.
arriving_response arrived(const std::string& bytes) {
  arriving_response response;
  for (const char byte : bytes) response.append({&byte, 1});
  return response;
}

TEST(ArrivingResponse, FindsTheLastChunk) {
  about("", "RFC 9112 §7.1: sizes are hexadecimal, extensions are skipped, trailers may follow.");
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  step("complete");
  for (const std::string body :
       {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "A;x=y\r\n0123456789\r\n00\r\nX: y\r\n\r\n"}) {
    EXPECT_TRUE(arrived(head + body).has_last_chunk()) << body;
    EXPECT_FALSE(arrived(head + body.substr(0, body.size() - 1)).has_last_chunk()) << body;
  }
  step("something like a last chunk inside the data does not count");
  EXPECT_FALSE(arrived(head + "7\r\n\r\n0\r\n\r\n").has_last_chunk());
  step("a body that is not made of chunks is not HTTP");
  for (const std::string body :
       {"x\r\n", "\r\n", "5\r\nhellooo\r\n", "5\nhello", "-5\r\n", "fffffffffffffffff\r\n"}) {
    EXPECT_EQ(arrived(head + body).head()->status, 0) << body;
  }
}

TEST(ArrivingResponse, SkipsInterimResponses) {
  about("", "RFC 9110 §15.2: a client has to expect 1xx responses before the one it asked for.");
  step("100 and 103, then 200");
  const arriving_response response = arrived(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(response.head()->status, 200);
  EXPECT_EQ(response.body_bytes(), 2u);
}

TEST(ArrivingResponse, CountsTheBodyInWhateverPieces) {
  about("", "The piece that ends the head may hold the first bytes of the body.");
  step("all at once, and byte by byte");
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  arriving_response at_once;
  at_once.append(bytes);
  EXPECT_EQ(at_once.body_bytes(), 5u);
  EXPECT_EQ(arrived(bytes).body_bytes(), 5u);
}

TEST(ArrivingResponse, KeepsNoHeadThatNeverEnds) {
  about("", "A server that sends a head for ever must not use up its client's memory.");
  step("70 000 bytes without a blank line");
  const arriving_response endless = arrived("HTTP/1.1 200 OK\r\n" + std::string(70'000, 'x'));
  ASSERT_TRUE(endless.head());
  EXPECT_EQ(endless.head()->status, 0);
}

}  // namespace
}  // namespace workbook
