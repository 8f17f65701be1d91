#include "harness/http_contract.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/raw_client.hpp"
#include "support/printable.hpp"

namespace workbook::harness {
namespace {

struct exchange_row {
  std::string request_line;
  int status;
  std::string fields = "Host: localhost\r\n";
};

const std::vector<exchange_row>& table() {
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

std::string header_of(const std::string& response, const std::string& name) {
  const auto at = response.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "(missing)";
  const auto begin = at + name.size() + 4;
  return response.substr(begin, response.find("\r\n", begin) - begin);
}

void expect_response(const exchange_row& row, const std::string& response) {
  SCOPED_TRACE(fmt::format("request '{}', fields '{}'", shortened(row.request_line, 40),
                           shortened(row.fields, 40)));
  EXPECT_TRUE(response.starts_with(fmt::format("HTTP/1.1 {} ", row.status))) << response;
  const auto body = response.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos) << response;
  const std::size_t body_bytes = response.size() - body - 4;
  EXPECT_EQ(header_of(response, "Content-Length"), std::to_string(body_bytes));
  EXPECT_TRUE(body_bytes == 0 || !row.request_line.starts_with("HEAD ")) << "HEAD wants no body";
  EXPECT_EQ(header_of(response, "Connection"), "close");
  EXPECT_NE(header_of(response, "Content-Type"), "(missing)");
  EXPECT_TRUE(header_of(response, "Date").ends_with(" GMT")) << response;
  const bool names_methods = row.status == 405 || row.request_line.starts_with("OPTIONS *");
  EXPECT_EQ(header_of(response, "Allow"), names_methods ? "GET" : "(missing)");
}

}  // namespace

void expect_http_contract(std::uint16_t port) {
  for (const auto& row : table()) {
    expect_response(row, ask(port, row.request_line + "\r\n" + row.fields + "\r\n"));
  }
}

}  // namespace workbook::harness
