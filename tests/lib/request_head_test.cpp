#include "http/request_head.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "http/http_date.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;

bool valid(const std::string& fields) {
  return look_at_fields("GET / HTTP/1.1\r\n" + fields + "\r\n").valid;
}

TEST(RequestHead, AcceptsFieldsAsClientsSendThem) {
  for (const std::string fields :
       {"", "Host: localhost:7878\r\n", "Host:\r\n", "host:[::1]:80\r\nX:\r\n",
        "Content-Length: 0\r\n", "Content-Length:5 \t\r\n", "Transfer-Encoding: gzip, Chunked\r\n",
        "X: \xff\xc3\xbc \t;\r\n", "X: a\r\nX: b\r\n"}) {
    EXPECT_TRUE(valid(fields)) << fields;
  }
}

TEST(RequestHead, SaysHowLongTheBodyIs) {
  const auto facts = [](const std::string& field) {
    return facts_of("\r\nPOST / HTTP/1.1\r\n" + field + "\r\n");
  };
  EXPECT_EQ(facts("Content-Length: 1234\r\n").body_bytes, 1234u);
  EXPECT_EQ(facts("").body_bytes, 0u);
  EXPECT_FALSE(facts("Content-Length: 5\r\n").chunked);
  EXPECT_TRUE(facts("Transfer-Encoding: chunked\r\n").chunked);
  EXPECT_EQ(facts("Content-Length: 99999999999999999999999\r\n").body_bytes,
            std::numeric_limits<std::size_t>::max());
}

TEST(RequestHead, RefusesFieldsThatAServerMustRefuse) {
  for (const std::string fields :
       {"no colon\r\n", ": no name\r\n", "Host : a\r\n", " X: folded\r\n", "X\x01: a\r\n",
        "X: a\x01\r\n", "X: a\x7f\r\n", "Host: a\r\nhost: a\r\n", "Host: a b\r\n", "Host: a/b\r\n",
        "Content-Length: \r\n", "Content-Length: -1\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Transfer-Encoding: xchunked\r\n"}) {
    EXPECT_FALSE(valid(fields)) << fields;
  }
  EXPECT_FALSE(valid(std::string("X: a\0b\r\n", 8)));
}

TEST(RequestHead, KnowsWhatAnnouncesABody) {
  const auto announces = [](const std::string& field) {
    return look_at_fields("POST / HTTP/1.1\r\n" + field + "\r\n").announce_body;
  };
  EXPECT_TRUE(announces("Content-Length: 5\r\n"));
  EXPECT_TRUE(announces("transfer-encoding: chunked\r\n"));
  EXPECT_FALSE(announces("Host: a\r\n"));
  EXPECT_FALSE(announces("X-Content-Length: 5\r\n"));
}

TEST(RequestHead, LooksAtTheHeadOnly) {
  EXPECT_TRUE(look_at_fields("GET / HTTP/1.1\r\n\r\nno field").valid);
  EXPECT_TRUE(look_at_fields("").valid);
}

TEST(RequestHead, WritesADateAsHttpDoes) {
  EXPECT_EQ(http_date(std::chrono::sys_seconds(784111777s)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(std::chrono::sys_seconds(951782400s)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

}  // namespace
}  // namespace workbook
