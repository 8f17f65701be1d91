#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/threads/explore.hpp"

namespace workbook::harness {

namespace exploration {
class order;
class surroundings;
struct client_step;
}  // namespace exploration

/// A client of the program under test: what it does, one step after the other, and what has come of
/// it. It reads all the time what the program sends, unless it has stopped. Its first step is to
/// connect to the program's listening socket; see also world::connection().
/// Not thread-safe.
class scripted_client {
 public:
  explicit scripted_client(std::string name);
  ~scripted_client();
  scripted_client(const scripted_client&) = delete;
  scripted_client& operator=(const scripted_client&) = delete;

  /// Sends `bytes` in one piece; at most 100 KiB.
  scripted_client& sends(std::string bytes);
  /// Says "no more from me" (FIN), and goes on reading.
  scripted_client& half_closes();
  scripted_client& closes();
  /// Ends the connection by a reset: the program's next read fails with ECONNRESET.
  scripted_client& resets();

  /// Goes on only when `text` has come, behind what it has awaited before. If that can never be, the
  /// order fails as unanswered. After the stop it goes on in any case: expect what it has received.
  scripted_client& awaits(std::string text);
  /// The same for the end: the program has closed, or has said "no more".
  scripted_client& awaits_end();
  /// Goes on when so much time has passed.
  scripted_client& pauses(std::chrono::nanoseconds time);
  /// From here on it reads nothing, so the program's writes fill the connection: about 4 KiB if it
  /// is the first step, as the program's buffer is kept small then.
  scripted_client& stops_reading();
  scripted_client& reads_on();

  [[nodiscard]] const std::string& name() const { return name_; }

  // What has come of it, in the order that has just ended:

  /// All that it has read.
  [[nodiscard]] const std::string& received() const { return received_; }
  /// Whether the program has ended the connection so that nothing of it is lost.
  [[nodiscard]] bool saw_end() const { return saw_end_; }
  /// Whether the program has reset the connection: it closed without having read everything.
  [[nodiscard]] bool was_reset() const { return was_reset_; }
  /// Whether nobody listened any more when it wanted to connect.
  [[nodiscard]] bool was_refused() const { return was_refused_; }
  /// Whether it has taken all its steps.
  [[nodiscard]] bool is_done() const { return is_done_; }

 private:
  friend class live_client;

  scripted_client& then(exploration::client_step step);

  std::string name_;
  std::vector<exploration::client_step> steps_;
  std::string received_;
  bool saw_end_ = false;
  bool was_reset_ = false;
  bool was_refused_ = false;
  bool is_done_ = false;
};

/// What surrounds a program that waits in epoll_wait: its clients, the clock, and the stop.
/// Make it in the test, outside of the body that is explored; the body uses stop() and connection().
/// Not thread-safe.
class world {
 public:
  world();
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// The client of this name: a new one at the first call.
  scripted_client& client(std::string_view name);
  /// @returns the names of all, the one that was made first at the beginning.
  [[nodiscard]] std::vector<std::string> client_names() const;

  /// The stop may come at any moment. Otherwise it comes when every client has what it waits for and
  /// nothing else is left to happen.
  world& stops_anywhere();

  // For the body:

  /// The stop of the present order. A body that never asks for it has to end by itself.
  [[nodiscard]] std::stop_token stop();
  /// The program's end of a connection with that client, which then has not to connect: non-blocking,
  /// to be closed by the body, taken once.
  [[nodiscard]] int connection(std::string_view name);

 private:
  friend class exploration::order;
  friend class exploration::surroundings;

  std::list<scripted_client> clients_;  // a list: references to them stay good
  bool stops_anywhere_ = false;
  exploration::order* running_ = nullptr;
};

/// Runs `body`, a program of one thread that waits in epoll_wait, under every order of events that
/// the options allow, fewest expenses first, and stops at the first failure. After each order,
/// `expectations` looks at what the clients have received: EXPECT_… or explore_check(). Everything
/// else of explore() holds too: the child process, the replay, the summary.
///
/// When the program waits in epoll_wait, the next event is a choice: one of those that are ready, a
/// client's next step, or that time passes until the first deadline: of this epoll_wait, of a
/// timerfd, of a client that pauses. Real sockets carry the bytes (AF_UNIX: a program's TCP sockets
/// become such), real epoll decides what is ready. The clocks stand still in between.
/// - An interruption (options.preemptions) is what happens while the program works instead of
///   waiting: a client's step, or the stop, just before a recv, send, accept, close, epoll_ctl, or
///   during an epoll_wait that does not wait; or that time passes although something else could
///   happen. So a timer and an event come together.
/// - A surprise is what a kernel may do and rarely does: a recv or a send moves one byte, a call
///   fails with EAGAIN although there was an event (and another event follows), several events come
///   in one epoll_wait.
/// Orders in which the program has seen the same, and the world has come to the same, are run once.
/// options.max_steps counts calls.
///
/// Found, and named, without an expectation: the program never returns after the stop (deadlock); a
/// client waits for what does not come (unanswered); a call on the only thread that waits outside of
/// epoll_wait, or sleeps (blocked); epoll_wait that returns again and again and nothing is done about
/// it (livelock); a descriptor left open, or the connection of a client that has gone (left_open); a
/// descriptor closed twice (misuse).
///
/// Not explored: more than one thread, poll and select, TCP's own delays and options, the kernel's
/// limits (RLIMIT_NOFILE, memory), signals, files, connect(2) by the program.
///
/// @throws what explore() throws. Not thread-safe. Blocks until done.
[[nodiscard]] explore_result explore_world(world& around, const explore_options& options,
                                           const std::function<void()>& body,
                                           const std::function<void()>& expectations = {});

}  // namespace workbook::harness
