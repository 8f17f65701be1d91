// Experiment: a job is handed in again after it was refused.
// Build: plain
// Run:
// Expect: exit 0
// Expect-output: ^refused; the job is still mine\nconnection 7 is served$
// Run: -DTAKE_BY_VALUE
// Expect: exit 0
// Expect-output: ^refused; the job is empty\naccepted, and nobody serves connection 7$
// Look at: main is the same in both runs. The signature of try_send decides what a refusal costs.
#include <functional>
#include <iostream>
#include <optional>
#include <utility>

using job = std::move_only_function<void()>;

std::optional<job> queue;  // room for one
bool full = true;

#ifdef TAKE_BY_VALUE
bool try_send(job work) {  // the parameter takes the job, whatever comes of it
#else
bool try_send(job&& work) {  // moves only if it accepts
#endif
  if (std::exchange(full, false)) return false;  // full once, then there is room
  queue = std::move(work);
  return true;
}

int main() {
  job work = [] { std::cout << "connection 7 is served\n"; };
  while (!try_send(std::move(work))) {
    std::cout << "refused; the job is " << (work ? "still mine" : "empty") << '\n';
  }
  if (*queue) {
    (*queue)();
  } else {
    std::cout << "accepted, and nobody serves connection 7\n";
  }
}
