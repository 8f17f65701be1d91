#pragma once

#include <sys/un.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/memory/address_table.hpp"
#include "harness/system_calls.hpp"
#include "harness/threads/schedule_search.hpp"
#include "harness/world/interest_set.hpp"
#include "harness/world/live_client.hpp"
#include "harness/world/story.hpp"
#include "harness/world/world.hpp"

namespace workbook::harness::exploration {

/// A descriptor that the program has opened in its world.
struct descriptor {
  enum class kind { stream, listener, epoll, event, timer };

  kind what;
  int client = nobody;  // of a stream; nobody: not connected yet
  sockaddr_un address{};
  socklen_t address_length = 0;
  std::uint16_t port = 0;
  std::deque<int> queue{};      // of a listener: the clients to be accepted
  std::int64_t due = no_deadline;  // of a timer
  std::int64_t interval = 0;
  interest_set interests{};  // of an epoll
};

/// A program's run in its world under one order of events: it answers the program's calls, and
/// chooses what happens next when the program waits. order.cpp has the rules of an order,
/// order_calls.cpp what the calls do.
/// Not thread-safe: it belongs to the thread that runs the program.
class order final : public system_calls {
 public:
  /// `told` is null where nobody wants to know the story.
  order(world& around, shared_state& shared, schedule_search& search, int most_calls, story* told);
  ~order() override;

  /// Names of the clients, for the story.
  [[nodiscard]] static std::vector<std::string> columns_of(const world& around);

  /// Runs the program once, under the search's present order. Does not return from one that fails.
  void run(const std::function<void()>& body, const std::function<void()>& expectations);
  [[noreturn]] void fail(explore_verdict verdict, const std::string& message);

  [[nodiscard]] std::stop_token stop_token();
  [[nodiscard]] int connection(std::string_view client);

  int socket(int domain, int type, int protocol) override;
  int bind(int socket, const sockaddr* address, socklen_t length) override;
  int listen(int socket, int backlog) override;
  int connect(int socket, const sockaddr* address, socklen_t length) override;
  int accept(int socket, sockaddr* address, socklen_t* length, int flags) override;
  int getsockname(int socket, sockaddr* address, socklen_t* length) override;
  int getpeername(int socket, sockaddr* address, socklen_t* length) override;
  int setsockopt(int socket, int level, int name, const void* value, socklen_t length) override;
  int shutdown(int socket, int how) override;
  ssize_t receive(int socket, msghdr& message, int flags) override;
  ssize_t send(int socket, const msghdr& message, int flags) override;
  ssize_t read(int fd, void* buffer, std::size_t length) override;
  ssize_t write(int fd, const void* buffer, std::size_t length) override;
  int close(int fd) override;
  int poll(pollfd* fds, nfds_t count, int timeout) override;
  int epoll_create(int flags) override;
  int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  int epoll_wait(int epoll, epoll_event* events, int count, int timeout) override;
  int eventfd(unsigned value, int flags) override;
  int timerfd_create(clockid_t clock, int flags) override;
  int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) override;
  int clock_gettime(clockid_t clock, timespec* time) override;
  void about_to_sleep(const char* function) override;

 private:
  /// What can happen next.
  struct event_choice {
    enum class kind { ready, client, stop, time, time_out };
    kind what;
    int which = 0;  // the descriptor that is ready; the client
  };
  struct choices {
    std::vector<event_choice> all;
    std::size_t free = 0;  // the others, behind these, are interruptions
  };

  // What happens next.
  [[nodiscard]] event_choice what_next(const std::vector<int>& ready, std::int64_t deadline);
  [[nodiscard]] choices what_can_happen(const std::vector<int>& ready, std::int64_t deadline);
  void add_clients_and_stop(std::vector<event_choice>& to);
  [[nodiscard]] event_choice at_standstill();
  void happen(const event_choice& next, std::int64_t deadline);
  int deliver(descriptor& epoll, const std::vector<int>& ready, int first,
              std::span<epoll_event> events);
  void interrupt();
  [[nodiscard]] std::size_t surprise(std::size_t options);
  [[nodiscard]] int choose(std::size_t options, std::size_t free, operation what);
  [[nodiscard]] std::int64_t next_deadline(std::int64_t of_wait) const;
  void pass_time(std::int64_t until);
  void fire(int fd, descriptor& timer);
  void request_stop();
  void look_at_clients();
  [[nodiscard]] bool can_step(const live_client& client) const;
  void let_step(int client);
  void connect_client(int client);
  [[nodiscard]] const descriptor* listener() const;
  void require_nothing_open();
  [[nodiscard]] std::uint64_t state() const;

  // What the calls have in common.
  void count_call(bool progress);
  void observe(std::uint64_t what) { seen_ = memory::mix(seen_, what); }
  void observe(const void* bytes, std::size_t count);
  ssize_t result_of(ssize_t result, std::string_view call, const std::string& on);
  [[nodiscard]] descriptor* find(int fd, descriptor::kind what);
  int add(int fd, descriptor it);
  [[nodiscard]] std::string name_of(int fd) const;
  void expect_event(int fd, std::uint32_t events);
  [[noreturn]] void fail_blocked(std::string_view call, const std::string& on);
  void tell(int column, const std::string& what);

  world& around_;
  shared_state& shared_;
  schedule_search& search_;
  const int most_calls_;
  story* const told_;

  std::vector<live_client> clients_;
  std::map<int, descriptor> open_;
  std::stop_source stop_;
  bool stop_taken_ = false;
  bool stop_requested_ = false;
  bool listened_ = false;  // somebody has listened in this order
  std::uint16_t ports_given_ = 0;
  std::int64_t now_ = 0;  // nanoseconds since the order began
  std::uint64_t seen_ = 0;  // all that the program has been told, as a hash
  int calls_ = 0;
  int waits_in_vain_ = 0;  // epoll_waits with events since something moved
  int times_in_vain_ = 0;  // that time has passed since something moved
  int event_depth_ = 0;    // what happens calls the program: a stop_callback
};

}  // namespace workbook::harness::exploration
