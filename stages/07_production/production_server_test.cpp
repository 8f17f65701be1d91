#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <set>
#include <stdexcept>
#include <string>

#include "01_single/http_contract_fixture.hpp"
#include "07_production/metrics_page_fixture.hpp"
#include "07_production/production_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

using served = running_server<production_server>;

TEST(ProductionServer, RefusesLimitsThatMakeNoSense) {
  about("", "A limit of 0 serves nobody, and a deadline that is over at once is none.");
  const auto refused = [](const auto& change) {
    production_options options;
    change(options);
    EXPECT_THROW(production_server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), options),
                 std::invalid_argument);
  };
  refused([](auto& options) { options.loops = 0; });
  refused([](auto& options) { options.max_connections = 0; });
  refused([](auto& options) { options.max_in_flight = 0; });
  refused([](auto& options) { options.limits.idle = 0ms; });
  refused([](auto& options) { options.limits.head = -1ms; });
  refused([](auto& options) { options.limits.write = 0ms; });
  refused([](auto& options) { options.body_limit = 0ms; });
  refused([](auto& options) { options.drain.grace = -1ms; });
  refused([](auto& options) { options.drain = {.grace = 0ms, .deadline = 0ms}; });
  refused([](auto& options) { options.drain = {.grace = 2s, .deadline = 1s}; });
}

TEST(ProductionServer, SpeaksHttpAsEveryServerDoes) {
  about("7.7", "Status, fields and length of every response are those of the other stages.");
  served server(all_routes(), without_limits());
  step("clients send the requests of a table, and say that they will send no other");
  for (exchange_row row : exchanges()) {
    row.fields += "Connection: close\r\n";
    expect_response(row, ask(server.port(), row.request_line + "\r\n" + row.fields + "\r\n"));
  }
}

TEST(ProductionServer, ReadsBodiesAndGoesOn) {
  about("7.6", "A body belongs to its request: it is read, and behind it the next one begins.");
  served server(say_ok_at_once(), without_limits());
  keeping_client client(server.port());
  step("a request with a body that looks like a request, and another one, in one piece");
  client.send(
      "POST /fast HTTP/1.1\r\nContent-Length: 23\r\n\r\nGET /where HTTP/1.1\r\n\r\n"
      "GET /nowhere HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_of(client.next_answer()), 200);
  EXPECT_EQ(status_of(client.next_answer()), 404);
  step("a body that comes byte by byte, behind its head");
  client.send("POST /fast HTTP/1.1\r\nContent-Length: 3\r\n\r\n");
  for (const char* byte : {"a", "b", "c"}) client.send(byte);
  EXPECT_EQ(status_of(client.next_answer()), 200);
  EXPECT_EQ(server.server().state(), server_state::ready);
}

TEST(ProductionServer, RefusesBodiesThatItWillNotRead) {
  about("7.6",
        "A body that is too large, or does not say how large, is refused before it is read.");
  served server(say_ok_at_once(), without_limits());
  step("a gigabyte is announced; a chunked body begins");
  EXPECT_EQ(status_of(ask(server.port(), "POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n")),
            413);
  EXPECT_EQ(status_of(ask(server.port(),
                          "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n")),
            413);
  EXPECT_EQ(
      status_of(ask(server.port(), "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n")),
      411);
  step("a client ends in the middle of its body");
  raw_client client(server.port());
  client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  client.finish_sending();
  EXPECT_EQ(status_of(client.read_to_end()), 400);
}

TEST(ProductionServer, TellsItsState) {
  about("7.3", "Probes are answered by the server itself, also to HEAD: balancers use both.");
  served server(say_ok_at_once(), without_limits());
  step("it is asked for /livez and /readyz");
  for (const char* path : {"/livez", "/readyz"}) {
    EXPECT_EQ(status_of(asked(server.port(), path)), 200) << path;
    EXPECT_EQ(asked(server.port(), path).body, "ready\n") << path;
    const std::string head = std::string("HEAD ") + path + " HTTP/1.1\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(status_of(ask(server.port(), head)), 200) << path;
  }
}

TEST(ProductionServer, ShowsItsNumbers) {
  about("7.2", "/metrics is a page that a strict reader accepts, and its numbers are right.");
  served server(say_ok_at_once(), without_limits());
  step("three answers of 200, one of 404, and the page");
  keeping_client client(server.port());
  for (const char* path : {"/fast", "/fast", "/", "/nowhere"}) {
    client.send(std::string("GET ") + path + " HTTP/1.1\r\n\r\n");
    (void)client.next_answer();
  }
  const sent_response answer = asked(server.port(), "/metrics");
  EXPECT_EQ(answer.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const metrics_page page(answer.body);
  EXPECT_EQ(page.mistakes(), "") << answer.body;
  EXPECT_EQ(page.value(R"(http_requests_total{route="/fast",status="200"})"), 2);
  EXPECT_EQ(page.value(R"(http_requests_total{route="/",status="200"})"), 1);
  EXPECT_EQ(page.value(R"(http_requests_total{route="other",status="404"})"), 1);
  EXPECT_EQ(page.value("http_request_duration_seconds_count"), 4);
  EXPECT_EQ(page.value("http_connections"), 2);
  EXPECT_EQ(page.value("http_connections_accepted_total"), 2);
  EXPECT_EQ(page.value(R"(server_state{state="ready"})"), 1);
  EXPECT_EQ(page.value(R"(server_state{state="draining"})"), 0);
  step("the second page counts the first");
  const metrics_page second(asked(server.port(), "/metrics").body);
  EXPECT_EQ(second.mistakes(), "");
  EXPECT_EQ(second.value(R"(http_requests_total{route="/metrics",status="200"})"), 1);
}

TEST(ProductionServer, AThousandPathsAreNotAThousandSeries) {
  about("7.7",
        "A client can invent any number of paths. Each that becomes a label is kept for ever, by "
        "the server and by whoever scrapes it.");
  served server(say_ok_at_once(), without_limits());
  keeping_client client(server.port());
  step("a client asks for a thousand paths that do not exist");
  for (int i = 0; i < 1000; ++i) {
    client.send("GET /no/" + std::to_string(i) + " HTTP/1.1\r\n\r\n");
    ASSERT_EQ(status_of(client.next_answer()), 404);
  }
  const metrics_page page(asked(server.port(), "/metrics").body);
  EXPECT_EQ(page.mistakes(), "");
  EXPECT_LT(page.series(), 40u);
  EXPECT_EQ(page.value(R"(http_requests_total{route="other",status="404"})"), 1000);
}

TEST(ProductionServer, AThrowingHandlerIsAnsweredFor) {
  about("7.7", "A handler throws: its client reads 500, its place is free, the next is served.");
  production_options options = without_limits();
  options.max_in_flight = 1;
  const auto handler = [](event_loop&, const http_request& request) {
    if (request.path == "/now") throw std::runtime_error("before it is a coroutine");
    return [](const http_request& asked) -> task<http_response> {
      if (asked.path == "/later") throw 42;
      co_return http_response{200, "ok\n"};
    }(request);
  };
  served server(handler, options);
  step("one throws at once, one in its coroutine; each time the next is served");
  for (const char* path : {"/now", "/later"}) {
    EXPECT_EQ(status_of(asked(server.port(), path)), 500) << path;
    EXPECT_EQ(status_of(asked(server.port(), "/fast")), 200);
  }
  const metrics_page page(asked(server.port(), "/metrics").body);
  EXPECT_EQ(page.value("http_requests_in_flight"), 0);
  EXPECT_EQ(page.value(R"(http_requests_total{route="other",status="500"})"), 2);
}

}  // namespace
}  // namespace workbook
