#pragma once

#include <sys/un.h>

#include <cstdint>
#include <optional>
#include <string>

#include "harness/threads/exploration.hpp"
#include "harness/world/client_step.hpp"
#include "harness/world/world.hpp"
#include "net/unique_fd.hpp"

namespace workbook::harness {

/// A client in the present order: its end of the connection, and how far it has come.
class live_client {
 public:
  /// `number` tells it apart from others: 0, 1 …
  live_client(scripted_client& script, int number) : script_(&script), number_(number) {}

  /// Begins an order: forgets what it has received.
  void start();
  void finish();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::string& name() const { return script_->name_; }
  [[nodiscard]] const scripted_client& script() const { return *script_; }
  [[nodiscard]] bool is_connected() const { return socket_.get() >= 0; }
  /// The next step, if it is one that is taken. What is only awaited is passed over by look().
  [[nodiscard]] const exploration::client_step* next() const;
  /// Whether the next step is one that waits: for the program, or for time to pass.
  [[nodiscard]] bool waits() const;
  [[nodiscard]] bool waits_for_program() const;
  /// When a pause ends, in nanoseconds; no_deadline if the next step is none.
  [[nodiscard]] std::int64_t pauses_until() const { return pauses_until_; }
  /// "waits for "200 OK"": for a client that waits.
  [[nodiscard]] std::string what_it_waits_for() const;
  /// Whether what it waits for can never come.
  [[nodiscard]] bool waits_in_vain() const;
  /// Whether it has closed or reset its connection, and the program still has its end.
  [[nodiscard]] bool has_gone() const;
  [[nodiscard]] bool keeps_small_buffer() const;

  /// Connects to `listener`, without waiting. @returns false if there is no room in its queue.
  [[nodiscard]] bool connect(const sockaddr_un& listener, socklen_t length);
  void refuse();
  /// Takes over its end of a connection that exists.
  void take_over(unique_fd socket);

  struct step_taken {
    exploration::client_act act;
    ssize_t bytes = 0;   // of a send; -1: in vain
    bool fitted = true;  // all of them

    [[nodiscard]] std::string in_words() const;  // "sends 12 bytes"
  };
  /// Takes the next step, which is not to connect.
  step_taken take_step();
  /// Reads what has come, and passes over what it no longer waits for. `now` in nanoseconds;
  /// `any_end`: nothing is awaited any more.
  void look(std::int64_t now, bool any_end);
  /// The program has its end now, under this number; a reset that came before takes place.
  void program_has_accepted(int fd);
  /// There may be something to read.
  void program_has_moved() { may_have_bytes_ = true; }
  void program_has_closed();

  /// What distinguishes its state in a world from others.
  [[nodiscard]] std::uint64_t state() const;

 private:
  void read();
  bool pass_over(std::int64_t now, bool any_end);
  void advance();
  ssize_t send(const std::string& bytes);
  void reset();

  scripted_client* script_;
  int number_;
  unique_fd socket_;
  int program_fd_ = -1;  // the program's end, while it has it
  bool may_have_bytes_ = false;
  std::size_t step_ = 0;
  std::size_t awaited_to_ = 0;  // what came before has been awaited
  std::int64_t pauses_until_ = exploration::no_deadline;
  bool reads_ = true;
  bool resets_when_accepted_ = false;
};

}  // namespace workbook::harness
