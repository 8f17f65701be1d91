#include "clients.hpp"

#include <gtest/gtest.h>

#include <array>

#include "harness/background.hpp"
#include "harness/story.hpp"
#include "net/tcp_listener.hpp"

namespace workbook::demo {
namespace {

using namespace harness;
using namespace std::chrono_literals;

std::string read_request(tcp_stream& client) {
  std::string request;
  std::array<char, 100> buffer;
  while (request.find("\r\n\r\n") == request.npos) {
    const auto count = client.read_some(buffer);
    if (count == 0) break;
    request.append(buffer.data(), count);
  }
  return request;
}

TEST(Clients, ArriveInTheirOrder) {
  about("", "Connection k is client k: the clients connect one after the other.");
  tcp_listener listener("127.0.0.1", 0);
  const auto port = listener.port();
  step("a server answers three clients with the number of their connection and their request");
  background server([&] {
    for (int number = 1; number <= 3; ++number) {
      auto client = listener.accept({});
      const auto request = read_request(*client);
      client->write_all(std::to_string(number) + " " + request.substr(0, request.find('\r')));
    }
  });
  const auto visits = run_clients(port, {{"/a"}, {"/b"}, {"/c", 1ms}}, 0ms, 10s);
  EXPECT_EQ(server.wait(), "");
  ASSERT_EQ(visits.size(), 3u);
  EXPECT_EQ(visits[0].answer, "1 GET /a HTTP/1.0");
  EXPECT_EQ(visits[1].answer, "2 GET /b HTTP/1.0");
  EXPECT_EQ(visits[2].answer, "3 GET /c HTTP/1.0");
  for (const auto& visit : visits) {
    EXPECT_EQ(visit.error, "");
    EXPECT_LE(visit.connected, visit.sent);
    EXPECT_LE(visit.sent, visit.answered);
  }
}

TEST(Clients, GiveUp) {
  about("", "A server that never answers is reported, not waited for.");
  tcp_listener listener("127.0.0.1", 0);
  step("nobody accepts");
  const auto visits = run_clients(listener.port(), {{"/a"}}, 0ms, 1ms);
  EXPECT_EQ(visits.at(0).error, "it heard nothing for 0 s");
}

TEST(Clients, FindNobody) {
  about("", "A server that is gone is reported for every client.");
  const auto port = tcp_listener("127.0.0.1", 0).port();
  step("nobody listens");
  const auto visits = run_clients(port, {{"/a"}, {"/b"}}, 0ms, 1ms);
  EXPECT_NE(visits.at(0).error.find("cannot connect"), std::string::npos);
  EXPECT_NE(visits.at(1).error.find("cannot connect"), std::string::npos);
}

}  // namespace
}  // namespace workbook::demo
