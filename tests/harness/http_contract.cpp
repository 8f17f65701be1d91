#include "harness/http_contract.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/raw_client.hpp"

namespace workbook::harness {
namespace {

struct exchange_row {
  std::string request_line;
  int status;
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
  SCOPED_TRACE(fmt::format("request '{}'", row.request_line));
  EXPECT_TRUE(response.starts_with(fmt::format("HTTP/1.1 {} ", row.status))) << response;
  const auto body = response.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos) << response;
  EXPECT_EQ(header_of(response, "Content-Length"), std::to_string(response.size() - body - 4));
  EXPECT_EQ(header_of(response, "Connection"), "close");
  EXPECT_NE(header_of(response, "Content-Type"), "(missing)");
  EXPECT_EQ(header_of(response, "Allow"), row.status == 405 ? "GET" : "(missing)");
}

}  // namespace

void expect_http_contract(std::uint16_t port) {
  for (const auto& row : table()) {
    expect_response(row, ask(port, row.request_line + "\r\nHost: localhost\r\n\r\n"));
  }
}

}  // namespace workbook::harness
