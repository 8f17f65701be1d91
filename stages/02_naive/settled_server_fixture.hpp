#pragma once

#include <string_view>

#include "01_single/server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"

namespace workbook {

/// Lets a server serve its first client, and blocks until that client has been counted out and the
/// acceptor waits for the next: on a busy machine it may come back late from starting the thread.
/// What the server starts once, for itself (a thread that joins the others, say), is there then:
/// from here on threads can be counted, and accidents are meant for the threads of clients.
/// `counting_out` is the TODO that counts a connection out.
template <class Server>
void let_settle(running_server<Server>& server, std::string_view counting_out) {
  using namespace harness;
  step("a first client is served and leaves");
  if (!is_ok(ask(server.port(), get_fast))) fail_now("it was not served");
  if (!eventually([&] { return server.server().active() == 0; })) {
    about(counting_out,
          "A connection is counted out when it is closed, before its thread may be joined.");
    fail_now("it is still counted as active");
  }
  (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
}

}  // namespace workbook
