#include "harness/hang_hint.hpp"

#include <algorithm>
#include <string_view>

namespace workbook::harness {
namespace {

/// A function on the stack of a stuck thread: where its file lies, and how its name begins.
struct frame_pattern {
  std::string_view file;
  std::string_view function;
};

bool calls(const stuck_thread& thread, const frame_pattern& wanted) {
  return std::ranges::any_of(thread.frames, [&](const source_line& frame) {
    return frame.path.find(wanted.file) != std::string::npos &&
           frame.function.starts_with(wanted.function);
  });
}

bool calls_all(const stuck_thread& thread, const std::vector<frame_pattern>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& frame) { return calls(thread, frame); });
}

struct signature {
  /// For each list there must be a stuck thread that has all of it on its stack.
  std::vector<std::vector<frame_pattern>> threads;
  std::string_view hint;
};

constexpr frame_pattern client_reads{"harness/raw_client.cpp", "read_"};
constexpr frame_pattern server_stops{"harness/running_server.hpp", "stop"};
constexpr frame_pattern server_reads{"lib/net/tcp_stream.cpp", "read_some"};
constexpr frame_pattern server_accepts{"lib/net/tcp_listener.cpp", "accept"};
constexpr frame_pattern pool_ends{"thread_pool.cpp", "~thread_pool"};
constexpr frame_pattern job_runs{"thread_pool.cpp", "run"};
constexpr frame_pattern receiver_waits{"bounded_channel.hpp", "receive"};
constexpr frame_pattern sender_waits{"bounded_channel.hpp", "send"};
constexpr frame_pattern offers_a_job{"thread_pool.cpp", "try_execute"};
constexpr frame_pattern admits_a_client{"pooled_server.cpp", "admit"};
constexpr frame_pattern channel_ends{"bounded_channel.hpp", "~bounded_channel"};

// The other way round: the code under test is the client, and the harness plays the server.
constexpr frame_pattern script_reads = client_reads;
constexpr frame_pattern load_reads{"lib/net/timed_stream.cpp", "read_some"};
constexpr frame_pattern request_is_held{"harness/gate.cpp", "pass"};
constexpr frame_pattern load_runs{"04_stress/load.cpp", "run_client"};

// The commonest hangs, the most special first. Functions, not threads, make the signature: it is
// the same in whatever order the threads were started.
const std::vector<signature>& known_signatures() {
  static const std::vector<signature> signatures{
      {{{script_reads}, {load_reads}},
       "The client waits for bytes that never come: does each wait have the deadline, and does "
       "reading end where Content-Length says?"},
      {{{request_is_held}, {load_runs}},
       "The requests of the load are not in flight at the same time: one client waits for another, "
       "for its end or for a lock."},
      {{{server_stops}, {server_accepts}},
       "A stop was requested and the server still waits for a connection: hand the stop token to "
       "accept()."},
      {{{server_stops}, {server_reads}},
       "A stop was requested and the server still waits for a silent client: hand the stop token "
       "on, through serve_connection() to read_some()."},
      {{{client_reads}, {server_reads}},
       "Both ends are reading. A request ends at the blank line, not at the end of the stream; and "
       "after the response the server ends the connection, not the client."},
      {{{client_reads}, {receiver_waits}},
       "A client waits for its answer, and a worker waits for a job. Either the client's job lies "
       "where this worker does not look, in a queue of another worker; or it is done, and its "
       "connection was not closed."},
      {{{client_reads}, {server_accepts}},
       "The server waits for the next connection, and the client still waits for its answer to "
       "end: was the connection closed, and does Content-Length match the body?"},
      {{{channel_ends}},
       "The queue is destroyed while a thread waits in it. Join the workers first: a member is "
       "destroyed before those that are declared above it."},
      {{{job_runs, sender_waits}},
       "A job waits for room in a queue. If that is the queue of its own pool, only the workers "
       "can make room, and they wait: a job should call try_execute()."},
      {{{pool_ends}, {receiver_waits}},
       "The pool waits for its workers, and its workers wait for a job. Was the queue closed "
       "before the join, with the mutex held, and were all who wait told of it?"},
      {{{offers_a_job, sender_waits}},
       "try_execute() waits for room in the queue. It promises to answer at once."},
      {{{admits_a_client, sender_waits}},
       "The server waits for room in the queue, and accepts nobody meanwhile. Is that the policy "
       "it was given?"},
      {{{sender_waits}},
       "A thread waits in send(). If there is room, nobody has told it: whoever takes an item out "
       "notifies not_full_, and close() notifies all who wait there."},
  };
  return signatures;
}

}  // namespace

std::string hint_for_hang(const std::vector<stuck_thread>& threads) {
  for (const auto& [wanted, hint] : known_signatures()) {
    const bool matches = std::ranges::all_of(wanted, [&](const auto& frames) {
      return std::ranges::any_of(threads, [&](const auto& t) { return calls_all(t, frames); });
    });
    if (matches) return std::string(hint);
  }
  return {};
}

}  // namespace workbook::harness
