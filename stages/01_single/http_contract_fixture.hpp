#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/raw_client.hpp"
#include "support/printable.hpp"

namespace workbook {

struct exchange_row {
  std::string request_line;
  int status;
  std::string fields = "Host: localhost\r\n";
};

inline const std::vector<exchange_row>& exchanges() {
  static const std::vector<exchange_row> rows{
      {"GET / HTTP/1.1", 200},
      {"GET /fast HTTP/1.1", 200},
      {"GET /sleep HTTP/1.1", 200},
      {"GET /fast?x=1 HTTP/1.1", 200},
      {"GET /fast HTTP/1.0", 200},
      {"GET /nowhere HTTP/1.1", 404},
      {"GET /fast/ HTTP/1.1", 404},
      {"POST /nowhere HTTP/1.1", 404},
      {"POST / HTTP/1.1", 405},
      {"POST /fast HTTP/1.1", 405},
      {"DELETE /sleep HTTP/1.1", 405},
      {"HEAD /fast HTTP/1.1", 405},
      {"GET / HTTP/2.0", 400},
      {"GET /", 400},
      {"GET", 400},
      {"", 400},
      {"GET / HTTP/1.1 more", 400},
      {"GET  / HTTP/1.1", 400},
      {"GET http://localhost:7878/fast HTTP/1.1", 200},
      {"GET http://localhost HTTP/1.1", 200},
      {"OPTIONS * HTTP/1.1", 200},
      {"OPTIONS /fast HTTP/1.1", 405},
      {"HEAD /nowhere HTTP/1.1", 404},
      {"HEAD / HTTP/1.1", 400, "Host: a\r\nHost: b\r\n"},
      {"FROBNICATE /fast HTTP/1.1", 501},
      {"get /fast HTTP/1.1", 501},
      {"\r\nGET /fast HTTP/1.1", 200},
      {"GET /fast HTTP/1.1", 200, ""},
      {"GET /fast HTTP/1.1", 400, "Host: a\r\nHost: b\r\n"},
      {"GET /fast HTTP/1.1", 400, "Host : a\r\n"},
      {"POST /fast HTTP/1.1", 400, "Content-Length: -1\r\n"},
      {"GET /" + std::string(7986, 'a') + " HTTP/1.1", 404},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1", 414},
      {"GET /fast HTTP/1.1", 431, "X: " + std::string(20'000, 'x') + "\r\n"},
  };
  return rows;
}

inline void expect_response(const exchange_row& row, const std::string& response) {
  SCOPED_TRACE(fmt::format("request '{}', fields '{}'", shortened(row.request_line, 40),
                           shortened(row.fields, 40)));
  const harness::sent_response sent = harness::understood(response);
  ASSERT_EQ(sent.mistake, "") << response;
  EXPECT_TRUE(sent.status_line.starts_with(fmt::format("HTTP/1.1 {} ", row.status))) << response;
  EXPECT_EQ(sent.field("content-length"), std::to_string(sent.body.size()));
  EXPECT_TRUE(sent.body.empty() || !row.request_line.starts_with("HEAD ")) << "HEAD wants no body";
  EXPECT_EQ(sent.field("connection"), "close");
  EXPECT_NE(sent.field("content-type"), "(missing)");
  EXPECT_TRUE(sent.field("date").ends_with(" GMT")) << response;
  const bool names_methods = row.status == 405 || row.request_line.starts_with("OPTIONS *");
  EXPECT_EQ(sent.field("allow"), names_methods ? "GET" : "(missing)");
}

/// Sends the requests of a table to the server on `port`, one connection each, and checks status,
/// headers and length of every response: what all servers of the workbook have in common.
/// Its `/sleep` must not sleep. Blocks until all are answered.
inline void expect_http_contract(std::uint16_t port) {
  for (const auto& row : exchanges()) {
    expect_response(row, harness::ask(port, row.request_line + "\r\n" + row.fields + "\r\n"));
  }
}

}  // namespace workbook
